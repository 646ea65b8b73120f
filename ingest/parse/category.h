/* SPDX-License-Identifier: GPL-3.0-or-later */
/* category.h - a suggestion of what kind of abuse the reported message is, with its reason.
 *
 * The report's own type decides first; then words and shape of the reported message, never the
 * complainant's prose. A suggestion only: people set the category.
 */
#pragma once

#include "ingest/parse/complaint.h"
#include "ingest/parse/header.h"

enum { CATEGORY_TEXT_BYTES = 8 * 1024 };

typedef struct {
    const char *feedback_type; /* of the report, or NULL */
    const char *subject;       /* of the reported message, decoded, or NULL */
    const char *text;          /* its body, UTF-8, or NULL */
    const HeaderBlock *block;  /* its header, or NULL */
    const char *filename;      /* an attachment's name that a mail program would run, or NULL */
} CategoryInput;

/* Sets category and category_why of incident (CATEGORY_NONE when nothing speaks for any). */
void category_suggest(Complaint *complaint, Incident *incident, const CategoryInput *input);

/* How much the words speak for spam of any kind: 0 none. */
guint category_weight(const char *subject, const char *text);

/* A name that hides something to run: "invoice.pdf.js". */
bool category_is_runnable(const char *filename);
