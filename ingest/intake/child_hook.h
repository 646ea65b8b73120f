/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child_hook.h - misfortunes that tests order, since no mail is known that causes them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Obeys a header field `X-Plaint-Test: WORD` (rows in child_hook.c); without one, or with a word
 * that is not there, does nothing. Called only when hooks are on (child.h). */
void child_hook_obey(GBytes *mail);

/* The word of row n, or NULL after the last: for the test of the sandbox. */
const char *child_hook_word(gsize n);
bool child_hook_is_call(gsize n); /* row n is a forbidden system call */
