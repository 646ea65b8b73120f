/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What mail clients write over a message that is forwarded inline (docs/in-the-wild.md). The labels
 * carry the recognition: the separator lines differ by client, version and language, the few
 * labelled lines below them do not. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/paste.h"

enum {
    LABEL_BYTES = 40,
    BLOCK_LINES = 16,
    MAX_TRIES = 50,
    MAX_WRAPS = 8,
    FOLD_AT = 72,
    FOLD_MOST = 79
};

typedef enum {
    LABEL_NONE,
    LABEL_FROM,
    LABEL_DATE,
    LABEL_TO,
    LABEL_CC,
    LABEL_SUBJECT,
    LABEL_REPLY,
    LABEL_SPF,
    N_LABELS
} Label;

static const char *const label_fields[N_LABELS] = {NULL, "From",    "Date",     "To",
                                                   "Cc", "Subject", "Reply-To", "Received-SPF"};

/* clang-format off */
static const struct { Label label; const char *words; } labels[] = {
    {LABEL_FROM, "From|De|Von|Da|Van|Od|Fra|Från|Lähettäjä|Feladó|De la|Kimden|Gönderen|От|От кого|"
                 "Від|Від кого|Saatja|Kellelt|送信元|差出人|发件人|寄件者|Mittente|Expéditeur|Remitente|"
                 "Remetente|Odesílatel|Odosielateľ|Nadawca|Expeditor|Expeditorul|Šalje|Absender|Afzender|"
                 "Από|寄件人|보낸 사람|보낸사람|보낸이|Подател|Frá|Nuo|No|מאת|من|จาก|Dari|Từ|Pošiljatelj"},
    {LABEL_DATE, "Date|Sent|Datum|Gesendet|Data|Inviato|Fecha|Enviado|Enviado el|Envoyé|Envoyé le|"
                 "Enviada em|Enviado em|Verzonden|Wysłano|Skickat|Sendt|Lähetetty|Päivämäärä|Päiväys|"
                 "Elküldve|Dátum|Küldve|Trimis|Dată|Poslano|Odesláno|Odoslané|Tarih|Gönderildi|"
                 "Gönderilme Tarihi|Дата|Отправлено|Дата отправки|Надіслано|Kuupäev|Saadetud|Dato|日付|"
                 "送信日時|Gesendet am|Inviata|Wysłane|"
                 "Data wysłania|Created at|Erstellt am|Erstellt um|Créé le|Creado el|Creato il|Gemaakt op|Criado em|Στάλθηκε|Ημερομηνία|发送时间|发件时间|发送日期|寄件日期|傳送時間|"
                 "日期|時間|时间|보낸 날짜|보낸날짜|날짜|Изпратено|Išsiųsta|Nosūtīts|נשלח|תאריך|تاريخ|"
                 "تم الإرسال|ส่ง|วันที่|Dikirim|Tanggal|Đã gửi|Ngày|Odoslaná"},
    {LABEL_TO, "To|An|Pour|À|A|Para|Aan|Do|Til|Till|Vastaanottaja|Címzett|Către|Catre|Pre|Komu|Kime|Alıcı|"
               "Кому|Saaja|送信先|宛先|Za|Prima|Destinataire|Destinatarul|Destinatario|Destinatário|Empfänger|"
               "Προς|收件人|收件者|받는 사람|받는사람|받는이|Kam|אל|إلى|ถึง|Kepada|Untuk|Đến|Tới"},
    {LABEL_CC, "Cc|Copie à|Copie|Kopie|Kopi|Kopia|Kopio|Másolat|Másolatot kap|DW|Do wiadomości|Копия|"
               "Копія|Bilgi|Kopie an|Cópia|Kópia|Κοιν.|抄送|副本|참조"},
    {LABEL_SUBJECT, "Subject|Objet|Betreff|Oggetto|Asunto|Assunto|Onderwerp|Temat|Ämne|Emne|Aihe|Tárgy|"
                    "Subiect|Subiectul|Předmět|Predmet|Konu|Тема|Teema|件名|Naslov|Sujet|"
                    "Θέμα|主题|主旨|主題|标题|제목|Относно|Efni|Tēma|Zadeva|נושא|الموضوع|เรื่อง|Perihal|Chủ đề"},
    {LABEL_SPF, "SPF"}, /* a table of Gmail's: "PASS with IP 192.0.2.1" */
    {LABEL_REPLY, "Reply-To|Répondre à|Antwort an|Rispondi a|Responder a|Responder para|Antwoord aan|"
                  "Odpověď|Svar til|Svara till|Vastausosoite|Válaszcím|Yanıtla|Ответить"},
};
/* clang-format on */

