// socklock [-T SECONDS]: a task that sleeps with the lock of a TCP socket in its hand, until it is told to end.
//
// recv() takes the socket's lock (tcp_recvmsg), then copies into a page that is registered with userfaultfd and that
// nobody fills: the copy sleeps in handle_userfault() and the lock stays taken. Whoever asks the kernel for that
// socket's tcp_info then waits in __lock_sock, in state D. A signal makes the copy fail, and recv() lets the lock go.
//
// Prints one line when the lock is held: "locked inode=I local=PORT remote=PORT". Needs CAP_SYS_PTRACE (a fault taken
// inside the kernel). Ends on SIGTERM or after SECONDS (60).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct trap {
    int socket;
    void *page;
};

static void connected_pair(int pair[2]) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (void *)&address, length) || listen(listener, 1) ||
        getsockname(listener, (void *)&address, &length))
        err(1, "listen on 127.0.0.1");

    pair[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (pair[0] < 0 || connect(pair[0], (void *)&address, sizeof address))
        err(1, "connect to 127.0.0.1");
    pair[1] = accept(listener, NULL, NULL);
    if (pair[1] < 0)
        err(1, "accept");
    close(listener);
}

static void *unserved_page(int *fault_queue) {
    long size = sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        err(1, "mmap");

    *fault_queue = syscall(SYS_userfaultfd, O_CLOEXEC);
    if (*fault_queue < 0)
        err(1, "userfaultfd (needs CAP_SYS_PTRACE)");
    struct uffdio_api api = {.api = UFFD_API};
    struct uffdio_register range = {.range = {.start = (unsigned long)page, .len = size}, .mode = UFFDIO_REGISTER_MODE_MISSING};
    if (ioctl(*fault_queue, UFFDIO_API, &api) || ioctl(*fault_queue, UFFDIO_REGISTER, &range))
        err(1, "register the page with userfaultfd");
    return page;
}

static void *fall_asleep(void *argument) {
    struct trap *trap = argument;
    recv(trap->socket, trap->page, 1, 0);
    return NULL;
}

static unsigned short port_of(int socket, int (*name)(int, struct sockaddr *, socklen_t *)) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (name(socket, (void *)&address, &length))
        err(1, "name of the socket");
    return ntohs(address.sin_port);
}

int main(int count, char **arguments) {
    int seconds = 60, option;
    while ((option = getopt(count, arguments, "T:")) != -1) {
        if (option != 'T')
            errx(2, "usage: socklock [-T SECONDS]");
        seconds = atoi(optarg);
    }
    alarm(seconds);

    int pair[2], fault_queue;
    connected_pair(pair);
    struct trap trap = {.socket = pair[1], .page = unserved_page(&fault_queue)};
    if (send(pair[0], "x", 1, 0) != 1)
        err(1, "send");

    struct stat status; // asked now: getsockname() too waits for the lock once it is taken
    if (fstat(pair[1], &status))
        err(1, "fstat");
    unsigned short local = port_of(pair[1], getsockname), remote = port_of(pair[1], getpeername);

    pthread_t sleeper;
    if (pthread_create(&sleeper, NULL, fall_asleep, &trap))
        errx(1, "pthread_create failed");

    struct uffd_msg fault; // the kernel reports the fault from inside recv(): from here on the lock is held
    if (read(fault_queue, &fault, sizeof fault) != sizeof fault)
        err(1, "read the page fault");

    printf("locked inode=%lu local=%u remote=%u\n", status.st_ino, local, remote);
    fflush(stdout);
    for (;;)
        pause();
}
