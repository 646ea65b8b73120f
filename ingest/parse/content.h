/* SPDX-License-Identifier: GPL-3.0-or-later */
/* content.h - does a person complain about what a hosted domain shows, not about mail? Does a mail
 * only thank for one of ours? */
#pragma once

#include "ingest/parse/format.h"

/* The first host of `urls` whose domain we host, or NULL. Kept in the complaint. */
const char *content_url_domain(const Parsing *parsing, const GPtrArray *urls);

/* The same of a bare name in the words ("shop.example sells fakes"); quoted lines, mail addresses
 * and the domains of the mail's own two sides are left out: those stand in every salutation. */
const char *content_named_domain(const Parsing *parsing, const char *text);

/* Its first lines acknowledge what we wrote: "Your request has been received …". */
bool content_acknowledges(Parsing *parsing);
