/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/complaint_members.h"

#include "base/limits.h"

/* Counts that unpacking accepts; the parser's own limits (base/limits.c) are not above them. */
enum { MAX_HOPS = 256, MAX_CAUSES = 64, MAX_URLS = 200, MAX_PROBLEMS = 64, MAX_INCIDENTS = 1000 };
enum { MAX_WORDS = 8 * 1024 };

/* clang-format off */
#define TEXT(T, word, member)    {.name = word, .type = MEMBER_TEXT, .offset = offsetof(T, member)}
#define ADDR(T, member)          {.name = #member, .type = MEMBER_ADDR, .offset = offsetof(T, member)}
#define TIME(T, member)          {.name = #member, .type = MEMBER_TIME, .offset = offsetof(T, member)}
#define UINT(T, member)          {.name = #member, .type = MEMBER_UINT, .offset = offsetof(T, member)}
#define BOOL(T, member)          {.name = #member, .type = MEMBER_BOOL, .offset = offsetof(T, member)}
#define ENUM(T, member, list, N) {.name = #member, .type = MEMBER_ENUM, .offset = offsetof(T, member), \
                                  .max = N, .names = list}
#define ITEMS(T, member, N, table) {.name = #member, .type = MEMBER_ITEMS, .offset = offsetof(T, member), \
                                  .max = N, .items = &table}

static const Member hop_rows[] = {
    UINT(Hop, n),
    ADDR(Hop, ip),
    TEXT(Hop, "rdns", rdns),
    TEXT(Hop, "helo", helo),
    TEXT(Hop, "by", by),
    TEXT(Hop, "with", with),
    TEXT(Hop, "id", id),
    TEXT(Hop, "for", for_),
    TEXT(Hop, "ident", ident),
    TEXT(Hop, "envelope_from", envelope_from),
    TEXT(Hop, "auth", auth),
    TIME(Hop, date),
    ENUM(Hop, verdict, verdict_names, N_VERDICTS),
    TEXT(Hop, "why", why),
    TEXT(Hop, "dialect", dialect),
    TEXT(Hop, "account", account),
    UINT(Hop, offset),
    UINT(Hop, length),
};
const MemberTable hop_members = {hop_rows, G_N_ELEMENTS(hop_rows), sizeof(Hop), NULL};

static const Member cause_rows[] = {
    ENUM(CauseFinding, cause, cause_names, N_CAUSES),
    ENUM(CauseFinding, certainty, certainty_names, N_CERTAINTIES),
    TEXT(CauseFinding, "why", why),
    TEXT(CauseFinding, "header", header),
    UINT(CauseFinding, offset),
    UINT(CauseFinding, length),
};
const MemberTable cause_members = {cause_rows, G_N_ELEMENTS(cause_rows), sizeof(CauseFinding), NULL};

static const Member incident_rows[] = {
    ADDR(Incident, source_ip),
    {.name = "source_port", .type = MEMBER_PORT, .offset = offsetof(Incident, source_port)},
    TIME(Incident, time),
    TEXT(Incident, "type", type),
    UINT(Incident, count),
    ADDR(Incident, relay_ip),
    ADDR(Incident, exit_ip),
    ADDR(Incident, origin_ip),
    TEXT(Incident, "account", account),
    TEXT(Incident, "script", script),
    BOOL(Incident, ours),
    ITEMS(Incident, causes, MAX_CAUSES, cause_members),
    ENUM(Incident, cause, cause_names, N_CAUSES),
    ENUM(Incident, confidence, confidence_names, N_CONFIDENCES),
    ADDR(Incident, claimed_ip),
    BOOL(Incident, claimed_in_field),
    ENUM(Incident, claim, claim_names, N_CLAIMS),
    ENUM(Incident, category, category_names, N_CATEGORIES),
    TEXT(Incident, "category_why", category_why),
    {.name = "urls", .type = MEMBER_TEXTS, .offset = offsetof(Incident, urls), .max = MAX_URLS},
    TEXT(Incident, "blocked_by", blocked_by),
    TEXT(Incident, "message_id", message_id),
    TEXT(Incident, "from", from),
    TEXT(Incident, "rcpt", rcpt),
    TEXT(Incident, "subject", subject),
    TIME(Incident, date),
    ITEMS(Incident, hops, MAX_HOPS, hop_members),
    TEXT(Incident, "domain", domain),
    BOOL(Incident, has_evidence),
    BOOL(Incident, pasted),
    TEXT(Incident, "rcpt_redacted", rcpt_redacted),
    TEXT(Incident, "cfbl_address", cfbl_address),
    TEXT(Incident, "feedback_id", feedback_id),
    TEXT(Incident, "list_id", list_id),
    TEXT(Incident, "remote_mta", remote_mta),
    TEXT(Incident, "status", status),
    TEXT(Incident, "diagnostic", diagnostic),
    ADDR(Incident, blocked_ip),
    TEXT(Incident, "blocked_url", blocked_url),
    TEXT(Incident, "sample_by", sample_by),
    TEXT(Incident, "report_fields", report_fields),
};
const MemberTable incident_members = {
    incident_rows, G_N_ELEMENTS(incident_rows), sizeof(Incident), "type",
};

static const Member problem_rows[] = {
    TEXT(Problem, "problem", name),
    TEXT(Problem, "why", why),
};
static const MemberTable problem_members = {
    problem_rows, G_N_ELEMENTS(problem_rows), sizeof(Problem), "problem",
};

static const Member complaint_rows[] = {
    ENUM(Complaint, format, format_names, N_FORMATS),
    TEXT(Complaint, "feedback_type", feedback_type),
    TEXT(Complaint, "reporter", reporter),
    TEXT(Complaint, "authenticity.verdict", authenticity),
    TEXT(Complaint, "authenticity.why", authenticity_why),
    ITEMS(Complaint, incidents, MAX_INCIDENTS, incident_members),
    ITEMS(Complaint, problems, MAX_PROBLEMS, problem_members),
    TEXT(Complaint, "from", from),
    TEXT(Complaint, "subject", subject),
    TEXT(Complaint, "message_id", message_id),
    TEXT(Complaint, "in_reply_to", in_reply_to),
    TIME(Complaint, date),
    {.name = "words", .type = MEMBER_LINES, .offset = offsetof(Complaint, words), .max = MAX_WORDS},
    BOOL(Complaint, automatic),
};
const MemberTable complaint_members = {
    complaint_rows, G_N_ELEMENTS(complaint_rows), sizeof(Complaint), NULL,
};
/* clang-format on */
