/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_server.h - a DNS server on loopback that answers by the first label of what it is asked, in a
 * thread of the test: found, two, txt, mx, nullmx, six, host (PTR), alias, nxdomain, nodata,
 * servfail, refused, garbage; anything else, "silent" among it, gets no answer. It counts. */
#pragma once

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    int fd;
    GThread *thread;
    char servers[32]; /* "127.0.0.1:PORT" */
    gint asked;       /* atomic */
} DnsServer;

static inline void
put16(GByteArray *out, guint16 value)
{
    guint16 big = g_htons(value);

    g_byte_array_append(out, (const guint8 *)&big, 2);
}

static inline void
put_record(GByteArray *out, guint16 type, guint32 ttl, const void *data, guint16 len)
{
    put16(out, 0xc00c); /* the name that was asked */
    put16(out, type);
    put16(out, 1);
    put16(out, (guint16)(ttl >> 16));
    put16(out, (guint16)ttl);
    put16(out, len);
    g_byte_array_append(out, data, len);
}

enum {
    SERVER_A = 1,
    SERVER_CNAME = 5,
    SERVER_SOA = 6,
    SERVER_PTR = 12,
    SERVER_MX = 15,
    SERVER_TXT = 16,
    SERVER_AAAA = 28
};

static inline void
put_soa(GByteArray *out)
{
    /* root names, then serial, refresh, retry, expire, minimum = 60 */
    static const guint8 soa[22] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0,
                                   0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 60};

    put_record(out, SERVER_SOA, 300, soa, sizeof soa);
}

/* rcode, answers and authority records; false: no answer at all. */
static inline gboolean
server_body(const char *label, guint16 type, guint16 counts[3], GByteArray *body)
{
    static const guint8 two[4] = {127, 0, 0, 2}, four[4] = {127, 0, 0, 4};
    static const struct {
        const char *label;
        guint16 rcode;
    } plain[] = {{"nxdomain", 3}, {"nodata", 0}, {"servfail", 2}, {"refused", 5}};
    static const struct {
        guint16 type;
        const char *label, *data;
        guint16 len;
    } others[] = {
        {SERVER_MX, "mx", "\0\12\2m1\4test", 11},
        {SERVER_MX, "nullmx", "\0\0", 3},
        {SERVER_AAAA, "six", "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\x19", 16},
        {SERVER_PTR, "host", "\2m1\4test", 9},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
        if (strcmp(label, plain[i].label) == 0) {
            counts[0] = plain[i].rcode;
            counts[2] = plain[i].rcode == 3 || plain[i].rcode == 0;
            if (counts[2])
                put_soa(body);
            return TRUE;
        }
    if (type == SERVER_TXT && strcmp(label, "txt") == 0) {
        put_record(body, SERVER_TXT, 30, "\5hello\7, world", 14);
        counts[1] = 1;
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (type == others[i].type && strcmp(label, others[i].label) == 0) {
            put_record(body, type, 30, others[i].data, others[i].len);
            counts[1] = 1;
            return TRUE;
        }
    if (strcmp(label, "alias") == 0) {
        put_record(body, SERVER_CNAME, 50, "\1x\0", 3);
        counts[1] = 1;
    }
    if (strcmp(label, "found") != 0 && strcmp(label, "two") != 0 && counts[1] == 0)
        return FALSE;
    put_record(body, SERVER_A, 40, two, 4);
    counts[1]++;
    if (strcmp(label, "two") == 0) {
        put_record(body, SERVER_A, 20, four, 4);
        counts[1]++;
    }
    return TRUE;
}

static inline void
server_answer(DnsServer *server, const guint8 *query, gsize len, const struct sockaddr_in *to)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autofree char *label = g_strndup((const char *)query + 13, query[12]);
    guint16 counts[3] = {0}; /* rcode, answers, authority */
    gsize end = 12;

    while (end < len && query[end])
        end += query[end] + 1U;
    end += 5;
    if (end > len || !server_body(label, query[end - 3], counts, body)) {
        if (strcmp(label, "garbage") == 0)
            (void)sendto(server->fd, query, 14, 0, (const void *)to, sizeof *to);
        return;
    }
    g_byte_array_append(out, query, 2);
    put16(out, (guint16)(0x8580 | counts[0]));
    put16(out, 1);
    put16(out, counts[1]);
    put16(out, counts[2]);
    put16(out, 0);
    g_byte_array_append(out, query + 12, (guint)(end - 12));
    g_byte_array_append(out, body->data, body->len);
    (void)sendto(server->fd, out->data, out->len, 0, (const void *)to, sizeof *to);
}

static inline gpointer
server_run(gpointer data)
{
    DnsServer *server = data;

    for (;;) {
        guint8 query[512];
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        ssize_t n = recvfrom(server->fd, query, sizeof query, 0, (void *)&from, &size);

        if (n == 1) /* server_stop() */
            return NULL;
        if (n < 18)
            continue;
        g_atomic_int_inc(&server->asked);
        server_answer(server, query, (gsize)n, &from);
    }
}

static inline void
server_start(DnsServer *server)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = g_htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;

    server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(server->fd, (void *)&at, sizeof at), ==, 0);
    g_assert_cmpint(getsockname(server->fd, (void *)&at, &size), ==, 0);
    g_snprintf(server->servers, sizeof server->servers, "127.0.0.1:%u", g_ntohs(at.sin_port));
    server->asked = 0;
    server->thread = g_thread_new("dns", server_run, server);
}

static inline void
server_stop(DnsServer *server)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;

    g_assert_cmpint(getsockname(server->fd, (void *)&at, &size), ==, 0);
    (void)sendto(server->fd, "", 1, 0, (void *)&at, size);
    (void)g_thread_join(server->thread);
    (void)close(server->fd);
}
