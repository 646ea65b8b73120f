/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/smtp.h"

#include <gio/gio.h>
#include <string.h>

#include "base/text.h"

enum { TIMEOUT = 60 * 1000, CLOSE_TIMEOUT = 5 * 1000, LINES_BYTES = 8192 };

/* Ends what takes too long: reads, writes and handshakes of any stream, also when something
 * trickles in. */
typedef struct {
    GMutex mutex;
    GCond cond;
    GThread *thread;
    GCancellable *cancellable;
    gint64 deadline; /* monotonic; 0: none */
    gint64 until;    /* no deadline is later; 0: none */
    bool is_over;
} Watchdog;

struct Smtp {
    GSocketConnection *socket;
    GIOStream *stream; /* socket, or TLS over it */
    Watchdog dog;
    Transcript *transcript;
    guint timeout;
    char buffer[SMTP_LINE_BYTES + 2];
    gsize used;
    GString *lines;  /* of the last reply, without their codes */
    GString *offers; /* those of EHLO's */
    bool is_tls;
};

/* -- transcript ----------------------------------------------------------------------------------
 */

void
transcript_init(Transcript *transcript)
{
    *transcript = (Transcript){.text = g_string_new(NULL), .begun = g_get_monotonic_time()};
}

void
transcript_clear(Transcript *transcript)
{
    if (transcript->text)
        g_string_free(transcript->text, TRUE);
    transcript->text = NULL;
}

void
transcript_add(Transcript *transcript, char who, const char *text)
{
    double seconds = (double)(g_get_monotonic_time() - transcript->begun) / G_USEC_PER_SEC;
    g_autofree char *clean = text_clean(text, -1, SMTP_LINE_BYTES);

    if (transcript->is_cut)
        return;
    transcript->is_cut = transcript->text->len + strlen(clean) > SMTP_TRANSCRIPT_BYTES;
    g_string_append_printf(transcript->text, "%8.3f %c: %s\n", seconds,
                           transcript->is_cut ? '#' : who,
                           transcript->is_cut ? "the rest is left out: it is too long" : clean);
}

/* -- time ----------------------------------------------------------------------------------------
 */

static gpointer
watch(gpointer data)
{
    Watchdog *dog = data;

    g_mutex_lock(&dog->mutex);
    while (!dog->is_over) {
        if (dog->deadline == 0)
            g_cond_wait(&dog->cond, &dog->mutex);
        else if (!g_cond_wait_until(&dog->cond, &dog->mutex, dog->deadline) && dog->deadline != 0 &&
                 g_get_monotonic_time() >= dog->deadline) {
            dog->deadline = 0;
            g_cancellable_cancel(dog->cancellable);
        }
    }
    g_mutex_unlock(&dog->mutex);
    return NULL;
}

static void
dog_start(Watchdog *dog)
{
    g_mutex_init(&dog->mutex);
    g_cond_init(&dog->cond);
    dog->cancellable = g_cancellable_new();
    dog->thread = g_thread_new("smtp", watch, dog);
}

/* milliseconds 0: no limit from now on. */
static void
dog_set(Watchdog *dog, guint milliseconds)
{
    g_mutex_lock(&dog->mutex);
    dog->deadline = milliseconds ? g_get_monotonic_time() + milliseconds * 1000LL : 0;
    if (dog->until > 0)
        dog->deadline = MIN(dog->deadline, dog->until);
    g_cond_signal(&dog->cond);
    g_mutex_unlock(&dog->mutex);
}

static void
dog_stop(Watchdog *dog)
{
    g_mutex_lock(&dog->mutex);
    dog->is_over = true;
    g_cond_signal(&dog->cond);
    g_mutex_unlock(&dog->mutex);
    (void)g_thread_join(dog->thread);
    g_object_unref(dog->cancellable);
    g_cond_clear(&dog->cond);
    g_mutex_clear(&dog->mutex);
}

/* -- reading -------------------------------------------------------------------------------------
 */

void
smtp_reply_clear(SmtpReply *reply)
{
    g_free(reply->text);
    *reply = (SmtpReply){0};
}

