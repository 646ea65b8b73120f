/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/content.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/header.h"
#include "ingest/parse/prose.h"

enum { HOST_BYTES = 254, MAX_HOSTS = 500 };

const char *
content_url_domain(const Parsing *parsing, const GPtrArray *urls)
{
    for (guint i = 0; i < urls->len; i++) {
        const char *url = g_ptr_array_index(urls, i), *host = strstr(url, "//");
        char name[HOST_BYTES];
        gsize len;
        if (!host)
            continue;
        host += 2;
        len = strcspn(host, "/?#");
        if (memchr(host, '@', len)) { /* "http://bank.example@shop.example/" */
            gsize user = (gsize)((const char *)memrchr(host, '@', len) - host) + 1;
            host += user;
            len -= user;
        }
        len = MIN(len, strcspn(host, ":"));
        g_strlcpy(name, host, MIN(len + 1, sizeof name));
        if (site_hosts_domain(parsing->site, name))
            return complaint_keep(parsing->complaint, name, -1);
    }
    return NULL;
}

/* Is the name the domain of the mailbox, or below it? */
static bool
is_domain_of(const HeaderBlock *header, const char *field, const char *name)
{
    g_autofree char *mailbox = header_address(header_get(header, field));
    const char *at = mailbox ? strrchr(mailbox, '@') : NULL;

    return at && text_has_suffix_fold(name, at + 1);
}

const char *
content_named_domain(const Parsing *parsing, const char *text)
{
    const HeaderBlock *header = parsing->message->header;
    char name[HOST_BYTES];

    for (guint n = 0; n < MAX_HOSTS && prose_next_host(&text, name, sizeof name); n++)
        if (site_hosts_domain(parsing->site, name) && !is_domain_of(header, "From", name) &&
            !is_domain_of(header, "To", name))
            return complaint_keep(parsing->complaint, name, -1);
    return NULL;
}

bool
content_acknowledges(Parsing *parsing)
{
    /* clang-format off */
    static const char *const words[] = {
        "your request has been", "your request was", "removal request", "your report has been", "your report was",
        "your report is", "your ticket", "thank you for your request", "thank you for your report",
        "thank you for reporting", "thank you for contacting", "thank you for your e", "we have received your",
        "we received your", "ihre anfrage", "ihre meldung wurde", "ihre nachricht", "vielen dank fur ihre",
        "votre demande", "votre signalement", "merci pour votre",
    };
    /* clang-format on */
    const char *text = format_outer_text(parsing);
    g_autofree char *start = text_clean(text, (gssize)strnlen(text, 400), 400);
    g_autofree char *folded = text_fold(start);

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(folded, words[i]))
            return true;
    return false;
}
