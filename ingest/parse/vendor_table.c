/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: CSV as an attachment or in an archive, or rows in the text; columns are known by name. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/archive.h"
#include "ingest/parse/charset.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/vendor.h"

enum { MAX_CELLS = 128, CELL_BYTES = 1000, NAME_BYTES = 40, MAX_ROWS = 20000 };

typedef enum {
    COLUMN_IP,
    COLUMN_PORT,
    COLUMN_TIME,
    COLUMN_DATE,
    COLUMN_TYPE,
    COLUMN_URL,
    N_COLUMNS
} Column;

/* clang-format off */
/* Names, folded, the better ones first. */
static const struct { Column column; const char *name; } names[] = {
    {COLUMN_IP, "src ip"}, {COLUMN_IP, "source ip"}, {COLUMN_IP, "srcip"}, {COLUMN_IP, "sourceip"},
    {COLUMN_IP, "source ip address"}, {COLUMN_IP, "attacker ip"}, {COLUMN_IP, "offending ip"},
    {COLUMN_IP, "infected ip"}, {COLUMN_IP, "client ip"}, {COLUMN_IP, "ip"}, {COLUMN_IP, "ip address"},
    {COLUMN_IP, "ipaddress"}, {COLUMN_IP, "ip addr"}, {COLUMN_IP, "ipv4"}, {COLUMN_IP, "ipv6"},
    {COLUMN_IP, "source address"}, {COLUMN_IP, "source"}, {COLUMN_IP, "src"}, {COLUMN_IP, "host ip"},
    {COLUMN_IP, "address"}, {COLUMN_IP, "public ip"}, {COLUMN_IP, "attacker"}, {COLUMN_IP, "host"},
    {COLUMN_IP, "adresse ip"}, {COLUMN_IP, "ip adresse"}, {COLUMN_IP, "ip adres"}, {COLUMN_IP, "adres ip"},
    {COLUMN_IP, "ip adresa"}, {COLUMN_IP, "direccion ip"}, {COLUMN_IP, "indirizzo ip"},
    {COLUMN_PORT, "src port"}, {COLUMN_PORT, "source port"}, {COLUMN_PORT, "srcport"}, {COLUMN_PORT, "port"},
    {COLUMN_TIME, "timestamp"}, {COLUMN_TIME, "time detected"}, {COLUMN_TIME, "last impact timestamp"},
    {COLUMN_TIME, "datetime"}, {COLUMN_TIME, "date time"},
    {COLUMN_TIME, "event date time"}, {COLUMN_TIME, "event time"}, {COLUMN_TIME, "time"},
    {COLUMN_TIME, "first seen"}, {COLUMN_TIME, "last seen"},
    {COLUMN_TIME, "detected"}, {COLUMN_TIME, "seen"}, {COLUMN_TIME, "date"},
    {COLUMN_TIME, "time source"}, {COLUMN_TIME, "date added"}, {COLUMN_TIME, "date time received"}, {COLUMN_TIME, "dateadded"}, {COLUMN_TIME, "event timestamp"},
    {COLUMN_TIME, "horodatage"}, {COLUMN_TIME, "zeitstempel"}, {COLUMN_TIME, "zeitpunkt"}, {COLUMN_TIME, "zeit"},
    {COLUMN_TIME, "datum"}, {COLUMN_TIME, "tijdstip"}, {COLUMN_TIME, "fecha"}, {COLUMN_TIME, "data"}, {COLUMN_TIME, "cas"},
    {COLUMN_DATE, "event date"}, {COLUMN_DATE, "date"},
    {COLUMN_TYPE, "tag"}, {COLUMN_TYPE, "infection"}, {COLUMN_TYPE, "feed name"}, {COLUMN_TYPE, "virusname"},
    {COLUMN_TYPE, "attack type"}, {COLUMN_TYPE, "report type"}, {COLUMN_TYPE, "category"}, {COLUMN_TYPE, "type"},
    {COLUMN_TYPE, "classification type"}, {COLUMN_TYPE, "malware"}, {COLUMN_TYPE, "malware family"}, {COLUMN_TYPE, "threat"},
    {COLUMN_URL, "url"},
};
/* clang-format on */

