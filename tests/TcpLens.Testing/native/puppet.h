// What the two halves of puppet share: the table of named sockets, and the work that goes on behind the conversation.
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

// Only the conversation changes the table. It does so, and background threads look at it, with the lock held, so that a
// thread never writes to a descriptor that was closed and is something else by now.
extern pthread_mutex_t table_lock;
struct named_socket *find_name(const char *name);
struct named_socket *find_id(unsigned long id);

// Each returns 0, or -1 and errno.
int watch(struct named_socket *socket, enum role role);
int trickle(struct named_socket *socket, int bytes, int every_ms);
int churn(const struct address *to, int per_second, int seconds);
void churned(long *done, long *failed, bool *running);
