/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/complaint.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

enum { MAX_PROBLEMS = 64 };

/* clang-format off */
const char *const format_names[N_FORMATS] = {
    [FORMAT_ARF] = "arf",
    [FORMAT_XARF] = "xarf",
    [FORMAT_XARF_LEGACY] = "xarf-legacy",
    [FORMAT_SPAMCOP] = "spamcop",
    [FORMAT_VENDOR] = "vendor",
    [FORMAT_ATTACHED] = "attached",
    [FORMAT_INLINE] = "inline",
    [FORMAT_DSN] = "dsn",
    [FORMAT_AUTO_REPLY] = "auto-reply",
    [FORMAT_DMARC] = "dmarc",
    [FORMAT_TLS_RPT] = "tls-rpt",
    [FORMAT_UNSOLICITED] = "unsolicited",
    [FORMAT_MESSAGE] = "message",
};

const char *const format_words[N_FORMATS] = {
    [FORMAT_ARF] = "a feedback report (RFC 5965), as feedback loops send",
    [FORMAT_XARF] = "an XARF report, JSON attached",
    [FORMAT_XARF_LEGACY] = "an XARF report of the YAML days",
    [FORMAT_SPAMCOP] = "a report by SpamCop",
    [FORMAT_VENDOR] = "a report in a vendor's own layout",
    [FORMAT_ATTACHED] = "the reported message attached",
    [FORMAT_INLINE] = "the reported message, or its header, in the text",
    [FORMAT_DSN] = "a bounce (RFC 3464)",
    [FORMAT_AUTO_REPLY] = "an automatic answer",
    [FORMAT_DMARC] = "a DMARC summary",
    [FORMAT_TLS_RPT] = "a TLS summary (RFC 8460)",
    [FORMAT_UNSOLICITED] = "spam sent to the desk itself",
    [FORMAT_MESSAGE] = "nothing recognised: a message to read",
};

const char *const verdict_names[N_VERDICTS] = {
    [VERDICT_TRUSTED] = "trusted",
    [VERDICT_BORDER] = "border",
    [VERDICT_EXIT] = "exit",
    [VERDICT_ENTRY] = "entry",
    [VERDICT_CLAIMED] = "claimed",
    [VERDICT_FORGED] = "forged",
    [VERDICT_SKIPPED] = "skipped",
};

const char *const cause_names[N_CAUSES] = {
    [CAUSE_OPEN_RELAY] = "open-relay",
    [CAUSE_COMPROMISED_ACCOUNT] = "compromised-account",
    [CAUSE_LOCAL_SCRIPT] = "local-script",
    [CAUSE_CUSTOMER_HOST] = "customer-host",
    [CAUSE_CUSTOMER_BULK] = "customer-bulk",
    [CAUSE_FORWARDING] = "forwarding",
    [CAUSE_MAILING_LIST] = "mailing-list",
    [CAUSE_SECONDARY_MX] = "secondary-mx",
    [CAUSE_BACKSCATTER] = "backscatter",
    [CAUSE_OPEN_PROXY] = "open-proxy",
    [CAUSE_MALICIOUS_CUSTOMER] = "malicious-customer",
    [CAUSE_FORGED] = "forged",
    [CAUSE_NOT_OURS] = "not-ours",
    [CAUSE_UNKNOWN] = "unknown",
};

const char *const certainty_names[N_CERTAINTIES] = {
    [CERTAINTY_PROBABLE] = "probable",
    [CERTAINTY_CONFIRMED] = "confirmed",
};

const char *const confidence_names[N_CONFIDENCES] = {
    [CONFIDENCE_LOW] = "low",
    [CONFIDENCE_MEDIUM] = "medium",
    [CONFIDENCE_HIGH] = "high",
};

const char *const claim_names[N_CLAIMS] = {
    [CLAIM_NONE] = NULL,
    [CLAIM_AGREES] = "agrees",
    [CLAIM_DIFFERS] = "differs",
    [CLAIM_NO_CHAIN] = "no-chain",
};

const char *const category_names[N_CATEGORIES] = {
    [CATEGORY_NONE] = NULL,
    [CATEGORY_UBE] = "ube",
    [CATEGORY_UCE] = "uce",
    [CATEGORY_MMF] = "mmf",
    [CATEGORY_MLM] = "mlm",
    [CATEGORY_PHISHING] = "phishing",
    [CATEGORY_MALWARE] = "malware",
    [CATEGORY_419] = "419",
    [CATEGORY_BACKSCATTER] = "backscatter",
    [CATEGORY_COPYRIGHT] = "copyright",
    [CATEGORY_INTRUSION] = "intrusion",
    [CATEGORY_CSAM] = "csam",
    [CATEGORY_OTHER] = "other",
};

const char *const incident_extra_names[] = {
    "rcpt_redacted", "cfbl_address", "feedback_id", "list_id", "remote_mta", "status", "diagnostic",
    "blocked_ip", "blocked_url", "sample_by", "report_fields", NULL,
};
/* clang-format on */

static void
incident_clear(gpointer data)
{
    Incident *incident = data;

    g_array_unref(incident->causes);
    g_array_unref(incident->hops);
    g_ptr_array_unref(incident->urls);
}

Complaint *
complaint_new(void)
{
    Complaint *complaint = g_new0(Complaint, 1);

    complaint->text = g_string_chunk_new(8192);
    complaint->format = FORMAT_MESSAGE;
    complaint->incidents = g_array_new(FALSE, TRUE, sizeof(Incident));
    g_array_set_clear_func(complaint->incidents, incident_clear);
    complaint->problems = g_array_new(FALSE, TRUE, sizeof(Problem));
    complaint->date = TIME_NONE;
    return complaint;
}

void
complaint_free(Complaint *complaint)
{
    if (!complaint)
        return;
    g_array_unref(complaint->incidents);
    g_array_unref(complaint->problems);
    g_string_chunk_free(complaint->text);
    g_free(complaint);
}

Incident *
complaint_add_incident(Complaint *complaint)
{
    Incident incident = {
        .time = TIME_NONE,
        .date = TIME_NONE,
        .type = "spam",
        .count = 1,
        .cause = CAUSE_UNKNOWN,
        .causes = g_array_new(FALSE, TRUE, sizeof(CauseFinding)),
        .hops = g_array_new(FALSE, TRUE, sizeof(Hop)),
        .urls = g_ptr_array_new(),
    };

    g_array_append_val(complaint->incidents, incident);
    return &g_array_index(complaint->incidents, Incident, complaint->incidents->len - 1);
}

bool
complaint_has_problem(const Complaint *complaint, const char *name)
{
    for (guint i = 0; i < complaint->problems->len; i++)
        if (strcmp(g_array_index(complaint->problems, Problem, i).name, name) == 0)
            return true;
    return false;
}

void
complaint_add_problem(Complaint *complaint, const char *name, const char *format, ...)
{
    g_autofree char *why = NULL;
    Problem problem;
    va_list args;

    if (complaint->problems->len >= MAX_PROBLEMS || complaint_has_problem(complaint, name))
        return; /* once says it: a mail with a thousand broken parts has one problem */
    va_start(args, format);
    why = g_strdup_vprintf(format, args);
    va_end(args);
    problem.name = complaint_keep(complaint, name, -1);
    problem.why = complaint_keep(complaint, why, -1);
    g_array_append_val(complaint->problems, problem);
}

const char *
complaint_keep(Complaint *complaint, const char *bytes, gssize len)
{
    return text_keep(complaint->text, bytes, len, limits_default.field_bytes);
}

const char *
complaint_printf(Complaint *complaint, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return complaint_keep(complaint, text, -1);
}
