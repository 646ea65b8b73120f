/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/archive.h"

#include <string.h>
#include <zlib.h>

#include "ingest/parse/gsf_library.h"

enum { CHUNK = 64 * 1024, SMALL = 64 * 1024, MAX_FOLDERS = 4 };

bool
archive_init(void)
{
    return gsf_library() != NULL;
}

static bool
has_any(const char *mail, gsize len, const char *const *marks, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (memmem(mail, len, marks[i], strlen(marks[i])))
            return true;
    return false;
}

bool
archive_init_for(const char *mail, gsize len)
{
    /* The first bytes, as they are and in base64 and quoted-printable. */
    static const char *const zips[] = {"UEsDB", "PK\003\004", "PK=03=04"};
    static const char *const gzips[] = {"H4sI", "\037\213\010", "=1F=8B"};

    if (has_any(mail, len, zips, G_N_ELEMENTS(zips))) {
        (void)archive_init(); /* archive_read() says so */
        return true;
    }
    return has_any(mail, len, gzips, G_N_ELEMENTS(gzips));
}

typedef struct {
    const GsfLibrary *gsf; /* of a zip */
    GPtrArray *files;
    gsize left; /* bytes that may still come out */
    guint folders;
    const Limits *limits;
    Complaint *complaint;
} Unpacking;

static void
file_free(gpointer data)
{
    ArchiveFile *file = data;

    g_free(file->name);
    g_bytes_unref(file->bytes);
    g_free(file);
}

static void
add_file(Unpacking *u, const char *name, GByteArray *bytes)
{
    ArchiveFile *file = g_new0(ArchiveFile, 1);

    file->name = name ? g_path_get_basename(name) : NULL;
    file->bytes = g_byte_array_free_to_bytes(bytes);
    g_ptr_array_add(u->files, file);
}

static void
tell_too_large(Unpacking *u)
{
    u->left = 0;
    complaint_add_problem(u->complaint, "archive-too-large",
                          "an archive unpacks to more than is read of one");
}

static void
tell_broken(Unpacking *u)
{
    complaint_add_problem(u->complaint, "archive-not-read", "an archive is damaged or encrypted");
}

/* -- gzip -----------------------------------------------------------------------------------------
 */

static void
read_gzip(Unpacking *u, const guint8 *bytes, gsize len)
{
    z_stream z = {.next_in = (guint8 *)bytes, .avail_in = (guint)MIN(len, G_MAXUINT)};
    GByteArray *out = g_byte_array_new();
    g_autofree guint8 *chunk = g_malloc(CHUNK);
    int rc = inflateInit2(&z, 16 + MAX_WBITS);

    while (rc == Z_OK) {
        gsize got;
        z.next_out = chunk;
        z.avail_out = CHUNK;
        rc = inflate(&z, Z_NO_FLUSH);
        got = CHUNK - z.avail_out;
        if (got > u->left) {
            tell_too_large(u);
            break;
        }
        g_byte_array_append(out, chunk, (guint)got);
        u->left -= got;
    }
    inflateEnd(&z);
    if (rc != Z_STREAM_END && u->left > 0)
        tell_broken(u);
    add_file(u, NULL, out);
}

/* -- zip ------------------------------------------------------------------------------------------
 */

static void
read_member(Unpacking *u, GsfInput *input)
{
    GByteArray *out = g_byte_array_new();
    gsf_off_t left;

    while ((left = u->gsf->remaining(input)) > 0) {
        gsize want = (gsize)MIN(left, CHUNK);
        const guint8 *chunk;
        if (want > u->left) {
            tell_too_large(u);
            break;
        }
        chunk = u->gsf->read(input, want, NULL);
        if (!chunk) {
            tell_broken(u);
            break;
        }
        g_byte_array_append(out, chunk, (guint)want);
        u->left -= want;
    }
    add_file(u, u->gsf->name(input), out);
}

static void
read_folder(Unpacking *u, GsfInfile *folder, guint depth)
{
    int n = u->gsf->count(folder);

    for (int i = 0; i < n && u->left > 0; i++) {
        g_autoptr(GsfInput) child = NULL;
        if (u->files->len >= u->limits->archive_files || u->folders > u->limits->archive_files) {
            complaint_add_problem(u->complaint, "too-many-files",
                                  "more than %u files in an archive: the rest was not read",
                                  u->limits->archive_files);
            return;
        }
        child = u->gsf->child(folder, i);
        if (!child) {
            tell_broken(u);
        } else if (G_TYPE_CHECK_INSTANCE_TYPE(child, u->gsf->infile_type()) &&
                   u->gsf->count((GsfInfile *)child) >= 0) {
            u->folders++;
            if (depth < MAX_FOLDERS)
                read_folder(u, (GsfInfile *)child, depth + 1);
        } else {
            read_member(u, child);
        }
    }
}

/* The library looks through all its entries for each: what has very many is not given to it. */
static bool
has_many_entries(const guint8 *bytes, gsize len, guint most)
{
    const guint8 *at = bytes, *end = bytes + len;
    guint n = 0;

    while ((at = memmem(at, (gsize)(end - at), "PK\001\002", 4)) != NULL && n <= most) {
        n++;
        at += 4;
    }
    return n > most;
}

static void
read_zip(Unpacking *u, const guint8 *bytes, gsize len)
{
    g_autoptr(GsfInput) input = NULL;
    g_autoptr(GsfInfile) zip = NULL;

    if (has_many_entries(bytes, len, 16 * u->limits->archive_files)) {
        tell_too_large(u);
        return;
    }
    u->gsf = gsf_library();
    if (!u->gsf) {
        complaint_add_problem(u->complaint, "archive-not-read",
                              "a zip file could not be read: libgsf was not at hand");
        return;
    }
    input = u->gsf->memory_new(bytes, (gsf_off_t)len, FALSE);
    zip = u->gsf->zip_new(input, NULL);
    if (zip)
        read_folder(u, zip, 0);
    else
        tell_broken(u);
}

static bool
is_zip(const guint8 *bytes, gsize len)
{
    return len > 4 && memcmp(bytes, "PK\003\004", 4) == 0;
}

static bool
is_gzip(const guint8 *bytes, gsize len)
{
    return len > 4 && memcmp(bytes, "\037\213\010", 3) == 0;
}

bool
archive_is(GBytes *bytes)
{
    gsize len;
    const guint8 *data = g_bytes_get_data(bytes, &len);

    return is_zip(data, len) || is_gzip(data, len);
}

GPtrArray *
archive_read(GBytes *bytes, const Limits *limits, Complaint *complaint)
{
    gsize len;
    const guint8 *data = g_bytes_get_data(bytes, &len);
    Unpacking u = {.files = g_ptr_array_new_with_free_func(file_free),
                   .left = MIN(limits->archive_bytes, MAX(SMALL, len * limits->archive_ratio)),
                   .limits = limits,
                   .complaint = complaint};

    if (u.left == 0)
        tell_too_large(&u);
    else if (is_zip(data, len))
        read_zip(&u, data, len);
    else if (is_gzip(data, len))
        read_gzip(&u, data, len);
    return u.files;
}
