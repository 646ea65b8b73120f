/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/received_dialect.h"

#include <string.h>

/* clang-format off */
static const Dialect dialects[] = {
    {"postfix",     DIALECT_LITERAL_IS_HELO},
    {"sendmail",    DIALECT_LITERAL_IS_HELO},
    {"exim",        DIALECT_NAME_IS_RDNS},
    {"amavis",      0},
    {"exchange",    DIALECT_BARE_IS_HELO},
    {"exchange-online", DIALECT_BARE_IS_HELO},
    {"iis",         DIALECT_BARE_IS_HELO},
    {"gmail",       0},
    {"yahoo",       DIALECT_BARE_IS_HELO},
    {"courier",     0},
    {"communigate", DIALECT_LITERAL_IS_PEER},
    {"mdaemon",     0},
    {"domino",      0},
    {"mailenable",  0},
    {"hmailserver", 0},
    {"haraka",      DIALECT_LITERAL_IS_HELO},
    {"opensmtpd",   DIALECT_LITERAL_IS_HELO},
    {"ecelerity",   0},
    {"ironport",    0},
    {"sendgrid",    0},
    {"mimecast",    0},
    {"xmail",       DIALECT_BARE_IS_HELO},
    {"smtpd32",     0},
    {"gmx",         DIALECT_NAME_IS_RDNS | DIALECT_AUTHENTICATES},
    {"horde",       DIALECT_WEBMAIL},
    {"webmail",     DIALECT_WEBMAIL},
    {"cyrus",       0},
    {"fetchmail",   0},
    {"getmail",     0},
    {"powermta",    0},
    {"qmail",       0},
    {"smtpd-proxy", 0},
    {"stalwart",    DIALECT_LITERAL_IS_HELO},
    {"halon",       DIALECT_LITERAL_IS_HELO},
    {"groupwise",   0},
    {"mailanyone",  0},
    {"proofpoint",  0},
};

/* Best first: what a product signs with, then what only its hosts' names tell. */
static const struct {
    MarkKind mark;
    const char *text, *dialect;
} marks_table[] = {
    {MARK_COMMENT,   "amavis",             "amavis"},
    {MARK_COMMENT,   "Postfix",            "postfix"},
    {MARK_COMMENT,   "Exim",               "exim"},
    {MARK_COMMENT,   "MailAnyone",     "mailanyone"},
    {MARK_COMMENT,   "CommuniGate",        "communigate"},
    {MARK_COMMENT,   "MDaemon",            "mdaemon"},
    {MARK_COMMENT,   "OpenSMTPD",          "opensmtpd"},
    {MARK_COMMENT,   "Haraka",             "haraka"},
    {MARK_COMMENT,   "ecelerity",          "ecelerity"},
    {MARK_COMMENT,   "PowerMTA",           "powermta"},
    {MARK_COMMENT,   "HCL Domino",         "domino"},
    {MARK_COMMENT,   "IBM Domino",         "domino"},
    {MARK_COMMENT,   "Lotus Domino",       "domino"},
    {MARK_COMMENT,   "Stalwart",           "stalwart"},
    {MARK_COMMENT,   "Halon",              "halon"},
    {MARK_COMMENT,   "SG",                 "sendgrid"},
    {MARK_COMMENT,   "Cyrus",              "cyrus"},
    {MARK_COMMENT,   "fetchmail",          "fetchmail"},
    {MARK_COMMENT,   "getmail",            "getmail"},
    {MARK_COMMENT,   "SMTPD32",            "smtpd32"},
    {MARK_COMMENT,   "qpsmtpd",            "qmail"},
    {MARK_COMMENT,   "qmail-ldap",         "qmail"},
    {MARK_COMMENT,   "qp ",                "qmail"},
    {MARK_COMMENT,   "Horde",              "horde"},
    {MARK_COMMENT,   "IMP",                "horde"},
    {MARK_COMMENT,   "WebMailUI",          "webmail"},
    {MARK_COMMENT,   "Roundcube",          "webmail"},
    {MARK_COMMENT,   "PPS",                "proofpoint"},
    {MARK_COMMENT,   "courier",            "courier"},
    {MARK_COMMENT,   "mp0",                "gmx"},
    {MARK_COMMENT,   "Yahoo Inc. Hermes",  "yahoo"},
    {MARK_VERSIONS,  "8.",                 "sendmail"},
    {MARK_WITH,      "Microsoft SMTPSVC",  "iis"},
    {MARK_BY_SUFFIX, ".prod.outlook.com",  "exchange-online"},
    {MARK_BY_SUFFIX, ".protection.outlook.com", "exchange-online"},
    {MARK_BY_SUFFIX, ".outlook.office365.com",  "exchange-online"},
    {MARK_WITH,      "Microsoft SMTP Server", "exchange"},
    {MARK_WITH,      "mapi",               "exchange"},
    {MARK_WITH,      "[XMail",             "xmail"},
    {MARK_WITH,      "MailEnable",         "mailenable"},
    {MARK_WITH,      "Novell_GroupWise",   "groupwise"},
    {MARK_VIA,       "smtpd",              "smtpd-proxy"},
    {MARK_START,     "(qmail ",            "qmail"},
    {MARK_BY_PREFIX, "2002:a",             "gmail"},
    {MARK_BY_SUFFIX, ".google.com",        "gmail"},
    {MARK_BY_SUFFIX, ".gmail.com",         "gmail"},
    {MARK_BY_SUFFIX, ".googlemail.com",    "gmail"},
    {MARK_BY_SUFFIX, ".yahoo.com",         "yahoo"},
    {MARK_BY_SUFFIX, ".yahoodns.net",      "yahoo"},
    {MARK_BY_PREFIX, "hermes--",           "yahoo"},
    {MARK_BY_PREFIX, "geopod-ismtpd",      "sendgrid"},
    {MARK_BY_PREFIX, "recvd-",             "sendgrid"},
    {MARK_BY_SUFFIX, ".sendgrid.net",      "sendgrid"},
    {MARK_BY_SUFFIX, ".mimecast.com",      "mimecast"},
    {MARK_WITH,      "ESMTP/TLS",          "ironport"},
    {MARK_WITH,      "POP3 getmail",       "getmail"},
    {MARK_WITH,      "HTTP",               "webmail"},
    {MARK_VIA,       "HTTP",               "webmail"},
    {MARK_COMMENT,   "via HTTP",           "webmail"},
};

