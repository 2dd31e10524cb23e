// first [-o FILE] [-T SECONDS] TEXT COMMAND...: starts a command and says when the first line or octets with TEXT come out of it.
// TEXT "-" stands for the octets of an address 127.0.100.x, as they are in binary output.
// Prints "started_monotonic_ms started_realtime_ms after_ms", ends the command, and leaves in FILE what it had written until then.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char output[1 << 20];

static double milliseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static pid_t start(char **command, int out, int outer_end) {
    pid_t child = fork();
    if (child < 0)
        err(1, "fork");
    if (child)
        return child;
    int nowhere = open("/dev/null", O_WRONLY);
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL); // what a script starts in its background ignores it, and hands that on
    dup2(out, 1);
    dup2(nowhere, 2);
    close(out);
    close(outer_end);
    execvp(command[0], command);
    _exit(127);
}

// Reads until the text has come; returns how many octets were read, or 0 when the command ended or the time was up before.
static size_t read_until(int in, const char *text, size_t length, double due) {
    size_t read_so_far = 0;
    while (read_so_far < sizeof output) {
        struct pollfd ready = {in, POLLIN, 0};
        double left = due - milliseconds(CLOCK_MONOTONIC);
        if (left <= 0 || poll(&ready, 1, left + 1) <= 0)
            return 0;
        ssize_t came = read(in, output + read_so_far, sizeof output - read_so_far);
        if (came <= 0)
            return 0;
        read_so_far += came;
        if (memmem(output, read_so_far, text, length))
            return read_so_far;
    }
    return 0;
}

static void end(pid_t child) {
    kill(-child, SIGINT);
    for (int tenths = 0; waitpid(child, NULL, WNOHANG) == 0; tenths++) {
        if (tenths == 50)
            kill(-child, SIGKILL);
        usleep(100000);
    }
}

int main(int count, char **arguments) {
    const char *file = "/dev/null";
    int seconds = 10, option;
    while ((option = getopt(count, arguments, "+o:T:")) != -1) {
        switch (option) {
        case 'o': file = optarg; break;
        case 'T': seconds = atoi(optarg); break;
        default: errx(2, "usage: first [-o FILE] [-T SECONDS] TEXT COMMAND...");
        }
    }
    if (count - optind < 2)
        errx(2, "no command");
    int octets = !strcmp(arguments[optind], "-");
    const char *text = octets ? "\x7f\x00\x64" : arguments[optind];

    int ends[2];
    if (pipe(ends))
        err(1, "pipe");
    double monotonic = milliseconds(CLOCK_MONOTONIC), realtime = milliseconds(CLOCK_REALTIME);
    pid_t child = start(arguments + optind + 1, ends[1], ends[0]);
    close(ends[1]);
    size_t length = read_until(ends[0], text, octets ? 3 : strlen(text), monotonic + seconds * 1e3);
    double after = milliseconds(CLOCK_MONOTONIC) - monotonic;
    close(ends[0]);
    end(child);
    if (length == 0)
        errx(1, "%s: no such output within %d s", arguments[optind + 1], seconds);

    int kept = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (kept < 0 || write(kept, output, length) != (ssize_t)length)
        err(1, "%s", file);
    printf("%.3f %.3f %.3f\n", monotonic, realtime, after);
    return 0;
}
