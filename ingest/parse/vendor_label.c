/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labelled lines: "Source IP: 192.0.2.1", "Time (UTC): …", <IP_Address>…</IP_Address>. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/vendor.h"

enum { LABEL_BYTES = 60, VALUE_BYTES = 300 };

typedef enum {
    LABEL_NONE,
    LABEL_ZONE,
    LABEL_TIME,
    LABEL_SOURCE_PORT,
    LABEL_PORT,
    LABEL_URL,
    LABEL_TITLE,
    LABEL_TYPE,
    LABEL_OTHER, /* understood, not needed: it tells that there are fields */
} Label;

/* clang-format off */
/* A label of an address has only such words … */
static const char address_words[] =
    " ip ips ipv4 ipv6 cidr address addresses addr source src origin originating offending offender attacking"
    " attacker attackers infringer infringers infringing s abusive abuser abusing infected compromised malicious"
    " suspect suspicious host server sender remote client connecting reported blocked listed detected affected"
    " scanning spamming hostile your of the network user public vip spammer adresse quell quelle adresa adresy zdroj direccion"
    " indirizzo adres ";
/* … and one of these. */
static const char address_core[] =
    " ip ips ipv4 ipv6 cidr source src attacker attackers offender client vip adresse quelle ";

/* The first row that has a word of `any` and none of `none`. */
static const struct { Label label; const char *any, *none; } labels[] = {
    {LABEL_ZONE,  " zone timezone ", " "},
    {LABEL_TIME,  " time timestamp date datetime datum when detected seen tested heure zeit zeitpunkt cas at since start"
                  " horodatage tijdstip fecha data reported ",
                  " notice sent uptime expires due asn times "},
    {LABEL_SOURCE_PORT, " srcport sourceport ", " "},
    {LABEL_PORT,  " port ", " dst destination dest target targeted local victim "},
    {LABEL_URL,   " url uri link website ", " feed ticket unsubscribe "},
    {LABEL_TITLE, " title work ", " "},
    {LABEL_TYPE,  " type category issue threat problem result malware infection attack abuse reason"
                  " categories tipo typ art ",
                  " content mime base id source node "},
    {LABEL_OTHER, " rule country asn severity protocol service asn target destination dst port ports hostname confidence malicious ", " "},
};
static const char source_words[] = " source src infringer infringers client remote ";
/* clang-format on */

static bool
has_word(const char *list, const char *word, gsize len)
{
    const char *at = list;

    while ((at = strstr(at, " ")) != NULL && at[1]) {
        at++;
        if (strncmp(at, word, len) == 0 && at[len] == ' ')
            return true;
    }
    return false;
}

/* How many words of the label are in the list; *ret_words: how many it has. */
static guint
count_words(const char *label, const char *list, guint *ret_words)
{
    guint n = 0, words = 0;

    while (*label) {
        gsize len = strcspn(label, " ");
        words++;
        n += has_word(list, label, len);
        label += len + (label[len] == ' ');
    }
    if (ret_words)
        *ret_words = words;
    return n;
}

static bool
is_address_label(const char *label)
{
    guint words, known = count_words(label, address_words, &words);

    return words > 0 && known == words && count_words(label, address_core, NULL) > 0;
}

static Label
label_of(const char *label)
{
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (count_words(label, labels[i].any, NULL) == 0 ||
            count_words(label, labels[i].none, NULL) > 0)
            continue;
        if (labels[i].label == LABEL_PORT && count_words(label, source_words, NULL) > 0)
            return LABEL_SOURCE_PORT;
        return labels[i].label;
    }
    return LABEL_NONE;
}