/* The conversation is over. */
static bool
end(Smtp *smtp, SmtpReply *reply, const char *why)
{
    smtp_reply_clear(reply);
    reply->text = text_clean(why, -1, SMTP_TEXT_BYTES);
    transcript_add(smtp->transcript, '#', reply->text);
    return false;
}

static bool
end_error(Smtp *smtp, SmtpReply *reply, const GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return end(smtp, reply, "no answer within the time limit");
    return end(smtp, reply, error ? error->message : "the server closed the connection");
}

/* More bytes into the buffer, which has room. */
static bool
fill(Smtp *smtp, SmtpReply *reply)
{
    g_autoptr(GError) error = NULL;
    GInputStream *in = g_io_stream_get_input_stream(smtp->stream);
    gssize n = g_input_stream_read(in, smtp->buffer + smtp->used, sizeof smtp->buffer - smtp->used,
                                   smtp->dog.cancellable, &error);

    if (n <= 0)
        return end_error(smtp, reply, error);
    smtp->used += (gsize)n;
    return true;
}

/* The next line, without its end; NUL bytes in it become '?'. (transfer full) or NULL */
static char *
read_line(Smtp *smtp, SmtpReply *reply)
{
    const char *newline = NULL;
    gsize len = 0, skip = 0;
    g_autofree char *line = NULL;

    while (!(newline = memchr(smtp->buffer, '\n', smtp->used))) {
        if (smtp->used == sizeof smtp->buffer) {
            end(smtp, reply, "the server sent a line that does not end");
            return NULL;
        }
        if (!fill(smtp, reply))
            return NULL;
    }
    skip = (gsize)(newline - smtp->buffer) + 1;
    len = skip - 1;
    len -= len > 0 && smtp->buffer[len - 1] == '\r';
    line = g_malloc(len + 1);
    for (gsize i = 0; i < len; i++)
        line[i] = smtp->buffer[i] ? smtp->buffer[i] : '?';
    line[len] = '\0';
    memmove(smtp->buffer, smtp->buffer + skip, smtp->used - skip);
    smtp->used -= skip;
    transcript_add(smtp->transcript, 'S', line);
    return g_steal_pointer(&line);
}

/* "250-text" or "250 text": the code, or 0. */
static int
code_of(const char *line)
{
    if (!g_ascii_isdigit(line[0]) || !g_ascii_isdigit(line[1]) || !g_ascii_isdigit(line[2]) ||
        line[0] < '2' || line[0] > '5' || (line[3] && line[3] != ' ' && line[3] != '-'))
        return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}

/* RFC 3463: "5.7.1 …" */
static void
read_status(SmtpReply *reply, const char *text)
{
    gsize len = strspn(text, "0123456789.");
    guint dots = 0;

    for (gsize i = 0; i < len; i++)
        dots += text[i] == '.';
    if (dots == 2 && len < sizeof reply->status && text[0] - '0' == reply->code / 100 &&
        text[1] == '.' && (text[len] == ' ' || !text[len]))
        (void)g_strlcpy(reply->status, text, len + 1);
}

static bool
read_lines(Smtp *smtp, SmtpReply *reply)
{
    GString *text = smtp->lines;

    for (guint n = 0; n < SMTP_LINES; n++) {
        g_autofree char *line = read_line(smtp, reply);
        int code = line ? code_of(line) : 0;

        if (!line)
            return false;
        if (code == 0 || (n > 0 && code != reply->code))
            return end(smtp, reply, "the server said something that is no SMTP reply");
        reply->code = code;
        if (n == 0 && line[3])
            read_status(reply, line + 4);
        if (text->len < LINES_BYTES)
            g_string_append_printf(text, "%s%s", n > 0 ? "\n" : "", line[3] ? line + 4 : "");
        if (line[3] != '-')
            return true;
    }
    return end(smtp, reply, "the server's reply does not end");
}

static bool
read_reply(Smtp *smtp, SmtpReply *reply)
{
    bool done = false;

    smtp_reply_clear(reply);
    g_string_truncate(smtp->lines, 0);
    dog_set(&smtp->dog, smtp->timeout);
    done = read_lines(smtp, reply);
    dog_set(&smtp->dog, 0);
    if (!done)
        return false;
    reply->text = text_clean(smtp->lines->str, (gssize)smtp->lines->len, SMTP_TEXT_BYTES);
    return true;
}

