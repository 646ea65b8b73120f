/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates: what each tag does, what is refused, and the limits. The published cases of Mustache
 * run too when they are there: $PLAINT_SHARED, or ../shared beside the tree. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/template.h"

static const Template *
find_partial(gpointer data, const char *name)
{
    return g_hash_table_lookup(data, name);
}

static GHashTable *
read_partials(const json_t *texts)
{
    GHashTable *partials =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)template_free);
    const char *name;
    json_t *text;

    json_object_foreach((json_t *)texts, name, text)
    {
        Template *partial = template_parse(name, json_string_value(text), NULL);

        g_assert_nonnull(partial);
        g_hash_table_insert(partials, g_strdup(name), partial);
    }
    return partials;
}

/* (transfer full) */
static char *
render(const char *text, const json_t *model, const json_t *texts, TemplateUse use, GError **error)
{
    g_autoptr(GHashTable) partials = read_partials(texts);
    g_autoptr(Template) template = template_parse("page.html", text, error);

    use.partial = find_partial;
    use.data = partials;
    return template ? template_render(template, &use, model, error) : NULL;
}

/* -- what it writes -----------------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
    const char *path, *text, *model, *partials, *out;
} cases[] = {
    {"escape/html", "<a b='{{x}}'>{{x}}", "{'x':'<&>\\'z'}", "{}",
     "<a b='&lt;&amp;&gt;&#39;z'>&lt;&amp;&gt;&#39;z"},
    {"escape/raw", "{{{x}}}|{{&x}}", "{'x':'<b>'}", "{}", "<b>|<b>"},
    {"escape/no-tag-from-a-value", "{{x}}{{{x}}}", "{'x':'{{y}}','y':1}", "{}", "{{y}}{{y}}"},
    {"escape/no-name-from-a-key", "{{a}}", "{'a':'{{>p}}'}", "{'p':'secret'}", "{{&gt;p}}"},
    {"value/number", "{{i}} {{r}} {{z}}", "{'i':-12,'r':1.5,'z':0}", "{}", "-12 1.5 0"},
    {"value/bool", "{{t}} {{f}}.", "{'t':true,'f':false}", "{}", "true false."},
    {"value/null-absent", "[{{n}}{{a}}{{a.b}}]", "{'n':null}", "{}", "[]"},
    {"value/utf-8", "Zürich {{x}}", "{'x':'é'}", "{}", "Zürich é"},
    {"true/empty-string", "{{^s}}none{{/s}}{{#s}}some{{/s}}", "{'s':''}", "{}", "none"},
    {"true/zero", "{{#n}}n={{n}}{{/n}}", "{'n':0}", "{}", "n=0"},
    {"true/empty-object", "{{#o}}o{{/o}}", "{'o':{}}", "{}", "o"},
    {"section/list", "{{#l}}{{a}}{{b}};{{/l}}", "{'b':9,'l':[{'a':1},{'a':2,'b':3}]}", "{}",
     "19;23;"},
    {"section/of-lists", "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "{'l':[[1,2],[3]]}", "{}", "(12)(3)"},
    {"section/model-is-a-list", "{{#.}}{{x}}{{/.}}", "[{'x':1},{'x':2}]", "{}", "12"},
    {"section/alone", "a\n  {{#s}}\n b\n  {{/s}}  \nc", "{'s':1}", "{}", "a\n b\nc"},
    {"section/two-on-a-line", "{{#s}} {{/s}}\nx", "{'s':1}", "{}", " \nx"},
    {"section/crlf", "{{#s}}\r\nb\r\n{{/s}}\r\nc", "{'s':1}", "{}", "b\r\nc"},
    {"name/first-part-decides", "{{#in}}[{{a.b}}]{{/in}}", "{'a':{'b':1},'in':{'a':{}}}", "{}",
     "[]"},
    {"comment/lines", "a\n{{! x\n y }}\nb", "{}", "{}", "a\nb"},
    {"partial/nested-indent", " {{>a}}\n", "{'v':'1\\n2'}",
     "{'a':'x\\n {{>b}}\\ny\\n','b':'{{v}}\\n\\nz\\n'}", " x\n  1\n2\n  \n  z\n y\n"},
    {"partial/indent-in-a-loop", "-\n  {{>a}}\n", "{'l':[1,2]}",
     "{'a':'{{#l}}\\n{{.}};\\n{{/l}}\\n'}", "-\n  1;\n  2;\n"},
    {"partial/in-a-line", "<{{>a}}>", "{}", "{'a':'x\\ny'}", "<x\ny>"},
    {"partial/recursive", "{{>n}}", "{'v':1,'k':[{'v':2,'k':[]},{'v':3,'k':[]}]}",
     "{'n':'({{v}}{{#k}}{{>n}}{{/k}})'}", "(1(2)(3))"},
    {"literal/braces", "a { b } {c}} }}", "{}", "{}", "a { b } {c}} }}"},
};
/* clang-format on */

