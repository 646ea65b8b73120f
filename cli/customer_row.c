/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/customer_row.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

/* The texts as in CustomerText. */
typedef enum { REFERENCE, NAME, EMAIL, LANGUAGE, NETWORKS } CustomerColumnId;
G_STATIC_ASSERT((int)NETWORKS == (int)N_CUSTOMER_TEXTS);
typedef enum { PREFIX, FIRST_PORT, LAST_PORT, HOLDER, FROM, UNTIL } LeaseColumnId;

/* clang-format off */
const CustomerColumn customer_column_names[] = {
    [REFERENCE] = {"reference", true}, [NAME] = {"name", false},         [EMAIL] = {"email", false},
    [LANGUAGE] = {"language", false},  [NETWORKS] = {"networks", false}, {NULL, false},
};
const CustomerColumn lease_column_names[] = {
    [PREFIX] = {"prefix", true},    [FIRST_PORT] = {"first port", false}, [LAST_PORT] = {"last port", false},
    [HOLDER] = {"reference", true}, [FROM] = {"from", true},              [UNTIL] = {"until", true},
    {NULL, false},
};
/* clang-format on */

/* -- columns ---------------------------------------------------------------------------------- */

/* Which of the names a column of the header is; -1: none. */
static int
column_id(const CustomerColumn *names, const char *title)
{
    g_autofree char *spaced = g_strdelimit(g_strdup(title), "_-", ' ');
    g_autofree char *folded = text_fold(spaced);

    for (int i = 0; names[i].name; i++) {
        if (strcmp(names[i].name, folded) == 0)
            return i;
    }
    return -1;
}

static bool
fail_missing(const CustomerColumn *names, const char *missing, GError **error)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (int i = 0; names[i].name; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", names[i].name);
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "no column '%s' in the first row: it names the columns, %s", missing,
                       all->str);
}

bool
customer_columns_read(CustomerColumns *columns, const CustomerColumn *names, const CsvFile *file,
                      GError **error)
{
    if (csv_file_fault(file))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "the first row: %s",
                           csv_file_fault(file));
    columns->n = csv_file_n_fields(file);
    for (guint i = 0; i < CUSTOMER_COLUMNS_MAX; i++)
        columns->at[i] = -1;
    for (guint i = 0; i < columns->n; i++) {
        int id = column_id(names, csv_file_field(file, i));

        if (id >= 0 && columns->at[id] >= 0)
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "column '%s' is there twice",
                               names[id].name);
        if (id >= 0)
            columns->at[id] = (int)i;
    }
    for (int i = 0; names[i].name; i++) {
        if (names[i].is_needed && columns->at[i] < 0)
            return fail_missing(names, names[i].name, error);
    }
    return true;
}

static bool
check_width(const CustomerColumns *columns, const CsvFile *file, GError **error)
{
    guint n = csv_file_n_fields(file);

    return n == columns->n ||
           plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%u column%s, not %u as in the first row", n,
                       n == 1 ? "" : "s", columns->n);
}

/* NULL: no such column. */
static const char *
value_of(const CustomerColumns *columns, const CsvFile *file, int id)
{
    return columns->at[id] < 0 ? NULL : csv_file_field(file, (guint)columns->at[id]);
}

/* -- values ----------------------------------------------------------------------------------- */

static bool
fail_value(GError **error, const char *what, const char *value, const char *wanted)
{
    g_autofree char *quoted = text_quote(value);

    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "no %s: %s; %s", what, quoted, wanted);
}

static bool
read_networks(const char *value, GArray *networks, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(value, "; \t\n\r", -1);

    for (guint i = 0; words[i]; i++) {
        Netmask mask;

        if (words[i][0] == '\0')
            continue;
        if (!netmask_parse(words[i], &mask, error))
            return false;
        g_array_append_val(networks, mask);
    }
    return true;
}

/* -- customers -------------------------------------------------------------------------------- */

void
customer_row_clear(CustomerRow *row)
{
    for (gsize i = 0; i < G_N_ELEMENTS(row->texts); i++)
        g_free(row->texts[i]);
    g_clear_pointer(&row->networks, g_array_unref);
}

bool
customer_row_read(CustomerRow *row, const CustomerColumns *columns, const CsvFile *file,
                  GError **error)
{
    const char *networks = value_of(columns, file, NETWORKS);
    char **texts = row->texts;

    if (!check_width(columns, file, error))
        return false;
    for (int i = REFERENCE; i <= LANGUAGE; i++) {
        if (!customer_text_read((CustomerText)i, value_of(columns, file, i), &texts[i], error))
            return false;
    }
    row->networks = g_array_new(FALSE, FALSE, sizeof(Netmask));
    if (networks && !read_networks(networks, row->networks, error))
        return false;
    row->customer = (Customer){.reference = texts[REFERENCE],
                               .name = texts[NAME],
                               .email = texts[EMAIL],
                               .language = texts[LANGUAGE],
                               .networks = networks ? row->networks : NULL};
    return true;
}

/* -- leases ----------------------------------------------------------------------------------- */

/* RFC 3339, or seconds since 1970. */
static bool
read_time(const char *what, const char *value, gint64 *ret_time, GError **error)
{
    if (g_ascii_string_to_signed(value, 10, 0, G_GINT64_CONSTANT(253402300799), ret_time, NULL) ||
        time_parse(value, ret_time, NULL))
        return true;
    return fail_value(error, what, value, "write 2026-01-31T23:59:00Z, or seconds since 1970");
}

static bool
read_ports(const char *first, const char *last, Lease *lease, GError **error)
{
    guint64 from = 0, to = 0;

    if (text_is_empty(first) && text_is_empty(last))
        return true;
    if (text_is_empty(first) || text_is_empty(last))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "one port only: name the first and the last, or none");
    if (!g_ascii_string_to_unsigned(first, 10, 0, G_MAXUINT16, &from, NULL))
        return fail_value(error, "port", first, "a number up to 65535");
    if (!g_ascii_string_to_unsigned(last, 10, 1, G_MAXUINT16, &to, NULL))
        return fail_value(error, "port", last, "a number from 1 to 65535");
    if (from > to)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "the first port is behind the last");
    if (from > 0 || to < G_MAXUINT16) { /* else it is all of them */
        lease->first_port = (guint16)from;
        lease->last_port = (guint16)to;
    }
    return true;
}

bool
lease_row_read(Lease *lease, char **ret_reference, const CustomerColumns *columns,
               const CsvFile *file, GError **error)
{
    const char *until = value_of(columns, file, UNTIL);

    if (!check_width(columns, file, error) ||
        !netmask_parse(value_of(columns, file, PREFIX), &lease->network, error) ||
        !read_ports(value_of(columns, file, FIRST_PORT), value_of(columns, file, LAST_PORT), lease,
                    error) ||
        !customer_text_read(CUSTOMER_REFERENCE, value_of(columns, file, HOLDER), ret_reference,
                            error) ||
        !read_time("beginning", value_of(columns, file, FROM), &lease->since, error))
        return false;
    lease->until = TIME_NONE;
    if (until[0] != '\0' && !read_time("end", until, &lease->until, error))
        return false;
    return lease->until == TIME_NONE || lease->until > lease->since ||
           plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "it ends before it begins");
}
