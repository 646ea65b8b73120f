/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters to lists: no cause and no proof lacks words, and nothing is claimed that is not so. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "notify/request.h"

#define NOW ((gint64)1767268800) /* 2026-01-01T12:00:00Z */

static void
test_words(void)
{
    for (int language = 0; language < N_REQUEST_LANGUAGES; language++) {
        for (int cause = 0; cause < N_CAUSES; cause++) {
            const CauseWords *words = &request_causes[language][cause];
            bool is_none =
                cause == CAUSE_FORGED || cause == CAUSE_NOT_OURS || cause == CAUSE_UNKNOWN;

            g_test_message("%s %s", request_languages[language], cause_names[cause]);
            g_assert_nonnull(words->happened);
            g_assert_true(g_str_has_suffix(words->happened, "."));
            g_assert_true((words->fixed == NULL) == is_none);
            g_assert_true(is_none || g_str_has_suffix(words->fixed, "."));
        }
        g_assert_nonnull(request_intrusion[language].happened);
        g_assert_nonnull(request_intrusion[language].fixed);
        for (int proof = 0; proof < N_PROOFS; proof++) {
            g_assert_nonnull(request_proofs[language][proof]);
            g_assert_nonnull(strstr(request_proofs[language][proof], "{}"));
        }
    }
    g_assert_null(request_languages[N_REQUEST_LANGUAGES]);
}

/* A relay that was open and is closed, with everything that a letter can have. */
typedef struct {
    Ticket ticket;
    RequestFacts facts;
    Request request;
} Scene;

static void
set_scene(Scene *scene, RequestLanguage language)
{
    memset(scene, 0, sizeof *scene);
    scene->ticket = (Ticket){.id = 1,
                             .state = TICKET_FIXED,
                             .cause = CAUSE_OPEN_RELAY,
                             .account = (char *)"bob@shop.example",
                             .customer = (char *)"C-1042",
                             .title = (char *)"Anna's relay",
                             .first_at = NOW - 30 * 3600,
                             .contained_at = NOW - 20 * 3600,
                             .fixed_at = NOW - 10 * 3600,
                             .resolved_at = TIME_NONE};
    scene->facts = (RequestFacts){.event_at = NOW - 25 * 3600};
    for (int proof = 0; proof < N_PROOFS; proof++)
        scene->facts.proved_at[proof] = TIME_NONE;
    scene->facts.proved_at[PROOF_RELAY_TEST] = NOW - 11 * 3600;
    scene->request =
        (Request){.language = language,
                  .list = "Outlook.com",
                  .names = "mx1.example.net",
                  .refusal = "550 5.7.1 <eve@hotmail.example> from=<bob@shop.example> (S3140)",
                  .listed_at = NOW - 24 * 3600,
                  .ticket = &scene->ticket,
                  .facts = &scene->facts,
                  .desk = "Example Net abuse desk",
                  .contact = "abuse@example.net",
                  .now = NOW};
    g_assert_true(addr_parse("192.0.2.25", -1, &scene->request.address));
}

static char *
letter(const Scene *scene)
{
    g_autoptr(GError) error = NULL;
    char *text = request_text(&scene->request, &error);

    g_assert_no_error(error);
    return text;
}

static void
assert_whole(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    static const char *const never[] = {"bob", "eve@", "C-1042", "Anna", "{{", "{}", "\n\n\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
        if (strstr(text, never[i]))
            g_error("'%s' is in\n%s", never[i], text);
    for (gsize i = 0; lines[i]; i++)
        g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 78);
}

static void
test_whole(void)
{
    static const char *const want[N_REQUEST_LANGUAGES][8] = {
        {"192.0.2.25", "mx1.example.net", "(S3140)", "2026-01-01 02:00 UTC", "The relay is closed",
         "Tested as an open relay on 2026-01-01 01:00 UTC: it refuses.", "10 hours ago",
         "abuse@example.net"},
        {"192.0.2.25", "mx1.example.net", "(S3140)", "2026-01-01 02:00 UTC", "Le relais est fermé",
         "Test de relais ouvert, le 2026-01-01 01:00 UTC", "10 heures", "abuse@example.net"}};

    for (int language = 0; language < N_REQUEST_LANGUAGES; language++) {
        Scene scene;
        g_autofree char *text = NULL, *subject = NULL;

        set_scene(&scene, (RequestLanguage)language);
        text = letter(&scene);
        subject = request_subject(&scene.request);
        g_test_message("%s\n%s", subject, text);
        assert_whole(text);
        g_assert_nonnull(strstr(subject, "192.0.2.25 (Outlook.com)"));
        for (gsize i = 0; i < G_N_ELEMENTS(want[0]); i++)
            if (!strstr(text, want[language][i]))
                g_error("'%s' is not in\n%s", want[language][i], text);
    }
}

/* Each cause, in each state of a ticket: what is not done is not told as done. */
static void
test_states(void)
{
    for (int language = 0; language < N_REQUEST_LANGUAGES; language++)
        for (int cause = 0; cause < N_CAUSES; cause++)
            for (int state = 0; state < N_TICKET_STATES; state++) {
                Scene scene;
                g_autofree char *text = NULL;
                const CauseWords *words = &request_causes[language][cause];
                bool fixed =
                    state == TICKET_FIXED || state == TICKET_DELISTING || state == TICKET_RESOLVED;

                set_scene(&scene, (RequestLanguage)language);
                scene.ticket.cause = (Cause)cause;
                scene.ticket.state = (TicketState)state;
                text = letter(&scene);
                assert_whole(text);
                g_assert_true((strstr(text, "2026-01-01 02:00") != NULL) == fixed);
                g_assert_true((strstr(text, "2025-12-31 16:00") != NULL) ==
                              (fixed || state == TICKET_CONTAINED));
                g_assert_true(!words->fixed || (strstr(text, "\n- ") != NULL) == fixed);
            }
}

/* An attack is not told as spam. */
static void
test_intrusion(void)
{
    for (int language = 0; language < N_REQUEST_LANGUAGES; language++) {
        Scene scene;
        g_autofree char *text = NULL;

        set_scene(&scene, (RequestLanguage)language);
        scene.ticket.kind = KIND_INTRUSION;
        scene.ticket.cause = CAUSE_CUSTOMER_HOST;
        text = letter(&scene);
        assert_whole(text);
        g_assert_null(strstr(text, "spam"));
        g_assert_nonnull(strstr(text, language == REQUEST_EN ? "attacked" : "attaqué"));
    }
}

/* Without a ticket, a relay's name, a desk: short, and still whole. */
static void
test_bare(void)
{
    for (int language = 0; language < N_REQUEST_LANGUAGES; language++) {
        Request request = {.language = (RequestLanguage)language,
                           .list = "one.test",
                           .codes = "127.0.0.2 listed",
                           .listed_at = NOW,
                           .prevents = "the port is shut",
                           .now = NOW};
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;

        g_assert_true(addr_parse("2001:db8::9", -1, &request.address));
        text = request_text(&request, &error);
        g_assert_no_error(error);
        assert_whole(text);
        g_assert_nonnull(strstr(text, "127.0.0.2 listed"));
        g_assert_nonnull(strstr(text, "the port is shut"));
        g_assert_null(strstr(text, "@"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/notify/request/words", test_words);
    g_test_add_func("/notify/request/whole", test_whole);
    g_test_add_func("/notify/request/states", test_states);
    g_test_add_func("/notify/request/intrusion", test_intrusion);
    g_test_add_func("/notify/request/bare", test_bare);
    return g_test_run();
}
