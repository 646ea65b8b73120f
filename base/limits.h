/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.h - every number that hostile input meets, in one place.
 *
 * A limit cuts and names a problem; it never turns a mail away. `limits_default` is what all
 * programs use; tests pass smaller ones. Units are in the names or comments.
 */
#pragma once

#include <glib.h>

typedef struct {
    gsize mail_bytes;   /* a whole mail; what is longer is stored, but only this much parsed */
    gsize header_bytes; /* one header field, folded */
    gsize header_block_bytes; /* all header fields of one entity */
    guint header_lines;       /* header fields of one entity */
    guint received_lines;     /* trace fields of one entity (the walk's hops) */
    guint parts;              /* MIME entities in the whole mail, i.e. boundary lines */
    guint depth;              /* nesting of multiparts and messages */
    gsize part_bytes;         /* decoded bytes of one part that are looked at */
    gsize text_bytes;         /* of a part's text that is searched for header blocks */
    guint incidents;          /* of one complaint */
    guint urls;               /* kept of one incident */
    gsize field_bytes;        /* one string of a Complaint */
    gsize words_bytes;        /* the reporter's own words that are kept for search */
    guint comments;           /* comments in one trace field */
    guint comment_depth;      /* their nesting */
    gsize archive_bytes;      /* that come out of one archive, all files together … */
    guint archive_ratio;      /* … and at most so many times its own */
    guint archive_files;      /* of one archive */
    guint json_depth;         /* nesting of a JSON report */
    guint json_values;        /* members and elements of one */
} Limits;

extern const Limits limits_default;

/* Limits that are not a parser's. */
enum {
    LIMIT_MAIL_READ_BYTES = 64 * 1024 * 1024,     /* the LDA reads no more; longer input is refused
                                                     with 75 and a log line, as the MTA's own
                                                     message_size_limit should have been lower */
    LIMIT_CHILD_MEMORY_BYTES = 256 * 1024 * 1024, /* RLIMIT_AS of the parsing child */
    LIMIT_CHILD_CPU_SECONDS = 10,                 /* RLIMIT_CPU of the parsing child */
    LIMIT_CHILD_WALL_SECONDS = 30,                /* then its parent kills it */
    LIMIT_CHILD_REPLY_BYTES = 16 * 1024 * 1024,   /* the packed complaint it may hand back */
    LIMIT_BUSY_MILLISECONDS = 20 * 1000,          /* waiting for the store's write lock */
    LIMIT_LOG_QUERY_MILLISECONDS = 2000,          /* what [mta] log-query may take */
    LIMIT_LOG_QUERY_BYTES = 64 * 1024,            /* … and print */
    LIMIT_LOOKUP_MILLISECONDS = 2000,             /* what [customers] lookup may take */
    LIMIT_LOOKUP_BYTES = 16 * 1024,               /* … and print */
    LIMIT_HOOK_BYTES = 1024 * 1024,               /* what [hooks] on-move may print */
    LIMIT_SENDMAIL_MILLISECONDS = 60 * 1000,      /* what sendmail may take … */
    LIMIT_SENDMAIL_BYTES = 64 * 1024,             /* … and print */
    LIMIT_TEMPLATE_BYTES = 16 * 1024 * 1024,      /* a document that a template makes */
    LIMIT_TEMPLATE_DEPTH = 32,                    /* sections and partials in one another */
    LIMIT_CSV_FIELD_BYTES = 256 * 1024,           /* of a file of customers: one field, … */
    LIMIT_CSV_ROW_BYTES = 512 * 1024,             /* … a row, … */
    LIMIT_CSV_COLUMNS = 64,                       /* … its columns, … */
    LIMIT_CSV_PIPE_BYTES = 2000 * 1024 * 1024,    /* … the whole, from a pipe */
};
