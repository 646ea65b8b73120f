/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "delist/dns_read.h"

enum { TIMEOUT = 5000, TRIES = 2, OUTSTANDING = 100, EVENTS = 32 };

const char *const dns_outcome_names[N_DNS_OUTCOMES] = {
    [DNS_FOUND] = "found",         [DNS_NO_NAME] = "nxdomain", [DNS_NO_DATA] = "nodata",
    [DNS_SERVFAIL] = "servfail",   [DNS_REFUSED] = "refused",  [DNS_TIMEOUT] = "timeout",
    [DNS_MALFORMED] = "malformed",
};

typedef struct {
    Dns *dns;
    char *name;
    DnsType type;
    DnsDone done;
    gpointer data;
} Question;

struct DnsLane {
    GQueue waiting;  /* Question */
    gint64 interval; /* microseconds between two; 0: none */
    gint64 next_at;  /* monotonic */
};

struct Dns {
    ares_channel channel;
    int epoll_fd;
    GPtrArray *lanes;
    guint turn; /* whose it is */
    guint outstanding, max_outstanding;
    guint waiting; /* those on their way counted */
};

static void
question_free(Question *question)
{
    g_free(question->name);
    g_free(question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Question, question_free)

static void
lane_free(gpointer data)
{
    DnsLane *lane = data;
    Question *question = NULL;

    while ((question = g_queue_pop_head(&lane->waiting)) != NULL) {
        question->done(NULL, question->data);
        question_free(question);
    }
    g_free(lane);
}

/* -- the channel ---------------------------------------------------------------------------------
 */

static void
watch_socket(void *data, ares_socket_t fd, int readable, int writable)
{
    const Dns *dns = data;
    struct epoll_event event = {.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U),
                                .data.fd = fd};

    if (event.events == 0)
        (void)epoll_ctl(dns->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(dns->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
        (void)epoll_ctl(dns->epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

static bool
open_channel(Dns *dns, const DnsOptions *options, GError **error)
{
    static char sources[] = "b"; /* DNS only, no hosts file */
    struct ares_options ares = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN |
                 ARES_FLAG_NOCHECKRESP, /* or SERVFAIL and REFUSED would both be "nobody listens" */
        .timeout = (int)(options->timeout ? options->timeout : TIMEOUT),
        .tries = (int)(options->tries ? options->tries : TRIES),
        .lookups = sources,
        .sock_state_cb = watch_socket,
        .sock_state_cb_data = dns,
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
               ARES_OPT_SOCK_STATE_CB;
    int code = ares_library_init(ARES_LIB_INIT_ALL);

    if (code == ARES_SUCCESS)
        code = ares_init_options(&dns->channel, &ares, mask);
    if (code != ARES_SUCCESS) {
        dns->channel = NULL;
        return plaint_fail(error, PLAINT_ERROR_BUSY, "cannot ask DNS: %s", ares_strerror(code));
    }
    if (text_is_empty(options->servers))
        return true;
    code = ares_set_servers_ports_csv(dns->channel, options->servers);
    return code == ARES_SUCCESS ||
           plaint_fail(error, PLAINT_ERROR_CONFIG,
                       "[dns] servers cannot be read: write ADDRESS or ADDRESS:PORT, "
                       "[ADDRESS]:PORT for IPv6");
}

Dns *
dns_new(const DnsOptions *options, GError **error)
{
    g_autoptr(Dns) dns = g_new0(Dns, 1);

    dns->lanes = g_ptr_array_new_with_free_func(lane_free);
    dns->max_outstanding = options->outstanding ? options->outstanding : OUTSTANDING;
    dns->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (dns->epoll_fd < 0) {
        plaint_fail(error, PLAINT_ERROR_BUSY, "cannot ask DNS: %s", g_strerror(errno));
        return NULL;
    }
    return open_channel(dns, options, error) ? g_steal_pointer(&dns) : NULL;
}

void
dns_free(Dns *dns)
{
    if (!dns)
        return;
    if (dns->channel) {
        ares_destroy(dns->channel); /* calls hear() with EDESTRUCTION */
        ares_library_cleanup();
    }
    if (dns->epoll_fd >= 0)
        (void)close(dns->epoll_fd);
    g_ptr_array_unref(dns->lanes);
    g_free(dns);
}

/* -- answers -------------------------------------------------------------------------------------
 */

static DnsOutcome
outcome_of(int status)
{
    static const struct {
        int status;
        DnsOutcome outcome;
    } known[] = {
        {ARES_SUCCESS, DNS_FOUND},     {ARES_ENOTFOUND, DNS_NO_NAME},
        {ARES_ENODATA, DNS_NO_DATA},   {ARES_ESERVFAIL, DNS_SERVFAIL},
        {ARES_EFORMERR, DNS_SERVFAIL}, {ARES_ENOTIMP, DNS_SERVFAIL},
        {ARES_EREFUSED, DNS_REFUSED},  {ARES_ECONNREFUSED, DNS_REFUSED},
        {ARES_ETIMEOUT, DNS_TIMEOUT},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].status == status)
            return known[i].outcome;
    return DNS_MALFORMED;
}

static void
hear(void *data, int status, int timeouts, unsigned char *bytes, int len)
{
    g_autoptr(Question) question = data;
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    DnsAnswer answer = {.outcome = outcome_of(status), .records = records};

    (void)timeouts;
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) {
        question->done(NULL, question->data);
        return;
    }
    question->dns->outstanding--;
    question->dns->waiting--;
    if (answer.outcome == DNS_FOUND || answer.outcome == DNS_NO_NAME ||
        answer.outcome == DNS_NO_DATA)
        dns_read(&answer, question->type, bytes, len);
    if (answer.outcome == DNS_MALFORMED)
        g_ptr_array_set_size(records, 0);
    question->done(&answer, question->data);
}

/* -- questions -----------------------------------------------------------------------------------
 */

DnsLane *
dns_lane(Dns *dns, guint per_second)
{
    DnsLane *lane = g_new0(DnsLane, 1);

    g_queue_init(&lane->waiting);
    lane->interval = per_second ? G_USEC_PER_SEC / per_second : 0;
    g_ptr_array_add(dns->lanes, lane);
    return lane;
}

void
dns_ask(Dns *dns, DnsLane *lane, const char *name, DnsType type, DnsDone done, gpointer data)
{
    Question *question = g_new0(Question, 1);

    *question = (Question){dns, g_strdup(name), type, done, data};
    g_queue_push_tail(&lane->waiting, question);
    dns->waiting++;
}

guint
dns_waiting(const Dns *dns)
{
    return dns->waiting;
}

/* The next lane that may ask, from the one whose turn it is; else NULL, and *at is when one may. */
static DnsLane *
next_lane(Dns *dns, gint64 now, gint64 *at)
{
    for (guint i = 0; i < dns->lanes->len; i++) {
        guint n = (dns->turn + i) % dns->lanes->len;
        DnsLane *lane = g_ptr_array_index(dns->lanes, n);

        if (lane->waiting.length == 0)
            continue;
        if (lane->next_at <= now) {
            dns->turn = n + 1;
            return lane;
        }
        *at = MIN(*at, lane->next_at);
    }
    return NULL;
}

/* Sends what may go. Returns when the next may, monotonic; G_MAXINT64: when an answer has come. */
static gint64
send_questions(Dns *dns)
{
    gint64 at = G_MAXINT64;

    while (dns->outstanding < dns->max_outstanding) {
        gint64 now = g_get_monotonic_time();
        DnsLane *lane = next_lane(dns, now, &at);
        Question *question = NULL;

        if (!lane)
            return at;
        question = g_queue_pop_head(&lane->waiting);
        lane->next_at = MAX(lane->next_at, now) + lane->interval;
        dns->outstanding++;
        ares_query(dns->channel, question->name, ns_c_in, dns_wire_types[question->type], hear,
                   question);
    }
    return G_MAXINT64;
}

/* Milliseconds until c-ares or a lane has something to do; -1: when a socket has. */
static int
patience(Dns *dns, gint64 next_at)
{
    struct timeval room, *left = ares_timeout(dns->channel, NULL, &room);
    gint64 microseconds = left ? left->tv_sec * G_USEC_PER_SEC + left->tv_usec : G_MAXINT64;

    if (next_at != G_MAXINT64)
        microseconds = MIN(microseconds, MAX(next_at - g_get_monotonic_time(), 0));
    return microseconds == G_MAXINT64 ? -1 : (int)MIN((microseconds + 999) / 1000, 60 * 1000);
}

static void
handle(Dns *dns, const struct epoll_event *event)
{
    bool readable = event->events & (EPOLLIN | EPOLLHUP | EPOLLERR);
    bool writable = event->events & EPOLLOUT;

    ares_process_fd(dns->channel, readable ? event->data.fd : ARES_SOCKET_BAD,
                    writable ? event->data.fd : ARES_SOCKET_BAD);
}

static bool
run(Dns *dns, guint left, int stop_fd, gint64 until, GError **error)
{
    struct epoll_event events[EVENTS];

    while (dns->waiting > left && g_get_monotonic_time() < until) {
        gint64 next_at = MIN(send_questions(dns), until);
        int n = 0;

        if (dns->waiting <= left) /* answered at once: a name that cannot be asked */
            return true;
        n = epoll_wait(dns->epoll_fd, events, EVENTS, patience(dns, next_at));
        if (n < 0 && errno != EINTR)
            return plaint_fail(error, PLAINT_ERROR_BUSY, "cannot wait for DNS: %s",
                               g_strerror(errno));
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == stop_fd)
                return true;
            handle(dns, &events[i]);
        }
        if (n <= 0)
            ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
    return true;
}

bool
dns_run_for(Dns *dns, guint left, int stop_fd, int milliseconds, GError **error)
{
    gint64 until =
        milliseconds < 0 ? G_MAXINT64 : g_get_monotonic_time() + (gint64)milliseconds * 1000;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = stop_fd};
    bool done = false;

    if (stop_fd >= 0 && epoll_ctl(dns->epoll_fd, EPOLL_CTL_ADD, stop_fd, &event) != 0)
        return plaint_fail(error, PLAINT_ERROR_BUSY, "cannot wait for DNS: %s", g_strerror(errno));
    done = run(dns, left, stop_fd, until, error);
    if (stop_fd >= 0)
        (void)epoll_ctl(dns->epoll_fd, EPOLL_CTL_DEL, stop_fd, NULL);
    return done;
}