typedef struct {
    char *cells[MAX_CELLS];
    guint n;
} Row;

static void
row_clear(Row *row)
{
    for (guint i = 0; i < row->n; i++)
        g_free(row->cells[i]);
    row->n = 0;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Row, row_clear)

/* A table without separators is aligned by blanks, two or more between cells. */
static bool
ends_cell(const char *p, const char *end, char separator)
{
    return *p == '\n' ||
           (*p == separator && (separator != ' ' || (p + 1 < end && g_ascii_isspace(p[1]))));
}

/* One cell of [*at, end) without its quotes; *at stops at the separator or line end. */
static char *
read_cell(const char **at, const char *end, char separator)
{
    const char *p = *at, *start;
    char *cell;

    while (p < end && *p == ' ')
        p++;
    start = p;
    if (p < end && *p == '"') {
        for (start = ++p; p < end && p < start + CELL_BYTES; p++)
            if (*p == '"' && (p + 1 >= end || p[1] != '"'))
                break;
            else if (*p == '"')
                p++;
        cell = g_strndup(start, (gsize)(MIN(p, end) - start));
    } else {
        while (p < end && !ends_cell(p, end, separator))
            p++;
        cell = g_strndup(start, (gsize)MIN(p - start, CELL_BYTES));
    }
    p = MIN(p, end);
    while (p < end && !ends_cell(p, end, separator))
        p++;
    *at = p;
    return g_strstrip(cell);
}

/* The row at *at; false at the end. */
static bool
read_row(const char **at, const char *end, char separator, Row *row)
{
    row_clear(row);
    if (*at >= end)
        return false;
    while (*at <= end) {
        char *cell = read_cell(at, end, separator);
        if (row->n < MAX_CELLS)
            row->cells[row->n++] = cell;
        else
            g_free(cell);
        if (*at >= end || *(*at)++ == '\n')
            return true;
    }
    return true;
}

/* "SourceIp": two words. (transfer full) */
static char *
apart(const char *name)
{
    GString *out = g_string_new(NULL);

    for (const char *p = name; *p; p++) {
        if (p > name && g_ascii_isupper(*p) && g_ascii_islower(p[-1]))
            g_string_append_c(out, ' ');
        g_string_append_c(out, *p);
    }
    return g_string_free(out, FALSE);
}

/* A zone is no part of the name. */
static void
fold_name(const char *text, char *out, gsize size)
{
    static const char *const zones[] = {" utc", " gmt"};
    g_autofree char *words = apart(text), *folded = text_fold(words);
    const char *name = folded;
    gsize n = 0;

    for (; *name && n + 1 < size; name++) {
        if (g_ascii_isalnum(*name))
            out[n++] = g_ascii_tolower(*name);
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(zones); i++)
        if (g_str_has_suffix(out, zones[i]))
            out[n - strlen(zones[i])] = '\0';
}

/* Where each column is, -1: not there. A table of events has an address and a time. */
static bool
find_columns(const Row *header, gint ret_at[N_COLUMNS])
{
    char folded[MAX_CELLS][NAME_BYTES];

    for (guint k = 0; k < header->n; k++)
        fold_name(header->cells[k], folded[k], NAME_BYTES);
    for (int c = 0; c < N_COLUMNS; c++)
        ret_at[c] = -1;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        for (guint k = 0; k < header->n && ret_at[names[i].column] < 0; k++)
            if (strcmp(folded[k], names[i].name) == 0)
                ret_at[names[i].column] = (gint)k;
    return ret_at[COLUMN_IP] >= 0 && ret_at[COLUMN_TIME] >= 0;
}

static const char *
cell_at(const Row *row, gint at)
{
    return at >= 0 && (guint)at < row->n ? row->cells[at] : "";
}

