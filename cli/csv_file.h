/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_file.h - rows of a CSV file (RFC 4180; blanks around fields, CRLF and a byte order mark are
 * dropped, blank lines passed over), in bounded memory whatever the file is.
 *
 * A row that cannot be read (a stray quote, too long, not UTF-8) is a row with a fault; the next
 * one begins with the next line. Rows are known by the line they begin in.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct CsvFile CsvFile;

/* "-": standard input. A pipe is kept in an unlinked file, so that any can be read again.
 * NOT_FOUND, DENIED, BAD_INPUT, IO. (transfer full) */
CsvFile *csv_file_open(const char *path, GError **error);
void csv_file_close(CsvFile *file); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvFile, csv_file_close)

/* *ret_row false: the end. False only when the file cannot be read: IO. */
bool csv_file_next(CsvFile *file, bool *ret_row, GError **error);
bool csv_file_rewind(CsvFile *file, GError **error);

/* Of the row that was read last. */
guint csv_file_line(const CsvFile *file);
const char *csv_file_fault(const CsvFile *file); /* NULL: it is whole */
guint csv_file_n_fields(const CsvFile *file);
const char *csv_file_field(const CsvFile *file, guint n); /* until the next row; never NULL */

guint64 csv_file_size(const CsvFile *file); /* bytes, and how many of them were read */
guint64 csv_file_done(const CsvFile *file);
