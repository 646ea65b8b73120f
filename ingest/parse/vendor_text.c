/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and types in the subject and the running text of a notice. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/vendor.h"

enum { MAX_TRIES = 200, MAX_LINE = 300, ELEMENT_BYTES = 2000 };

/* clang-format off */
/* The first row that occurs decides; names of files and feeds, words of labels and subjects. */
static const struct { const char *word, *type; } types[] = {
    {"copyright", "copyright"}, {"infring", "copyright"}, {"dmca", "copyright"},
    {"phish", "phishing"},
    {"brut", "login-attack"}, {"login", "login-attack"}, {"ssh", "login-attack"},
    {"dictionary attack", "login-attack"}, {"authentication failure", "login-attack"},
    {"xmlrpc", "login-attack"}, {"password guess", "login-attack"},
    {"port scan", "port-scan"}, {"portscan", "port-scan"}, {"port-scan", "port-scan"},
    {"_scan", "port-scan"}, {"scanning", "port-scan"}, {"probing", "port-scan"},
    {"netscan", "port-scan"},
    {"openresolver", "open-service"}, {"open resolver", "open-service"}, {"open recursive", "open-service"},
    {"open dns", "open-service"}, {"offene", "open-service"}, {"open-", "open-service"},
    {"ddos", "ddos"}, {"dos attack", "ddos"}, {"denial of service", "ddos"},
    {"botnet", "botnet"}, {"drone", "botnet"}, {"sinkhole", "botnet"}, {"-c2", "botnet"}, {"infected", "botnet"},
    {"malware", "malware"}, {"malicious", "malware"}, {"virus", "malware"}, {"trojan", "malware"},
    {"scan_", "open-service"}, {"accessible", "open-service"}, {"vulnerab", "open-service"},
    {"harvest", "harvesting"},
    {"spam", "spam"}, {"uceprotect", "spam"},
    {"attack", "attack"}, {"hack", "attack"}, {"exploit", "attack"}, {"intrusion", "attack"}, {"injection", "attack"},
    {"scan", "port-scan"},
};
/* clang-format on */

const char *
vendor_type(const char *words)
{
    for (gsize i = 0; words && *words && i < G_N_ELEMENTS(types); i++)
        if (text_find_fold(words, -1, types[i].word))
            return types[i].type;
    return NULL;
}

static bool
is_text_part(const Message *message, guint i, gint body)
{
    const Entity *entity = message_entity(message, i);

    return (gint)i != body && !entity->is_container && !entity->is_message &&
           (strcmp(entity->type, "text/plain") == 0 || strcmp(entity->type, "text/xml") == 0 ||
            strcmp(entity->type, "application/xml") == 0) &&
           !message_is_enclosed(message, i);
}

void
vendor_init(Vendor *vendor, Parsing *parsing)
{
    Message *message = parsing->message;
    const char *subject = parsing->complaint->subject;
    gint body = message_body(message, 0);

    *vendor = (Vendor){.parsing = parsing, .subject = subject ? subject : ""};
    vendor->events = g_array_new(FALSE, TRUE, sizeof(VendorEvent));
    vendor->text = g_string_new(format_outer_text(parsing));
    for (guint i = 0; i < message->entities->len; i++)
        if (is_text_part(message, i, body) && vendor->text->len < parsing->limits->text_bytes) {
            g_string_append_c(vendor->text, '\n');
            g_string_append(vendor->text, message_text(message, i));
        }
}

void
vendor_clear(Vendor *vendor)
{
    g_array_unref(vendor->events);
    g_string_free(vendor->text, TRUE);
    g_free(vendor->zone);
}

void
vendor_add(Vendor *vendor, const VendorEvent *event)
{
    for (guint i = 0; i < vendor->events->len; i++) {
        VendorEvent *old = &g_array_index(vendor->events, VendorEvent, i);
        if (addr_equal(&old->ip, &event->ip) && old->time == event->time &&
            old->port == event->port && g_strcmp0(old->url, event->url) == 0) {
            old->count++;
            return;
        }
    }
    if (vendor->events->len <= vendor->parsing->limits->incidents) /* one more says: too many */
        g_array_append_vals(vendor->events, event, 1);
}

static void
add_addr(Vendor *v, const Addr *addr, const char *type, const char *url)
{
    VendorEvent event = {.ip = *addr, .time = TIME_NONE, .type = type, .url = url, .count = 1};

    vendor_add(v, &event);
}