bool
dns_run(Dns *dns, guint left, int stop_fd, GError **error)
{
    return dns_run_for(dns, left, stop_fd, -1, error);
}

/* -- one question ------------------------------------------------------------------------------
 */

typedef struct {
    DnsAnswer answer;
    bool has_come;
} Waited;

static void
keep_answer(const DnsAnswer *answer, gpointer data)
{
    Waited *waited = data;

    if (!answer)
        return;
    waited->answer = *answer;
    waited->answer.records = g_ptr_array_ref(answer->records);
    waited->has_come = true;
}

bool
dns_answer(Dns *dns, DnsLane *lane, const char *name, DnsType type, DnsAnswer *ret_answer,
           GError **error)
{
    Waited waited = {0};

    dns_ask(dns, lane, name, type, keep_answer, &waited);
    if (!dns_run(dns, 0, -1, error))
        return false;
    g_assert(waited.has_come);
    *ret_answer = waited.answer;
    return true;
}

void
dns_answer_clear(DnsAnswer *answer)
{
    g_clear_pointer(&answer->records, g_ptr_array_unref);
}

void
dns_reverse_name(const Addr *addr, char ret_name[DNS_REVERSE_SIZE])
{
    char *at = ret_name;

    if (addr_is_ipv4(addr)) {
        (void)g_snprintf(ret_name, DNS_REVERSE_SIZE, "%d.%d.%d.%d.in-addr.arpa", addr->b[15],
                         addr->b[14], addr->b[13], addr->b[12]);
        return;
    }
    for (int i = 31; i >= 0; i--) {
        guint nibble = i % 2 ? addr->b[i / 2] & 15U : addr->b[i / 2] >> 4;

        at += g_snprintf(at, 3, "%x.", nibble);
    }
    (void)g_strlcpy(at, "ip6.arpa", DNS_REVERSE_SIZE - 64);
}
