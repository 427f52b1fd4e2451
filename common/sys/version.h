/* version.h - the project's version, in one place. */
#pragma once

#define HYBRIDHUB_VERSION "1.0.0"