static const SkipRule skips[] = {
    {MARK_START,    "(qmail",              "a queue line of qmail", 0},
    {MARK_COMMENT,  "fetchmail",           "a pick-up by fetchmail", SKIP_RETRIEVAL},
    {MARK_COMMENT,  "getmail",             "a pick-up by getmail", SKIP_RETRIEVAL},
    {MARK_WITH,     "POP",                 "a pick-up from a mailbox by POP", SKIP_RETRIEVAL},
    {MARK_WITH,     "IMAP",                "a pick-up from a mailbox by IMAP", SKIP_RETRIEVAL},
    {MARK_FROM,     "mail pickup service", "a pick-up from the writing host's own folder", SKIP_LOCAL},
    {MARK_WITH,     "local",               "a submission on the writing host", SKIP_LOCAL},
    {MARK_VIA,      "smail from stdin",    "a submission on the writing host", SKIP_LOCAL},
    {MARK_WITH,     "Novell_GroupWise",    "a hand-over inside GroupWise", 0},
    {MARK_WITH,     "BSMTP",               "a batch, not a connection", 0},
    {MARK_WITH,     "UUCP",                "a batch, not a connection", 0},
    {MARK_WITH,     "qmail-scanner",       "a filter of the writing host", 0},
    {MARK_WITH,     "SpamAssassin",        "a filter of the writing host", 0},
    {MARK_WITH,     "scanned",             "a filter of the writing host", 0},
    {MARK_WITH_HAS, "-scanned",            "a filter of the writing host", 0},
    {MARK_WITH,     "ECARTIS",             "a line of list software", 0},
    {MARK_WITH,     "spool",               "a line of list software", 0},
    {MARK_WITH,     "Internet Mail Service", "a hand-over inside Exchange", 0},
    {MARK_WITH,     "Microsoft Mail",      "a hand-over inside Microsoft Mail", 0},
    {MARK_COMMENT,  "bulk_mailer",         "a line of list software", 0},
    {MARK_VIA,      "dmail",               "a delivery to a folder", 0},
};

