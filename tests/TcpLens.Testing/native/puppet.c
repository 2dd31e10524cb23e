// puppet [-T SECONDS]: a process whose TCP sockets someone else moves, line by line. Prints "ready", then answers each line
// of standard input by one line: "ok [VALUES]", "error ERRNO" (the system call's), or "wrong WHAT" (the line is at fault).
// Ends with its input, or after SECONDS (600). The commands stand in a table at the end of each puppet_*.c.
//
// A NAME ending in * stands for every socket whose name begins so. A call that would wait for the network gives up after
// ten seconds: accept, receive and send with EAGAIN, connect with EINPROGRESS.
#define _GNU_SOURCE
#include "puppet.h"
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_WORDS 10

char octets[65536];
static char answer[256];
static bool is_wrong;

int say(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(answer, sizeof answer, format, values);
    va_end(values);
    return 0;
}

int wrong(const char *what, const char *word) {
    is_wrong = true;
    say("%s: '%s'", what, word);
    return -1;
}

static int limit(char **words) {
    struct rlimit nofile;
    if (strcmp(words[0], "nofile") != 0)
        return wrong("no such limit", words[0]);
    getrlimit(RLIMIT_NOFILE, &nofile);
    nofile.rlim_cur = atol(words[1]);
    return setrlimit(RLIMIT_NOFILE, &nofile);
}

static int rename_process(char **words) { return prctl(PR_SET_NAME, words[0]); }

static int open_files(char **words) {
    int opened = 0;
    while (opened < atoi(words[0]) && open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
        opened++;
    return say("%d", opened);
}

static const struct command process_commands[] = {
    {"limit", "nofile COUNT", 2, limit},
    {"name", "COMM", 1, rename_process},
    {"open-files", "COUNT", 1, open_files},
    {0},
};

static const struct command *find_command(const char *name) {
    const struct command *groups[] = {socket_commands, octet_commands, look_commands, background_commands, process_commands};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        for (const struct command *command = groups[i]; command->name; command++)
            if (strcmp(name, command->name) == 0)
                return command;
    return NULL;
}

static int obey(char *line) {
    char *words[MAX_WORDS + 1] = {0}, *rest = NULL;
    int count = 0;
    for (char *word = strtok_r(line, " ", &rest); word && count < MAX_WORDS; word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    const struct command *command = find_command(count > 0 ? words[0] : "");
    if (!command)
        return wrong("no such command", count > 0 ? words[0] : "");
    if (count - 1 < command->least)
        return wrong("more words are needed", command->arguments);
    return command->act ? each(words[1], command->act, words + 2) : command->run(words + 1);
}

int main(int count, char **arguments) {
    int seconds = 600, option;
    while ((option = getopt(count, arguments, "T:")) != -1) {
        if (option != 'T')
            errx(2, "usage: puppet [-T SECONDS]");
        seconds = atoi(optarg);
    }
    alarm(seconds);
    signal(SIGPIPE, SIG_IGN);

    puts("ready");
    fflush(stdout);
    char *line = NULL;
    size_t size = 0;
    for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
        line[strcspn(line, "\n")] = '\0';
        answer[0] = '\0';
        is_wrong = false;
        if (obey(line) == 0)
            printf("ok%s%s\n", answer[0] ? " " : "", answer);
        else if (is_wrong)
            printf("wrong %s\n", answer);
        else
            printf("error %s\n", strerrorname_np(errno));
        fflush(stdout);
    }
}
