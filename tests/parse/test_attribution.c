/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole chains: border, exit, entry, cause, account, and the verdict of every hop. */
#include <string.h>

#include "base/text.h"
#include "tests/parse/chain_fixture.h"

#define MX "by mx.victim.example (Postfix) with ESMTPS id 4Xz1 for <ann@victim.example>; Tue, 4 Mar 2025 10:11:12 +0100\n"
#define VIA_MX1 "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) " MX
#define BODY "From: x@spam.example\nSubject: buy\nTo: ann@victim.example\n"
#define AT_08 "; Tue, 4 Mar 2025 10:11:08 +0100\n"

typedef struct {
    const char *name;
    ChainInput in;
    const char *relay, *exit, *origin; /* "" : none */
    Cause cause;
    Confidence confidence;
    bool ours;
    Claim claim;
    const char *account, *script;
    const char *verdicts; /* one letter a line: Trusted Border eXit eNtry Claimed Forged Skipped */
    const char *header;   /* a part of the deciding field */
} Case;

/* clang-format off */
static const Case cases[] = {
    {.name = "w1-open-relay", .in = {VIA_MX1
        "Received: from PC-7 (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_OPEN_RELAY,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN", .header = "from PC-7"},
    {.name = "w2-compromised-account", .in = {VIA_MX1
        "Received: from [10.0.0.5] (unknown [203.0.113.77]) (Authenticated sender: bob@shop.example) by mx1.isp.example (Postfix) with ESMTPSA id 4Xb0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "bob@shop.example", .verdicts = "BN",
     .header = "Authenticated sender: bob@shop.example"},
    {.name = "w3-local-script", .in = {VIA_MX1
        "Received: from web3.isp.example (web3.isp.example [192.0.2.33]) by mx1.isp.example (Postfix) with ESMTP id 4Xc1; Tue, 4 Mar 2025 10:11:09 +0100\n"
        "Received: by web3.isp.example (Postfix, from userid 1056) id 4Xc0" AT_08
        "X-PHP-Originating-Script: 1056:wp-tmp.php\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_LOCAL_SCRIPT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .script = "1056:wp-tmp.php", .verdicts = "BTN",
     .header = "from userid 1056"},
    {.name = "w4-bot-behind-a-line", .in = {
        "Received: from dsl-200.isp.example (dsl-200.isp.example [192.0.2.200]) " MX
        "Received: from mail.bank.example (mail.bank.example [203.0.113.5]) by dsl-200.isp.example with SMTP; Mon, 3 Mar 2025 01:02:03 -0500\n" BODY},
     .relay = "192.0.2.200", .exit = "192.0.2.200", .origin = "", .cause = CAUSE_CUSTOMER_HOST,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BF", .header = "192.0.2.200"},
    {.name = "w5-forged-ours", .in = {
        "Received: from host.evil.example (unknown [203.0.113.77]) " MX
        "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) by host.evil.example with ESMTP id 12345; Tue, 4 Mar 2025 10:10:00 +0100\n"
        "Received: from web3.isp.example ([192.0.2.33]) by mx1.isp.example (8.12.1/8.12.1) with ESMTP id AA01; Tue, 4 Mar 2025 10:09:59 +0100\n" BODY},
     .relay = "203.0.113.77", .exit = "", .origin = "", .cause = CAUSE_NOT_OURS,
     .confidence = CONFIDENCE_HIGH, .ours = false, .verdicts = "BFF", .header = "203.0.113.77"},
    {.name = "w6-alias", .in = {
        "Return-Path: <SRS0=Hx1y=7K=snow.example=x@shop.example>\n" VIA_MX1
        "Received: by mx1.isp.example (Postfix) id 4Xf1; Tue, 4 Mar 2025 10:11:09 +0100\n"
        "Delivered-To: info@shop.example\n"
        "Received: from snow.example (snow.example [203.0.113.77]) by mx1.isp.example (Postfix) with ESMTP id 4Xf0 for <info@shop.example>" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_FORWARDING,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BTN", .header = "from snow.example"},
    {.name = "w7-backscatter", .in = {
        "Return-Path: <>\n"
        "Received: from mx2.isp.example (mx2.isp.example [192.0.2.11]) " MX
        "Received: by mx2.isp.example (Postfix) id 4Xg0" AT_08
        "From: MAILER-DAEMON@mx2.isp.example (Mail Delivery System)\nSubject: Undelivered\n"
        "Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n"},
     .relay = "192.0.2.11", .exit = "192.0.2.11", .origin = "", .cause = CAUSE_BACKSCATTER,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BT", .header = "by mx2.isp.example"},
    {.name = "w8-gmail", .in = {
        "Received: by 2002:a05:6402:1f87:b0:5e4:1234:abcd with SMTP id q7csp1; Tue, 4 Mar 2025 01:11:13 -0800 (PST)\n"
        "X-Received: by 2002:a5d:64a1:0:b0:38f:1234:9876 with SMTP id m1-2002; Tue, 04 Mar 2025 01:11:13 -0800 (PST)\n"
        "Received: from mx1.isp.example (mx1.isp.example. [192.0.2.10]) by mx.google.com with ESMTPS id a1-2002si12.2025.03.04.01.11.12 for <ann@gmail.example>; Tue, 04 Mar 2025 01:11:12 -0800 (PST)\n"
        "Received: from [2001:db8:a:9::5] (unknown [IPv6:2001:db8:a:9::5]) by mx1.isp.example (Postfix) with ESMTPSA id 4Xh0; Tue, 4 Mar 2025 10:11:10 +0100\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "2001:db8:a:9::5", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "SBN", .header = "ESMTPSA"},
    {.name = "w9-microsoft", .in = {
        "Received: from AM1PR01.eurprd01.prod.outlook.com ([fe80::1:2:3:4]) by AM1PR01.eurprd01.prod.outlook.com ([fe80::1:2:3:4%6]) with mapi id 15.20.1234.017; Tue, 4 Mar 2025 09:11:14 +0000\n"
        "Received: from DB1PEPF0001.eurprd03.prod.outlook.com (2603:10a6:10:1d8:cafe::b3) by DB9PR01CA0001.outlook.office365.com (2603:10a6:10:1d8::6) with Microsoft SMTP Server (version=TLS1_2, cipher=x) id 15.20.8632.26 via Frontend Transport; Tue, 4 Mar 2025 09:11:13 +0000\n"
        "Received: from mx1.isp.example (192.0.2.10) by DB1PEPF0001.mail.protection.outlook.com (10.167.242.58) with Microsoft SMTP Server (version=TLS1_3, cipher=x) id 15.20.8632.13 via Frontend Transport; Tue, 4 Mar 2025 09:11:12 +0000\n"
        "X-Forefront-Antispam-Report: CIP:192.0.2.10;CTRY:CH;\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_UNKNOWN,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "TTB", .header = "192.0.2.10"},
    {.name = "w10-pasted", .in = {
        "Received: from mx1.isp.example (mx1.isp.example\n [192.0.2.10]) by mx.victim.example (Postfix) with ESMTPS\n id 4Xi1 for ; Tue, 4 Mar 2025 10:11:12 +0100\n" BODY,
        .pasted = true},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_UNKNOWN,
     .confidence = CONFIDENCE_MEDIUM, .ours = true, .verdicts = "B", .header = "192.0.2.10"},
};
/* clang-format on */

static void
check_addr(const char *want, const Addr *got)
{
    char text[ADDR_TEXT_SIZE];

    g_assert_cmpstr(addr_text(got, text), ==, want);
}

static char *
letters(const Incident *incident)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < incident->hops->len; i++)
        g_string_append_c(text, "TBXNCFS"[g_array_index(incident->hops, Hop, i).verdict]);
    return g_string_free(text, FALSE);
}

static void
check(gconstpointer data)
{
    const Case *c = data;
    g_auto(ChainResult) got = {NULL, NULL, NULL};
    g_autofree char *verdicts = NULL;
    const CauseFinding *first;

    chain_run(&c->in, &got);
    verdicts = letters(got.incident);
    for (guint i = 0; i < got.incident->hops->len; i++)
        g_test_message("%s", g_array_index(got.incident->hops, Hop, i).why);
    if (c->verdicts)
        g_assert_cmpstr(verdicts, ==, c->verdicts);
    check_addr(c->relay, &got.incident->relay_ip);
    check_addr(c->exit, &got.incident->exit_ip);
    check_addr(c->origin ? c->origin : "", &got.incident->origin_ip);
    g_assert_cmpstr(cause_names[got.incident->cause], ==, cause_names[c->cause]);
    g_assert_cmpstr(confidence_names[got.incident->confidence], ==, confidence_names[c->confidence]);
    g_assert_cmpint(got.incident->ours, ==, c->ours);
    g_assert_cmpint(got.incident->claim, ==, c->claim);
    g_assert_cmpstr(got.incident->account, ==, c->account);
    g_assert_cmpstr(got.incident->script, ==, c->script);
    g_assert_cmpuint(got.incident->causes->len, >, 0);
    first = &g_array_index(got.incident->causes, CauseFinding, 0);
    g_assert_cmpint(first->cause, ==, got.incident->cause);
    g_assert_cmpint(first->certainty, ==, CERTAINTY_PROBABLE);
    if (c->header) { /* the very field, and its bytes in the mail */
        g_assert_nonnull(first->header);
        g_assert_nonnull(strstr(first->header, c->header));
        g_assert_cmpuint(first->length, >, 0);
        g_assert_cmpint(strncmp(c->in.headers + first->offset, first->header,
                                strcspn(first->header, ":") + 1), ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/parse/attribution/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], check);
    }
    return g_test_run();
}
