/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/config.h"
#include "base/error.h"

/* -- refusals ------------------------------------------------------------------------------------
 */

typedef struct {
    const char *name, *text;
    const char *says; /* the whole message after "test.conf:" */
} RefusalCase;

/* clang-format off */
static const RefusalCase refusal_cases[] = {
    {"key-before-group", "name=x\n", "1: a key before the first [group]"},
    {"no-equals", "[site]\nname\n", "2: neither [group], key=value nor # comment"},
    {"unknown-key", "[site]\ncolour=red\n", "2: no key 'colour' in [site]"},
    {"unknown-key-near", "[site]\n\nnetwork=192.0.2.0/24\n",
     "3: no key 'network' in [site]; did you mean 'networks'?"},
    {"key-of-another-group", "[store]\ndomains=example.net\n", "2: no key 'domains' in [store]"},
    {"key-case", "[site]\nName=x\n", "2: no key 'Name' in [site]; did you mean 'name'?"},
    {"key-empty", "[site]\n=x\n", "2: no key '' in [site]"},
    {"unknown-group", "[zebra]\n", "1: no group 'zebra'"},
    {"unknown-group-near", "[recievers]\n", "1: no group 'recievers'; did you mean 'receivers'?"},
    {"group-without-its-name", "[relay]\n", "1: no group 'relay'; did you mean 'relay *'?"},
    {"group-unclosed", "[site\n", "1: a group is written [NAME] on a line of its own"},
    {"group-empty", "[]\n", "1: a group is written [NAME] on a line of its own"},
    {"group-with-comment", "[site] # ours\n",
     "1: a group is written [NAME] on a line of its own"},
    {"duplicate-group", "[site]\nname=x\n[store]\n[site]\n",
     "4: group 'site' stands here a second time: join the two"},
    {"duplicate-relay", "[relay mx1]\n[relay mx1]\n",
     "2: group 'relay mx1' stands here a second time: join the two"},
    {"duplicate-key", "[site]\nname=x\nname=y\n", "3: key 'name' stands here a second time"},
    {"duplicate-empty-key", "[site]\nname=\nname=\n", "3: key 'name' stands here a second time"},
    {"host-bits", "[site]\nnetworks=192.0.2.0/24;198.51.100.7/24\n",
     "2: networks: '198.51.100.7/24' has bits beyond its prefix: the network is '198.51.100.0/24'"},
    {"no-network", "[site]\nnetworks=example.net\n",
     "2: networks: no network: 'example.net'; write 192.0.2.0/24 or 2001:db8::/32"},
    {"comma-list", "[site]\nnetworks=192.0.2.0/24,198.51.100.0/24\n",
     "2: networks: no prefix length in '192.0.2.0/24,198.51.100.0/24': it is a number from 0 to 32"},
    {"no-duration", "[store]\nbusy-timeout=20\n",
     "2: busy-timeout: no duration: '20'; write 90s, 15m, 36h, 7d or 2w"},
    {"duration-negative", "[store]\nbusy-timeout=-5s\n",
     "2: busy-timeout: no duration: '-5s'; write 90s, 15m, 36h, 7d or 2w"},
    {"duration-out-of-range", "[store]\nbusy-timeout=1h\n",
     "2: busy-timeout: '1h' is out of range, 0 to 600"},
    {"word", "[relay a]\nroles=mx;backupmx\n",
     "2: roles: no such word: 'backupmx'; did you mean 'backup-mx'?"},
    {"word-far", "[relay a]\nroles=printer\n", "2: roles: no such word: 'printer'"},
    {"second-file-line-counts", "# one\r\n\r\n; three\r\n[site]\r\nx=1\r\n",
     "5: no key 'x' in [site]"},
    {"controls-do-not-reach-the-message", "[site]\n\x1b[2J=1\n", "2: no key ' [2J' in [site]"},
};
/* clang-format on */

static void
check_refusal(gconstpointer data)
{
    const RefusalCase *c = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_parse(c->text, "test.conf", &error);
    g_autofree char *whole = g_strconcat("test.conf:", c->says, NULL);

    g_assert_null(config);
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFIG);
    g_assert_cmpstr(error->message, ==, whole);
}

