/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/category.h"

#include <string.h>

#include "ingest/parse/category_hints.h"

typedef struct {
    const char *name, *type, *subject, *text;
    Category want;
} Case;

/* clang-format off */
static const Case cases[] = {
    {"type-first", "fraud", "Special offer", "buy now", CATEGORY_PHISHING},
    {"type-virus", "virus", NULL, NULL, CATEGORY_MALWARE},
    {"type-login", "login-attack", NULL, NULL, CATEGORY_INTRUSION},
    {"type-of-a-class", "activity/loginattack", NULL, NULL, CATEGORY_INTRUSION},
    {"type-any-spelling", "connection/Login_Attack", NULL, NULL, CATEGORY_INTRUSION},
    {"type-copyright", "copyright/p2p", NULL, NULL, CATEGORY_COPYRIGHT},
    {"type-csam", "content/csam", NULL, NULL, CATEGORY_CSAM},
    {"type-unknown-class-decides", "vulnerability/ssl_poodle", NULL, NULL, CATEGORY_INTRUSION},
    {"type-unknown-of-an-unknown-class", "x/y", NULL, NULL, CATEGORY_NONE},
    {"type-spam-words-decide", "messaging/spam", "Verify your account", NULL, CATEGORY_PHISHING},
    {"type-longer-than-a-row", "botany", NULL, NULL, CATEGORY_NONE},
    {"phishing", NULL, "Verify your account", "click", CATEGORY_PHISHING},
    {"phishing-capitals", NULL, "VERIFY  YOUR\nACCOUNT!!", NULL, CATEGORY_PHISHING},
    {"phishing-punctuation", NULL, NULL, "please verify, your-account", CATEGORY_PHISHING},
    {"phishing-cyrillic-letters", NULL, "V\xD0\xB5rify your acc\xD0\xBEunt", NULL, CATEGORY_PHISHING},
    {"phishing-fr", NULL, NULL, "Votre compte sera suspendu", CATEGORY_PHISHING},
    {"phishing-fr-accents", NULL, NULL, "votre compte a \xC3\xA9t\xC3\xA9 suspendu", CATEGORY_PHISHING},
    {"phishing-de", NULL, NULL, "Best\xC3\xA4tigen Sie Ihre Daten", CATEGORY_PHISHING},
    {"419", NULL, NULL, "the beneficiary is your next of kin", CATEGORY_419},
    {"419-fr", NULL, NULL, "je suis notaire, un h\xC3\xA9ritage de millions d'euros", CATEGORY_419},
    {"mmf", NULL, "Financial freedom", "work from home", CATEGORY_MMF},
    {"mlm", NULL, NULL, "join my team, network marketing", CATEGORY_MLM},
    {"malware", NULL, "Invoice attached", "please enable macros", CATEGORY_MALWARE},
    {"backscatter", NULL, "Undelivered Mail Returned to Sender", "", CATEGORY_BACKSCATTER},
    {"uce", NULL, "Special offer", "buy now", CATEGORY_UCE},
    {"uce-de", NULL, "Sonderangebot", "jetzt kaufen", CATEGORY_UCE},
    {"extortion", NULL, NULL, "I have access to your device and recorded you", CATEGORY_OTHER},
    {"phishing-de-eszett", NULL, "Ihr Postfach ist voll", "Gr\xC3\xBC\xC3\x9F" "e", CATEGORY_PHISHING},
    {"phishing-fr-apostrophe", NULL, NULL, "remboursement d\xE2\x80\x99imp\xC3\xB4t", CATEGORY_PHISHING},
    {"419-de", NULL, NULL, "Mein Verm\xC3\xB6gen geht an Sie, ich bin an Krebs erkrankt", CATEGORY_419},
    {"mmf-de", NULL, "Nebenverdienst", "von zu Hause arbeiten", CATEGORY_MMF},
    {"mlm-fr", NULL, NULL, "Rejoignez notre \xC3\xA9quipe, vente multiniveau", CATEGORY_MLM},
    {"malware-de", NULL, "Rechnung anbei", "Makros aktivieren", CATEGORY_MALWARE},
    {"malware-fr", NULL, "Facture ci-jointe", NULL, CATEGORY_MALWARE},
    {"extortion-de", NULL, NULL, "Ich habe Zugriff auf Ihr Ger\xC3\xA4t", CATEGORY_OTHER},
    {"extortion-fr", NULL, NULL, "J'ai pirat\xC3\xA9 votre messagerie", CATEGORY_OTHER},
    {"backscatter-de", NULL, "Zustellung fehlgeschlagen", NULL, CATEGORY_BACKSCATTER},
    {"uce-fr", NULL, "Code promo", NULL, CATEGORY_UCE},
    {"business-letter-de-is-none", NULL, "Ihr Antrag", "Ihre Sendung kommt am Montag, mein Team meldet sich", CATEGORY_NONE},
    {"business-letter-fr-is-none", NULL, "Votre dossier", "la somme de 12 euros est due", CATEGORY_NONE},
    {"part-of-a-word-is-none", NULL, "despecial offering", NULL, CATEGORY_NONE},
    {"one-weak-word-is-none", NULL, "newsletter", NULL, CATEGORY_NONE},
    {"said-often-is-said-once", NULL, "discount discount discount discount", NULL, CATEGORY_NONE},
    {"nothing", NULL, NULL, NULL, CATEGORY_NONE},
};
/* clang-format on */

