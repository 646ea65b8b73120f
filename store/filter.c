/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/filter.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "store/filter_impl.h"

enum { QUERY_MAX = 2000, TERMS_MAX = 32, VALUES_MAX = 50 };

typedef struct {
    const char *at;
    Filter *filter;
    const char *me;
    gint64 now;
} Reader;

static void
value_free(gpointer data)
{
    FilterValue *value = data;

    g_free(value->text);
    g_free(value->param);
    g_free(value);
}

static void
term_free(gpointer data)
{
    FilterTerm *term = data;

    g_ptr_array_unref(term->values);
    g_free(term);
}

void
filter_free(Filter *filter)
{
    if (!filter)
        return;
    g_clear_pointer(&filter->terms, g_ptr_array_unref);
    g_clear_pointer(&filter->words, g_ptr_array_unref);
    g_clear_pointer(&filter->not_words, g_ptr_array_unref);
    g_free(filter->match);
    g_free(filter);
}

/* -- values ----------------------------------------------------------------------------------- */

static bool
fail_name(const char *word, const char *const *names, int n, GError **error)
{
    g_autofree char *what = text_no_such("word", word, names, n);

    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s", what);
}

static bool
read_name(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    g_autofree char *folded = g_ascii_strdown(value->text, -1);
    int n = text_name_find(row->names, row->n_names, folded);

    (void)reader;
    if (n < 0)
        return fail_name(value->text, row->names, row->n_names, error);
    g_free(value->text);
    value->text = g_steal_pointer(&folded);
    value->param = g_strdup(value->text);
    value->number = G_GINT64_CONSTANT(1) << n;
    return true;
}

static bool
read_text(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    (void)row;
    (void)reader;
    (void)error;
    value->param = g_strdup(value->text);
    return true;
}

static bool
read_folded(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    char *folded = g_utf8_strdown(value->text, -1);

    g_free(value->text);
    value->text = folded;
    return read_text(row, value, reader, error);
}

static bool
read_network(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    (void)row;
    (void)reader;
    if (!netmask_parse(value->text, &value->mask, error))
        return false;
    g_free(value->text);
    value->text = netmask_dup_text(&value->mask);
    return true;
}

static bool
read_customer(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    if (strcmp(value->text, "none") != 0)
        return read_text(row, value, reader, error);
    value->param = g_strdup("");
    return true;
}

static bool
read_assignee(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    if (strcmp(value->text, "me") == 0) {
        if (!reader->me)
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                               "assignee:me says nothing here: name somebody");
        g_free(value->text);
        value->text = g_strdup(reader->me);
    }
    return read_customer(row, value, reader, error);
}

static bool
read_time(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    char text[TIME_TEXT_SIZE];

    (void)row;
    if (!time_parse_since(value->text, reader->now, &value->number, error))
        return false;
    g_free(value->text);
    value->text = g_strdup(time_text(value->number, text));
    return true;
}

static bool
read_is(const FilterRow *row, FilterValue *value, const Reader *reader, GError **error)
{
    const char *names[16];
    int n = 0;

    (void)row;
    for (gsize i = 0; i < n_filter_is_rows; i++) {
        if (!filter_is_rows[i].on[reader->filter->list].condition)
            continue;
        if (text_equal_fold(filter_is_rows[i].name, value->text)) {
            value->is = &filter_is_rows[i];
            g_free(value->text);
            value->text = g_strdup(value->is->name);
            return true;
        }
        names[n++] = filter_is_rows[i].name;
    }
    return fail_name(value->text, names, n, error);
}

static bool (*const readers[])(const FilterRow *row, FilterValue *value, const Reader *reader,
                               GError **error) = {
    [VALUE_NAME] = read_name,       [VALUE_TEXT] = read_text, [VALUE_FOLDED] = read_folded,
    [VALUE_NETWORK] = read_network, [VALUE_BIT] = read_name,  [VALUE_ASSIGNEE] = read_assignee,
    [VALUE_TIME] = read_time,       [VALUE_IS] = read_is,     [VALUE_CUSTOMER] = read_customer,
};