static const struct {
    const char *phrase, *word;
} protocols[] = { /* "" means: the next word */
    {"Microsoft SMTPSVC",     "SMTP"},
    {"Microsoft SMTP Server", "SMTP"},
    {"MailEnable",            ""},
    {"[XMail",                "ESMTP"},
};

static const char *const authenticated_words[] = {
    "ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "asmtp", "asmtps", "SMTPA", "SMTPSA",
};
static const char *const no_names[] = {
    "unknown", "softdnserr", "nodnsquery", "unverified", "dnserr", "may", "Unknown/Local", "",
};
/* clang-format on */

/* "8.17.1/8.17.1", "8.12.10/8.12.10/Submit", "SGI-8.9.3/8.8.7", "8.9.3p2/8.9.3", "8.12.1/". */
static bool
has_versions(Slice comment)
{
    const char *slash = memchr(comment.at, '/', comment.len);
    const char *eight = slice_find(comment, "8.");

    return slash && eight && eight < slash && slash - eight < 40;
}

static bool
mark_matches(const DialectMarks *marks, MarkKind mark, const char *text)
{
    switch (mark) {
    case MARK_COMMENT:
    case MARK_VERSIONS:
        for (guint i = 0; i < marks->n_comments; i++) {
            if (mark == MARK_VERSIONS ? has_versions(marks->comments[i])
                                      : slice_has_prefix(marks->comments[i], text))
                return true;
        }
        return false;
    case MARK_WITH:
        return slice_has_prefix(marks->with, text);
    case MARK_WITH_HAS:
        return slice_find(marks->with, text) != NULL;
    case MARK_VIA:
        return slice_has_prefix(marks->via, text);
    case MARK_BY_PREFIX:
        return slice_has_prefix(marks->by, text);
    case MARK_BY_SUFFIX:
        return slice_has_suffix(marks->by, text);
    case MARK_FROM:
        return slice_has_prefix(marks->from, text);
    case MARK_START:
        return slice_has_prefix(marks->start, text);
    }
    return false;
}

const Dialect *
dialect_by_name(const char *name)
{
    for (gsize i = 0; name && i < G_N_ELEMENTS(dialects); i++) {
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    }
    return NULL;
}

const Dialect *
dialect_find(const DialectMarks *marks)
{
    for (gsize i = 0; i < G_N_ELEMENTS(marks_table); i++) {
        if (mark_matches(marks, marks_table[i].mark, marks_table[i].text))
            return dialect_by_name(marks_table[i].dialect);
    }
    return NULL;
}

const SkipRule *
skip_find(const DialectMarks *marks)
{
    for (gsize i = 0; i < G_N_ELEMENTS(skips); i++) {
        if (mark_matches(marks, skips[i].mark, skips[i].text))
            return &skips[i];
    }
    return NULL;
}

Slice
dialect_protocol(Slice with)
{
    Slice word = {NULL, 0};

    for (gsize i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (!slice_has_prefix(with, protocols[i].phrase))
            continue;
        if (protocols[i].word[0])
            return (Slice){protocols[i].word, (guint)strlen(protocols[i].word)};
        with = slice_from(with, (guint)strlen(protocols[i].phrase));
    }
    if (with.at)
        slice_next_word(&with, &word);
    return word;
}

static bool
slice_is_one_of(Slice slice, const char *const *words, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        if (slice_is(slice, words[i]))
            return true;
    }
    return false;
}

bool
protocol_is_authenticated(Slice protocol)
{
    return slice_is_one_of(protocol, authenticated_words, G_N_ELEMENTS(authenticated_words));
}

bool
protocol_is_http(Slice protocol)
{
    return slice_has_prefix(protocol, "HTTP"); /* HTTPS, HTTPU, HTTP-DAV, HTTPREST, HTTP/1.1 */
}

bool
dialect_is_no_name(Slice name)
{
    return !name.at || slice_is_one_of(name, no_names, G_N_ELEMENTS(no_names));
}

guint
dialect_n_marks(void)
{
    return G_N_ELEMENTS(marks_table);
}

void
dialect_mark(guint nth, const char **ret_text, const char **ret_name)
{
    *ret_text = marks_table[nth].text;
    *ret_name = marks_table[nth].dialect;
}

guint
skip_n_rules(void)
{
    return G_N_ELEMENTS(skips);
}

const SkipRule *
skip_rule(guint nth)
{
    return &skips[nth];
}