static void
check(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(Complaint) complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);
    CategoryInput input = {.feedback_type = c->type, .subject = c->subject, .text = c->text};

    category_suggest(complaint, incident, &input);
    g_assert_cmpint(incident->category, ==, c->want);
    g_assert_true((incident->category_why != NULL) == (c->want != CATEGORY_NONE));
}

/* Every row can be found: it is folded as the text is, and said once. */
static void
check_hints(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (const CategoryHint *hint = category_hints; hint->phrase; hint++) {
        g_assert_cmpuint(category_weight(hint->phrase, NULL), >=, hint->weight);
        g_assert_cmpuint(strlen(hint->phrase), >, 2);
        if (!g_hash_table_add(seen, g_strdup_printf("%d %s", (int)hint->category, hint->phrase)))
            g_test_fail_printf("twice: %s", hint->phrase);
    }
}

/* Only the first kilobytes are looked at. */
static void
check_limit(void)
{
    g_autoptr(Complaint) complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);
    g_autofree char *filler = g_strnfill(CATEGORY_TEXT_BYTES, ' ');
    g_autofree char *text = g_strconcat(filler, "verify your account", NULL);
    CategoryInput input = {.text = text};

    category_suggest(complaint, incident, &input);
    g_assert_cmpint(incident->category, ==, CATEGORY_NONE);
}

static void
check_default(void)
{
    g_autoptr(Complaint) complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);
    CategoryInput input = {.text = "xyzzy"};

    incident->has_evidence = true;
    category_suggest(complaint, incident, &input);
    g_assert_cmpint(incident->category, ==, CATEGORY_UBE);
    incident->type = "bounce";
    incident->category = CATEGORY_NONE;
    category_suggest(complaint, incident, &input);
    g_assert_cmpint(incident->category, ==, CATEGORY_NONE);
}

static void
check_runnable(void)
{
    g_assert_true(category_is_runnable("invoice.pdf.JS"));
    g_assert_true(category_is_runnable("a.iso"));
    g_assert_false(category_is_runnable("a.pdf"));
    g_assert_false(category_is_runnable("js"));
    g_assert_false(category_is_runnable(NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/parse/category/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], check);
    }
    g_test_add_func("/parse/category/hints", check_hints);
    g_test_add_func("/parse/category/limit", check_limit);
    g_test_add_func("/parse/category/default", check_default);
    g_test_add_func("/parse/category/runnable", check_runnable);
    return g_test_run();
}