/* -- reading ---------------------------------------------------------------------------------- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A quoted string, or what stands before the next blank (or comma, in a list of values). Backslash
 * keeps a quote inside quotes. (transfer full), NULL with error. */
static char *
read_string(Reader *reader, bool in_list, GError **error)
{
    GString *text = g_string_new(NULL);
    bool quoted = *reader->at == '"';

    reader->at += quoted;
    while (*reader->at && (quoted ? *reader->at != '"'
                                  : !is_blank(*reader->at) && !(in_list && *reader->at == ','))) {
        if (quoted && *reader->at == '\\' && reader->at[1])
            reader->at++;
        g_string_append_c(text, *reader->at++);
    }
    if (quoted && *reader->at != '"') {
        g_string_free(text, TRUE);
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "a quote is not closed");
        return NULL;
    }
    reader->at += quoted;
    return g_string_free(text, FALSE);
}

/* "key:" with letters only: "2001:db8::1" and "http://" are words. */
static gsize
key_length(const char *at)
{
    gsize len = 0;

    while (g_ascii_isalpha(at[len]))
        len++;
    return len > 0 && at[len] == ':' && at[len + 1] != '/' && at[len + 1] != ':' ? len : 0;
}

static const FilterRow *
find_row(const Reader *reader, gsize len, GError **error)
{
    g_autofree char *key = g_ascii_strdown(reader->at, (gssize)len);
    g_autofree char *quoted = text_quote(key);
    g_autofree char *what = NULL;
    bool elsewhere = false;

    for (gsize i = 0; i < n_filter_rows; i++) {
        if (strcmp(filter_rows[i].key, key) != 0)
            continue;
        if (filter_rows[i].on[reader->filter->list].condition)
            return &filter_rows[i];
        elsewhere = true;
    }
    if (elsewhere) {
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "filed complaints have no %s", quoted);
        return NULL;
    }
    what = text_no_such("filter", key, filter_keys, -1);
    plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s (to look for the words themselves, quote them)",
                what);
    return NULL;
}

static bool
read_values(Reader *reader, FilterTerm *term, GError **error)
{
    for (;;) {
        FilterValue *value = NULL;
        char *text = read_string(reader, true, error);

        if (!text)
            return false;
        value = g_new0(FilterValue, 1);
        value->text = text;
        g_ptr_array_add(term->values, value);
        if (text[0] == '\0')
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "a value is missing after '%s:'",
                               term->row->key);
        if (!readers[term->row->type](term->row, value, reader, error)) {
            g_prefix_error(error, "%s: ", term->row->key);
            return false;
        }
        if (*reader->at != ',')
            return true;
        if (term->values->len >= VALUES_MAX)
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "too many values after '%s:'",
                               term->row->key);
        reader->at++;
    }
}

static bool
read_word(Reader *reader, bool negated, GError **error)
{
    FilterValue *value = NULL;
    char *text = read_string(reader, false, error);

    if (!text)
        return false;
    value = g_new0(FilterValue, 1);
    value->text = text;
    g_ptr_array_add(negated ? reader->filter->not_words : reader->filter->words, value);
    return text[0] != '\0' || plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "a word is empty");
}

static bool
read_term(Reader *reader, GError **error)
{
    bool negated = *reader->at == '-' && reader->at[1] && !is_blank(reader->at[1]);
    FilterTerm *term = NULL;
    const FilterRow *row = NULL;
    gsize key = 0;

    reader->at += negated;
    key = key_length(reader->at);
    if (key == 0)
        return read_word(reader, negated, error);
    row = find_row(reader, key, error);
    if (!row)
        return false;
    reader->at += key + 1;
    term = g_new0(FilterTerm, 1);
    term->row = row;
    term->negated = negated;
    term->values = g_ptr_array_new_with_free_func(value_free);
    g_ptr_array_add(reader->filter->terms, term);
    if (!read_values(reader, term, error))
        return false;
    return *reader->at == '\0' || is_blank(*reader->at) ||
           plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "a blank is missing after '%s:…'", row->key);
}

