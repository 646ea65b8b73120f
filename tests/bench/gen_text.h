/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gen_text.h - random, but the same from the same seed: words, prose, tokens.
 *
 * Prose is made to be no easier on a compressor than mail people write (a little harder: real
 * complaints of this size shrink to 0.36 with the same dictionary, these to about 0.41; English
 * prose to 0.52, this to 0.55): common English words among thousands of invented ones, names,
 * numbers, addresses and random tokens.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    guint64 state;
    GPtrArray *words; /* char *: invented */
    guint topic;      /* where in them the words of this mail begin */
} Gen;

void gen_start(Gen *gen, guint64 seed);
void gen_stop(Gen *gen);
void gen_topic(Gen *gen); /* another mail, other words */

guint gen_below(Gen *gen, guint n);  /* 0 to n - 1, evenly */
guint gen_uneven(Gen *gen, guint n); /* 0 to n - 1, the small ones far more often */
const char *gen_word(Gen *gen);      /* lower case */
const char *gen_name(Gen *gen);      /* a person's, lower case */
void gen_letters(Gen *gen, GString *out, const char *alphabet, guint n);
void gen_base64(Gen *gen, GString *out, guint n);
void gen_prose(Gen *gen, GString *out, gsize bytes); /* lines of at most 72 */

extern const char gen_hex[], gen_upper[], gen_alnum[];
