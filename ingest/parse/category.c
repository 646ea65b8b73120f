/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/category.h"

#include <string.h>

#include "base/text.h"

enum { ENOUGH = 2, MAX_SHOWN = 3, LETTERS = 37 };

typedef struct {
    Category category;
    guint weight;
    const char *phrase; /* folded: lower case, no accents, words separated by one blank */
} Hint;

/* clang-format off */
static const Hint hints[] = {
    {CATEGORY_PHISHING, 3, "verify your account"}, {CATEGORY_PHISHING, 3, "confirm your account"},
    {CATEGORY_PHISHING, 3, "account has been suspended"}, {CATEGORY_PHISHING, 3, "account will be suspended"},
    {CATEGORY_PHISHING, 3, "account has been limited"}, {CATEGORY_PHISHING, 2, "unusual sign in"},
    {CATEGORY_PHISHING, 2, "unusual activity"}, {CATEGORY_PHISHING, 3, "mailbox is full"},
    {CATEGORY_PHISHING, 2, "mailbox quota"}, {CATEGORY_PHISHING, 2, "storage limit"},
    {CATEGORY_PHISHING, 2, "update your payment"}, {CATEGORY_PHISHING, 2, "update your billing"},
    {CATEGORY_PHISHING, 2, "validate your"}, {CATEGORY_PHISHING, 2, "password expires"},
    {CATEGORY_PHISHING, 2, "password will expire"}, {CATEGORY_PHISHING, 2, "parcel fee"},
    {CATEGORY_PHISHING, 2, "your parcel"}, {CATEGORY_PHISHING, 2, "security alert"},
    {CATEGORY_PHISHING, 2, "confirm your identity"}, {CATEGORY_PHISHING, 2, "login to your account"},
    {CATEGORY_PHISHING, 3, "votre compte sera suspendu"}, {CATEGORY_PHISHING, 3, "compte a ete suspendu"},
    {CATEGORY_PHISHING, 3, "compte sera bloque"}, {CATEGORY_PHISHING, 3, "confirmer vos informations"},
    {CATEGORY_PHISHING, 3, "confirmez vos informations"}, {CATEGORY_PHISHING, 2, "mise a jour de votre compte"},
    {CATEGORY_PHISHING, 2, "colis en attente"}, {CATEGORY_PHISHING, 2, "frais de livraison"},
    {CATEGORY_PHISHING, 2, "remboursement d impot"}, {CATEGORY_PHISHING, 2, "messagerie pleine"},
    {CATEGORY_PHISHING, 2, "boite de reception est pleine"}, {CATEGORY_PHISHING, 2, "mot de passe expire"},
    {CATEGORY_PHISHING, 2, "verifier votre compte"}, {CATEGORY_PHISHING, 2, "coordonnees bancaires"},
    {CATEGORY_PHISHING, 3, "konto gesperrt"}, {CATEGORY_PHISHING, 3, "konto wurde gesperrt"},
    {CATEGORY_PHISHING, 3, "bestatigen sie ihre daten"}, {CATEGORY_PHISHING, 3, "bestatigen sie ihr konto"},
    {CATEGORY_PHISHING, 2, "postfach voll"}, {CATEGORY_PHISHING, 2, "postfach ist voll"},
    {CATEGORY_PHISHING, 2, "sicherheitsuberprufung"}, {CATEGORY_PHISHING, 2, "zollgebuhr"},
    {CATEGORY_PHISHING, 2, "ihr paket"}, {CATEGORY_PHISHING, 2, "passwort lauft ab"},

    {CATEGORY_419, 3, "next of kin"}, {CATEGORY_419, 2, "barrister"}, {CATEGORY_419, 2, "million usd"},
    {CATEGORY_419, 2, "million dollars"}, {CATEGORY_419, 2, "million united states dollars"},
    {CATEGORY_419, 2, "beneficiary"}, {CATEGORY_419, 2, "lottery"}, {CATEGORY_419, 2, "you have won"},
    {CATEGORY_419, 2, "confidential proposal"}, {CATEGORY_419, 2, "business proposal"},
    {CATEGORY_419, 2, "inheritance"}, {CATEGORY_419, 1, "donation"}, {CATEGORY_419, 2, "late client"},
    {CATEGORY_419, 2, "dormant account"}, {CATEGORY_419, 2, "unclaimed fund"}, {CATEGORY_419, 2, "transfer of funds"},
    {CATEGORY_419, 2, "heritage de"}, {CATEGORY_419, 2, "faire un don"}, {CATEGORY_419, 2, "don de"},
    {CATEGORY_419, 2, "beneficiaire"}, {CATEGORY_419, 1, "notaire"}, {CATEGORY_419, 2, "million d euros"},
    {CATEGORY_419, 2, "millions d euros"}, {CATEGORY_419, 1, "gagnant"}, {CATEGORY_419, 2, "loterie"},
    {CATEGORY_419, 2, "erbschaft"}, {CATEGORY_419, 2, "begunstigter"}, {CATEGORY_419, 1, "spende"},
    {CATEGORY_419, 2, "millionen euro"}, {CATEGORY_419, 2, "millionen dollar"},
    {CATEGORY_419, 2, "gewinnbenachrichtigung"}, {CATEGORY_419, 1, "anwalt"},

    {CATEGORY_MMF, 2, "per day from home"}, {CATEGORY_MMF, 2, "work from home"}, {CATEGORY_MMF, 2, "passive income"},
    {CATEGORY_MMF, 2, "bitcoin profit"}, {CATEGORY_MMF, 2, "financial freedom"}, {CATEGORY_MMF, 2, "make money fast"},
    {CATEGORY_MMF, 2, "easy money"}, {CATEGORY_MMF, 2, "get rich"}, {CATEGORY_MMF, 2, "chain letter"},
    {CATEGORY_MMF, 2, "crypto investment"}, {CATEGORY_MMF, 2, "earn money"}, {CATEGORY_MMF, 2, "extra income"},
    {CATEGORY_MMF, 2, "argent facile"}, {CATEGORY_MMF, 2, "travail a domicile"}, {CATEGORY_MMF, 2, "revenu passif"},
    {CATEGORY_MMF, 2, "revenus passifs"}, {CATEGORY_MMF, 2, "liberte financiere"}, {CATEGORY_MMF, 2, "gagnez de l argent"},
    {CATEGORY_MMF, 2, "euros par jour"}, {CATEGORY_MMF, 2, "schnelles geld"}, {CATEGORY_MMF, 2, "heimarbeit"},
    {CATEGORY_MMF, 2, "passives einkommen"}, {CATEGORY_MMF, 2, "finanzielle freiheit"},
    {CATEGORY_MMF, 2, "euro am tag"}, {CATEGORY_MMF, 2, "geld verdienen"},

    {CATEGORY_MLM, 2, "join my team"}, {CATEGORY_MLM, 3, "downline"}, {CATEGORY_MLM, 3, "network marketing"},
    {CATEGORY_MLM, 2, "become a distributor"}, {CATEGORY_MLM, 2, "business opportunity"},
    {CATEGORY_MLM, 2, "be your own boss"}, {CATEGORY_MLM, 3, "multi level"},
    {CATEGORY_MLM, 3, "marketing de reseau"}, {CATEGORY_MLM, 2, "devenez distributeur"},
    {CATEGORY_MLM, 2, "opportunite d affaires"}, {CATEGORY_MLM, 2, "parrainage"},
    {CATEGORY_MLM, 2, "vertriebspartner"}, {CATEGORY_MLM, 2, "geschaftsmoglichkeit"},
    {CATEGORY_MLM, 3, "strukturvertrieb"},

    {CATEGORY_MALWARE, 2, "invoice attached"}, {CATEGORY_MALWARE, 2, "attached invoice"},
    {CATEGORY_MALWARE, 2, "payment advice"}, {CATEGORY_MALWARE, 2, "scanned document"},
    {CATEGORY_MALWARE, 3, "enable content"}, {CATEGORY_MALWARE, 3, "enable macros"},
    {CATEGORY_MALWARE, 2, "facture en piece jointe"}, {CATEGORY_MALWARE, 2, "document numerise"},
    {CATEGORY_MALWARE, 3, "activer le contenu"}, {CATEGORY_MALWARE, 2, "rechnung im anhang"},
    {CATEGORY_MALWARE, 2, "gescanntes dokument"}, {CATEGORY_MALWARE, 3, "inhalt aktivieren"},

    {CATEGORY_OTHER, 3, "access to your device"}, {CATEGORY_OTHER, 2, "recorded you"},
    {CATEGORY_OTHER, 2, "send bitcoin"}, {CATEGORY_OTHER, 3, "pirate votre appareil"},
    {CATEGORY_OTHER, 2, "ai filme"}, {CATEGORY_OTHER, 3, "ihr gerat gehackt"},

    {CATEGORY_BACKSCATTER, 2, "undelivered mail returned"}, {CATEGORY_BACKSCATTER, 2, "returned mail"},
    {CATEGORY_BACKSCATTER, 2, "delivery status notification"}, {CATEGORY_BACKSCATTER, 2, "out of office"},
    {CATEGORY_BACKSCATTER, 2, "mail delivery failed"}, {CATEGORY_BACKSCATTER, 2, "undeliverable"},
    {CATEGORY_BACKSCATTER, 2, "non remis"}, {CATEGORY_BACKSCATTER, 2, "echec de la remise"},
    {CATEGORY_BACKSCATTER, 2, "reponse automatique"}, {CATEGORY_BACKSCATTER, 2, "unzustellbar"},
    {CATEGORY_BACKSCATTER, 2, "abwesenheitsnotiz"}, {CATEGORY_BACKSCATTER, 2, "automatische antwort"},

    {CATEGORY_UCE, 2, "special offer"}, {CATEGORY_UCE, 1, "discount"}, {CATEGORY_UCE, 2, "buy now"},
    {CATEGORY_UCE, 2, "limited time"}, {CATEGORY_UCE, 1, "unsubscribe"}, {CATEGORY_UCE, 1, "order now"},
    {CATEGORY_UCE, 2, "free shipping"}, {CATEGORY_UCE, 2, "click here to"}, {CATEGORY_UCE, 2, "viagra"},
    {CATEGORY_UCE, 2, "cheap pills"}, {CATEGORY_UCE, 2, "online pharmacy"}, {CATEGORY_UCE, 2, "online casino"},
    {CATEGORY_UCE, 2, "replica watches"}, {CATEGORY_UCE, 1, "best price"}, {CATEGORY_UCE, 1, "newsletter"},
    {CATEGORY_UCE, 2, "offre speciale"}, {CATEGORY_UCE, 1, "promotion"}, {CATEGORY_UCE, 1, "remise"},
    {CATEGORY_UCE, 1, "achetez"}, {CATEGORY_UCE, 2, "se desinscrire"}, {CATEGORY_UCE, 2, "desabonnement"},
    {CATEGORY_UCE, 2, "profitez de"}, {CATEGORY_UCE, 1, "prix casses"},
    {CATEGORY_UCE, 2, "sonderangebot"}, {CATEGORY_UCE, 1, "rabatt"}, {CATEGORY_UCE, 2, "jetzt kaufen"},
    {CATEGORY_UCE, 2, "newsletter abbestellen"}, {CATEGORY_UCE, 1, "abmelden"}, {CATEGORY_UCE, 1, "bestellen sie"},
};

