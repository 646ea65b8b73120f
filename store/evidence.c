/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/evidence.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/sql.h"

#define LEVEL 3

struct Evidence {
    GBytes *dictionary;
    ZSTD_CCtx *writer; /* these are made when first needed: an LDA never reads */
    ZSTD_DCtx *reader;
    ZSTD_DDict *read_dictionary;
};

Evidence *
evidence_new(GBytes *dictionary, GError **error)
{
    Evidence *evidence = NULL;

    if (dictionary && ZSTD_getDictID_fromDict(g_bytes_get_data(dictionary, NULL),
                                              g_bytes_get_size(dictionary)) == 0) {
        plaint_fail(error, PLAINT_ERROR_INTERNAL, "the dictionary of the evidence is damaged");
        return NULL;
    }
    evidence = g_new0(Evidence, 1);
    evidence->dictionary = dictionary ? g_bytes_ref(dictionary) : NULL;
    return evidence;
}

void
evidence_free(Evidence *evidence)
{
    if (!evidence)
        return;
    ZSTD_freeCCtx(evidence->writer);
    ZSTD_freeDCtx(evidence->reader);
    ZSTD_freeDDict(evidence->read_dictionary);
    g_clear_pointer(&evidence->dictionary, g_bytes_unref);
    g_free(evidence);
}

GBytes *
evidence_shipped_dictionary(void)
{
    return store_resource("/plaint/store/mail.dict", NULL);
}

static bool
open_writer(Evidence *evidence, GError **error)
{
    /* Level 3's tables would be cleared for each mail, a megabyte for six kilobytes. */
    static const struct {
        ZSTD_cParameter name;
        int value;
    } settings[] = {
        {ZSTD_c_compressionLevel, LEVEL},
        {ZSTD_c_hashLog, 15},
        {ZSTD_c_chainLog, 15},
        {ZSTD_c_strategy, ZSTD_fast},
    };
    size_t failed = 0;

    if (evidence->writer)
        return true;
    evidence->writer = ZSTD_createCCtx();
    for (gsize i = 0; evidence->writer && i < G_N_ELEMENTS(settings); i++) {
        failed = ZSTD_CCtx_setParameter(evidence->writer, settings[i].name, settings[i].value);
        if (ZSTD_isError(failed))
            break;
    }
    if (evidence->writer && evidence->dictionary && !ZSTD_isError(failed))
        failed =
            ZSTD_CCtx_loadDictionary(evidence->writer, g_bytes_get_data(evidence->dictionary, NULL),
                                     g_bytes_get_size(evidence->dictionary));
    if (evidence->writer && !ZSTD_isError(failed))
        return true;
    g_clear_pointer(&evidence->writer, ZSTD_freeCCtx);
    return plaint_fail(error, PLAINT_ERROR_BUSY, "not enough memory to compress evidence");
}

bool
evidence_look(const void *packed, gsize len, guint32 *ret_number, gsize *ret_size)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed, len);

    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
        size > LIMIT_MAIL_READ_BYTES)
        return false;
    *ret_number = ZSTD_getDictID_fromFrame(packed, len);
    *ret_size = (gsize)size;
    return true;
}

GBytes *
evidence_pack(Evidence *evidence, GBytes *raw, GError **error)
{
    gsize len = 0;
    const void *bytes = g_bytes_get_data(raw, &len);
    g_autofree void *packed = NULL;
    size_t size = 0;

    if (!open_writer(evidence, error))
        return NULL;
    packed = g_try_malloc(ZSTD_compressBound(len));
    size =
        packed ? ZSTD_compress2(evidence->writer, packed, ZSTD_compressBound(len), bytes, len) : 0;
    if (!packed || ZSTD_isError(size)) {
        plaint_fail(error, PLAINT_ERROR_BUSY, "not enough memory to compress evidence");
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&packed), size);
}

static bool
open_reader(Evidence *evidence, GError **error)
{
    size_t failed = 0;

    if (evidence->reader)
        return true;
    evidence->reader = ZSTD_createDCtx();
    if (evidence->dictionary && evidence->reader) {
        gsize len = 0;
        const void *bytes = g_bytes_get_data(evidence->dictionary, &len);

        evidence->read_dictionary = ZSTD_createDDict(bytes, len);
        failed = evidence->read_dictionary
                     ? ZSTD_DCtx_refDDict(evidence->reader, evidence->read_dictionary)
                     : (size_t)-ZSTD_error_memory_allocation;
    }
    if (evidence->reader && !ZSTD_isError(failed))
        return true;
    g_clear_pointer(&evidence->reader, ZSTD_freeDCtx);
    return plaint_fail(error, PLAINT_ERROR_BUSY, "not enough memory to read evidence");
}

GBytes *
evidence_unpack(Evidence *evidence, GBytes *packed, gsize size, GError **error)
{
    gsize len = 0;
    const void *bytes = g_bytes_get_data(packed, &len);
    g_autofree void *raw = NULL;
    size_t got = 0;

    if (!open_reader(evidence, error))
        return NULL;
    raw = size <= LIMIT_MAIL_READ_BYTES ? g_try_malloc(size + 1) : NULL;
    if (!raw && size <= LIMIT_MAIL_READ_BYTES) {
        plaint_fail(error, PLAINT_ERROR_BUSY, "not enough memory to read evidence");
        return NULL;
    }
    got = raw ? ZSTD_decompressDCtx(evidence->reader, raw, size, bytes, len) : 0;
    if (!raw || ZSTD_isError(got) || got != size) {
        plaint_fail(error, PLAINT_ERROR_INTERNAL, "the evidence is damaged");
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&raw), size);
}
