/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_dns PORT ZONES: the peer of look-ups: a bare c-ares loop, 100 questions on their way, that
 * asks 127.0.0.1:PORT for each address of 192.168.0.0/22 in z0.test, z1.test, … and counts what is
 * found and what is not. Links c-ares only. */
#include <ares.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

enum { ADDRESSES = 1024, OUTSTANDING = 100, EVENTS = 32 };

static int on_their_way, found, clean, failed;

static void
hear(void *data, int status, int timeouts, unsigned char *bytes, int len)
{
    (void)data, (void)timeouts, (void)bytes, (void)len;
    on_their_way--;
    found += status == ARES_SUCCESS;
    clean += status == ARES_ENOTFOUND || status == ARES_ENODATA;
    failed += status != ARES_SUCCESS && status != ARES_ENOTFOUND && status != ARES_ENODATA;
}

static void
watch(void *data, ares_socket_t fd, int readable, int writable)
{
    struct epoll_event event = {.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U),
                                .data.fd = fd};
    int epoll_fd = *(int *)data;

    if (event.events == 0)
        (void)epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        (void)epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

static void
wait_a_turn(ares_channel channel, int epoll_fd)
{
    struct epoll_event events[EVENTS];
    struct timeval room, *left = ares_timeout(channel, NULL, &room);
    int n = epoll_wait(epoll_fd, events, EVENTS,
                       left ? (int)(left->tv_sec * 1000 + left->tv_usec / 1000) + 1 : -1);

    for (int i = 0; i < n; i++)
        ares_process_fd(channel, events[i].events & EPOLLIN ? events[i].data.fd : ARES_SOCKET_BAD,
                        events[i].events & EPOLLOUT ? events[i].data.fd : ARES_SOCKET_BAD);
    if (n <= 0)
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

int
main(int argc, char **argv)
{
    static char sources[] = "b";
    int epoll_fd = epoll_create1(0);
    struct ares_options options = {.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES |
                                            ARES_FLAG_STAYOPEN,
                                   .timeout = 5000,
                                   .tries = 2,
                                   .lookups = sources,
                                   .sock_state_cb = watch,
                                   .sock_state_cb_data = &epoll_fd};
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
               ARES_OPT_SOCK_STATE_CB;
    char servers[32];
    ares_channel channel;
    struct timespec begin, end;
    int all = argc == 3 ? ADDRESSES * atoi(argv[2]) : 0;

    (void)snprintf(servers, sizeof servers, "127.0.0.1:%s", argc == 3 ? argv[1] : "");
    if (all <= 0 || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
        ares_init_options(&channel, &options, mask) != ARES_SUCCESS ||
        ares_set_servers_ports_csv(channel, servers) != ARES_SUCCESS)
        return EXIT_FAILURE;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < all || on_their_way > 0;) {
        while (i < all && on_their_way < OUTSTANDING) {
            char name[64];
            int n = i % ADDRESSES;

            (void)snprintf(name, sizeof name, "%d.%d.168.192.z%d.test", n % 256, n / 256,
                           i / ADDRESSES);
            on_their_way++;
            i++;
            ares_query(channel, name, 1 /* IN */, 1 /* A */, hear, NULL);
        }
        if (on_their_way > 0)
            wait_a_turn(channel, epoll_fd);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    printf("lookups=%d found=%d clean=%d failed=%d seconds=%.6f\n", all, found, clean, failed,
           (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
    ares_destroy(channel);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