/* What a report says of itself: its last word, lower case, letters and digits only ("activity/
 * Login-Attack": "loginattack"); when that has no row, the class before it. */
static const struct { const char *type; Category category; } types[] = {
    {"fraud", CATEGORY_PHISHING}, {"phishing", CATEGORY_PHISHING},
    {"virus", CATEGORY_MALWARE}, {"malware", CATEGORY_MALWARE}, {"malwareattack", CATEGORY_MALWARE},
    {"infectedhost", CATEGORY_MALWARE}, {"bulkmessaging", CATEGORY_UBE},
    {"copyright", CATEGORY_COPYRIGHT}, {"trademark", CATEGORY_COPYRIGHT}, {"p2p", CATEGORY_COPYRIGHT},
    {"cyberlocker", CATEGORY_COPYRIGHT}, {"linksite", CATEGORY_COPYRIGHT},
    {"ugcplatform", CATEGORY_COPYRIGHT}, {"usenet", CATEGORY_COPYRIGHT},
    {"brandinfringement", CATEGORY_COPYRIGHT},
    {"attack", CATEGORY_INTRUSION}, {"loginattack", CATEGORY_INTRUSION}, {"portscan", CATEGORY_INTRUSION},
    {"webattack", CATEGORY_INTRUSION}, {"hackattack", CATEGORY_INTRUSION},
    {"bruteforce", CATEGORY_INTRUSION}, {"ddos", CATEGORY_INTRUSION}, {"dos", CATEGORY_INTRUSION},
    {"exploit", CATEGORY_INTRUSION}, {"botnet", CATEGORY_INTRUSION}, {"bot", CATEGORY_INTRUSION},
    {"harvesting", CATEGORY_UBE}, {"webcrawler", CATEGORY_INTRUSION},
    {"remotecompromise", CATEGORY_INTRUSION}, {"webhack", CATEGORY_INTRUSION},
    {"csam", CATEGORY_CSAM}, {"csem", CATEGORY_CSAM}, {"childabuse", CATEGORY_CSAM},
    {"openservice", CATEGORY_OTHER}, {"harassment", CATEGORY_OTHER}, {"potentiallycompromisedaccount", CATEGORY_OTHER},
    {"exposeddata", CATEGORY_OTHER}, {"suspiciousregistration", CATEGORY_OTHER},
    {"blocklist", CATEGORY_OTHER}, {"threatintelligence", CATEGORY_OTHER},
};
static const struct { const char *type; Category category; } classes[] = {
    {"connection", CATEGORY_INTRUSION}, {"vulnerability", CATEGORY_INTRUSION},
    {"infrastructure", CATEGORY_INTRUSION}, {"reputation", CATEGORY_OTHER},
};