/* Whether the server spoke before it was asked: its replies would be taken for those to later
 * commands. A 421 may come at any time. */
static bool
is_in_step(Smtp *smtp, SmtpReply *reply)
{
    GPollableInputStream *in = G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(smtp->stream));
    g_autoptr(GError) error = NULL;
    gssize n = 0;

    smtp_reply_clear(reply);
    if (smtp->used == 0)
        n = g_pollable_input_stream_read_nonblocking(in, smtp->buffer, sizeof smtp->buffer,
                                                     smtp->dog.cancellable, &error);
    if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return true;
    if (smtp->used == 0 && n <= 0)
        return end_error(smtp, reply, error);
    smtp->used += (gsize)MAX(n, 0);
    if (!read_reply(smtp, reply))
        return false;
    return reply->code != 421 && end(smtp, reply, "the server answered before it was asked");
}

/* -- connecting ----------------------------------------------------------------------------------
 */

static GSocketAddress *
socket_address(const Addr *addr, guint16 port)
{
    char text[ADDR_TEXT_SIZE];

    return g_inet_socket_address_new_from_string(addr_text(addr, text), port);
}

static gboolean
accept_any(GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flaws,
           gpointer data)
{
    (void)tls;
    (void)certificate;
    (void)flaws;
    (void)data;
    return TRUE;
}

static bool
handshake(Smtp *smtp, SmtpReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GIOStream) tls = g_tls_client_connection_new(smtp->stream, NULL, &error);
    bool done = false;

    if (!tls)
        return end_error(smtp, reply, error);
    (void)g_signal_connect(tls, "accept-certificate", G_CALLBACK(accept_any), NULL);
    /* Some servers just hang up; there is nothing to be truncated. */
    g_tls_connection_set_require_close_notify(G_TLS_CONNECTION(tls), FALSE);
    dog_set(&smtp->dog, smtp->timeout);
    done = g_tls_connection_handshake(G_TLS_CONNECTION(tls), smtp->dog.cancellable, &error);
    dog_set(&smtp->dog, 0);
    if (!done)
        return end_error(smtp, reply, error);
    g_object_unref(smtp->stream);
    smtp->stream = g_steal_pointer(&tls);
    smtp->used = 0; /* what came before was not said in TLS */
    smtp->is_tls = true;
    transcript_add(smtp->transcript, '#', "TLS from here on");
    return true;
}

static bool
dial(Smtp *smtp, const SmtpTarget *target, SmtpReply *reply)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) to = socket_address(&target->addr, target->port);
    g_autoptr(GError) error = NULL;

    g_socket_client_set_enable_proxy(client, FALSE);
    if (!addr_is_none(&target->source)) {
        g_autoptr(GSocketAddress) from = socket_address(&target->source, 0);

        g_socket_client_set_local_address(client, from);
    }
    dog_set(&smtp->dog, smtp->timeout);
    smtp->socket =
        g_socket_client_connect(client, G_SOCKET_CONNECTABLE(to), smtp->dog.cancellable, &error);
    dog_set(&smtp->dog, 0);
    if (!smtp->socket)
        return end_error(smtp, reply, error);
    smtp->stream = G_IO_STREAM(g_object_ref(smtp->socket));
    return true;
}

Smtp *
smtp_open(const SmtpTarget *target, Transcript *transcript, SmtpReply *reply)
{
    g_autoptr(Smtp) smtp = g_new0(Smtp, 1);
    char text[ADDR_TEXT_SIZE];
    g_autofree char *words =
        g_strdup_printf("connecting to %s port %u", addr_text(&target->addr, text), target->port);

    transcript_add(transcript, '#', words);
    dog_start(&smtp->dog);
    smtp->transcript = transcript;
    smtp->dog.until = target->until;
    smtp->timeout = target->timeout ? target->timeout : TIMEOUT;
    smtp->lines = g_string_new(NULL);
    smtp->offers = g_string_new(NULL);
    return dial(smtp, target, reply) && (!target->tls_first || handshake(smtp, reply)) &&
                   read_reply(smtp, reply)
               ? g_steal_pointer(&smtp)
               : NULL;
}

