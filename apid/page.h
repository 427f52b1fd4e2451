/* page.h - what needs no token: the page, its assets, openapi.json, livez and readyz. */
#pragma once

struct request;

void page_get(struct request *request);
void page_livez(struct request *request);
void page_readyz(struct request *request);