/* Word, ASCII letters in lower case -> Label plus one. */
static gpointer
make_words(gpointer unused)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    (void)unused;
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
        g_auto(GStrv) each = g_strsplit(labels[i].words, "|", -1);
        for (gsize k = 0; each[k]; k++) {
            char *lower = g_ascii_strdown(each[k], -1);
            if (g_hash_table_contains(words, lower)) /* the first row that has it counts */
                g_free(lower);
            else
                g_hash_table_insert(words, lower, GINT_TO_POINTER((int)labels[i].label + 1));
        }
    }
    return words;
}

/* LABEL_NONE when it is no label. len: at most LABEL_BYTES. */
static Label
label_of(const char *word, gsize len)
{
    static GOnce once = G_ONCE_INIT;
    GHashTable *words = g_once(&once, make_words, NULL);
    char lower[LABEL_BYTES + 1];
    int found;

    for (gsize i = 0; i < len; i++)
        lower[i] = g_ascii_tolower(word[i]);
    lower[len] = '\0';
    found = GPOINTER_TO_INT(g_hash_table_lookup(words, lower));
    return found > 0 ? (Label)(found - 1) : LABEL_NONE;
}

/* Emphasis that HTML leaves behind, and no-break spaces. */
static const char *
skip_marks(const char *at, const char *end)
{
    while (at < end) {
        if (*at == '*' || *at == ' ' || *at == '\t')
            at++;
        else if (end - at >= 2 && at[0] == '\xC2' && at[1] == '\xA0')
            at += 2;
        else if (end - at >= 3 && memcmp(at, "\xE2\x80\xAF", 3) == 0) /* narrow no-break space */
            at += 3;
        else
            break;
    }
    return at;
}

static const char *
trim_marks(const char *at, const char *end)
{
    for (;;) {
        if (end > at && (end[-1] == '*' || g_ascii_isspace(end[-1])))
            end--;
        else if (end - at >= 2 && end[-2] == '\xC2' && end[-1] == '\xA0')
            end -= 2;
        else if (end - at >= 3 && memcmp(end - 3, "\xE2\x80\xAF", 3) == 0)
            end -= 3;
        else
            return end;
    }
}

static const char *
next_colon(const char *at, const char *end)
{
    for (; at < end; at++)
        if (*at == ':' || (end - at >= 3 && memcmp(at, "\xEF\xBC\x9A", 3) == 0))
            return at;
    return NULL;
}

/* The label at `at` ("From:", "De :", "*Von:*", "送信元：") and where its value starts. */
static Label
label_at(const char *at, const char *end, const char **ret_value)
{
    const char *colon, *stop;
    Label label;

    at = skip_marks(at, end);
    colon = next_colon(at, MIN(end, at + LABEL_BYTES));
    if (!colon || colon == at)
        return LABEL_NONE;
    stop = trim_marks(at, colon);
    label = label_of(at, (gsize)(stop - at));
    if (label != LABEL_NONE)
        *ret_value = skip_marks(colon + (*colon == ':' ? 1 : 3), end);
    return label;
}

/* May a label begin at p? Glued lines have a blank, a bracket or nothing between value and label.
 */
static bool
may_begin(const char *p)
{
    bool capital = g_ascii_isupper(*p) || (*p & 0x80);

    return p[-1] == ' ' ? *p != ' ' : capital && (p[-1] == '>' || g_ascii_isalnum(p[-1]));
}

/* Some clients put all labels on one line: where in [at, end) does the next one begin? Before a
 * colon, and near it. */
