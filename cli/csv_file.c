/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/csv_file.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/limits.h"

enum { READ_BYTES = 64 * 1024 };

struct CsvFile {
    int fd;
    guint64 size, done;
    struct csv_parser parser;
    char buffer[READ_BYTES];
    gsize at, end;  /* of what is in the buffer */
    guint line;     /* lines read */
    bool is_ended;  /* nothing is left to read */
    bool is_begun;  /* a row is, and not ended */
    bool is_whole;  /* … is ended */
    bool is_broken; /* what is left of the line is passed over */
    /* The row. */
    guint row_line;
    const char *fault;
    GString *text;  /* its fields, each with a NUL behind it */
    GArray *fields; /* gsize: where they begin */
};

/* -- what the parser calls -------------------------------------------------------------------- */

/* The field that is being read is all that the parser keeps. */
static void *
bounded_realloc(void *bytes, size_t size)
{
    return size > LIMIT_CSV_FIELD_BYTES ? NULL : realloc(bytes, size);
}

/* A line feed alone ends a row, so that a line has one row at most; what is before it, CR too, is a
 * blank. */
static int
is_term(unsigned char c)
{
    return c == '\n';
}

static int
is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void
take_field(void *bytes, size_t len, void *data)
{
    CsvFile *file = data;
    gsize begin = file->text->len;

    if (file->fault)
        return;
    if (file->fields->len >= LIMIT_CSV_COLUMNS)
        file->fault = "too many columns";
    else if (begin + len > LIMIT_CSV_ROW_BYTES)
        file->fault = "the row is too long";
    else if (memchr(bytes, '\0', len) || !g_utf8_validate(bytes, (gssize)len, NULL))
        file->fault = "not UTF-8 text";
    if (file->fault)
        return;
    g_array_append_val(file->fields, begin);
    g_string_append_len(file->text, bytes, (gssize)len);
    g_string_append_c(file->text, '\0');
}

static void
end_row(int term, void *data)
{
    CsvFile *file = data;

    (void)term;
    file->is_whole = true;
}

static void
make_parser(CsvFile *file)
{
    (void)csv_init(&file->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    csv_set_realloc_func(&file->parser, bounded_realloc);
    csv_set_term_func(&file->parser, is_term);
    csv_set_space_func(&file->parser, is_space);
    csv_set_blk_size(&file->parser, 4096);
}

/* -- opening ---------------------------------------------------------------------------------- */

void
csv_file_close(CsvFile *file)
{
    if (!file)
        return;
    (void)close(file->fd);
    csv_free(&file->parser);
    g_string_free(file->text, TRUE);
    g_array_unref(file->fields);
    g_free(file);
}

static bool
fail_errno(GError **error, const char *what)
{
    return plaint_fail(error, PLAINT_ERROR_IO, "%s: %s", what, g_strerror(errno));
}

static bool
write_all(int fd, const char *bytes, gsize len, GError **error)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno != EINTR)
            return fail_errno(error, "cannot keep the input");
        bytes += MAX(n, 0);
        len -= (gsize)MAX(n, 0);
    }
    return true;
}

/* What cannot be read twice becomes a file without a name. -1 with error */
static int
keep(int from, GError **error)
{
    g_autofree char *buffer = g_malloc(READ_BYTES);
    g_autofree char *path = NULL;
    g_auto(AutoFd) fd = g_file_open_tmp("plaint-XXXXXX", &path, NULL);
    gsize kept = 0;
    ssize_t n = 1;

    if (fd < 0) {
        fail_errno(error, "cannot keep the input");
        return -1;
    }
    (void)unlink(path);
    while (n != 0) {
        n = read(from, buffer, READ_BYTES);
        if (n < 0 && errno != EINTR) {
            fail_errno(error, "cannot be read");
            return -1;
        }
        kept += (gsize)MAX(n, 0);
        if (kept > LIMIT_CSV_PIPE_BYTES) {
            plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "more than %d MB from a pipe: name a file",
                        LIMIT_CSV_PIPE_BYTES / 1024 / 1024);
            return -1;
        }
        if (n > 0 && !write_all(fd, buffer, (gsize)n, error))
            return -1;
    }
    return autofd_steal(&fd);
}