static const char *const runnable[] = {
    ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".iso", ".img", ".lnk", ".one", ".docm", ".xlsm",
    ".pptm", ".exe", ".scr", ".com", ".pif", ".bat", ".cmd", ".ps1", ".jar", ".msi", ".ace", ".cab",
};

/* Base letters of U+00C0 to U+017F ('?': none). */
static const char latin[] =
    "aaaaaaaceeeeiiiidnooooo?ouuuuypsaaaaaaaceeeeiiiidnooooo?ouuuuypy"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/* Cyrillic and Greek letters that pass for Latin ones. */
static const struct { gunichar c; char as; } confusables[] = {
    {0x430, 'a'}, {0x435, 'e'}, {0x43E, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x443, 'y'}, {0x445, 'x'},
    {0x456, 'i'}, {0x458, 'j'}, {0x455, 's'}, {0x410, 'a'}, {0x415, 'e'}, {0x41E, 'o'}, {0x420, 'p'},
    {0x421, 'c'}, {0x3BF, 'o'}, {0x3B1, 'a'},
};
/* clang-format on */

/* -- folding --------------------------------------------------------------------------------------
 */

static char
fold_char(gunichar c)
{
    if (c >= 0xC0 && c < 0xC0 + sizeof latin - 1 && latin[c - 0xC0] != '?')
        return latin[c - 0xC0];
    for (gsize i = 0; i < G_N_ELEMENTS(confusables); i++)
        if (confusables[i].c == c)
            return confusables[i].as;
    if (c >= 0xFF21 && c <= 0xFF5A) /* full-width letters */
        return g_ascii_tolower((char)(c - 0xFF21 + 'A'));
    return ' ';
}

