// runstat [-o FILE] [-e FILE] [-T SECONDS] COMMAND...: runs a command and says what it cost, children it waited for included.
// Prints "wall_ms user_ms sys_ms peak_rss_kib exit_code"; a command still running after SECONDS is killed (exit code 137).
// Small on purpose: the peak of a child never reads lower than that of the process that started it.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;

static void pass_on(int signal) { kill(-child, signal == SIGALRM ? SIGKILL : signal); }

static double milliseconds(struct timeval time) { return time.tv_sec * 1e3 + time.tv_usec / 1e3; }

static void redirect(int descriptor, const char *file) {
    int opened = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (opened < 0 || dup2(opened, descriptor) < 0)
        err(126, "%s", file);
}

int main(int count, char **arguments) {
    const char *output = "/dev/null", *errors = "/dev/null";
    int seconds = 600, option;
    while ((option = getopt(count, arguments, "+o:e:T:")) != -1) {
        switch (option) {
        case 'o': output = optarg; break;
        case 'e': errors = optarg; break;
        case 'T': seconds = atoi(optarg); break;
        default: errx(2, "usage: runstat [-o FILE] [-e FILE] [-T SECONDS] COMMAND...");
        }
    }
    if (optind >= count)
        errx(2, "no command");

    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    child = fork();
    if (child < 0)
        err(1, "fork");
    if (child == 0) {
        setpgid(0, 0);
        signal(SIGINT, SIG_DFL); // what a script starts in its background ignores it, and hands that on
        redirect(1, output);
        redirect(2, errors);
        execvp(arguments[optind], arguments + optind);
        _exit(127);
    }
    setpgid(child, child);
    signal(SIGINT, pass_on);
    signal(SIGTERM, pass_on);
    signal(SIGALRM, pass_on);
    alarm(seconds);

    int status;
    struct rusage used;
    if (wait4(child, &status, 0, &used) < 0)
        err(1, "wait4");
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.3f %.3f %.3f %ld %d\n", (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6,
           milliseconds(used.ru_utime), milliseconds(used.ru_stime), used.ru_maxrss,
           WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    return 0;
}
