/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/parser.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "ingest/intake/child.h"
#include "ingest/intake/nursery.h"
#include "ingest/parse/complaint_pack.h"

enum {
    READ_BYTES = 64 * 1024,
    PUMP_BYTES = 4 * 1024 * 1024, /* heard ahead of being asked for */
};

typedef struct {
    GBytes *mail;
    ChildRequest head;
    gsize sent; /* bytes of head and mail that the child has */
} Pending;

struct Parser {
    ChildOptions options;
    Line nursery;
    Line child;
    bool ready;     /* the child said so */
    bool used;      /* the child has answered for a mail */
    GQueue pending; /* Pending, oldest first */
    bool full;      /* the child's end took no more, and has not answered since */
    GByteArray *in; /* what the child said; nobody took what is from in_at on */
    guint in_at;
};

/* What came of waiting for the child. */
typedef enum { CAME_REPLY, CAME_END, CAME_NOTHING, CAME_NONSENSE } Came;

static void
pending_free(gpointer data)
{
    Pending *pending = data;

    g_bytes_unref(pending->mail);
    g_free(pending);
}

static Parser *
parser_alloc(const SiteMap *site)
{
    Parser *parser = g_new0(Parser, 1);

    child_options_init(&parser->options, site);
    parser->nursery = parser->child = LINE_NONE;
    g_queue_init(&parser->pending);
    parser->in = g_byte_array_new();
    return parser;
}

void
parser_free(Parser *parser)
{
    if (!parser)
        return;
    line_close(&parser->child);
    line_close(&parser->nursery);
    g_queue_clear_full(&parser->pending, pending_free);
    g_byte_array_unref(parser->in);
    g_free(parser);
}

Parser *
parser_new(const SiteMap *site, GError **error)
{
    g_autoptr(Parser) parser = parser_alloc(site);

    if (!nursery_open(&parser->options, &parser->nursery, error))
        return NULL;
    return g_steal_pointer(&parser);
}

/* One step of sending. False: the child takes no more now. */
static bool
send_some(Parser *parser, Pending *pending)
{
    gsize body = pending->sent < sizeof pending->head ? 0 : pending->sent - sizeof pending->head;
    struct iovec iov[2] = {
        {(char *)&pending->head + MIN(pending->sent, sizeof pending->head),
         sizeof pending->head - MIN(pending->sent, sizeof pending->head)},
        {(char *)(gsize)g_bytes_get_data(pending->mail, NULL) + body, pending->head.length - body},
    };
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = 2};
    ssize_t n = sendmsg(parser->child.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n <= 0) {
        parser->full = true;
        return false;
    }
    pending->sent += (gsize)n;
    return pending->sent == sizeof pending->head + pending->head.length;
}

static bool
is_sent(const Pending *pending)
{
    return pending->sent == sizeof pending->head + pending->head.length;
}

/* Sends what the child's socket takes. True when there is more. */
static bool
send_pending(Parser *parser)
{
    GList *first = parser->pending.tail;

    if (parser->full)
        return true;
    /* The unsent ones stand at the end. */
    while (first && first->prev && !is_sent(first->prev->data))
        first = first->prev;
    for (GList *link = first; link; link = link->next)
        if (!is_sent(link->data) && !send_some(parser, link->data))
            return true;
    return false;
}

void
parser_send(Parser *parser, GBytes *mail, ParseMode mode, gint64 received_at)
{
    Pending *pending = g_new0(Pending, 1);

    pending->mail = g_bytes_ref(mail);
    pending->head = (ChildRequest){
        .mode = (guint32)mode,
        .length = (guint32)MIN(g_bytes_get_size(mail), LIMIT_MAIL_READ_BYTES),
        .received_at = received_at,
    };
    g_queue_push_tail(&parser->pending, pending);
    if (parser->ready && !parser->full)
        (void)send_pending(parser);
}