/* Lower case, accents and punctuation gone, one blank between words; at most max bytes of text,
 * between blanks, appended to out. One byte in is one byte out at most, but for the blanks. */
static void
append_folded(GString *out, const char *text, gsize max)
{
    const char *p = text;
    gsize at = out->len, len = strnlen(text, max);
    char *to;

    g_string_set_size(out, at + len + 2);
    to = out->str + at;
    if (at == 0)
        *to++ = ' ';
    while ((gsize)(p - text) < len) {
        char c = *p;
        if (c & 0x80) {
            c = fold_char(g_utf8_get_char(p));
            p = g_utf8_next_char(p);
        } else {
            c = g_ascii_isalnum(c) ? g_ascii_tolower(c) : ' ';
            p++;
        }
        if (c != ' ' || to[-1] != ' ')
            *to++ = c;
    }
    if (to[-1] != ' ')
        *to++ = ' ';
    g_string_truncate(out, (gsize)(to - out->str));
}

/* -- searching ------------------------------------------------------------------------------------
 */

static guint
letter(char c)
{
    return c >= 'a' && c <= 'z'   ? (guint)(c - 'a')
           : c >= '0' && c <= '9' ? (guint)(c - '0') + 26
                                  : 36;
}

typedef struct {
    guint score[N_CATEGORIES];
    const Hint *shown[N_CATEGORIES][MAX_SHOWN];
    guint n_shown[N_CATEGORIES];
    bool seen[G_N_ELEMENTS(hints)];
} Scores;

