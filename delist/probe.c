/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/probe.h"

/* A zone, as it is asked. */
typedef struct {
    const Zone *zone;
    char *domain; /* with the key */
    DnsLane *lane;
    ZoneHealth health;
    Check points[2][2]; /* family, is_listed: while being asked */
} Row;

struct Probe {
    const Zones *zones;
    Dns *dns;
    GPtrArray *rows; /* Row */
};

static void
row_free(gpointer data)
{
    Row *row = data;

    for (int family = 0; family < 2; family++) {
        g_free(row->health.raw[family]);
        check_clear(&row->points[family][0]);
        check_clear(&row->points[family][1]);
    }
    g_free(row->domain);
    g_free(row);
}

Probe *
probe_new(const Zones *zones, Dns *dns)
{
    Probe *probe = g_new0(Probe, 1);

    probe->zones = zones;
    probe->dns = dns;
    probe->rows = g_ptr_array_new_with_free_func(row_free);
    for (guint i = 0; i < zones_count(zones); i++) {
        Row *row = g_new0(Row, 1);

        row->zone = zones_at(zones, i);
        row->domain = zones_query_domain(zones, row->zone);
        row->lane = dns_lane(dns, row->zone->per_second);
        g_ptr_array_add(probe->rows, row);
    }
    return probe;
}

void
probe_free(Probe *probe)
{
    if (!probe)
        return;
    g_ptr_array_unref(probe->rows);
    g_free(probe);
}

static Row *
row_of(const Probe *probe, const Zone *zone)
{
    for (guint i = 0; i < probe->rows->len; i++) {
        Row *row = g_ptr_array_index(probe->rows, i);

        if (row->zone == zone)
            return row;
    }
    g_assert_not_reached(); /* a zone of other zones */
}

/* -- test points ---------------------------------------------------------------------------------
 */

typedef struct {
    Row *row;
    bool is_v6, is_listed;
} Point;

static bool
lists(const Zone *zone, bool is_v6)
{
    return zone->families & (is_v6 ? ZONE_V6 : ZONE_V4);
}

static void
hear_point(const DnsAnswer *answer, gpointer data)
{
    g_autofree Point *point = data;
    Check *points = point->row->points[point->is_v6];
    ZoneHealth *health = &point->row->health;

    if (!answer)
        return;
    check_clear(&points[point->is_listed]);
    dnsbl_judge(point->row->zone, answer, &points[point->is_listed]);
    if (!points[0].raw || !points[1].raw)
        return;
    health->is_known[point->is_v6] = true;
    health->why[point->is_v6] = dnsbl_health(&points[1], &points[0]);
    g_free(health->raw[point->is_v6]);
    health->raw[point->is_v6] =
        g_strdup_printf("listed %s, clean %s", points[1].raw, points[0].raw);
}

static void
ask_points(Probe *probe, Row *row, bool is_v6)
{
    for (int is_listed = 0; is_listed < 2; is_listed++) {
        char name[DNSBL_NAME_SIZE];
        Point *point = g_new0(Point, 1);

        check_clear(&row->points[is_v6][is_listed]);
        *point = (Point){row, is_v6, is_listed};
        dnsbl_point_name(is_v6, is_listed, row->domain, name);
        dns_ask(probe->dns, row->lane, name, DNS_A, hear_point, point);
    }
}

void
probe_test(Probe *probe, const Zone *zone)
{
    Row *row = row_of(probe, zone);

    for (int is_v6 = 0; is_v6 < 2; is_v6++)
        if (lists(zone, is_v6))
            ask_points(probe, row, is_v6);
}

const ZoneHealth *
probe_health_of(const Probe *probe, const Zone *zone)
{
    return &row_of(probe, zone)->health;
}

void
probe_health_set(Probe *probe, const Zone *zone, bool is_v6, UnknownWhy why)
{
    ZoneHealth *health = &row_of(probe, zone)->health;

    health->is_known[is_v6] = true;
    health->why[is_v6] = why;
}

/* -- addresses -----------------------------------------------------------------------------------
 */

typedef struct {
    Probe *probe;
    Row *row;
    ProbeResult result;
    ProbeDone done;
    gpointer data;
} Ask;

static void
ask_free(Ask *ask)
{
    check_clear(&ask->result.check);
    g_free(ask->result.text);
    g_free(ask);
}

static void
finish(Ask *ask)
{
    ask->done(&ask->result, ask->data);
    ask_free(ask);
}

static void
hear_text(const DnsAnswer *answer, gpointer data)
{
    Ask *ask = data;

    if (!answer) {
        ask_free(ask);
        return;
    }
    if (answer->outcome == DNS_FOUND)
        ask->result.text = g_strdup(g_ptr_array_index(answer->records, 0));
    finish(ask);
}

static void
hear_address(const DnsAnswer *answer, gpointer data)
{
    Ask *ask = data;
    char name[DNSBL_NAME_SIZE];

    if (!answer) {
        ask_free(ask);
        return;
    }
    dnsbl_judge(ask->row->zone, answer, &ask->result.check);
    ask->result.ttl = answer->ttl;
    if (ask->result.check.outcome == CHECK_LISTED &&
        dnsbl_name(&ask->result.addr, ask->row->domain, name))
        dns_ask(ask->probe->dns, ask->row->lane, name, DNS_TXT, hear_text, ask);
    else
        finish(ask);
}

static void
answer_unknown(Ask *ask, UnknownWhy why)
{
    ask->result.check = (Check){.outcome = CHECK_UNKNOWN,
                                .why = why,
                                .codes = g_ptr_array_new_with_free_func(g_free),
                                .raw = g_strdup("not asked")};
    finish(ask);
}

bool
probe_ask(Probe *probe, const Addr *addr, const Zone *zone, ProbeDone done, gpointer data)
{
    Row *row = row_of(probe, zone);
    bool is_v6 = !addr_is_ipv4(addr);
    char name[DNSBL_NAME_SIZE];
    Ask *ask = NULL;

    if (!lists(zone, is_v6) || !dnsbl_name(addr, row->domain, name))
        return false;
    ask = g_new0(Ask, 1);
    *ask = (Ask){.probe = probe, .row = row, .done = done, .data = data};
    ask->result.addr = *addr;
    ask->result.zone = zone;
    if (row->health.is_known[is_v6] && row->health.why[is_v6] == UNKNOWN_NONE)
        dns_ask(probe->dns, row->lane, name, DNS_A, hear_address, ask);
    else
        answer_unknown(ask, row->health.is_known[is_v6] ? row->health.why[is_v6] : UNKNOWN_TIMEOUT);
    return true;
}
