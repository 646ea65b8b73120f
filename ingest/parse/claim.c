/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/claim.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/content.h"
#include "ingest/parse/prose.h"

enum { MAX_COUNT = 1000000 };

static bool
take_addr(Incident *incident, const char *value)
{
    if (!prose_addr(value, &incident->claimed_ip))
        return false;
    incident->claimed_in_field = true;
    return true;
}

static void
take_domain(Parsing *parsing, Incident *incident, const char *host)
{
    if (!incident->domain && site_hosts_domain(parsing->site, host))
        incident->domain = complaint_keep(parsing->complaint, host, -1);
}

/* "http://user@host:80/path": host, an IPv6 literal in its brackets. (transfer full) */
static char *
host_of(const char *url)
{
    const char *start = strstr(url, "://"), *sign;
    gsize len;

    start = start ? start + 3 : url;
    len = strcspn(start, "/?#");
    sign = memchr(start, '@', len);
    if (sign) {
        len -= (gsize)(sign + 1 - start);
        start = sign + 1;
    }
    if (*start != '[')
        len = MIN(len, strcspn(start, ":"));
    return g_strndup(start, len);
}

void
claim_urls(Parsing *parsing, Incident *incident, const char *value)
{
    if (value)
        prose_urls(value, parsing->complaint->text, incident->urls, parsing->limits->urls);
    if (!incident->domain)
        incident->domain = content_url_domain(parsing, incident->urls);
}

bool
claim_source(Parsing *parsing, Incident *incident, const char *value)
{
    g_autofree char *host = NULL;
    const char *sign;

    if (text_is_empty(value))
        return false;
    if (strstr(value, "://")) {
        guint known = incident->urls->len;
        claim_urls(parsing, incident, value);
        host =
            host_of(known < incident->urls->len ? g_ptr_array_index(incident->urls, known) : value);
        (void)take_addr(incident, host);
        return true;
    }
    sign = strchr(value, '@');
    if (!sign && take_addr(incident, value))
        return true;
    if (sign) {
        if (text_has_prefix_fold(value, "mailto:"))
            value += strlen("mailto:");
        incident->from = claim_address(parsing->complaint, value);
        take_domain(parsing, incident, sign + 1);
        return incident->from != NULL;
    }
    host = host_of(value);
    take_domain(parsing, incident, host);
    return strchr(host, '.') && !strchr(host, ' ');
}

void
claim_prose(Parsing *parsing, Incident *incident)
{
    const char *text = format_outer_text(parsing);

    (void)prose_next_addr(&text, &incident->claimed_ip);
}

const char *
claim_address(Complaint *complaint, const char *value)
{
    g_autofree char *address = value ? header_address(value) : NULL;

    return address ? complaint_keep(complaint, address, -1) : NULL;
}

guint
claim_port(const char *value)
{
    guint64 port = value ? g_ascii_strtoull(value, NULL, 10) : 0;

    return port <= 65535 ? (guint)port : 0;
}

guint
claim_count(const char *value)
{
    return value ? (guint)CLAMP(g_ascii_strtoull(value, NULL, 10), 1, MAX_COUNT) : 1;
}

bool
claim_time(const char *value, gint64 *ret_time)
{
    return value && (time_parse(value, ret_time, NULL) || header_date_parse(value, ret_time));
}

const char *
claim_word(Complaint *complaint, const char *value)
{
    g_autofree char *lower = value ? g_ascii_strdown(value, -1) : NULL;

    return lower ? complaint_keep(complaint, lower, -1) : NULL;
}

const char *
claim_type(Complaint *complaint, const char *value)
{
    g_autofree char *type = value ? g_strdelimit(g_ascii_strdown(value, -1), "_", '-') : NULL;

    return type && *type ? complaint_keep(complaint, type, -1) : NULL;
}