static const char *
next_glued(const char *at, const char *end)
{
    const char *value, *colon, *first = at + 1;

    while ((colon = next_colon(first, end)) != NULL) {
        for (const char *p = MAX(first, colon - LABEL_BYTES); p < colon; p++)
            if (may_begin(p) && label_at(p, MIN(end, p + LABEL_BYTES), &value) != LABEL_NONE)
                return p;
        first = colon + 1;
    }
    return NULL;
}

/* "----- Forwarded Message ----- From: …": to what follows the separator on its line. */
static void
skip_separator(PasteLine *line)
{
    const char *p = line->at;

    if (line->end - p < 8 || p[0] != '-' || p[1] != '-')
        return;
    while (p < line->end && *p == '-')
        p++;
    while (p < line->end && *p != '-')
        p++;
    while (p < line->end && (*p == '-' || *p == ' '))
        p++;
    if (p < line->end)
        line->at = p;
}

static void
add_values(HeaderBlock *block, Label label, const char *value, const char *end)
{
    while (label != LABEL_NONE) {
        const char *next = label == LABEL_SUBJECT ? NULL : next_glued(value, end);
        const char *stop = trim_marks(value, next ? next : end);
        if (!header_has(block, label_fields[label]))
            header_block_add(block, label_fields[label], -1, value, stop - value);
        label = next ? label_at(next, end, &value) : LABEL_NONE;
    }
}

/* A label block is two labels or more, a sender among them. */
static bool
is_forward_block(const HeaderBlock *block)
{
    return header_has(block, "From") && block->fields->len >= 2 &&
           (header_has(block, "Subject") || header_has(block, "Date") || header_has(block, "To"));
}

/* Letters and spam begin with a few such lines too; clients say when, and from which address. */
static bool
is_complete(const HeaderBlock *block)
{
    const char *from = header_get(block, "From");

    return header_has(block, "Date") && from && strchr(from, '@');
}

/* Did a mail program break the line before, the first word of this one having found no room? */
static bool
is_wrapped(const PasteLine *before, const PasteLine *line)
{
    glong columns = g_utf8_strlen(before->raw, before->end - before->raw);
    const char *word = line->at;

    while (word < line->end && *word != ' ')
        word++;
    return columns < FOLD_MOST && columns + 1 + g_utf8_strlen(line->at, word - line->at) > FOLD_AT;
}

/* The words of *line and of those it was wrapped into, of which it becomes the last. Glued labels
 * make a line long that nobody wrapped. */
static void
join_wrapped(PasteLine *line, GString *joined)
{
    PasteLine next;
    const char *value;

    g_string_truncate(joined, 0);
    g_string_append_len(joined, line->at, line->end - line->at);
    if (next_glued(line->at, line->end))
        return;
    for (guint n = 0; n < MAX_WRAPS && paste_line(line->next, &next); n++) {
        if (paste_line_is_empty(&next) || label_at(next.at, next.end, &value) != LABEL_NONE ||
            !is_wrapped(line, &next))
            return;
        g_string_append_c(joined, ' ');
        g_string_append_len(joined, next.at, next.end - next.at);
        *line = next;
    }
}

/* The labelled lines from `line` on; returns where the body begins. */
static const char *
read_labels(PasteLine line, HeaderBlock *block)
{
    const char *body = line.raw;
    g_autoptr(GString) joined = g_string_new(NULL);
    bool after_list = false;

    for (guint n = 0; n < BLOCK_LINES; n++) {
        const char *value;
        Label label = label_at(line.at, line.end, &value);
        if (label != LABEL_NONE) {
            join_wrapped(&line, joined);
            (void)label_at(joined->str, joined->str + joined->len, &value);
            add_values(block, label, value, joined->str + joined->len);
            after_list = label == LABEL_TO || label == LABEL_CC || label == LABEL_SUBJECT;
            body = line.next;
        } else if (!paste_line_is_empty(&line)) {
            /* a wrapped list of recipients or a long subject */
            if (!after_list ||
                (line.indent == 0 && !memchr(line.at, '@', (gsize)(line.end - line.at))))
                return body;
            body = line.next;
        } else if (is_forward_block(block) && header_has(block, "Subject")) {
            return line.next;
        }
        if (!paste_line(line.next, &line))
            return line.next;
    }
    return body;
}

