/* main.c - ingestd: market data in. */
#include "common/sys/daemon.h"
#include "ingestd/ingest.h"
#include "ingestd/settings.h"

static const struct daemon_app ingestd = {
	.name = "ingestd",
	.purpose = "Fetches market data and the broker's calendar into the database.",
	.settings = ingest_setting_rows,
	.settings_size = sizeof(struct ingest_settings),
	.check = ingest_settings_check,
	.start = ingest_start,
	.ready = ingest_ready,
	.reload = ingest_reload,
	.drain = ingest_drain,
	.stop = ingest_stop,
	.measure = ingest_measure,
};

int main(int argc, char **argv)
{
	return daemon_run(&ingestd, argc, argv);
}
