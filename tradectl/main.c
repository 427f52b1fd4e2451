/*
 * main.c - tradectl, the only program that spends money: takes approved orders of one broker account to the broker, at
 * most once each, and follows them to their end. With a command it is the operator's hand instead (command.h).
 */
#include "tradectl/command.h"
#include "tradectl/settings.h"
#include "tradectl/tradectl.h"

static const struct daemon_app app = {
	.name = "tradectl",
	.purpose = "Sends approved orders to the broker, each at most once, and follows them.",
	.usage = command_list,
	.settings = tradectl_settings,
	.settings_size = sizeof(struct tradectl_settings),
	.check = tradectl_settings_check,
	.start = tradectl_start,
	.ready = tradectl_ready,
	.reload = tradectl_reload,
	.drain = tradectl_drain,
	.stop = tradectl_stop,
};

int main(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] != '-')
		return command_run(argc - 1, argv + 1);
	return daemon_run(&app, argc, argv);
}
