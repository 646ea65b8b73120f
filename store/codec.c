/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/codec.h"

#include <string.h>

#include "base/error.h"
#include "store/stmt.h"
#include "store/store_impl.h"

/* Of a zstd dictionary (its format's header): magic, then its number, little-endian. */
static guint32
dictionary_number(GBytes *dictionary)
{
    gsize len = 0;
    const guint8 *bytes = g_bytes_get_data(dictionary, &len);

    return len < 8 ? 0
                   : (guint32)bytes[4] | (guint32)bytes[5] << 8 | (guint32)bytes[6] << 16 |
                         (guint32)bytes[7] << 24;
}

Evidence *
codec_writer_new(Store *store, GError **error)
{
    g_autoptr(GBytes) dictionary = evidence_shipped_dictionary();

    (void)store; /* every store is written with the same one, so far */
    return evidence_new(dictionary, error);
}

Evidence *
codec_writer(Store *store, GError **error)
{
    if (!store->writer)
        store->writer = codec_writer_new(store, error);
    return store->writer;
}

bool
codec_writer_id(Store *store, gint64 now, gint64 *ret_id, GError **error)
{
    g_autoptr(GBytes) dictionary = NULL;
    g_autoptr(Stmt) find = NULL;
    g_autoptr(Stmt) add = NULL;
    gint64 id = 0;

    if (store->dictionary != 0) {
        *ret_id = MAX(store->dictionary, 0);
        return true;
    }
    dictionary = evidence_shipped_dictionary();
    if (!dictionary) {
        store->dictionary = -1;
        *ret_id = 0;
        return true;
    }
    find = store_stmt(store, "dictionary_by_number", error);
    if (!find)
        return false;
    stmt_bind_int(find, ":number", dictionary_number(dictionary));
    if (!stmt_run_int(find, &id, error))
        return false;
    if (id != 0) {
        store->dictionary = *ret_id = id;
        return true;
    }
    /* Not remembered: the transaction may still be rolled back. */
    add = store_stmt(store, "dictionary_add", error);
    if (!add)
        return false;
    stmt_bind_int(add, ":number", dictionary_number(dictionary));
    stmt_bind_blob(add, ":bytes", g_bytes_get_data(dictionary, NULL), g_bytes_get_size(dictionary));
    stmt_bind_int(add, ":at", now);
    return stmt_run_int(add, ret_id, error);
}

static GBytes *
load_dictionary(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "dictionary_load", id, &row, error);
    gsize len = 0;
    const void *bytes = NULL;

    if (!stmt)
        return NULL;
    bytes = row ? stmt_blob(stmt, 0, &len) : NULL;
    if (!bytes) {
        plaint_fail(error, PLAINT_ERROR_INTERNAL, "the dictionary of the evidence is missing");
        return NULL;
    }
    return g_bytes_new(bytes, len);
}

Evidence *
codec_reader(Store *store, gint64 dictionary, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    Evidence *evidence = NULL;

    if (!store->codecs)
        store->codecs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                              (GDestroyNotify)evidence_free);
    evidence = g_hash_table_lookup(store->codecs, &dictionary);
    if (evidence)
        return evidence;
    if (dictionary != 0) {
        bytes = load_dictionary(store, dictionary, error);
        if (!bytes)
            return NULL;
    }
    evidence = evidence_new(bytes, error);
    if (evidence)
        g_hash_table_insert(store->codecs, g_memdup2(&dictionary, sizeof dictionary), evidence);
    return evidence;
}

GBytes *
codec_pack_text(Store *store, const char *text, GError **error)
{
    Evidence *codec = codec_writer(store, error);
    gint64 id = 0;

    if (!codec || !codec_writer_id(store, 0, &id, error)) /* the dictionary is there, too */
        return NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    return evidence_pack(codec, bytes, error);
}

static bool
find_dictionary(Store *store, guint32 number, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;

    if (number == 0) {
        *ret_id = 0;
        return true;
    }
    stmt = store_stmt(store, "dictionary_by_number", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":number", number);
    return stmt_run_int(stmt, ret_id, error) &&
           (*ret_id != 0 || plaint_fail(error, PLAINT_ERROR_INTERNAL,
                                        "the dictionary of a packed text is missing"));
}

char *
codec_unpack_text(Store *store, const void *packed, gsize len, GError **error)
{
    guint32 number = 0;
    gsize size = 0;
    gint64 id = 0;
    Evidence *codec = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GBytes) text = NULL;

    if (!evidence_look(packed, len, &number, &size)) {
        plaint_fail(error, PLAINT_ERROR_INTERNAL, "a packed text is damaged");
        return NULL;
    }
    codec = find_dictionary(store, number, &id, error) ? codec_reader(store, id, error) : NULL;
    bytes = g_bytes_new_static(packed, len);
    text = codec ? evidence_unpack(codec, bytes, size, error) : NULL;
    return text ? g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text)) : NULL;
}
