/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace fields of every dialect: tests/fixtures/trace/received.txt has a name, the field and what
 * must be read from it, a paragraph each; every member that is not there must be absent. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/received.h"
#include "ingest/parse/received_dialect.h"

#define FIXTURE "tests/fixtures/trace/received.txt"

typedef struct {
    const char *field, *want;
} Case;

static void
add(GString *text, const char *name, const char *value)
{
    if (value)
        g_string_append_printf(text, "%s%s=%s", text->len ? " | " : "", name, value);
}

static char *
render(const Received *r)
{
    static const char *const kinds[] = {"hop", "skipped", "unparsed"};
    GString *text = g_string_new(kinds[r->kind]);
    char addr[ADDR_TEXT_SIZE], time[TIME_TEXT_SIZE], port[12];
    const Hop *h = &r->hop;

    add(text, "dialect", h->dialect);
    add(text, "ip", addr_is_none(&h->ip) ? NULL : addr_text(&h->ip, addr));
    (void)g_snprintf(port, sizeof port, "%u", r->port);
    add(text, "port", r->port ? port : NULL);
    add(text, "rdns", h->rdns);
    add(text, "helo", h->helo);
    add(text, "by", h->by);
    add(text, "by_ip", addr_is_none(&r->by_ip) ? NULL : addr_text(&r->by_ip, addr));
    add(text, "with", h->with);
    add(text, "id", h->id);
    add(text, "for", h->for_);
    add(text, "ident", h->ident);
    add(text, "sender", h->envelope_from);
    add(text, "auth", h->auth);
    add(text, "date", h->date == TIME_NONE ? NULL : time_text(h->date, time));
    add(text, "flags",
        r->local       ? "local"
        : r->retrieval ? "retrieval"
        : r->internal  ? "internal"
        : r->munged    ? "munged"
                       : NULL);
    add(text, "why", r->skip_why);
    return g_string_free(text, FALSE);
}

static void
check(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
    g_autofree char *got = NULL;
    Received received;

    received_parse(c->field, &limits_default, chunk, &received);
    got = render(&received);
    g_assert_cmpstr(got, ==, c->want);
    g_assert_cmpint(received.authenticated, ==, received.hop.auth != NULL);
    g_assert_cmpint(received.kind == RECEIVED_SKIPPED, ==, received.skip_why != NULL);
}

/* A row that no fixture reaches is a row nobody tested. */
static void
check_dialects_covered(gconstpointer data)
{
    const char *fixture = data;

    for (guint i = 0; i < dialect_n_marks(); i++) {
        const char *text, *name;
        g_autofree char *needle = NULL;

        dialect_mark(i, &text, &name);
        g_assert_nonnull(dialect_by_name(name));
        needle = g_strdup_printf("dialect=%s", name);
        if (!strstr(fixture, needle))
            g_test_message("no fixture for dialect %s", name);
        g_assert_nonnull(strstr(fixture, needle));
    }
    for (guint i = 0; i < skip_n_rules(); i++) {
        g_autofree char *needle = g_strdup_printf("why=%s", skip_rule(i)->why);

        if (!strstr(fixture, needle))
            g_test_message("no fixture for '%s'", skip_rule(i)->why);
        g_assert_nonnull(strstr(fixture, needle));
    }
}

/* Hostile fields end in linear time: 64 KB of each must not take longer than a blink. */
static void
check_bounded(void)
{
    static const char *const pieces[] = {"(",     ")",         "[",     "<",     "\"",
                                         "( by ", ";",         "; 1 ",  "from ", "by ",
                                         "a@",    "([1.2.3.4", "helo=", "\\(",   "with with "};

    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
        GString *text = g_string_new("from a ");
        Received received;
        gint64 start;

        while (text->len < 64 * 1024)
            g_string_append(text, pieces[i]);
        start = g_get_monotonic_time();
        received_parse(text->str, &limits_default, chunk, &received);
        g_assert_cmpint(g_get_monotonic_time() - start, <, 500 * 1000);
        g_string_free(text, TRUE);
    }
}

static void
check_clean(void)
{
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
    Received received;

    received_parse("from a\x01\xff ([203.0.113.9]) by m\xc3x\x7f.example with SMTP id \x80; x",
                   &limits_default, chunk, &received);
    g_assert_true(g_utf8_validate(received.hop.helo, -1, NULL));
    g_assert_true(g_utf8_validate(received.hop.by, -1, NULL));
    g_assert_null(strpbrk(received.hop.helo, "\x01\x7f"));
    received_parse("by m.example (Postfix, from userid 33\xff\xff) id 1", &limits_default, chunk,
                   &received);
    g_assert_cmpstr(received.hop.ident, ==, "userid 33");
}

static void
check_count(gconstpointer data)
{
    g_assert_cmpuint(GPOINTER_TO_UINT(data), >=, 150);
}

/* With an argument, prints what is read from lines "name|field": how the fixture is extended. */
static int
print_fixture(const char *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 1;
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] && strchr(lines[i], '|'); i++) {
        g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
        char *bar = strchr(lines[i], '|');
        g_autofree char *got = NULL;
        Received received;

        received_parse(bar + 1, &limits_default, chunk, &received);
        got = render(&received);
        g_print("%.*s\n%s\n%s\n\n", (int)(bar - lines[i]), lines[i], bar + 1, got);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) paragraphs = NULL;
    g_autofree Case *cases = NULL;
    g_autoptr(GError) error = NULL;
    guint n = 0;

    if (argc == 3 && strcmp(argv[1], "--print") == 0)
        return print_fixture(argv[2]);
    g_test_init(&argc, &argv, NULL);
    g_file_get_contents(FIXTURE, &text, NULL, &error);
    g_assert_no_error(error);
    paragraphs = g_strsplit(text, "\n\n", -1);
    cases = g_new0(Case, g_strv_length(paragraphs));
    for (; paragraphs[n] && *paragraphs[n]; n++) {
        char *field = strchr(paragraphs[n], '\n'), *want = field ? strchr(field + 1, '\n') : NULL;
        g_autofree char *path = NULL;

        g_assert_nonnull(want);
        *field = *want = '\0';
        cases[n] = (Case){field + 1, g_strchomp(want + 1)};
        path = g_strdup_printf("/parse/received/%s", paragraphs[n]);
        g_test_add_data_func(path, &cases[n], check);
    }
    g_test_add_data_func("/parse/received/at-least-150", GUINT_TO_POINTER(n), check_count);
    g_test_add_data_func("/parse/received/every-row-covered", text, check_dialects_covered);
    g_test_add_func("/parse/received/bounded", check_bounded);
    g_test_add_func("/parse/received/clean", check_clean);
    return g_test_run();
}