/* The same in the first `n` events, i.e. in another file: what a go-between got, and what it made
 * of it. */
static bool
is_known(const Vendor *v, guint n, const VendorEvent *event)
{
    for (guint i = 0; i < n; i++) {
        const VendorEvent *old = &g_array_index(v->events, VendorEvent, i);
        if (addr_equal(&old->ip, &event->ip) && old->port == event->port)
            return true;
    }
    return false;
}

static bool
take_row(Vendor *v, const Row *row, const gint at[N_COLUMNS], const char *type, guint known)
{
    VendorEvent event = {.time = TIME_NONE, .count = 1, .type = type};
    g_autofree char *time = NULL;
    const char *url = cell_at(row, at[COLUMN_URL]), *own;
    guint64 port = g_ascii_strtoull(cell_at(row, at[COLUMN_PORT]), NULL, 10);

    if (!prose_addr(cell_at(row, at[COLUMN_IP]), &event.ip))
        return false;
    time =
        at[COLUMN_DATE] != at[COLUMN_TIME]
            ? g_strdup_printf("%s %s", cell_at(row, at[COLUMN_DATE]), cell_at(row, at[COLUMN_TIME]))
            : g_strdup(cell_at(row, at[COLUMN_TIME]));
    (void)vendor_time(v, time, time + strlen(time), &event.time);
    event.port = port <= 65535 ? (guint)port : 0;
    own = vendor_type(cell_at(row, at[COLUMN_TYPE]));
    event.type = own && !type ? own : type;
    if (strstr(url, "://"))
        event.url = complaint_keep(v->parsing->complaint, url, -1);
    if (!is_known(v, known, &event))
        vendor_add(v, &event);
    return true;
}

void
vendor_take_record(Vendor *vendor, const GPtrArray *member_names, const GPtrArray *values)
{
    Row header = {.n = MIN(member_names->len, MAX_CELLS)}, row = {.n = header.n};
    gint columns[N_COLUMNS];

    if (vendor_is_full(vendor))
        return;
    vendor->rows++;
    for (guint i = 0; i < header.n; i++) {
        header.cells[i] = g_ptr_array_index(member_names, i);
        row.cells[i] = g_ptr_array_index(values, i);
    }
    if (find_columns(&header, columns))
        (void)take_row(vendor, &row, columns, NULL, 0);
}

static char
separator_of(const char *at, const char *end)
{
    static const char separators[] = ",;\t|";
    char best = ' ';
    guint most = 0;

    for (const char *s = separators; *s; s++) {
        guint n = 0;
        for (const char *p = at; p < end; p++)
            n += *p == *s;
        if (n > most) {
            most = n;
            best = *s;
        }
    }
    return best;
}

bool
vendor_is_full(Vendor *vendor)
{
    if (vendor->rows >= MAX_ROWS)
        complaint_add_problem(vendor->parsing->complaint, "too-many-rows",
                              "more than %d rows of tables and fields: the rest was left out",
                              MAX_ROWS);
    return vendor->rows >= MAX_ROWS || vendor->events->len > vendor->parsing->limits->incidents;
}

/* A table that begins at `at`; returns where it ends, or NULL when there is none. */
static const char *
take_table(Vendor *v, const char *at, const char *end, const char *type)
{
    const char *line_end = memchr(at, '\n', (gsize)(end - at));
    char separator = separator_of(at, line_end ? line_end : end);
    g_auto(Row) row = {0};
    gint columns[N_COLUMNS];
    guint strange = 0, known = v->events->len;

    if (!read_row(&at, end, separator, &row) || row.n < 2 || !find_columns(&row, columns))
        return NULL;
    while (strange < 3 && !vendor_is_full(v)) {
        v->rows++;
        if (!read_row(&at, end, separator, &row))
            break;
        strange = take_row(v, &row, columns, type, known) ? 0 : strange + 1;
    }
    return at;
}

