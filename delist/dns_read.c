/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/dns_read.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <string.h>

#include "base/text.h"

static char *
a_text(const guint8 *data, guint len)
{
    char text[INET_ADDRSTRLEN];

    return len == 4 && inet_ntop(AF_INET, data, text, sizeof text) ? g_strdup(text) : NULL;
}

/* The strings of a TXT record as one (RFC 7208, section 3.3, does it so, and so do lists). */
static char *
txt_text(const guint8 *data, guint len)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint at = 0; at < len && text->len < DNS_TEXT_MAX; at += 1U + data[at]) {
        guint left = len - at - 1;
        g_string_append_len(text, (const char *)data + at + 1, MIN(data[at], left));
    }
    return text_clean(text->str, (gssize)text->len, DNS_TEXT_MAX);
}

static char *
aaaa_text(const guint8 *data, guint len)
{
    char text[INET6_ADDRSTRLEN];

    return len == 16 && inet_ntop(AF_INET6, data, text, sizeof text) ? g_strdup(text) : NULL;
}

/* A name of the record at `at`, uncompressed. */
static char *
name_text(const ns_msg *message, const ns_rr *record, guint at)
{
    char name[NS_MAXDNAME];

    if (ns_rr_rdlen(*record) <= at ||
        ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), ns_rr_rdata(*record) + at,
                           name, sizeof name) < 0)
        return NULL;
    return text_clean(strcmp(name, ".") == 0 ? "" : name, -1, DNS_TEXT_MAX);
}

static char *
mx_text(const ns_msg *message, const ns_rr *record)
{
    g_autofree char *name = name_text(message, record, 2);

    return name ? g_strdup_printf("%u %s", ns_get16(ns_rr_rdata(*record)), name) : NULL;
}

const int dns_wire_types[N_DNS_TYPES] = {[DNS_A] = ns_t_a,
                                         [DNS_TXT] = ns_t_txt,
                                         [DNS_AAAA] = ns_t_aaaa,
                                         [DNS_MX] = ns_t_mx,
                                         [DNS_PTR] = ns_t_ptr};

/* NULL: it cannot be read. (transfer full) */
static char *
record_text(const ns_msg *message, const ns_rr *record, DnsType type)
{
    const guint8 *data = ns_rr_rdata(*record);
    guint len = ns_rr_rdlen(*record);

    switch (type) {
    case DNS_A:
        return a_text(data, len);
    case DNS_AAAA:
        return aaaa_text(data, len);
    case DNS_TXT:
        return txt_text(data, len);
    case DNS_MX:
        return mx_text(message, record);
    case DNS_PTR:
        return name_text(message, record, 0);
    default:
        return NULL;
    }
}

static void
take_record(DnsAnswer *answer, DnsType type, const ns_msg *message, const ns_rr *record)
{
    char *text = NULL;

    if (ns_rr_type(*record) == ns_t_cname)
        answer->is_alias = true;
    else if ((int)ns_rr_type(*record) == dns_wire_types[type])
        text = record_text(message, record, type);
    if (!text)
        return;
    answer->ttl =
        answer->records->len == 0 ? ns_rr_ttl(*record) : MIN(answer->ttl, ns_rr_ttl(*record));
    g_ptr_array_add(answer->records, text);
}

/* For how long a "no" may be kept. The MINIMUM is the last of the SOA's five numbers. */
static guint32
negative_ttl(ns_msg *message)
{
    for (int i = 0; i < ns_msg_count(*message, ns_s_ns); i++) {
        ns_rr record;
        guint32 minimum = 0;

        if (ns_parserr(message, ns_s_ns, i, &record) != 0)
            return 0;
        if (ns_rr_type(record) != ns_t_soa || ns_rr_rdlen(record) < 22)
            continue;
        memcpy(&minimum, ns_rr_rdata(record) + ns_rr_rdlen(record) - 4, sizeof minimum);
        return MIN(ns_rr_ttl(record), g_ntohl(minimum));
    }
    return 0;
}

void
dns_read(DnsAnswer *answer, DnsType type, const guint8 *bytes, int len)
{
    ns_msg message;

    if (!bytes || ns_initparse(bytes, len, &message) != 0) {
        answer->outcome = answer->outcome == DNS_FOUND ? DNS_MALFORMED : answer->outcome;
        return;
    }
    if (answer->outcome != DNS_FOUND) {
        answer->ttl = negative_ttl(&message);
        return;
    }
    for (int i = 0; i < ns_msg_count(message, ns_s_an) && answer->records->len < DNS_RECORDS_MAX;
         i++) {
        ns_rr record;

        if (ns_parserr(&message, ns_s_an, i, &record) != 0) {
            answer->outcome = DNS_MALFORMED;
            return;
        }
        take_record(answer, type, &message, &record);
    }
    if (answer->records->len == 0) { /* a CNAME that leads nowhere */
        answer->outcome = DNS_NO_DATA;
        answer->ttl = negative_ttl(&message);
    }
}