static void
count_hint(Scores *scores, gsize index)
{
    const Hint *hint = &hints[index];

    if (scores->seen[index]) /* said ten times is said once */
        return;
    scores->seen[index] = true;
    scores->score[hint->category] += hint->weight;
    if (scores->n_shown[hint->category] < MAX_SHOWN)
        scores->shown[hint->category][scores->n_shown[hint->category]++] = hint;
}

/* One pass over the folded text: at each word the phrases that begin with its first two letters. */
static void
search(const GString *text, Scores *scores)
{
    guint8 first[LETTERS * LETTERS] = {0}, next[G_N_ELEMENTS(hints)];

    G_STATIC_ASSERT(G_N_ELEMENTS(hints) < 255);
    for (gsize i = G_N_ELEMENTS(hints); i-- > 0;) {
        guint key = letter(hints[i].phrase[0]) * LETTERS + letter(hints[i].phrase[1]);
        next[i] = first[key];
        first[key] = (guint8)(i + 1);
    }
    for (const char *p = text->str; p[0] && p[1]; p++) {
        if (p[0] != ' ')
            continue;
        for (guint at = first[letter(p[1]) * LETTERS + letter(p[2])]; at > 0; at = next[at - 1]) {
            const char *phrase = hints[at - 1].phrase;
            gsize len;
            if (p[3] != phrase[2])
                continue;
            len = strlen(phrase);
            if (strncmp(p + 1, phrase, len) == 0 && p[1 + len] == ' ')
                count_hint(scores, at - 1);
        }
    }
}

static void
search_message(const char *subject, const char *text, Scores *scores)
{
    g_autoptr(GString) folded = g_string_sized_new(CATEGORY_TEXT_BYTES / 2);

    if (subject)
        append_folded(folded, subject, CATEGORY_TEXT_BYTES);
    if (text)
        append_folded(folded, text, CATEGORY_TEXT_BYTES);
    search(folded, scores);
}

