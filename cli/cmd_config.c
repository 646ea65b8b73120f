/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint config`: is the configuration right, what is in force, what could be in it. */
#include "cli/cmd_config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "cli/config_check.h"
#include "cli/path.h"
#include "cli/plaint.h"
#include "cli/table.h"

#define SQLITE_SCHEME "sqlite:"

enum { LEVEL_WIDTH = 6 }; /* "wrong" and a blank: where the text begins */

/* clang-format off */
static const Style finding_styles[] = {
    [FINDING_GOOD]  = STYLE_GREEN,
    [FINDING_HINT]  = STYLE_CYAN,
    [FINDING_ODD]   = STYLE_YELLOW,
    [FINDING_WRONG] = STYLE_RED,
};
/* clang-format on */
G_STATIC_ASSERT(G_N_ELEMENTS(finding_styles) == N_FINDINGS);

static json_t *
findings_json(const Config *config, const GArray *findings)
{
    json_t *list = json_array();

    for (guint i = 0; i < findings->len; i++) {
        const Finding *f = &g_array_index(findings, Finding, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "level", finding_names[f->level],
                                              "about", f->about, "text", f->text));
    }
    return json_pack("{s:s?, s:o}", "file", config_path(config), "findings", list);
}

static guint
count_findings(const GArray *findings, FindingLevel level)
{
    guint n = 0;

    for (guint i = 0; i < findings->len; i++)
        n += g_array_index(findings, Finding, i).level == level;
    return n;
}

static const char *
file_name(const Plaint *plaint)
{
    const char *path = config_path(plaint->config);

    return path ? path : "no file, only defaults";
}

static void
print_findings(const Plaint *plaint, const GArray *findings)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint odd = count_findings(findings, FINDING_ODD);
    guint wrong = count_findings(findings, FINDING_WRONG);
    Wrap wrap = {.indent = LEVEL_WIDTH, .width = path_width(&plaint->term)};

    for (guint i = 0; i < findings->len; i++) {
        const Finding *f = &g_array_index(findings, Finding, i);
        g_autofree char *line = g_strdup_printf("%s: %s", f->about, f->text);
        g_autoptr(GString) text = g_string_new(NULL);

        term_add(out, &plaint->term, finding_styles[f->level], finding_names[f->level]);
        g_string_append_printf(out, "%*s", (int)(LEVEL_WIDTH - strlen(finding_names[f->level])),
                               "");
        term_wrap(text, &plaint->term, &wrap, line);
        g_string_append(out, text->str + wrap.indent);
    }
    g_string_append_c(out, '\n');
    term_add(out, &plaint->term, STYLE_PLAIN, file_name(plaint));
    if (odd + wrong == 0)
        g_string_append(out, ": can be read, nothing odd in it.\n");
    else
        g_string_append_printf(out, ": can be read; %u odd, %u wrong, see above.\n", odd, wrong);
    term_print(out);
}

/* The nearest folder above the file that is there can have one more in it. */
static bool
may_be_made(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    while (access(folder, F_OK) != 0 && errno == ENOENT) {
        char *above = g_path_get_dirname(folder);

        g_free(folder);
        folder = above;
    }
    return g_file_test(folder, G_FILE_TEST_IS_DIR) && access(folder, W_OK | X_OK) == 0;
}

/* What is wrong with the url of a store that cannot be opened, and how bad that is. */
static char *
store_trouble(const char *url, const GError *why, FindingLevel *ret_level)
{
    static const char key[] = "[store] url: ";
    const char *path = url + MIN(strlen(SQLITE_SCHEME), strlen(url));
    bool absent = plaint_error_code(why) == PLAINT_ERROR_NOT_FOUND;

    *ret_level = plaint_error_code(why) == PLAINT_ERROR_BUSY ? FINDING_ODD : FINDING_WRONG;
    if (g_str_has_prefix(why->message, key))
        return g_strdup(why->message + strlen(key));
    if (absent && !may_be_made(path))
        return g_strdup_printf("%s cannot be made there: is it a folder, and may you write to it?",
                               url);
    if (!absent)
        return g_strdup_printf("%s: %s", url, why->message);
    *ret_level = FINDING_HINT;
    return g_strdup_printf("%s is not there yet: 'plaint init' makes it", url);
}

static void
add_store(const Plaint *plaint, GArray *findings)
{
    g_autofree char *real_url = config_store_url(plaint->config);
    g_autofree char *url = secret_mask_url(real_url);
    g_autoptr(GError) why = NULL;
    g_autoptr(Store) store = store_open(real_url, STORE_READ, &why);
    Finding finding = {.level = FINDING_GOOD, .about = g_strdup("[store] url")};

    if (!store)
        finding.text = store_trouble(url, why, &finding.level);
    else
        finding.text = g_strdup_printf("%s is there and can be read", url);
    if (g_str_has_prefix(url, SQLITE_SCHEME) && url[strlen(SQLITE_SCHEME)] != '/' &&
        finding.level != FINDING_WRONG) {
        g_free(finding.text);
        finding.level = FINDING_WRONG;
        finding.text = g_strdup_printf("%s is no absolute path: every program would look for it "
                                       "where it is started",
                                       url);
    }
    g_array_append_val(findings, finding);
}

/* A file that cannot be read fails before this, with the line and the word that was meant. */
static bool
run_check(Plaint *plaint, GError **error)
{
    g_autoptr(GArray) findings = config_check(plaint->config);
    guint wrong = 0;

    add_store(plaint, findings);
    if (plaint->json)
        plaint_print_json(findings_json(plaint->config, findings));
    else
        print_findings(plaint, findings);
    wrong = count_findings(findings, FINDING_WRONG);
    return wrong == 0 || plaint_fail(error, PLAINT_ERROR_CONFIG, "%s: %u thing%s wrong, see above",
                                     file_name(plaint), wrong, wrong == 1 ? " is" : "s are");
}

static bool
run_show(Plaint *plaint, GError **error)
{
    g_autofree char *real_url = config_store_url(plaint->config);
    g_autofree char *url = secret_mask_url(real_url);
    g_autofree char *text = NULL;

    (void)error;
    if (plaint->json) {
        json_t *groups = config_to_json(plaint->config);

        json_object_set_new(json_object_get(groups, "store"), "url", json_string(url));
        plaint_print_json(groups);
        return true;
    }
    text = config_show(plaint->config);
    g_print("# from %s; the store is %s\n%s", file_name(plaint), url, text);
    return true;
}

static bool
run_example(Plaint *plaint, GError **error)
{
    g_autofree char *text = config_example();

    (void)error;
    if (plaint->json)
        plaint_print_json(json_pack("{s:s}", "text", text));
    else
        g_print("%s", text);
    return true;
}

const Command cmd_config_check = {
    .name = "config check",
    .operands = "",
    .summary = "read the configuration; say what is good and what is odd",
    .details =
        "A file that cannot be read is an error that names the line and, for a slip of the "
        "pen, the word that was meant. A file that can be read may still be wrong: networks "
        "that overlap, private space among our own, relays without a name. What is merely odd is "
        "said; what is wrong (a store that cannot be used, a network wider than anybody "
        "has) is an error, too.",
    .needs = COMMAND_NEEDS_CONFIG,
    .max_operands = 0,
    .run = run_check,
};

const Command cmd_config_show = {
    .name = "config show",
    .operands = "",
    .summary = "print the configuration in force, secrets masked",
    .details =
        "With --json one object of the groups, each an object of its keys, named as in the "
        "file: {\"store\": {\"url\": ...}, \"relay mx1\": {...}}. Lists are arrays, yes and no "
        "true and false, durations seconds; a key without a value is null.",
    .needs = COMMAND_NEEDS_CONFIG,
    .max_operands = 0,
    .run = run_show,
};

const Command cmd_config_example = {
    .name = "config example",
    .operands = "",
    .summary = "print a configuration to start from, every key explained",
    .details = "  plaint config example > /etc/plaint/plaint.conf",
    .needs = COMMAND_NEEDS_NOTHING,
    .max_operands = 0,
    .run = run_example,
};
