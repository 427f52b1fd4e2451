/* main.c - evald: rules to questions. */
#include "common/sys/daemon.h"
#include "evald/eval.h"

static const struct daemon_app evald = {
	.name = "evald",
	.purpose = "Evaluates everybody's rules and asks the questions that follow from them.",
	.settings = eval_setting_rows,
	.settings_size = sizeof(struct eval_settings),
	.start = eval_start,
	.ready = eval_ready,
	.drain = eval_drain,
	.stop = eval_stop,
	.measure = eval_measure,
};

int main(int argc, char **argv)
{
	return daemon_run(&evald, argc, argv);
}
