/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.h - a mail as a flat list of its MIME entities, enclosed messages included.
 *
 * Entities stand in the order of the mail, a parent before its parts. Contents are decoded when
 * asked for, once, and belong to the Message. Nothing here counts: prescan.h did.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/complaint.h"
#include "ingest/parse/header.h"
#include "ingest/parse/prescan.h"

typedef struct {
    const char *type;        /* "text/plain", lower case */
    const char *filename;    /* NULL when none is said */
    const char *charset;     /* as declared, or NULL */
    const char *report_type; /* of a multipart/report, lower case, or NULL */
    bool is_attachment;      /* Content-Disposition: attachment */
    bool is_message;         /* an enclosed message, read as such: its parts follow */
    bool is_container;       /* a multipart or is_message: no content of its own */
    guint depth;
    gint parent;     /* index, -1 for the outermost */
    guint end;       /* index of the first entity that is not inside this one */
    const char *raw; /* of a leaf: its bytes, encoded; of is_message: its header block */
    gsize raw_len;
    int encoding;    /* GMimeContentEncoding */
    GBytes *content; /* NULL until asked for */
    char *text;      /* NULL until asked for */
} Entity;

typedef struct {
    Prescan scan;        /* the bytes; owned */
    HeaderBlock *header; /* of the mail itself; never NULL */
    GArray *entities;    /* Entity */
    GStringChunk *names;
    GPtrArray *children; /* Message: mails found in encoded parts */
    const Limits *limits;
    Complaint *complaint; /* where problems go */
} Message;

/* Takes what *scan holds over. (transfer full), never NULL; bytes that are no mail give no
 * entities. limits and complaint are borrowed for its lifetime. */
Message *message_new(Prescan *scan, const Limits *limits, Complaint *complaint);
void message_free(Message *message); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)

Entity *message_entity(const Message *message, guint index);
const char *
message_type(const Message *message); /* of the outermost entity; "text/plain" if none */

/* Decoded bytes of a leaf, at most limits->part_bytes. (transfer none) */
GBytes *message_content(Message *message, guint index);

/* A leaf as clean UTF-8 text with newlines, at most limits->text_bytes; HTML is turned into text.
 * A charset that lies or is unknown is a problem. (transfer none), never NULL. */
const char *message_text(Message *message, guint index);

/* What a person reads of the entity (the mail for 0): its first text/plain leaf that is no
 * attachment, else its first text/html one; enclosed messages are not entered. -1: none. */
gint message_body(const Message *message, guint index);

/* Is the entity inside an enclosed message? */
bool message_is_enclosed(const Message *message, guint index);

/* Where the raw bytes of an entity are in the whole mail; G_MAXUINT32: not in it verbatim. */
guint32 message_offset(const Message *message, const Entity *entity);

/* The header block of an is_message entity. (transfer full) */
HeaderBlock *message_enclosed_header(const Message *message, guint index);
