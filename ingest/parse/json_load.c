/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/json_load.h"

#include "base/text.h"

/* The object's end, which may have a signature or the like behind it; NULL and *ret_why when it has
 * none or passes a limit before. */
static const char *
end_of_object(const char *bytes, gsize len, const Limits *limits, const char **ret_why)
{
    guint depth = 0, values = 0;
    bool in_string = false;

    for (gsize i = 0; i < len; i++) {
        char c = bytes[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (in_string)
            continue;
        else if ((c == '}' || c == ']') && --depth == 0)
            return bytes + i + 1;
        depth += c == '{' || c == '[';
        values += c == '{' || c == '[' || c == ',';
        if (depth > limits->json_depth || values > limits->json_values) {
            *ret_why = "it is larger or nested deeper than the limits";
            return NULL;
        }
    }
    *ret_why = "it ends before its last brace";
    return NULL;
}

/* Up to `end`, which end_of_object() found. */
static json_t *
load(const char *bytes, const char *end, const Limits *limits, const char **ret_why)
{
    g_autofree char *clean = NULL;
    json_t *root;

    root = json_loadb(bytes, (gsize)(end - bytes), JSON_ALLOW_NUL, NULL);
    if (root)
        return root;
    /* bytes that are not UTF-8, or line ends inside strings */
    clean = text_clean(bytes, end - bytes, limits->part_bytes);
    root = json_loads(clean, JSON_ALLOW_NUL, NULL);
    if (!root)
        *ret_why = "it is not JSON";
    return root;
}

json_t *
json_object_load(const char *bytes, gsize len, const Limits *limits, const char **ret_why)
{
    const char *end = end_of_object(bytes, len, limits, ret_why);

    return end ? load(bytes, end, limits, ret_why) : NULL;
}

json_t *
json_next_load(const char **at, const char *end, const Limits *limits, const char **ret_why)
{
    const char *start = *at, *stop;

    *ret_why = NULL;
    while (start < end && g_ascii_isspace(*start))
        start++;
    if (start >= end || (*start != '{' && *start != '['))
        return NULL;
    stop = end_of_object(start, (gsize)(end - start), limits, ret_why);
    *at = stop ? stop : end;
    return stop ? load(start, stop, limits, ret_why) : NULL;
}