CsvFile *
csv_file_open(const char *path, GError **error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    g_auto(AutoFd) fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    CsvFile *file = NULL;
    struct stat st = {0};

    if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        int number = fd < 0 ? errno : EISDIR;

        plaint_fail(error, plaint_error_of_errno(number), "%s", g_strerror(number));
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        int kept = keep(fd, error);

        if (kept < 0)
            return NULL;
        (void)close(fd);
        fd = kept;
    }
    file = g_new0(CsvFile, 1);
    file->text = g_string_new(NULL);
    file->fields = g_array_new(FALSE, FALSE, sizeof(gsize));
    make_parser(file);
    file->fd = autofd_steal(&fd);
    if (fstat(file->fd, &st) == 0 && csv_file_rewind(file, error)) {
        file->size = (guint64)st.st_size;
        return file;
    }
    csv_file_close(file);
    return NULL;
}

/* -- reading ---------------------------------------------------------------------------------- */

static bool
fill(CsvFile *file, GError **error)
{
    ssize_t n = 0;

    if (file->at < file->end || file->is_ended)
        return true;
    do
        n = read(file->fd, file->buffer, READ_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fail_errno(error, "cannot be read");
    file->at = file->done == 0 && n >= 3 && memcmp(file->buffer, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    file->end = (gsize)n;
    file->done += (guint64)n;
    file->is_ended = n == 0;
    return true;
}

static void
clear_row(CsvFile *file)
{
    file->is_begun = file->is_whole = file->is_broken = false;
    file->fault = NULL;
    file->row_line = file->line + 1;
    g_string_truncate(file->text, 0);
    g_array_set_size(file->fields, 0);
}

bool
csv_file_rewind(CsvFile *file, GError **error)
{
    if (lseek(file->fd, 0, SEEK_SET) < 0)
        return fail_errno(error, "cannot be read again");
    csv_free(&file->parser);
    make_parser(file);
    file->line = 0;
    file->done = file->at = file->end = 0;
    file->is_ended = false;
    clear_row(file);
    return true;
}

/* The parser gave up: the row has a fault, the rest of its line is passed over. */
static void
break_row(CsvFile *file)
{
    if (!file->fault)
        file->fault = csv_error(&file->parser) == CSV_ENOMEM
                          ? "a field is too long, or a quote is not closed"
                          : "a quote inside a field, or behind one";
    file->is_broken = true;
    csv_free(&file->parser);
    make_parser(file);
}

static bool
is_blank(const char *text, gsize len)
{
    while (len > 0 && (is_space((unsigned char)text[len - 1]) || text[len - 1] == '\n'))
        len--;
    return len == 0;
}

/* A line, or as much of it as is in the buffer. True: a row is complete. */
static bool
take_piece(CsvFile *file)
{
    const char *text = file->buffer + file->at;
    const char *feed = memchr(text, '\n', file->end - file->at);
    gsize len = feed ? (gsize)(feed - text) + 1 : file->end - file->at;

    file->at += len;
    if (!file->is_begun && !is_blank(text, len))
        file->is_begun = true;
    if (!file->is_broken && csv_parse(&file->parser, text, len, take_field, end_row, file) != len)
        break_row(file);
    if (!feed)
        return false;
    file->line++;
    if (!file->is_begun)
        file->row_line = file->line + 1;
    return file->is_whole || file->is_broken;
}

bool
csv_file_next(CsvFile *file, bool *ret_row, GError **error)
{
    clear_row(file);
    for (;;) {
        if (!fill(file, error))
            return false;
        if (file->is_ended)
            break;
        if (take_piece(file)) {
            *ret_row = true;
            return true;
        }
    }
    if (!file->is_broken && csv_fini(&file->parser, take_field, end_row, file) != 0)
        break_row(file);
    *ret_row = file->is_begun && (file->is_whole || file->is_broken);
    return true;
}

guint
csv_file_line(const CsvFile *file)
{
    return file->row_line;
}

const char *
csv_file_fault(const CsvFile *file)
{
    return file->fault;
}

guint
csv_file_n_fields(const CsvFile *file)
{
    return file->fields->len;
}

const char *
csv_file_field(const CsvFile *file, guint n)
{
    return n < file->fields->len ? file->text->str + g_array_index(file->fields, gsize, n) : "";
}

guint64
csv_file_size(const CsvFile *file)
{
    return file->size;
}

guint64
csv_file_done(const CsvFile *file)
{
    return file->done;
}