void
vendor_take_subject(Vendor *vendor)
{
    const char *at = vendor->subject;
    Addr addr;

    if (prose_next_addr(&at, &addr))
        add_addr(vendor, &addr, NULL, NULL);
}

static bool
has_event(const Vendor *v, const Addr *addr)
{
    for (guint i = 0; i < v->events->len; i++)
        if (addr_equal(&g_array_index(v->events, VendorEvent, i).ip, addr))
            return true;
    return false;
}

/* Two or more on lines of their own are the sources, as the subject may name the victim. */
static void
take_listed(Vendor *v)
{
    guint before = v->events->len;

    if (before > 0)
        return;
    vendor_take_lists(v);
    v->listed = v->events->len;
    for (guint i = 1; i < v->events->len; i++)
        if (!addr_equal(&g_array_index(v->events, VendorEvent, 0).ip,
                        &g_array_index(v->events, VendorEvent, i).ip))
            return;
    v->listed = 0;
    g_array_set_size(v->events, 0);
}

void
vendor_take_notice(Vendor *vendor)
{
    const char *at = vendor->subject;
    Addr addr;

    vendor_take_labels(vendor);
    take_listed(vendor);
    if (vendor->listed == 0 && prose_next_addr(&at, &addr) && !has_event(vendor, &addr)) {
        g_array_set_size(vendor->events, 0);
        vendor->said.ip = addr;
        vendor_add(vendor, &vendor->said);
    }
    if (vendor->events->len == 0)
        vendor_take_sentence(vendor);
    if (vendor->events->len == 0)
        vendor_take_lists(vendor);
    if (vendor->events->len == 0)
        vendor_take_log(vendor);
}

/* -- in a sentence --------------------------------------------------------------------------------
 */

/* Where the address that ends at `end` begins. */
static const char *
addr_start(const char *text, const char *end)
{
    while (end > text && (g_ascii_isxdigit(end[-1]) || end[-1] == '.' || end[-1] == ':'))
        end--;
    return end;
}

/* Those that were attacked are none of ours. */
static bool
is_of_targets(const char *heading)
{
    return text_find_fold(heading, -1, "target") || text_find_fold(heading, -1, "victim") ||
           text_find_fold(heading, -1, "destination");
}

/* "IP 192.0.2.1", "Ihre IP-Adresse 192.0.2.1", "attacker 192.0.2.1": is one of the words within the
 * few before the address? */
static bool
is_called_ip(const char *text, const char *start)
{
    static const char *const words[] = {"ip", "attacker", "source", "src"};
    const char *least = start - MIN(start - text, 24);
    g_autofree char *before = g_strndup(least, (gsize)(start - least));

    if (is_of_targets(before))
        return false;

    for (const char *p = start - 1; p >= least; p--) {
        if (*p == '\n' || *p == '.' || *p == ',' || g_ascii_isdigit(*p))
            return false;
        for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
            gsize len = strlen(words[i]);
            if ((p == text || !g_ascii_isalnum(p[-1])) &&
                g_ascii_strncasecmp(p, words[i], len) == 0 && !g_ascii_isalnum(p[len]))
                return true;
        }
    }
    return false;
}

/* "https://host.example/page [192.0.2.1]" */
static const char *
url_before(Vendor *v, const char *start)
{
    const char *line = start, *text = v->text->str;
    g_autoptr(GPtrArray) urls = g_ptr_array_new();
    g_autofree char *before = NULL;

    if (start <= text + 2 || (start[-1] != '[' && start[-1] != '('))
        return NULL;
    while (line > text && line[-1] != '\n' && start - line < MAX_LINE)
        line--;
    before = g_strndup(line, (gsize)(start - line));
    prose_urls(before, v->parsing->complaint->text, urls, 1);
    return urls->len > 0 ? g_ptr_array_index(urls, 0) : NULL;
}

void
vendor_take_sentence(Vendor *vendor)
{
    const char *text = vendor->text->str, *at = text;
    Addr addr;

    for (guint n = 0; n < MAX_TRIES && prose_next_addr(&at, &addr); n++) {
        const char *start = addr_start(text, at), *url;
        if (*at == '/' && g_ascii_isdigit(at[1])) /* a network */
            continue;
        url = url_before(vendor, start);
        if (url)
            add_addr(vendor, &addr, NULL, url);
        else if (is_called_ip(text, start) && vendor->events->len == 0)
            add_addr(vendor, &addr, NULL, NULL);
    }
}