static void
take_file(Vendor *v, const char *name, GBytes *bytes)
{ /* the name may tell the type: "2026-01-02-scan_dns-example-asn.csv" */
    g_autoptr(GBytes) converted = charset_from_utf16(bytes, v->parsing->limits->archive_bytes);
    gsize len;
    const char *data = g_bytes_get_data(converted ? converted : bytes, &len);
    g_autofree char *text = NULL;

    if (!data || len == 0)
        return;
    text = text_clean_lines(data, (gssize)len, v->parsing->limits->archive_bytes);
    (void)take_table(v, text, text + strlen(text), name ? vendor_type(name) : NULL);
}

static bool
may_be_file(const Entity *entity)
{
    if (entity->is_container || entity->is_message)
        return false;
    return strcmp(entity->type, "text/csv") == 0 ||
           strcmp(entity->type, "text/tab-separated-values") == 0 ||
           (entity->filename && (text_has_suffix_fold(entity->filename, ".csv") ||
                                 text_has_suffix_fold(entity->filename, ".tsv") ||
                                 text_has_suffix_fold(entity->filename, ".zip") ||
                                 text_has_suffix_fold(entity->filename, ".csv.gz")));
}

static void
take_attachments(Vendor *v)
{
    Message *message = v->parsing->message;
    Limits left = *v->parsing->limits; /* one archive's worth for all of them */

    for (guint i = 0; i < message->entities->len; i++) {
        const Entity *entity = message_entity(message, i);
        g_autoptr(GPtrArray) files = NULL;
        GBytes *content;
        if (!may_be_file(entity) || message_is_enclosed(message, i))
            continue;
        content = message_content(message, i);
        if (!archive_is(content)) {
            take_file(v, entity->filename, content);
            continue;
        }
        files = archive_read(content, &left, v->parsing->complaint);
        for (guint k = 0; k < files->len; k++) {
            const ArchiveFile *file = g_ptr_array_index(files, k);
            left.archive_bytes -= MIN(left.archive_bytes, g_bytes_get_size(file->bytes));
            if (archive_is(file->bytes))
                complaint_add_problem(v->parsing->complaint, "archive-not-read",
                                      "an archive in an archive is not unpacked");
            else if (!file->name || text_has_suffix_fold(file->name, ".csv"))
                take_file(v, file->name ? file->name : entity->filename, file->bytes);
        }
    }
}

static bool
has_one(const char *at, gsize len, const char *const *words, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (text_find_fold(at, (gssize)len, words[i]))
            return true;
    return false;
}

/* Before the line is taken apart, most lines being prose; what blanks align may be anything. */
static bool
names_columns(const char *at, gsize len, bool of_abuse)
{
    static const char *const addresses[] = {"ip", "src", "source", "address", "attacker", "host"};
    static const char *const times[] = {"time",  "date", "seen",  "detected", "horodatage",
                                        "datum", "zeit", "fecha", "tijd",     "data"};

    return (memchr(at, ',', len) || memchr(at, '|', len) || memchr(at, ';', len) ||
            (of_abuse && (memchr(at, '\t', len) || memmem(at, len, "  ", 2)))) &&
           has_one(at, len, addresses, G_N_ELEMENTS(addresses)) &&
           has_one(at, len, times, G_N_ELEMENTS(times));
}

/* A line of the text that names columns begins a table. */
static void
take_from_text(Vendor *v)
{
    const char *at = v->text->str, *end = at + v->text->len;

    while (at < end) {
        const char *line_end = memchr(at, '\n', (gsize)(end - at)), *after = NULL;
        gsize len = (gsize)((line_end ? line_end : end) - at);
        if (len < 2 * (gsize)CELL_BYTES && names_columns(at, len, v->of_abuse))
            after = take_table(v, at, end, NULL);
        at = after ? after : line_end ? line_end + 1 : end;
    }
}

void
vendor_take_tables(Vendor *vendor)
{
    take_attachments(vendor);
    if (vendor->events->len == 0 && vendor->of_abuse)
        vendor_take_json(vendor);
    if (vendor->events->len == 0)
        take_from_text(vendor);
}