static json_t *
quoted_json(const char *text)
{
    g_autoptr(GString) json = g_string_new(text);
    json_t *value;

    g_string_replace(json, "\\'", "\1", 0);
    g_string_replace(json, "'", "\"", 0);
    g_string_replace(json, "\1", "'", 0);
    value = json_loads(json->str, JSON_DECODE_ANY, NULL);
    g_assert_nonnull(value);
    return value;
}

static void
check_case(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    json_t *model = quoted_json(cases[i].model);
    json_t *partials = quoted_json(cases[i].partials);
    g_autoptr(GError) error = NULL;
    g_autofree char *out = render(cases[i].text, model, partials, (TemplateUse){0}, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(out, ==, cases[i].out);
    json_decref(model);
    json_decref(partials);
}

static void
check_plain_text(void)
{
    json_t *model = json_pack("{ss}", "x", "a & b");
    TemplateUse use = {.escape = template_escape_none};
    g_autofree char *out = render("{{x}}", model, NULL, use, NULL);

    g_assert_cmpstr(out, ==, "a & b");
    json_decref(model);
}

/* -- what it refuses ----------------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
    const char *text, *says;
} wrong[] = {
    {"a\nb {{x",             "template page.html, line 2: a tag is not closed"},
    {"{{{x}}",               "line 1: a tag is not closed"},
    {"\n\n{{#s}}x",          "line 3: not closed is the section 's'"},
    {"{{#a}}\n{{#b}}{{/b}}", "line 1: not closed is the section 'a'"},
    {"x\n{{/s}}",            "line 2: no section is open, but closed is 's'"},
    {"{{#a}}\n\n{{#b}}\n{{/a}}{{/b}}", "line 4: another section is open than the one closed, 'a'"},
    {"{{=<% %>=}}",          "line 1: delimiters cannot be changed"},
    {"{{! a\nb\n}}{{}}",     "line 3: not a name: ''"},
    {"{{a b}}",              "line 1: not a name: 'a b'"},
    {"{{a..b}}",             "line 1: not a name: 'a..b'"},
    {"{{.a}}",               "line 1: not a name: '.a'"},
    {"{{a.}}",               "line 1: not a name: 'a.'"},
    {"one\n{{!\n}}\n{{o}}",  "line 4: not text: 'o'"},
    {"{{>loop}}",            "template loop, line 1: too deep at 'loop'"},
    {"{{>bomb}}",            "line 1: the document is too long"},
    {"\n{{long}}",           "line 2: the document is too long"},
};
/* clang-format on */

static void
check_wrong(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    json_t *model = json_pack("{s{}s[i,i]}", "o", "two", 1, 2);
    g_autofree char *many = g_strnfill(2000, 'x');
    json_t *texts = json_pack("{ssss}", "loop", "{{>loop}}", "bomb",
                              "{{#two}}{{#two}}{{#two}}{{#two}}{{#two}}{{#two}}{{#two}}"
                              "{{#two}}{{#two}}{{#two}}{{#two}}{{#two}}{{/two}}{{/two}}{{/two}}"
                              "{{/two}}{{/two}}{{/two}}{{/two}}{{/two}}{{/two}}{{/two}}{{/two}}"
                              "{{/two}}");
    g_autoptr(GError) error = NULL;
    g_autofree char *out = NULL;

    json_object_set_new(model, "long", json_string(many));
    out = render(wrong[i].text, model, texts, (TemplateUse){.max_bytes = 1000}, &error);
    g_assert_null(out);
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    if (!strstr(error->message, wrong[i].says))
        g_test_fail_printf("'%s', not '%s'", error->message, wrong[i].says);
    json_decref(model);
    json_decref(texts);
}

static void
check_depth(void)
{
    for (int n = LIMIT_TEMPLATE_DEPTH; n <= LIMIT_TEMPLATE_DEPTH + 1; n++) {
        g_autoptr(GString) text = g_string_new(NULL);
        json_t *model = json_pack("{si}", "s", 1);
        g_autofree char *out = NULL;
        g_autoptr(GError) error = NULL;

        for (int i = 0; i < n; i++)
            g_string_append(text, "{{#s}}");
        g_string_append(text, "x");
        for (int i = 0; i < n; i++)
            g_string_append(text, "{{/s}}");
        out = render(text->str, model, NULL, (TemplateUse){0}, &error);
        if (n == LIMIT_TEMPLATE_DEPTH)
            g_assert_cmpstr(out, ==, "x");
        else
            g_assert_nonnull(strstr(error->message, "too many sections in one another at 's'"));
        json_decref(model);
    }
}

/* A line is counted once, however many tags are on it. */
static void
check_linear(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *out = NULL;

    for (int i = 0; i < 200000; i++)
        g_string_append(text, i % 100 ? "{{x}} " : "\n");
    alarm(20);
    out = render(text->str, NULL, NULL, (TemplateUse){0}, NULL);
    alarm(0);
    g_assert_nonnull(out);
}

/* -- the published cases -------------------------------------------------------------------------
 */

static const char *const published[] = {"comments", "interpolation", "inverted", "partials",
                                        "sections"};

static gsize
check_published_file(const char *path)
{
    json_t *file = json_load_file(path, 0, NULL);
    json_t *tests = json_object_get(file, "tests"), *test;
    gsize i;

    json_array_foreach(tests, i, test)
    {
        g_autoptr(GError) error = NULL;
        g_autofree char *out = render(json_string_value(json_object_get(test, "template")),
                                      json_object_get(test, "data"),
                                      json_object_get(test, "partials"), (TemplateUse){0}, &error);
        const char *expected = json_string_value(json_object_get(test, "expected"));

        if (g_strcmp0(out, expected) != 0)
            g_test_fail_printf("%s, '%s': wrote '%s', not '%s' (%s)", path,
                               json_string_value(json_object_get(test, "name")), out, expected,
                               error ? error->message : "no error");
    }
    json_decref(file);
    return i;
}

static void
check_published(void)
{
    const char *shared = g_getenv("PLAINT_SHARED");
    gsize n = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(published); i++) {
        g_autofree char *file = g_strconcat(published[i], ".json", NULL);
        g_autofree char *path =
            g_build_filename(shared ? shared : "../shared", "mustache-spec", file, NULL);

        if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
            g_test_skip("no cases beside this tree");
            return;
        }
        n += check_published_file(path);
    }
    g_assert_cmpuint(n, >, 100);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/base/template/%s", cases[i].path);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), check_case);
    }
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = g_strdup_printf("/base/template/wrong/%u", i);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), check_wrong);
    }
    g_test_add_func("/base/template/plain-text", check_plain_text);
    g_test_add_func("/base/template/depth", check_depth);
    g_test_add_func("/base/template/linear", check_linear);
    g_test_add_func("/base/template/published", check_published);
    return g_test_run();
}
