/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint config`: is the configuration right, what is in force, what could be in it. */
#include "cli/cmd_config.h"

#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "cli/config_check.h"
#include "cli/path.h"
#include "cli/plaint.h"
#include "cli/table.h"

/* clang-format off */
static const Style finding_styles[] = {
    [FINDING_GOOD] = STYLE_GREEN,
    [FINDING_HINT] = STYLE_CYAN,
    [FINDING_ODD]  = STYLE_YELLOW,
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

static void
print_findings(const Plaint *plaint, const GArray *findings)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint odd = 0;
    Wrap wrap = {.indent = 6, .width = path_width(&plaint->term)};

    for (guint i = 0; i < findings->len; i++) {
        const Finding *f = &g_array_index(findings, Finding, i);
        g_autofree char *line = g_strdup_printf("%s: %s", f->about, f->text);
        g_autoptr(GString) text = g_string_new(NULL);

        term_add(out, &plaint->term, finding_styles[f->level], finding_names[f->level]);
        g_string_append_printf(out, "%*s", f->level == FINDING_ODD ? 3 : 2, "");
        term_wrap(text, &plaint->term, &wrap, line);
        g_string_append(out, text->str + wrap.indent);
        odd += f->level == FINDING_ODD;
    }
    g_string_append_printf(out, "\n%s: ",
                           config_path(plaint->config) ? config_path(plaint->config)
                                                       : "no file, only defaults");
    if (odd == 0)
        g_string_append(out, "can be read, nothing odd in it.\n");
    else
        g_string_append_printf(out, "can be read; %u odd %s, see above.\n", odd,
                               odd == 1 ? "thing" : "things");
    term_print(out);
}

static void
add_store(const Plaint *plaint, GArray *findings)
{
    g_autofree char *real_url = config_store_url(plaint->config);
    g_autofree char *url = secret_mask_url(real_url);
    g_autoptr(GError) why = NULL;
    g_autoptr(Store) store = store_open(real_url, STORE_READ, &why);
    Finding finding = {.level = FINDING_GOOD, .about = g_strdup("[store] url")};

    if (store)
        finding.text = g_strdup_printf("%s is there and can be read", url);
    else if (plaint_error_code(why) == PLAINT_ERROR_NOT_FOUND) {
        finding.level = FINDING_HINT;
        finding.text = g_strdup_printf("%s is not there yet: 'plaint init' makes it", url);
    } else {
        finding.level = FINDING_ODD;
        finding.text = g_strdup_printf("%s: %s", url, why->message);
    }
    g_array_append_val(findings, finding);
}

/* A file that cannot be read fails before this, with the line and the word that was meant. */
static bool
run_check(Plaint *plaint, GError **error)
{
    g_autoptr(GArray) findings = config_check(plaint->config);

    (void)error;
    add_store(plaint, findings);
    if (plaint->json)
        plaint_print_json(findings_json(plaint->config, findings));
    else
        print_findings(plaint, findings);
    return true;
}

static bool
run_show(Plaint *plaint, GError **error)
{
    g_autofree char *text = config_show(plaint->config);
    g_autofree char *real_url = config_store_url(plaint->config);
    g_autofree char *url = secret_mask_url(real_url);

    (void)error;
    if (plaint->json) {
        plaint_print_json(json_pack("{s:s?, s:s, s:s}", "file", config_path(plaint->config),
                                    "store_url", url, "text", text));
        return true;
    }
    g_print("# from %s; the store is %s\n%s",
            config_path(plaint->config) ? config_path(plaint->config) : "defaults only", url, text);
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
    .details = "A file that cannot be read is an error that names the line and, for a slip of the "
               "pen, the word that was meant. A file that can be read may still be wrong: networks "
               "that overlap, private space among our own, relays without a name.",
    .needs = COMMAND_NEEDS_CONFIG,
    .max_operands = 0,
    .run = run_check,
};

const Command cmd_config_show = {
    .name = "config show",
    .operands = "",
    .summary = "print the configuration in force, secrets masked",
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
