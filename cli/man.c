/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Man pages in roff. They are printed by `plaint help --man PAGE` at build time, in ASCII, so that
 * `man --warnings` is silent in every locale. */
#include <string.h>

#include "base/config.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/help.h"

/* Text in roff: a backslash, a hyphen and a line's first dot or quote would be read as markup. */
static void
add_text(GString *out, const char *text)
{
    bool at_start = true;

    for (const char *p = text; *p; p++) {
        if (at_start && (*p == '.' || *p == '\''))
            g_string_append(out, "\\&");
        if (*p == '\\')
            g_string_append(out, "\\e");
        else if (*p == '-')
            g_string_append(out, "\\-");
        else if (*p == '\'')
            g_string_append(out, "\\(aq");
        else
            g_string_append_c(out, *p);
        at_start = *p == '\n';
    }
}

static void
add_line(GString *out, const char *text)
{
    add_text(out, text);
    g_string_append_c(out, '\n');
}

static void
add_head(GString *out, const char *name, const char *section, const char *summary)
{
    g_autofree char *upper = g_ascii_strup(name, -1);

    g_string_append_printf(
        out, ".TH \"%s\" %s \"\" \"plaint\" \"plaint manual\"\n.nh\n.ad l\n.SH NAME\n", upper,
        section);
    add_text(out, name);
    g_string_append(out, " \\- ");
    add_line(out, summary);
}

static void
add_details(GString *out, const char *details)
{
    g_auto(GStrv) paragraphs = g_strsplit(details, "\n\n", -1);

    for (char **p = paragraphs; *p; p++) {
        bool example = (*p)[0] == ' ';

        g_string_append(out, example ? ".PP\n.nf\n" : ".PP\n");
        add_line(out, *p);
        if (example)
            g_string_append(out, ".fi\n");
    }
}

static void
add_option(GString *out, const CommandOption *option)
{
    g_autofree char **list = command_option_words(option);
    g_autofree char *words = list ? g_strjoinv(", ", list) : NULL;

    g_string_append(out, ".TP\n");
    if (option->letter)
        g_string_append_printf(out, "\\fB\\-%c\\fR, ", option->letter);
    g_string_append(out, "\\fB\\-\\-");
    add_text(out, option->name);
    g_string_append(out, "\\fR");
    if (option->value) {
        g_string_append(out, "=\\fI");
        add_text(out, option->value);
        g_string_append(out, "\\fR");
    }
    g_string_append_c(out, '\n');
    add_text(out, option->summary);
    if (words) {
        g_string_append(out, ": ");
        add_text(out, words);
    }
    g_string_append_c(out, '\n');
}

static void
add_command(GString *out, const Command *command)
{
    g_string_append(out, ".SS \"plaint ");
    add_text(out, command->name);
    if (!text_is_empty(command->operands)) {
        g_string_append_c(out, ' ');
        add_text(out, command->operands);
    }
    g_string_append(out, "\"\n");
    add_line(out, command->summary);
    if (command->details)
        add_details(out, command->details);
    for (const CommandOption *o = command->options; o && o->name; o++)
        add_option(out, o);
}

static void
add_exit_status(GString *out)
{
    g_string_append(
        out, ".SH EXIT STATUS\nOf this and the other programs: 0 when it was done. Otherwise, "
             "with a line on standard error:\n");
    for (int code = 0; code < PLAINT_N_ERRORS; code++) {
        g_autoptr(GError) error = g_error_new_literal(PLAINT_ERROR, code, "");

        g_string_append_printf(out, ".TP\n%d\n%s\n", plaint_error_exit_status(error),
                               plaint_error_words(error));
    }
}

static void
add_files(GString *out)
{
    g_string_append(out, ".SH ENVIRONMENT\n.TP\nPLAINT_CONFIG\nthe configuration file, when no "
                         "\\-c names one\n.TP\nNO_COLOR\nno colours, whatever the terminal\n"
                         ".TP\nCOLUMNS\nthe width to print for\n"
                         ".SH FILES\n.TP\n/etc/plaint/plaint.conf\nthe configuration, see "
                         "\\fBplaint.conf\\fR(5)\n.TP\n/var/lib/plaint/plaint.db\nthe store "
                         "of root, unless [store] url says otherwise\n");
}