/* "from 192.0.2.1", "from [192.0.2.1]" */
static bool
follows_from(const char *text, const char *end)
{
    const char *start = addr_start(text, end);

    if (start > text && (start[-1] == '[' || start[-1] == '('))
        start--;
    return start - text >= 5 && g_ascii_strncasecmp(start - 5, "from ", 5) == 0;
}

void
vendor_take_any(Vendor *vendor)
{
    const char *text = vendor->text->str, *at = text;
    Addr addr, source = ADDR_NONE;

    vendor_take_notice(vendor);
    for (guint n = 0; vendor->events->len == 0 && n < MAX_TRIES && prose_next_addr(&at, &addr); n++)
        if (follows_from(text, at))
            add_addr(vendor, &addr, NULL, NULL);
        else if (addr_is_none(&source))
            source = addr;
    if (vendor->events->len == 0 && !addr_is_none(&source))
        add_addr(vendor, &source, NULL, NULL);
}

/* -- lists and elements ---------------------------------------------------------------------------
 */

/* "192.0.2.1", "* 192.0.2.1 (host.example)", "192.0.2.1  2026-01-02 03:04:05  17": the address that
 * begins the line, when no words follow. */
static bool
listed_addr(const char *line, Addr *ret_addr, const char **ret_rest)
{
    gsize len;
    const char *port;

    line += strspn(line, " \t*-+>|");
    if (g_str_has_prefix(line, "\342\200\242")) /* a bullet */
        line += 3 + strspn(line + 3, " \t");
    len = strcspn(line, " \t,;");
    port = memchr(line, ':', len);
    if (port && memchr(line, '.', len)) /* "192.0.2.1:80" */
        len = (gsize)(port - line);
    *ret_rest = line + len + strspn(line + len, " \t,;");
    return len < ADDR_TEXT_SIZE && addr_parse(line, (gssize)len, ret_addr) &&
           (**ret_rest == '\0' || strchr(":([|0123456789", **ret_rest));
}

void
vendor_take_lists(Vendor *vendor)
{
    const char *at = vendor->text->str, *type = NULL;
    bool of_targets = false;

    while (*at) {
        gsize len = strcspn(at, "\n");
        g_autofree char *line = g_strndup(at, MIN(len, MAX_LINE));
        const char *rest;
        VendorEvent event = {.time = TIME_NONE, .type = type, .count = 1};
        g_strstrip(line);
        if (g_str_has_suffix(line, ":")) {
            type = vendor_type(line);
            of_targets = is_of_targets(line);
        } else if (!of_targets && listed_addr(line, &event.ip, &rest)) {
            (void)vendor_time(vendor, rest, rest + strlen(rest), &event.time);
            vendor_add(vendor, &event);
        }
        at += len + (at[len] == '\n');
    }
}

/* name="value" in element; (transfer full) or NULL */
static char *
attribute(const char *element, const char *name)
{
    const char *at = strstr(element, name);

    if (!at)
        return NULL;
    at += strlen(name);
    return g_strndup(at, strcspn(at, "\""));
}

/* The host of a URL when it is an IPv4 address, or one in brackets. */
static bool
host_addr(const char *url, Addr *ret_addr)
{
    const char *host = url ? strstr(url, "://") : NULL;

    if (!host)
        return false;
    host += 3;
    return addr_parse(host, (gssize)(*host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/")),
                      ret_addr);
}

void
vendor_take_elements(Vendor *vendor)
{
    const char *at = vendor->text->str, *end = at + vendor->text->len;

    while ((at = strstr(at, "<url_info ")) != NULL) {
        const char *close = memchr(at, '>', MIN((gsize)(end - at), ELEMENT_BYTES));
        g_autofree char *element = close ? g_strndup(at, (gsize)(close - at)) : g_strdup("");
        g_autofree char *ip = attribute(element, " ip=\""), *url = attribute(element, " url=\"");
        Addr addr;
        if (prose_addr(ip, &addr) || host_addr(url, &addr))
            add_addr(vendor, &addr, NULL, complaint_keep(vendor->parsing->complaint, url, -1));
        at++;
    }
}