Parser *
parser_new_once(const SiteMap *site, GBytes *mail, ParseMode mode, gint64 received_at,
                GError **error)
{
    g_autoptr(Parser) parser = parser_alloc(site);
    Pending *pending = NULL;

    parser_send(parser, mail, mode, received_at);
    pending = g_queue_peek_head(&parser->pending);
    pending->sent = sizeof pending->head + pending->head.length;
    if (!nursery_fork_once(&parser->options, &pending->head, mail, &parser->child, error))
        return NULL;
    return g_steal_pointer(&parser);
}

guint
parser_pending(const Parser *parser)
{
    return parser->pending.length;
}

/* Takes what the child has said. False when it has ended. */
static bool
hear(Parser *parser)
{
    guint have = 0;
    ssize_t n = 0;

    if (parser->in_at > 0 && parser->in_at >= parser->in->len / 2) {
        g_byte_array_remove_range(parser->in, 0, parser->in_at);
        parser->in_at = 0;
    }
    have = parser->in->len;
    g_byte_array_set_size(parser->in, have + READ_BYTES);
    n = recv(parser->child.fd, parser->in->data + have, READ_BYTES, MSG_DONTWAIT);
    g_byte_array_set_size(parser->in, have + (guint)MAX(n, 0));
    if (n > 0)
        parser->full = false;
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Is a whole reply there? */
static Came
look_for_reply(const Parser *parser, ChildReply *ret_head)
{
    gsize have = parser->in->len - parser->in_at;

    if (have < sizeof *ret_head)
        return CAME_NOTHING;
    memcpy(ret_head, parser->in->data + parser->in_at, sizeof *ret_head);
    if (ret_head->kind == 0 || ret_head->kind >= REPLY_N ||
        ret_head->length > LIMIT_CHILD_REPLY_BYTES)
        return CAME_NONSENSE;
    return have - sizeof *ret_head >= ret_head->length ? CAME_REPLY : CAME_NOTHING;
}

/* Waits for a whole reply until `deadline` (monotonic), sending meanwhile. */
static Came
await_reply_until(Parser *parser, gint64 deadline, ChildReply *ret_head)
{
    for (;;) {
        Came came = look_for_reply(parser, ret_head);
        bool more = came == CAME_NOTHING && send_pending(parser);
        struct pollfd pfd = {parser->child.fd, (short)(POLLIN | (more ? POLLOUT : 0)), 0};
        gint64 left = deadline - g_get_monotonic_time();

        if (came != CAME_NOTHING)
            return came;
        if (left <= 0)
            return CAME_NOTHING;
        if (poll(&pfd, 1, (int)(left / 1000 + 1)) <= 0)
            continue;
        if (pfd.revents & POLLOUT)
            parser->full = false;
        if ((pfd.revents & ~POLLOUT) && !hear(parser))
            return CAME_END;
    }
}

static Came
await_reply(Parser *parser, ChildReply *ret_head)
{
    gint64 limit = parser->options.wall_seconds * G_USEC_PER_SEC;

    return await_reply_until(parser, g_get_monotonic_time() + limit, ret_head);
}

bool
parser_wait(Parser *parser, int milliseconds)
{
    ChildReply head = {0};
    gint64 limit = (gint64)milliseconds * 1000;

    if (!parser->ready)
        return false;
    switch (await_reply_until(parser, g_get_monotonic_time() + limit, &head)) {
    case CAME_REPLY:
        return head.kind == REPLY_COMPLAINT;
    case CAME_NOTHING:
        return false;
    default:
        return !parser->used; /* otherwise parser_receive tries again */
    }
}

void
parser_pump(Parser *parser, int stop_fd)
{
    bool listening = parser->ready;

    for (;;) {
        bool more = listening && send_pending(parser);
        struct pollfd pfds[] = {
            {stop_fd, POLLIN, 0},
            {listening ? parser->child.fd : -1, (short)(POLLIN | (more ? POLLOUT : 0)), 0},
        };

        if (poll(pfds, 2, -1) < 0)
            continue;
        if (pfds[0].revents)
            return;
        if (pfds[1].revents & POLLOUT)
            parser->full = false;
        /* Its end, too, is for await_reply() to find. */
        if (pfds[1].revents & ~POLLOUT)
            listening = hear(parser) && parser->in->len < PUMP_BYTES;
    }
}

/* Takes the reply that await_reply found. (transfer full) */
static GBytes *
take_reply(Parser *parser, const ChildReply *head)
{
    GBytes *body = g_bytes_new(parser->in->data + parser->in_at + sizeof *head, head->length);

    parser->in_at += (guint)sizeof *head + head->length;
    return body;
}

/* The child is not our own but the nursery's: killed here, reaped there. */
static void
drop_child(Parser *parser)
{
    line_close(&parser->child);
    g_byte_array_set_size(parser->in, 0);
    parser->in_at = 0;
    parser->ready = parser->used = parser->full = false;
}

/* A child that has closed its sandbox; all that is unanswered is sent to it again. */
static bool
ensure_child(Parser *parser, GError **error)
{
    ChildReply head = {0};
    g_autoptr(GBytes) body = NULL;

    if (parser->ready)
        return true;
    if (parser->child.fd < 0) {
        for (GList *link = parser->pending.head; link; link = link->next)
            ((Pending *)link->data)->sent = 0;
        if (!nursery_fork(&parser->nursery, &parser->child, error))
            return false;
    }
    if (await_reply(parser, &head) != CAME_REPLY) {
        drop_child(parser);
        return plaint_fail(error, PLAINT_ERROR_BUSY, "the parser did not start");
    }
    body = take_reply(parser, &head);
    if (head.kind == REPLY_READY) {
        parser->ready = true;
        return true;
    }
    drop_child(parser);
    return plaint_fail(error, PLAINT_ERROR_INTERNAL, "%.*s", (int)g_bytes_get_size(body),
                       (const char *)g_bytes_get_data(body, NULL));
}

/* What is kept of a mail that the parser could not answer for. */
static Complaint *
dead_complaint(const char *why)
{
    Complaint *complaint = complaint_new();

    complaint_add_problem(complaint, "parser-died", "%s", why);
    return complaint;
}

Complaint *
parser_receive(Parser *parser, GError **error)
{
    static const char *const why[] = {
        [CAME_REPLY] = "the parser gave an answer that makes no sense",
        [CAME_END] = "the parser died on this mail",
        [CAME_NOTHING] = "the parser took too long for this mail and was stopped",
        [CAME_NONSENSE] = "the parser gave an answer that makes no sense",
    };
    Complaint *complaint = NULL;

    g_assert(parser->pending.length > 0);
    while (!complaint) {
        ChildReply head = {0};
        g_autoptr(GBytes) body = NULL;
        Came came = CAME_END;

        if (!ensure_child(parser, error))
            return NULL;
        came = await_reply(parser, &head);
        body = came == CAME_REPLY ? take_reply(parser, &head) : NULL;
        complaint = body && head.kind == REPLY_COMPLAINT ? complaint_unpack(body, NULL) : NULL;
        if (complaint) {
            parser->used = true;
            complaint->reporter_listed =
                g_strcmp0(complaint->authenticity, "pass") == 0 &&
                site_lists_reporter(parser->options.site, complaint->reporter);
            break;
        }
        /* A child that has read other mails may be tired, or damaged by them: the next one has
         * only this mail when it comes to it, so it is the last. */
        if (!parser->used)
            complaint = dead_complaint(why[came]);
        drop_child(parser);
    }
    pending_free(g_queue_pop_head(&parser->pending));
    return complaint;
}

Complaint *
parser_run(Parser *parser, GBytes *mail, ParseMode mode, gint64 received_at, GError **error)
{
    g_assert(parser->pending.length == 0);
    parser_send(parser, mail, mode, received_at);
    return parser_receive(parser, error);
}