guint
category_weight(const char *subject, const char *text)
{
    Scores scores = {0};
    guint most = 0;

    search_message(subject, text, &scores);
    for (int i = 0; i < N_CATEGORIES; i++)
        most = MAX(most, scores.score[i]);
    return most;
}

/* -- the suggestion -------------------------------------------------------------------------------
 */

static void
suggest(Complaint *complaint, Incident *incident, Category category, const char *why)
{
    incident->category = category;
    incident->category_why = complaint_keep(complaint, why, -1);
}

/* The reported message answers something by itself: it is a bounce or an automatic reply. */
static bool
is_automatic_answer(const HeaderBlock *block)
{
    const char *path = header_get(block, "Return-Path"), *auto_submitted, *type;

    auto_submitted = header_get(block, "Auto-Submitted");
    type = header_get(block, "Content-Type");
    if (auto_submitted && text_has_prefix_fold(auto_submitted, "auto-"))
        return true;
    if (type && text_find_fold(type, strlen(type), "delivery-status"))
        return true;
    return path && strcmp(path, "<>") == 0;
}

static bool
suggest_from_words(Complaint *complaint, Incident *incident, Scores *scores)
{
    g_autoptr(GString) why = NULL;
    int best = CATEGORY_NONE;

    for (int i = 0; i < N_CATEGORIES; i++)
        if (scores->score[i] > scores->score[best])
            best = i;
    if (scores->score[best] < ENOUGH)
        return false;
    why = g_string_new("the reported message says");
    for (guint i = 0; i < scores->n_shown[best]; i++)
        g_string_append_printf(why, "%s '%s'", i ? "," : "", scores->shown[best][i]->phrase);
    suggest(complaint, incident, (Category)best, why->str);
    return true;
}

/* Do the letters and digits of the first len bytes of said make up the word? */
static bool
says(const char *said, gsize len, const char *word)
{
    for (gsize i = 0; i < len; i++)
        if (g_ascii_isalnum(said[i]) && g_ascii_tolower(said[i]) != *word++)
            return false;
    return *word == '\0';
}

static Category
category_of_type(const char *type)
{
    const char *slash = strrchr(type, '/'), *last = slash ? slash + 1 : type;

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (says(last, strlen(last), types[i].type))
            return types[i].category;
    for (gsize i = 0; slash && i < G_N_ELEMENTS(classes); i++)
        if (says(type, (gsize)(slash - type), classes[i].type))
            return classes[i].category;
    return CATEGORY_NONE;
}

void
category_suggest(Complaint *complaint, Incident *incident, const CategoryInput *input)
{
    Scores scores = {0};
    const char *const said[] = {input->feedback_type, incident->type};

    for (gsize i = 0; i < G_N_ELEMENTS(said); i++)
        if (said[i] && category_of_type(said[i]) != CATEGORY_NONE) {
            incident->category = category_of_type(said[i]);
            incident->category_why =
                complaint_printf(complaint, "the report's type is '%s'", said[i]);
            return;
        }
    if (input->block && is_automatic_answer(input->block)) {
        suggest(complaint, incident, CATEGORY_BACKSCATTER,
                "the reported message is a bounce or an automatic answer");
        return;
    }
    if (input->filename) {
        suggest(complaint, incident, CATEGORY_MALWARE,
                "an attachment that a mail program would run");
        return;
    }
    search_message(input->subject, input->text, &scores);
    if (input->block && header_has(input->block, "List-Unsubscribe"))
        scores.score[CATEGORY_UCE]++;
    if (suggest_from_words(complaint, incident, &scores))
        return;
    if (incident->has_evidence && strcmp(incident->type, "spam") == 0)
        suggest(complaint, incident, CATEGORY_UBE, "reported as unsolicited, nothing says more");
}

bool
category_is_runnable(const char *filename)
{
    for (gsize i = 0; filename && i < G_N_ELEMENTS(runnable); i++)
        if (text_has_suffix_fold(filename, runnable[i]))
            return true;
    return false;
}