static void
check_not_utf8(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(config_parse("[site]\nname=caf\xe9\n", "test.conf", &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFIG);
    g_assert_cmpstr(error->message, ==, "test.conf:2: not UTF-8 text");
}

/* -- values --------------------------------------------------------------------------------------
 */

static Config *
parse_ok(const char *text)
{
    g_autoptr(GError) error = NULL;
    Config *config = config_parse(text, "test.conf", &error);

    g_assert_no_error(error);
    g_assert_nonnull(config);
    return config;
}

typedef struct {
    const char *name, *line; /* of [site] */
    const char *text;        /* expected of name= */
} ValueCase;

/* clang-format off */
static const ValueCase value_cases[] = {
    {"plain", "name=Abuse desk", "Abuse desk"},
    {"blanks-around", "  name \t=  Abuse desk  ", "Abuse desk"},
    {"crlf", "name=Abuse desk\r", "Abuse desk"},
    {"equals-inside", "name=a=b=c", "a=b=c"},
    {"semicolon-inside", "name=a;b", "a;b"},
    {"hash-inside", "name=desk #1", "desk #1"},
    {"backslashes", "name=C:\\new\\t", "C:\\new\\t"},
    {"quotes-kept", "name=\"x\"", "\"x\""},
    {"utf-8", "name=B\xC3\xBCro", "B\xC3\xBCro"},
    {"byte-order-mark-inside", "name=\xEF\xBB\xBF" "desk", "\xEF\xBB\xBF" "desk"},
    {"empty", "name=", NULL},
    {"absent", "", NULL},
};
/* clang-format on */

static void
check_value(gconstpointer data)
{
    const ValueCase *c = data;
    g_autofree char *text = g_strconcat("[site]\n", c->line, "\n", NULL);
    g_autoptr(Config) config = parse_ok(text);

    g_assert_cmpstr(config_text(config, "site", "name"), ==, c->text);
    g_assert_cmpint(config_is_set(config, "site", "name"), ==, c->text != NULL);
}

static void
check_byte_order_mark(void)
{
    g_autoptr(Config) config = parse_ok("\xEF\xBB\xBF[site]\nname=desk\n");

    g_assert_cmpstr(config_text(config, "site", "name"), ==, "desk");
}

static void
check_lists(void)
{
    g_autoptr(Config) config =
        parse_ok("[site]\ndomains= a.example ;; b.example;\nnetworks=192.0.2.0/24;2001:db8::/32\n"
                 "[relay mx1]\nroles=mx;backup-mx\n");
    static const char *const domains[] = {"a.example", "b.example", NULL};

    g_assert_cmpstrv(config_list(config, "site", "domains"), domains);
    g_assert_cmpstr(config_list(config, "site", "networks")[1], ==, "2001:db8::/32");
    g_assert_cmpstr(config_list(config, "relay mx1", "roles")[1], ==, "backup-mx");
    g_assert_null(config_list(config, "relay mx1", "names")[0]);
    g_assert_null(config_list(config, "relay other", "names")[0]);
}

static void
check_durations(void)
{
    g_autoptr(Config) set = parse_ok("[store]\nbusy-timeout=2m\n[site]\nwatch=0\n");
    g_autoptr(Config) unset = parse_ok("[store]\nbusy-timeout=\n"); /* as if left out */

    g_assert_cmpint(config_int(set, "store", "busy-timeout"), ==, 120);
    g_assert_cmpint(config_int(set, "site", "watch"), ==, 0);
    g_assert_cmpint(config_int(unset, "store", "busy-timeout"), ==, 20);
    g_assert_cmpint(config_int(unset, "site", "watch"), ==, 14 * 86400);
}

static void
check_groups(void)
{
    static const char *const names[] = {"mx2", "mx1", "out 1", NULL};
    g_autoptr(Config) config = parse_ok("[relay mx2]\nnames=b.example.net\n[site]\n[relay mx1]\n"
                                        "names=a.example.net\n[relay out 1]\n");
    g_autofree char *letters = g_strnfill(2000, 'n');
    g_autofree char *text = g_strdup_printf("[relay %s]\nnames=x.example.net\n", letters);
    g_autofree char *group = g_strdup_printf("relay %s", letters);
    g_autoptr(Config) long_name = parse_ok(text);

    g_assert_cmpstrv(config_groups(config, "relay"), names);
    g_assert_null(config_groups(config, "zone")[0]);
    g_assert_cmpstr(config_list(config, "relay mx1", "names")[0], ==, "a.example.net");
    g_assert_cmpstr(config_list(config, "relay mx2", "names")[0], ==, "b.example.net");
    g_assert_cmpstr(config_list(long_name, group, "names")[0], ==, "x.example.net");
}

static void
check_store_url(void)
{
    static const char *const cases[][2] = {
        {"[store]\nurl=sqlite:/srv/desk.db", "sqlite:/srv/desk.db"},
        {"[store]\nurl=sqlite:/srv/desk.db\nbusy-timeout=2s", "sqlite:/srv/desk.db?busy=2000"},
        {"[store]\nurl=sqlite:/srv/desk.db?busy=5\nbusy-timeout=0", "sqlite:/srv/desk.db?busy=5"},
        {"[store]\nurl=postgresql:dbname=desk\nbusy-timeout=2s", "postgresql:dbname=desk"},
        {"[store]\nbusy-timeout=2s", "/plaint/plaint.db?busy=2000"},
        {"", "/plaint/plaint.db"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Config) config = parse_ok(cases[i][0]);
        g_autofree char *url = config_store_url(config);

        g_assert_true(g_str_has_suffix(url, cases[i][1]));
    }
}

/* -- the table -----------------------------------------------------------------------------------
 */

static void
check_table(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (const ConfigKey *row = config_keys; row->group; row++) {
        bool list = row->type == CONFIG_LIST || row->type == CONFIG_NETWORKS;
        g_assert_true(g_hash_table_add(seen, g_strconcat(row->group, "/", row->key, NULL)));
        g_assert_true(row->help && *row->help && !strchr(row->help, '\n'));
        g_assert_true(!g_ascii_isupper(*row->help));
        g_assert_cmpint(row->help[strlen(row->help) - 1], !=, '.');
        g_assert_true(row->value != NULL || row->example != NULL);
        g_assert_false(list && row->value); /* config_list knows no defaults */
        g_assert_cmpint(row->min, <=, row->max);
        if (row > config_keys && strcmp(row[-1].group, row->group) != 0)
            g_hash_table_add(left, g_strdup(row[-1].group));
        g_assert_false(g_hash_table_contains(left, row->group)); /* a group's rows stand together */
    }
}

/* config_example() with its keys uncommented: "#key=value" begins with '#', a comment with "# ". */
static char *
example_uncommented(void)
{
    g_autofree char *example = config_example();
    g_auto(GStrv) lines = g_strsplit(example, "\n", -1);
    GString *out = g_string_new(NULL);

    for (char **line = lines; *line; line++)
        g_string_append_printf(
            out, "%s\n", (*line)[0] == '#' && g_ascii_isalpha((*line)[1]) ? *line + 1 : *line);
    return g_string_free(out, FALSE);
}

static char *
group_name(const ConfigKey *row)
{
    g_auto(GStrv) parts = g_strsplit(row->group, "*", -1);

    return g_strjoinv("mx1", parts);
}

/* As it stands the example changes nothing; uncommented it sets every key. */
static void
check_example(void)
{
    g_autofree char *example = config_example();
    g_autoptr(Config) commented = parse_ok(example);
    g_autofree char *text = example_uncommented();
    g_autoptr(Config) config = parse_ok(text);

    for (const ConfigKey *row = config_keys; row->group; row++) {
        g_autofree char *group = group_name(row);
        g_assert_false(config_is_set(commented, group, row->key));
        g_assert_true(config_is_set(config, group, row->key));
        g_assert_nonnull(strstr(example, row->help));
    }
}

static void
expect_same(const Config *a, const Config *b, const ConfigKey *row)
{
    g_autofree char *group = group_name(row);

    if (row->type == CONFIG_LIST || row->type == CONFIG_NETWORKS)
        g_assert_cmpstrv(config_list(a, group, row->key), config_list(b, group, row->key));
    else
        g_assert_cmpstr(config_text(a, group, row->key), ==, config_text(b, group, row->key));
}

static void
check_show(gconstpointer data)
{
    g_autofree char *text = data ? g_strdup(data) : example_uncommented();
    g_autoptr(Config) config = parse_ok(text);
    g_autofree char *shown = config_show(config);
    g_autoptr(Config) again = parse_ok(shown);
    g_autofree char *shown_again = config_show(again);

    g_assert_cmpstr(shown, ==, shown_again);
    g_assert_cmpstrv(config_groups(config, "relay"), config_groups(again, "relay"));
    for (const ConfigKey *row = config_keys; row->group; row++) {
        if (row->type == CONFIG_SECRET)
            g_assert_null(strstr(shown, row->example));
        else
            expect_same(config, again, row);
    }
}

/* -- files ---------------------------------------------------------------------------------------
 */

static char *
write_file(const char *bytes, gssize len)
{
    char *path = NULL;
    int fd = g_file_open_tmp("plaint-config-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(path, bytes, len, NULL));
    return path;
}

static void
expect_load_fails(const char *path, PlaintError code, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(path, &error);

    g_assert_null(config);
    g_assert_error(error, PLAINT_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, says));
}

static void
check_load(void)
{
    g_autofree char *path = write_file("[site]\nname=from the file\n", -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(path, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(config_path(config), ==, path);
    g_assert_cmpstr(config_text(config, "site", "name"), ==, "from the file");
    g_setenv("PLAINT_CONFIG", path, TRUE);
    g_autoptr(Config) from_env = config_load(NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config_path(from_env), ==, path);
    g_setenv("PLAINT_CONFIG", "/nonexistent/plaint.conf", TRUE);
    g_autoptr(Config) option_wins = config_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config_path(option_wins), ==, path);
    expect_load_fails(NULL, PLAINT_ERROR_CONFIG, "/nonexistent/plaint.conf");
    g_unsetenv("PLAINT_CONFIG");
    g_unlink(path);
    expect_load_fails(path, PLAINT_ERROR_CONFIG, path);
}

static void
check_load_odd_files(void)
{
    g_autofree char *nul = write_file("[site]\nname=a\0b\n", 16);
    g_autofree char *bad = write_file("[site]\nnmae=x\n", -1);
    g_autofree char *folder = g_dir_make_tmp("plaint-config-XXXXXX", NULL);
    g_autofree char *where = g_strdup_printf("%s:2: ", bad);
    g_autofree char *letters = g_strnfill(5000, 'n');

    expect_load_fails(nul, PLAINT_ERROR_CONFIG, "contains NUL bytes");
    expect_load_fails(bad, PLAINT_ERROR_CONFIG, where);
    expect_load_fails(folder, PLAINT_ERROR_CONFIG, "not a regular file");
    expect_load_fails("", PLAINT_ERROR_CONFIG, "cannot read the configuration ''");
    expect_load_fails("x\x1b[2J\ny", PLAINT_ERROR_CONFIG, "'x [2J y'");
    expect_load_fails(letters, PLAINT_ERROR_CONFIG, "too long");
    g_unlink(nul);
    g_unlink(bad);
    g_rmdir(folder);
}

/* Four megabytes of groups are read in a moment; one byte more is refused. */
static void
check_load_huge(void)
{
    const gsize most = 4 * 1024 * 1024;
    g_autoptr(GString) text = g_string_sized_new(most + 64);
    guint n = 0;
    gint64 start = g_get_monotonic_time();

    while (text->len < most - 64)
        g_string_append_printf(text, "[relay r%u]\nroles=mx\n", n++);
    while (text->len < most)
        g_string_append_c(text, '#');
    g_autofree char *path = write_file(text->str, (gssize)text->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length((char **)config_groups(config, "relay")), ==, n);
    g_string_append_c(text, '#');
    g_assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
    expect_load_fails(path, PLAINT_ERROR_CONFIG, "larger than 4 MB");
    g_unlink(path);
    /* a guard against quadratic reading (minutes), not a measurement */
    g_assert_cmpint(g_get_monotonic_time() - start, <, 60 * G_USEC_PER_SEC);
}

/* -- setgid --------------------------------------------------------------------------------------
 */

/* In a setgid copy of this program: what does config_load believe? */
static int
probe(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(path, &error);
    const char *used = config ? config_path(config) : NULL;

    if (getegid() == getgid())
        return 2; /* not setgid after all: mounted nosuid */
    return used && strcmp(used, "/etc/plaint/plaint.conf") != 0 ? 1 : 0;
}

static int
run_probe_as_nobody(const char *program, const char *path)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        if (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
            _exit(3);
        (void)setenv("PLAINT_CONFIG", path, 1);
        execl(program, program, "--probe", path, (char *)NULL);
        _exit(4);
    }
    g_assert_cmpint(pid, >, 0);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
check_setgid(void)
{
    g_autofree char *folder = g_dir_make_tmp("plaint-setgid-XXXXXX", NULL);
    g_autofree char *program = g_build_filename(folder, "probe", NULL);
    g_autofree char *path = write_file("[store]\nurl=sqlite:/elsewhere.db\n", -1);
    g_autofree char *self = NULL;
    gsize len = 0;
    int status;

    if (getuid() != 0) {
        g_test_skip("needs root to make a setgid copy");
        return;
    }
    g_assert_true(g_file_get_contents("/proc/self/exe", &self, &len, NULL));
    g_assert_true(g_file_set_contents(program, self, (gssize)len, NULL));
    g_assert_cmpint(chmod(folder, 0755), ==, 0);
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    g_assert_cmpint(chown(program, 0, 8), ==, 0); /* group mail */
    g_assert_cmpint(chmod(program, 02755), ==, 0);
    status = run_probe_as_nobody(program, path);
    g_unlink(program);
    g_unlink(path);
    g_rmdir(folder);
    if (status == 2)
        g_test_skip("the temporary folder ignores setgid");
    else
        g_assert_cmpint(status, ==, 0);
}

static void
add(const char *group, const char *name, gconstpointer data, GTestDataFunc check)
{
    g_autofree char *path = g_strdup_printf("/base/config/%s/%s", group, name);

    g_test_add_data_func(path, data, check);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--probe") == 0)
        _exit(probe(argv[2])); /* past the leak check: it cannot trace a setgid process */
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(refusal_cases); i++)
        add("refuses", refusal_cases[i].name, &refusal_cases[i], check_refusal);
    for (gsize i = 0; i < G_N_ELEMENTS(value_cases); i++)
        add("value", value_cases[i].name, &value_cases[i], check_value);
    add("show", "nothing-set", "", check_show);
    add("show", "everything-set", NULL, check_show);
    add("show", "empty-values", "[site]\ndomains=\nname=\nwatch=\n[relay a]\n[relay b]\nroles=\n",
        check_show);
    g_test_add_func("/base/config/refuses/not-utf-8", check_not_utf8);
    g_test_add_func("/base/config/lists", check_lists);
    g_test_add_func("/base/config/durations", check_durations);
    g_test_add_func("/base/config/groups", check_groups);
    g_test_add_func("/base/config/store-url", check_store_url);
    g_test_add_func("/base/config/table", check_table);
    g_test_add_func("/base/config/example", check_example);
    g_test_add_func("/base/config/load/named", check_load);
    g_test_add_func("/base/config/load/odd-files", check_load_odd_files);
    g_test_add_func("/base/config/byte-order-mark", check_byte_order_mark);
    g_test_add_func("/base/config/load/huge", check_load_huge);
    g_test_add_func("/base/config/load/setgid-chooses-nothing", check_setgid);
    return g_test_run();
}
