/* main.c - apid: serves people over HTTP and the SignalR hub; takes their answers. */
#include "apid/life.h"

static const struct daemon_app app = {
	.name = "apid",
	.purpose = "Shows people their questions over HTTP and a SignalR hub, and takes their "
		   "answers.",
	.settings = apid_settings,
	.settings_size = sizeof(struct apid_settings),
	.check = apid_settings_check,
	.start = life_start,
	.ready = life_ready,
	.reload = life_reload,
	.drain = life_drain,
	.stop = life_stop,
	.measure = life_measure,
};

int main(int argc, char **argv)
{
	return daemon_run(&app, argc, argv);
}
