/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/customer_file.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/csv_file.h"
#include "cli/customer_row.h"
#include "ingest/intake/progress.h"
#include "store/customer.h"

enum {
    BAD_NAMED = 20,         /* bad rows that are named one by one … */
    BAD_KEPT = 1000,        /* … and with --json */
    BATCH_ROWS = 250 * 1000 /* leases of a transaction */
};

typedef struct {
    const Plaint *plaint;
    CustomerFileKind kind;
    CsvFile *file;
    Progress *progress;
    CustomerColumns columns;
    bool writes; /* this pass; else it only looks for bad rows */
    guint rows, bad;
    json_t *faults;
    PutCounts counts;
    GArray *lines;  /* of customers so far, by id */
    GArray *leases; /* Lease: the batch */
} Import;

static void
import_clear(Import *import)
{
    g_clear_pointer(&import->progress, progress_free);
    g_clear_pointer(&import->file, csv_file_close);
    g_clear_pointer(&import->lines, g_array_unref);
    g_clear_pointer(&import->leases, g_array_unref);
    json_decref(import->faults);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

static const char *
file_name(const Import *import)
{
    return args_operand(import->plaint->args, 0);
}

/* -- rows ------------------------------------------------------------------------------------- */

/* Says what is wrong with the row; takes the error. */
static void
tell_bad(Import *import, GError *error)
{
    guint line = csv_file_line(import->file);
    g_autoptr(GString) out = g_string_new(NULL);
    const Term plain = {0};

    import->bad++;
    if (import->bad <= BAD_KEPT)
        json_array_append_new(import->faults,
                              json_pack("{s:i, s:s}", "line", (int)line, "why", error->message));
    if (import->bad <= BAD_NAMED) {
        progress_wipe(import->progress);
        term_add(out, &plain, STYLE_PLAIN, file_name(import));
        g_string_append_printf(out, ":%u: %s\n", line, error->message);
        (void)fputs(out->str, stderr);
    }
    g_error_free(error);
}

static bool
flush(Import *import, GError **error)
{
    if (!lease_put_all(import->plaint->store, import->leases, &import->counts, error))
        return false;
    g_array_set_size(import->leases, 0);
    return true;
}

static bool
take_customer(Import *import, GError **error)
{
    g_auto(CustomerRow) row = {0};

    return customer_row_read(&row, &import->columns, import->file, error) &&
           customer_put(import->plaint->store, &row.customer, import->lines,
                        csv_file_line(import->file), &import->counts, error);
}

static bool
take_lease(Import *import, GError **error)
{
    Lease lease = {0};
    g_autofree char *reference = NULL;

    if (!lease_row_read(&lease, &reference, &import->columns, import->file, error) ||
        !customer_find(import->plaint->store, reference, &lease.customer, error))
        return false;
    if (lease.customer == 0) {
        g_autofree char *quoted = text_quote(reference);

        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "no customer %s: 'plaint customer import' takes them first", quoted);
    }
    if (import->writes)
        g_array_append_val(import->leases, lease);
    return import->leases->len < BATCH_ROWS || flush(import, error);
}

static bool
take_row(Import *import, GError **error)
{
    const char *fault = csv_file_fault(import->file);

    if (fault)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s", fault);
    return import->kind == FILE_CUSTOMERS ? take_customer(import, error)
                                          : take_lease(import, error);
}

/* From the row behind the header to the end. A bad row is told in the first pass. */
static bool
take_rows(Import *import, bool is_first, GError **error)
{
    bool row = false;

    for (;;) {
        g_autoptr(GError) fault = NULL;

        if (!csv_file_next(import->file, &row, error))
            return false;
        if (!row)
            return true;
        import->rows += is_first;
        progress_update(import->progress, csv_file_done(import->file), import->rows);
        if (take_row(import, &fault))
            continue;
        if (plaint_error_code(fault) != PLAINT_ERROR_BAD_INPUT) {
            g_propagate_error(error, g_steal_pointer(&fault));
            return false;
        }
        if (is_first)
            tell_bad(import, g_steal_pointer(&fault));
    }
}

static bool
read_header(Import *import, GError **error)
{
    bool row = false;

    if (!csv_file_rewind(import->file, error) || !csv_file_next(import->file, &row, error))
        return false;
    if (!row)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "the file is empty: its first row names the columns");
    return customer_columns_read(&import->columns,
                                 import->kind == FILE_CUSTOMERS ? customer_column_names
                                                                : lease_column_names,
                                 import->file, error);
}

/* -- the whole file --------------------------------------------------------------------------- */

static bool
refuse(const Import *import, GError **error)
{
    if (import->bad > BAD_NAMED)
        (void)fprintf(stderr, "… and %u more\n", import->bad - BAD_NAMED);
    if (import->bad == 0 || args_has(import->plaint->args, "partial"))
        return true;
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "%u bad row%s, nothing was taken: mend %s, or take the rest with --partial",
                       import->bad, import->bad == 1 ? "" : "s", import->bad == 1 ? "it" : "them");
}

static bool
audit(const Import *import, GError **error)
{
    const Deed deed = deed_of(import->plaint);

    return customer_audit(import->plaint->store, &deed,
                          import->kind == FILE_CUSTOMERS ? "customer-import" : "lease-import",
                          file_name(import), &import->counts, error);
}

/* One transaction. */
static bool
import_customers(Import *import, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    import->writes = true;
    return store_txn_begin(&txn, import->plaint->store, error) && take_rows(import, true, error) &&
           refuse(import, error) && audit(import, error) && store_txn_commit(&txn, error);
}

/* Looked through before the first is written: a transaction of all would keep deliveries waiting.
 */
static bool
import_leases(Import *import, GError **error)
{
    if (!take_rows(import, true, error) || !refuse(import, error) || !read_header(import, error))
        return false;
    import->writes = true;
    return take_rows(import, false, error) && flush(import, error) && audit(import, error);
}

static void
print_result(const Import *import, bool done)
{
    const PutCounts *counts = &import->counts;

    if (import->plaint->json) {
        plaint_print_json(json_pack("{s:i, s:i, s:i, s:i, s:i, s:O, s:b}", "rows",
                                    (int)import->rows, "new", done ? (int)counts->added : 0,
                                    "changed", done ? (int)counts->changed : 0, "same",
                                    done ? (int)counts->same : 0, "bad_rows", (int)import->bad,
                                    "bad", import->faults, "taken", done));
        return;
    }
    if (!done)
        return;
    g_print("%u row%s: %u new, %u changed, %u the same", import->rows, import->rows == 1 ? "" : "s",
            counts->added, counts->changed, counts->same);
    if (import->bad > 0)
        g_print(", %u bad and left out", import->bad);
    g_print("\n");
}

bool
customer_file_import(const Plaint *plaint, CustomerFileKind kind, GError **error)
{
    g_auto(Import) import = {.plaint = plaint, .kind = kind};
    g_autofree char *quoted = text_quote(args_operand(plaint->args, 0));
    bool done = false;

    import.faults = json_array();
    import.lines = g_array_new(FALSE, TRUE, sizeof(guint));
    import.leases = g_array_new(FALSE, FALSE, sizeof(Lease));
    import.file = csv_file_open(file_name(&import), error);
    if (!import.file || !read_header(&import, error)) {
        g_prefix_error(error, "%s: ", quoted);
        return false;
    }
    import.progress = progress_new(csv_file_size(import.file), "rows");
    done =
        kind == FILE_CUSTOMERS ? import_customers(&import, error) : import_leases(&import, error);
    g_clear_pointer(&import.progress, progress_free);
    if (done || import.bad > 0)
        print_result(&import, done);
    return done;
}