/* FTS5 syntax, every word a quoted phrase: nothing in it can be an operator. */
static void
append_phrase(GString *match, const char *before, const char *word)
{
    g_string_append(match, before);
    g_string_append_c(match, '"');
    for (; *word; word++)
        g_string_append(match, *word == '"' ? "\"\"" : (char[]){*word, '\0'});
    g_string_append_c(match, '"');
}

static bool
has_token(const char *word)
{
    for (; *word; word = g_utf8_next_char(word)) {
        if (g_unichar_isalnum(g_utf8_get_char(word)))
            return true;
    }
    return false;
}

static bool
fail_no_token(GError **error)
{
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "nothing to look for: letters or digits make a word");
}

static bool
make_match(Filter *filter, GError **error)
{
    g_autoptr(GString) match = g_string_new(NULL);

    for (guint i = 0; i < filter->words->len + filter->not_words->len; i++) {
        bool negated = i >= filter->words->len;
        const FilterValue *value = g_ptr_array_index(negated ? filter->not_words : filter->words,
                                                     negated ? i - filter->words->len : i);

        if (!has_token(value->text))
            return fail_no_token(error);
        append_phrase(match, i == 0 ? "" : negated ? " NOT " : " AND ", value->text);
    }
    if (filter->words->len == 0 && filter->not_words->len > 0)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "a word to leave out needs a word to look for beside it");
    if (match->len > 0)
        filter->match = g_strdup(match->str);
    return true;
}

Filter *
filter_parse(const char *query, ListKind list, const char *me, gint64 now, GError **error)
{
    g_autoptr(Filter) filter = g_new0(Filter, 1);
    g_autofree char *clean = text_clean(query ? query : "", -1, QUERY_MAX);
    Reader reader = {clean, filter, me, now};

    filter->list = list;
    filter->terms = g_ptr_array_new_with_free_func(term_free);
    filter->words = g_ptr_array_new_with_free_func(value_free);
    filter->not_words = g_ptr_array_new_with_free_func(value_free);
    if (query && strlen(query) >= QUERY_MAX) {
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "the query is longer than %d bytes", QUERY_MAX);
        return NULL;
    }
    for (;;) {
        while (is_blank(*reader.at))
            reader.at++;
        if (*reader.at == '\0')
            break;
        if (filter->terms->len + filter->words->len + filter->not_words->len >= TERMS_MAX) {
            plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "more than %d terms in the query",
                        TERMS_MAX);
            return NULL;
        }
        if (!read_term(&reader, error))
            return NULL;
    }
    if (filter->terms->len == 0 && filter->words->len == 0 && filter->not_words->len == 0 &&
        query &&
        query[strspn(query, " \t\n\r")] != '\0') { /* control characters: no way to say "all" */
        fail_no_token(error);
        return NULL;
    }
    return make_match(filter, error) ? g_steal_pointer(&filter) : NULL;
}

/* -- back to text ----------------------------------------------------------------------------- */

static bool
needs_quotes(const char *text, bool is_word)
{
    if (text[0] == '-' || text[0] == '"' || (is_word && key_length(text) > 0))
        return true;
    for (; *text; text++) {
        if (is_blank(*text) || (*text == ',' && !is_word))
            return true;
    }
    return false;
}

static void
append_string(GString *out, const char *text, bool is_word)
{
    if (!needs_quotes(text, is_word)) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

char *
filter_text(const Filter *filter)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < filter->terms->len; i++) {
        const FilterTerm *term = g_ptr_array_index(filter->terms, i);

        g_string_append_printf(out, "%s%s%s:", out->len ? " " : "", term->negated ? "-" : "",
                               term->row->key);
        for (guint v = 0; v < term->values->len; v++) {
            const FilterValue *value = g_ptr_array_index(term->values, v);

            if (v > 0)
                g_string_append_c(out, ',');
            append_string(out, value->text, false);
        }
    }
    for (guint i = 0; i < filter->words->len + filter->not_words->len; i++) {
        bool negated = i >= filter->words->len;
        const FilterValue *value = g_ptr_array_index(negated ? filter->not_words : filter->words,
                                                     negated ? i - filter->words->len : i);

        g_string_append_printf(out, "%s%s", out->len ? " " : "", negated ? "-" : "");
        append_string(out, value->text, true);
    }
    return g_string_free(out, FALSE);
}