void
smtp_close(Smtp *smtp)
{
    if (!smtp)
        return;
    dog_set(&smtp->dog, CLOSE_TIMEOUT);
    if (smtp->stream)
        (void)g_io_stream_close(smtp->stream, smtp->dog.cancellable, NULL);
    g_clear_object(&smtp->stream);
    g_clear_object(&smtp->socket);
    dog_stop(&smtp->dog);
    g_string_free(smtp->lines, TRUE);
    g_string_free(smtp->offers, TRUE);
    g_free(smtp);
}

Addr
smtp_local_address(const Smtp *smtp)
{
    g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address(smtp->socket, NULL);
    Addr addr = ADDR_NONE;

    if (local) {
        g_autofree char *text = g_inet_address_to_string(
            g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(local)));

        (void)addr_parse(text, -1, &addr);
    }
    return addr;
}

/* -- saying --------------------------------------------------------------------------------------
 */

static bool
send_bytes(Smtp *smtp, const char *bytes, gsize len, SmtpReply *reply)
{
    g_autoptr(GError) error = NULL;
    bool done = false;

    dog_set(&smtp->dog, smtp->timeout);
    done = g_output_stream_write_all(g_io_stream_get_output_stream(smtp->stream), bytes, len, NULL,
                                     smtp->dog.cancellable, &error);
    dog_set(&smtp->dog, 0);
    return done || end_error(smtp, reply, error);
}

bool
smtp_say(Smtp *smtp, SmtpReply *reply, const char *format, ...)
{
    g_autofree char *said = NULL;
    g_autofree char *line = NULL;
    g_autofree char *bytes = NULL;
    va_list args;

    va_start(args, format);
    said = g_strdup_vprintf(format, args);
    va_end(args);
    line = text_clean(said, -1, SMTP_LINE_BYTES); /* one line, whatever it was made of */
    bytes = g_strconcat(line, "\r\n", NULL);
    if (!is_in_step(smtp, reply))
        return reply->code != 0; /* 421 is an answer, too */
    transcript_add(smtp->transcript, 'C', line);
    return send_bytes(smtp, bytes, strlen(bytes), reply) && read_reply(smtp, reply);
}

bool
smtp_greet(Smtp *smtp, const char *name, SmtpReply *reply)
{
    g_string_truncate(smtp->offers, 0);
    if (!smtp_say(smtp, reply, "EHLO %s", name))
        return false;
    if (reply->code == 250)
        (void)g_string_assign(smtp->offers, smtp->lines->str);
    return reply->code < 500 || smtp_say(smtp, reply, "HELO %s", name);
}

bool
smtp_offers(const Smtp *smtp, const char *keyword)
{
    g_auto(GStrv) lines = g_strsplit(smtp->offers->str, "\n", -1);
    gsize len = strlen(keyword);

    /* The first line is the server's name. */
    for (guint i = 1; lines[0] && lines[i]; i++)
        if (text_has_prefix_fold(lines[i], keyword) && (!lines[i][len] || lines[i][len] == ' '))
            return true;
    return false;
}

bool
smtp_start_tls(Smtp *smtp, SmtpReply *reply)
{
    if (!smtp_say(smtp, reply, "STARTTLS"))
        return false;
    return reply->code != 220 || handshake(smtp, reply);
}

bool
smtp_send_message(Smtp *smtp, const char *message, SmtpReply *reply)
{
    g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
    g_autoptr(GString) bytes = g_string_new(NULL);
    guint n = g_strv_length(lines);
    g_autofree char *words = NULL;

    n -= n > 0 && !lines[n - 1][0];
    for (guint i = 0; i < n; i++)
        g_string_append_printf(bytes, "%s%s\r\n", lines[i][0] == '.' ? "." : "", lines[i]);
    g_string_append(bytes, ".\r\n");
    words = g_strdup_printf("(a message of %u lines, and a dot)", n);
    transcript_add(smtp->transcript, 'C', words);
    return send_bytes(smtp, bytes->str, bytes->len, reply) && read_reply(smtp, reply);
}