/* Lower case without accents, one blank between words. */
static void
fold_label(const char *text, const char *text_end, char *out, gsize size)
{
    g_autofree char *name = g_strndup(text, (gsize)(text_end - text)), *folded = text_fold(name);
    const char *at = folded, *end = folded + strlen(folded);
    gsize n = 0;

    for (; at < end && n + 1 < size; at++) {
        if (g_ascii_isalnum(*at))
            out[n++] = g_ascii_tolower(*at);
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

typedef struct {
    Vendor *vendor;
    VendorEvent pending; /* said before the address they belong to */
    gint last;           /* index of the event being filled, -1 none */
} Filler;

static void
reset(Filler *f)
{
    f->pending = (VendorEvent){.time = TIME_NONE, .count = 1};
}

/* The same source again is the same event, unless it has another time. */
static void
take_address(Filler *f, const Addr *addr)
{
    GArray *events = f->vendor->events;

    if (f->last >= 0) {
        VendorEvent *last = &g_array_index(events, VendorEvent, f->last);
        if (addr_equal(&last->ip, addr) &&
            (f->pending.time == TIME_NONE || f->pending.time == last->time))
            return;
    }
    f->pending.ip = *addr;
    vendor_add(f->vendor, &f->pending);
    f->last = (gint)events->len - 1;
    reset(f);
}

/* "192.0.2.1, 192.0.2.2": all that follow each other. */
static void
take_addresses(Filler *f, const char *value)
{
    const char *at = value, *next = value;
    Addr addr;

    while (prose_next_addr(&next, &addr)) {
        take_address(f, &addr);
        at = next + strspn(next, ",; ");
        if (at == next || !g_ascii_isxdigit(*at))
            return;
        next = at;
    }
}

#define FILL(member, none, value)                                                                  \
    (*((last && last->member == (none)) ? &last->member : &f->pending.member) = (value))

static void
take_value(Filler *f, Label label, const char *at, const char *end, const char *type_of)
{
    Vendor *v = f->vendor;
    GStringChunk *chunk = v->parsing->complaint->text;
    VendorEvent *last = f->last >= 0 ? &g_array_index(v->events, VendorEvent, f->last) : NULL;
    g_autofree char *value = g_strndup(at, (gsize)(end - at));
    g_autoptr(GPtrArray) urls = NULL;
    const char *type;
    gint64 time;
    guint64 port;

    switch (label) {
    case LABEL_ZONE:
        g_free(v->zone);
        v->zone = g_strdup(g_strstrip(value));
        break;
    case LABEL_TIME:
        if (vendor_time(v, at, end, &time) ||
            (strstr(type_of, "utc") && header_date_parse(value, &time)))
            FILL(time, TIME_NONE, time);
        else if (!g_ascii_isdigit(*value)) /* a date in an order of its own is one, too */
            return;
        break;
    case LABEL_PORT:
        if (!v->ports_are_sources)
            break;
        G_GNUC_FALLTHROUGH;
    case LABEL_SOURCE_PORT:
        port = g_ascii_strtoull(value, NULL, 10);
        if (port == 0 || port > 65535)
            return;
        FILL(port, 0, (guint)port);
        break;
    case LABEL_URL:
        urls = g_ptr_array_new();
        prose_urls(value, chunk, urls, 1);
        if (urls->len == 0)
            return;
        FILL(url, NULL, g_ptr_array_index(urls, 0));
        break;
    case LABEL_TITLE:
        FILL(title, NULL, complaint_keep(v->parsing->complaint, value, -1));
        break;
    case LABEL_TYPE:
        type = strstr(value, "://") ? NULL : vendor_type(value); /* a link's words say nothing */
        if (!type)
            return;
        FILL(type, NULL, type);
        break;
    case LABEL_OTHER:
        break;
    case LABEL_NONE:
    default:
        return;
    }
    v->fields++;
    v->rows++;
}

static void
take_pair(Filler *f, const char *name, const char *name_end, const char *at, const char *end)
{
    char label[LABEL_BYTES + 1];
    Addr addr;

    fold_label(name, name_end, label, sizeof label);
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    end = MIN(end, at + VALUE_BYTES);
    if (at >= end || !*label)
        return;
    if (is_address_label(label)) {
        g_autofree char *value = g_strndup(at, (gsize)(end - at));
        if (prose_addr(value, &addr) && strcspn(value, "0123456789abcdefABCDEF:[") < 8)
            take_addresses(f, value);
    } else {
        take_value(f, label_of(label), at, end, label);
    }
}

/* <name …>value</name>; returns where to go on. */
static const char *
take_element(Filler *f, const char *at, const char *end)
{
    const char *name = at + 1, *close = memchr(name, '>', (gsize)(end - name)), *value_end;

    if (!close)
        return end;
    value_end = memchr(close, '<', (gsize)(end - close));
    if (*name != '/' && close[-1] != '/' && value_end) {
        gsize len = strcspn(name, " \t\n>");
        const char *colon = memchr(name, ':', len);
        take_pair(f, colon ? colon + 1 : name, name + len, close + 1, value_end);
    }
    return value_end ? value_end : end;
}

static void
take_line(Filler *f, const char *at, const char *end)
{
    const char *start, *sign;

    while (at < end && (g_ascii_isspace(*at) || strchr(">*-|#+.", *at)))
        at++;
    start = at;
    if (start < end && *start == '<') {
        while (at < end && *at == '<')
            at = take_element(f, at, end);
        return;
    }
    for (sign = at; sign < end && sign < at + LABEL_BYTES && !strchr(":=\t", *sign);)
        sign++;
    if (sign < end && sign < at + LABEL_BYTES && *sign && strchr(":=\t", *sign) &&
        !(sign[1] == '/' && sign[2] == '/'))
        take_pair(f, start, sign, sign + 1, end);
}

void
vendor_take_labels(Vendor *vendor)
{
    const char *at = vendor->text->str, *text_end = at + vendor->text->len;
    Filler f = {.vendor = vendor, .last = -1};

    if (vendor->no_labels)
        return;
    reset(&f);
    while (at < text_end && !vendor_is_full(vendor)) {
        const char *end = memchr(at, '\n', (gsize)(text_end - at));
        if (!end)
            end = text_end;
        take_line(&f, at, end);
        at = end + 1;
    }
    vendor->said = f.pending;
    vendor->has_label = f.last >= 0;
    vendor->no_labels = f.last < 0;
}