/* A line that a client puts above its labels: "-----Original Message-----", thirty underscores,
 * "Begin forwarded message:", or quoted as they are: "> Message du 05/03/25 19:41". */
static bool
is_separator(const PasteLine *line, guint quotes)
{
    if (line->end - line->at >= 120)
        return false;
    if (line->at[0] == '-' || line->at[0] == '_' || line->end[-1] == ':')
        return true;
    return quotes > 0 && line->quotes == quotes && g_ascii_isdigit(line->end[-1]);
}

/* The separator above the labels, when there is one, is the client's too. */
static const char *
with_separator(const char *text, const char *start, guint quotes)
{
    const char *at = start;

    for (guint i = 0; i < 3 && at > text; i++) {
        PasteLine line;
        const char *p;
        for (p = at - 1; p > text && p[-1] != '\n';)
            p--;
        if (!paste_line(p, &line))
            return start;
        at = p;
        if (paste_line_is_empty(&line))
            continue;
        return is_separator(&line, quotes) ? p : start;
    }
    return start;
}

/* "On 4 Mar 2025, Ann <ann@victim.example> wrote:" in any language: a date and an address in front
 * of quoted or indented text, or at least a colon at the end. The line may be broken in two.
 * GroupWise: ">>> Ann <ann@victim.example> 3/4/2025 10:11 AM >>>". */
static bool
is_attribution(const PasteLine *before, const PasteLine *line, const char **ret_start)
{
    const char *start = line->at;
    bool digit = false, sign = false, is_groupwise;

    is_groupwise =
        line->quotes >= 3 && line->end - line->at > 3 && memcmp(line->end - 3, ">>>", 3) == 0;
    if (paste_line_is_empty(line) || line->end - line->at > 200 ||
        (line->end[-1] != ':' && !is_groupwise))
        return false;
    if (!is_groupwise && before->raw && !paste_line_is_empty(before) &&
        before->end - before->at <= 100 &&
        !memchr(before->at, '@', (gsize)(before->end - before->at)))
        start = before->at;
    for (const char *p = line->at; p < line->end; p++) {
        digit = digit || g_ascii_isdigit(*p);
        sign = sign || *p == '@';
    }
    *ret_start = is_groupwise ? line->raw : digit ? line->at : start;
    for (const char *p = start; p < line->at && !digit; p++)
        digit = g_ascii_isdigit(*p);
    return digit && sign;
}

static bool
take_attribution(const char *start, const PasteLine *line, Paste *ret_paste)
{
    HeaderBlock *block = header_block_new();
    g_autofree char *words = g_strndup(start, (gsize)(line->end - start));
    char *open = strchr(words, '<');

    if (open)
        g_strchug(open + 1); /* the line broke behind it */
    block->pasted = true;
    header_block_add(block, "From", -1, open ? open : words, -1);
    *ret_paste = (Paste){.block = block, .start = start, .body = line->next};
    return true;
}

bool
paste_find_forward(const char *text, bool is_forward, Paste *ret_paste)
{
    PasteLine line, before = {0}, attribution = {0};
    const char *words = NULL;
    guint tries = 0;

    for (const char *at = text; tries < MAX_TRIES && paste_line(at, &line); at = line.next) {
        const char *value, *body, *start;
        bool marked;
        g_autoptr(HeaderBlock) block = NULL;
        Label label;
        if (is_forward && !attribution.raw && is_attribution(&before, &line, &words))
            attribution = line;
        before = line;
        skip_separator(&line);
        label = label_at(line.at, line.end, &value);
        if (label == LABEL_NONE || label == LABEL_CC || label >= LABEL_REPLY)
            continue;
        tries++;
        block = header_block_new();
        block->pasted = true;
        body = read_labels(line, block);
        start = with_separator(text, line.raw, line.quotes);
        marked = is_forward || start != line.raw || *line.raw == '-';
        if (!is_forward_block(block) || !(marked || is_complete(block)))
            continue;
        *ret_paste = (Paste){.block = g_steal_pointer(&block), .start = start, .body = body};
        return true;
    }
    return attribution.raw && take_attribution(words, &attribution, ret_paste);
}
