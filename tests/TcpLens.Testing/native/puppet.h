// What the parts of puppet share: the conversation, the table of named sockets, and the work that goes on behind them.
#pragma once
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

enum role { NONE, SERVED, SERVED_ONCE, DRAINED };

struct named_socket {
    char name[32];
    int fd;
    unsigned long id; // never used again, unlike the descriptor's number
    enum role role;
};

struct address {
    struct sockaddr_storage socket;
    socklen_t length;
};

// --- puppet.c: the conversation ---

// A command returns 0 after say(), or -1 after wrong() or with errno set. Words end with NULL.
struct command {
    const char *name, *arguments;
    int least; // words it cannot do without
    int (*run)(char **words);
    long (*act)(struct named_socket *, char **words); // instead: once for each socket the first word stands for; the sum is said
};

extern const struct command socket_commands[], octet_commands[], look_commands[], background_commands[];
extern char octets[65536]; // of the conversation alone

int say(const char *format, ...);
int wrong(const char *what, const char *word);

// --- puppet_table.c: sockets by name ---

// Only the conversation changes the table. It does so, and background threads look at it, with the lock held, so that a
// thread never writes to a descriptor that was closed and is something else by now.
extern pthread_mutex_t table_lock;
struct named_socket *find_name(const char *name);
struct named_socket *find_id(unsigned long id);

struct named_socket *known(const char *name);                             // NULL after wrong()
struct named_socket *keep(const char *name, int fd);                      // moves the table: others' addresses change
struct named_socket *take(const char *name, int family, bool *is_new);    // of this name, or a new one; NULL with errno
int let_go(struct named_socket *socket);                                  // as close()
int undo(struct named_socket *socket, bool is_new);                       // -1: a command that failed leaves no new socket behind
int each(const char *pattern, long (*act)(struct named_socket *, char **), char **words);

int parse(const char *host, const char *port, struct address *to);
int say_end(int fd, int (*name)(int, struct sockaddr *, socklen_t *));
