/* process.c - see process.h. What /proc does not tell is left out. */
#include "common/sys/process.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void row(struct evbuffer *out, const char *name, const char *type, const char *help)
{
	evbuffer_add_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_cpu(struct evbuffer *out)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) != 0)
		return;
	int64_t us = (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
		     used.ru_utime.tv_usec + used.ru_stime.tv_usec;
	row(out, "process_cpu_seconds_total", "counter", "CPU time, user and system.");
	evbuffer_add_printf(out, "process_cpu_seconds_total %" PRId64 ".%06" PRId64 "\n",
		us / 1000000, us % 1000000);
}

static void print_memory(struct evbuffer *out)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long total, resident;

	if (file == NULL)
		return;
	if (fscanf(file, "%ld %ld", &total, &resident) == 2) {
		row(out, "process_resident_memory_bytes", "gauge", "Resident memory.");
		evbuffer_add_printf(out, "process_resident_memory_bytes %ld\n",
			resident * sysconf(_SC_PAGESIZE));
	}
	fclose(file);
}

static void print_descriptors(struct evbuffer *out)
{
	DIR *folder = opendir("/proc/self/fd");
	struct rlimit limit;
	int64_t count = -3; /* ".", ".." and the folder itself */

	if (folder == NULL)
		return;
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	row(out, "process_open_fds", "gauge", "Open file descriptors.");
	evbuffer_add_printf(out, "process_open_fds %" PRId64 "\n", count);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		row(out, "process_max_fds", "gauge", "Most file descriptors that may be open.");
		evbuffer_add_printf(out, "process_max_fds %" PRIu64 "\n", (uint64_t)limit.rlim_cur);
	}
}

void process_print(struct wall started, struct evbuffer *out)
{
	print_cpu(out);
	print_memory(out);
	print_descriptors(out);
	row(out, "process_start_time_seconds", "gauge", "When the process began, since 1970.");
	evbuffer_add_printf(out, "process_start_time_seconds %" PRId64 "\n", started.us / 1000000);
}