static void
page_plaint(GString *out)
{
    add_head(out, "plaint", "1", "an abuse desk for mail operators");
    g_string_append(out, ".SH SYNOPSIS\n\\fBplaint\\fR [\\fB\\-c\\fR \\fIFILE\\fR] \\fICOMMAND\\fR "
                         "[\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n.SH DESCRIPTION\n");
    add_details(out,
                "Complaints that reach abuse@ and postmaster@ become tickets: one for each "
                "machine or account that must be stopped, with the cause, the reason for it and "
                "how sure it is. plaint is what a person types; it reads and changes the same "
                "store that plaint-ingest fills.");
    g_string_append(out, ".SH COMMANDS\n");
    for (const CommandProgram *p = command_programs; p->word; p++) {
        g_string_append_printf(out, ".SS \"plaint %s\"\n", p->word);
        add_text(out, p->summary);
        g_string_append_printf(out, "; see \\fBplaint\\-%s\\fR(1)\n", p->word);
    }
    for (const Command *const *c = commands; *c; c++)
        if (!(*c)->hidden)
            add_command(out, *c);
    g_string_append(out, ".SH OPTIONS OF ALL COMMANDS\n");
    for (const CommandOption *o = command_common_options; o->name; o++)
        add_option(out, o);
    add_exit_status(out);
    add_files(out);
    g_string_append(out, ".SH SEE ALSO\n\\fBplaint\\-ingest\\fR(1), \\fBplaint\\-parse\\fR(1), "
                         "\\fBplaint\\-watch\\fR(1), "
                         "\\fBplaint.conf\\fR(5)\n");
}

static void
page_program(GString *out, const CommandProgram *program)
{
    g_autofree char *name = g_strconcat("plaint-", program->word, NULL);

    add_head(out, name, "1", program->summary);
    g_string_append(out, ".SH SYNOPSIS\n");
    for (const char *const *form = program->forms; *form; form++) {
        g_string_append(out, form == program->forms ? "\\fB" : ".br\n\\fB");
        add_text(out, name);
        g_string_append(out, "\\fR ");
        add_line(out, *form);
    }
    g_string_append(out, ".SH DESCRIPTION\n");
    add_details(out, program->details);
    g_string_append(out, ".SH OPTIONS\n");
    for (const CommandOption *o = program->options; o->name; o++)
        add_option(out, o);
    g_string_append(out, ".SH EXIT STATUS\n");
    add_details(out, program->exit_status);
    g_string_append(out, ".SH SEE ALSO\n\\fBplaint\\fR(1), \\fBplaint.conf\\fR(5)\n");
}

static void
add_key(GString *out, const ConfigKey *key)
{
    g_string_append(out, ".TP\n\\fB");
    add_text(out, key->key);
    g_string_append(out, "\\fR\n");
    add_text(out, key->help);
    if (key->value) {
        g_string_append(out, " (default: ");
        add_text(out, key->value);
        g_string_append_c(out, ')');
    }
    if (key->example) {
        g_string_append(out, "; example:\n.br\n");
        add_text(out, key->key);
        g_string_append_c(out, '=');
        add_text(out, key->example);
    }
    g_string_append_c(out, '\n');
}

static void
page_config(GString *out)
{
    const char *group = "";

    add_head(out, "plaint.conf", "5", "configuration of the abuse desk");
    g_string_append(out, ".SH DESCRIPTION\n");
    add_details(out,
                "Groups in brackets, then key=value lines; lists are separated by semicolons. A "
                "comment stands on a line of its own and begins with #. Without a file "
                "everything works on defaults. 'plaint config check' reads the file the way "
                "every program does and says what is odd; 'plaint config example' prints all "
                "of the below as a file to start from.");
    g_string_append(out, ".SH KEYS\n");
    for (const ConfigKey *key = config_keys; key->group; key++) {
        if (strcmp(group, key->group) != 0) {
            g_autofree char *title = g_strdup_printf("[%s]", key->group);
            char *star = strstr(title, " *]");

            if (star)
                memcpy(star, " N]", 3); /* "[relay N]": one group for each of them */
            g_string_append(out, ".SS \"");
            add_text(out, title);
            g_string_append(out, "\"\n");
            group = key->group;
        }
        add_key(out, key);
    }
    g_string_append(out, ".SH SEE ALSO\n\\fBplaint\\fR(1), \\fBplaint\\-ingest\\fR(1)\n");
}

char *
help_man(const char *page, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *quoted = text_quote(page);

    if (strcmp(page, "plaint") == 0)
        page_plaint(out);
    else if (strcmp(page, "plaint.conf") == 0)
        page_config(out);
    for (const CommandProgram *p = command_programs; p->word; p++)
        if (g_str_has_prefix(page, "plaint-") && strcmp(page + strlen("plaint-"), p->word) == 0)
            page_program(out, p);
    if (out->len > 0)
        return g_string_free(g_steal_pointer(&out), FALSE);
    plaint_fail(
        error, PLAINT_ERROR_NOT_FOUND,
        "no page %s, only plaint, plaint-ingest, plaint-parse, plaint-watch and plaint.conf",
        quoted);
    return NULL;
}
