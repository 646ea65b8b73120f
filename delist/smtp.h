/* SPDX-License-Identifier: GPL-3.0-or-later */
/* smtp.h - one conversation with a mail server, a command at a time, for tests.
 *
 * The server is not trusted: a reply has at most SMTP_LINES lines of SMTP_LINE_BYTES, comes within
 * the time limit, and only after a command. What breaks that ends the conversation, and a reply
 * with code 0 says why. Any certificate will do, as nothing is delivered.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"

enum {
    SMTP_LINE_BYTES = 2000,
    SMTP_LINES = 100,
    SMTP_TEXT_BYTES = 2000,            /* of a reply that is kept */
    SMTP_TRANSCRIPT_BYTES = 512 * 1024 /* then it says that it was cut */
};

/* What was said, for a person: each line with the seconds since the beginning, "C:" or "S:", clean
 * text. It may go on over many conversations. */
typedef struct {
    GString *text;
    gint64 begun; /* monotonic */
    bool is_cut;
} Transcript;

void transcript_init(Transcript *transcript);
void transcript_clear(Transcript *transcript);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Transcript, transcript_clear)
/* A line. who: 'C', 'S', or '#' for a remark. */
void transcript_add(Transcript *transcript, char who, const char *text);

typedef struct {
    Addr addr;
    guint16 port;
    Addr source;    /* ADDR_NONE: the system's choice */
    guint timeout;  /* milliseconds for each reply; 0: 60,000 */
    gint64 until;   /* monotonic: when the conversation is over at the latest; 0: never */
    bool tls_first; /* as on port 465 */
} SmtpTarget;

typedef struct {
    int code;        /* 0: none, the conversation is over, and text says why */
    char status[12]; /* "5.7.1", or "" */
    char *text;      /* the lines without their codes, blanks between; clean */
} SmtpReply;
void smtp_reply_clear(SmtpReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpReply, smtp_reply_clear)

typedef struct Smtp Smtp;

/* Connects and reads the greeting. NULL: no connection, and the reply says why. (transfer full)
 * In all of these *reply is set anew, and is the caller's to clear. */
Smtp *smtp_open(const SmtpTarget *target, Transcript *transcript, SmtpReply *reply);
void smtp_close(Smtp *smtp); /* without QUIT; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Smtp, smtp_close)

Addr smtp_local_address(const Smtp *smtp);

/* One command and its reply; true when a reply came. */
bool smtp_say(Smtp *smtp, SmtpReply *reply, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* EHLO, or HELO where it is not known. */
bool smtp_greet(Smtp *smtp, const char *name, SmtpReply *reply);
/* Whether EHLO offered it: "STARTTLS", "AUTH". */
bool smtp_offers(const Smtp *smtp, const char *keyword);
/* STARTTLS, and the handshake; what the server said before is forgotten: greet again. */
bool smtp_start_tls(Smtp *smtp, SmtpReply *reply);

/* After 354: the message, lines ending with \n, dots are stuffed here; the transcript gets its
 * length only. */
bool smtp_send_message(Smtp *smtp, const char *message, SmtpReply *reply);
