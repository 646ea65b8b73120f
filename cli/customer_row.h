/* SPDX-License-Identifier: GPL-3.0-or-later */
/* customer_row.h - a row of a file, by the names in its header, as a customer or a lease. */
#pragma once

#include "cli/csv_file.h"
#include "store/customer.h"

enum { CUSTOMER_COLUMNS_MAX = 6 };

typedef struct {
    guint n;                      /* of the header */
    int at[CUSTOMER_COLUMNS_MAX]; /* where each known column is; -1: nowhere */
} CustomerColumns;

typedef struct {
    const char *name;
    bool is_needed;
} CustomerColumn;
extern const CustomerColumn customer_column_names[], lease_column_names[]; /* end with a NULL */

/* Of the header, the row that the file is at. Columns in any order, others are passed over; '_' and
 * '-' count as blanks, capitals as small. BAD_INPUT. */
bool customer_columns_read(CustomerColumns *columns, const CustomerColumn *names,
                           const CsvFile *file, GError **error);

typedef struct {
    Customer customer;
    char *texts[N_CUSTOMER_TEXTS];
    GArray *networks;
} CustomerRow;

/* The row that the file is at; BAD_INPUT says what is wrong. */
bool customer_row_read(CustomerRow *row, const CustomerColumns *columns, const CsvFile *file,
                       GError **error);
void customer_row_clear(CustomerRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CustomerRow, customer_row_clear)

/* All but the customer's id. ret_reference: (transfer full) */
bool lease_row_read(Lease *lease, char **ret_reference, const CustomerColumns *columns,
                    const CsvFile *file, GError **error);
