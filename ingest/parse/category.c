/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/category.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/category_hints.h"

enum { ENOUGH = 2, MAX_SHOWN = 3, LETTERS = 37 };

/* clang-format off */
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
        } else { /* by hand: every byte of every mail passes here */
            if (c >= 'A' && c <= 'Z')
                c = (char)(c | 0x20);
            else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
                c = ' ';
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
    const CategoryHint *shown[N_CATEGORIES][MAX_SHOWN];
    guint n_shown[N_CATEGORIES];
    bool seen[CATEGORY_HINTS_MAX];
} Scores;

static void
count_hint(Scores *scores, gsize index)
{
    const CategoryHint *hint = &category_hints[index];

    if (scores->seen[index]) /* said ten times is said once */
        return;
    scores->seen[index] = true;
    scores->score[hint->category] += hint->weight;
    if (scores->n_shown[hint->category] < MAX_SHOWN)
        scores->shown[hint->category][scores->n_shown[hint->category]++] = hint;
}

/* The phrases by their first two letters. */
typedef struct {
    guint16 first[LETTERS * LETTERS], next[CATEGORY_HINTS_MAX]; /* index plus one; 0: none */
} HintIndex;

static gpointer
make_index(gpointer to)
{
    HintIndex *index = to;

    for (guint i = 0; category_hints[i].phrase; i++) {
        const char *phrase = category_hints[i].phrase;
        guint key = letter(phrase[0]) * LETTERS + letter(phrase[1]);
        index->next[i] = index->first[key];
        index->first[key] = (guint16)(i + 1);
    }
    return index;
}

/* One pass over the folded text: at each word the phrases that begin with its first two letters. */
static void
search(const GString *text, Scores *scores)
{
    static GOnce once = G_ONCE_INIT;
    static HintIndex room;
    const HintIndex *index = g_once(&once, make_index, &room);

    for (const char *p = text->str; p[0] && p[1]; p++) {
        if (p[0] != ' ')
            continue;
        for (guint at = index->first[letter(p[1]) * LETTERS + letter(p[2])]; at > 0;
             at = index->next[at - 1]) {
            const char *phrase = category_hints[at - 1].phrase;
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

/* The answer is to go to another domain than the sender's. */
static bool
answers_elsewhere(const HeaderBlock *block)
{
    g_autofree char *from = header_address(header_get(block, "From"));
    g_autofree char *to = header_address(header_get(block, "Reply-To"));

    return from && to && strchr(from, '@') && strchr(to, '@') &&
           !text_equal_fold(strchr(from, '@'), strchr(to, '@'));
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
    if (scores.score[CATEGORY_419] > 0 && input->block && answers_elsewhere(input->block))
        scores.score[CATEGORY_419]++;
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
