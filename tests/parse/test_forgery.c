/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forged chains, each with a twin that is genuine: nobody innocent is blamed, and no twin is lost.
 */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/chain.h"
#include "ingest/parse/parse.h"
#include "tests/parse/chain_fixture.h"

#define MX                                                                                         \
    "by mx.victim.example (Postfix) with ESMTPS id 4Xz1 for <ann@victim.example>; Tue, 4 Mar "     \
    "2025 10:11:12 +0100\n"
#define R              "Received: from "
#define VIA_MX1        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) " MX
#define VIA_EVIL       R "host.evil.example (unknown [203.0.113.77]) " MX
#define VIA_NAMED_EVIL R "host.evil.example (host.evil.example [203.0.113.77]) " MX
#define BY_EVIL                                                                                    \
    "by host.evil.example (Postfix) with ESMTP id 4Xy1 for <x@evil.example>; Tue, 4 Mar 2025 "     \
    "10:11:11 +0100\n"
#define MX1_AT_EVIL R "mx1.isp.example (mx1.isp.example [192.0.2.10]) " BY_EVIL
#define AT_08       "; Tue, 4 Mar 2025 10:11:08 +0100\n"
#define BY_MX1      "by mx1.isp.example (Postfix) with ESMTP id 4Xa0 for <ann@victim.example>" AT_08
#define OPEN        R "PC-7 (unknown [203.0.113.5]) " BY_MX1
#define ACCOUNT                                                                                    \
    R "pc (unknown [203.0.113.5]) (Authenticated sender: bob@shop.example) by mx1.isp.example "    \
      "(Postfix) with ESMTPSA id 4Xb0" AT_08
#define PICKUP "Received: by mx1.isp.example (Postfix, from userid 1056) id 4Xc0" AT_08
#define ALIAS                                                                                      \
    "Received: by mx1.isp.example (Postfix) id 4Xf1; Tue, 4 Mar 2025 10:11:09 +0100\n" R           \
    "snow.example (snow.example [203.0.113.5]) by mx1.isp.example (Postfix) with ESMTP id 4Xf0 "   \
    "for <info@shop.example>" AT_08
#define FETCH(host)                                                                                \
    R host " [198.51.100.5] by localhost with IMAP (fetchmail-6.4.37) for <ann@localhost> "        \
           "(single-drop); Tue, 04 Mar 2025 10:20:11 +0100\n"
#define BODY "From: x@spam.example\nSubject: buy\nTo: ann@victim.example\n"

typedef struct {
    const char *name;
    const char *genuine, *forged;
    Cause genuine_cause, forged_cause;
    bool forged_is_ours; /* the forgery is about the cause, not about whose it is */
    const char *claim;   /* in both */
} Twin;

/* clang-format off */
static const Twin twins[] = {
    /* A stranger between: everything below is its word. */
    {"framing-open-relay", VIA_MX1 OPEN BODY, VIA_EVIL MX1_AT_EVIL OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"framing-account", VIA_MX1 ACCOUNT BODY, VIA_EVIL MX1_AT_EVIL ACCOUNT BODY, .genuine_cause = CAUSE_COMPROMISED_ACCOUNT, .forged_cause = CAUSE_NOT_OURS},
    {"framing-script", VIA_MX1 PICKUP BODY, VIA_EVIL MX1_AT_EVIL PICKUP BODY, .genuine_cause = CAUSE_LOCAL_SCRIPT, .forged_cause = CAUSE_NOT_OURS},
    {"framing-alias", VIA_MX1 ALIAS BODY, VIA_EVIL MX1_AT_EVIL ALIAS BODY, .genuine_cause = CAUSE_FORWARDING, .forged_cause = CAUSE_NOT_OURS},
    {"framing-named-stranger", VIA_MX1 OPEN BODY, VIA_NAMED_EVIL MX1_AT_EVIL OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"framing-without-middle", VIA_MX1 OPEN BODY, VIA_EVIL OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"framing-customer", R "dsl-200.isp.example (dsl-200.isp.example [192.0.2.200]) " MX BODY,
        VIA_EVIL R "dsl-200.isp.example (dsl-200.isp.example [192.0.2.200]) " BY_EVIL BODY, .genuine_cause = CAUSE_CUSTOMER_HOST, .forged_cause = CAUSE_NOT_OURS},
    {"framing-ipv6", R "[2001:db8:a::7] (unknown [IPv6:2001:db8:a::7]) " MX BODY,
        VIA_EVIL R "[2001:db8:a::7] (unknown [IPv6:2001:db8:a::7]) " BY_EVIL BODY, .genuine_cause = CAUSE_CUSTOMER_HOST, .forged_cause = CAUSE_NOT_OURS},
    {"framing-script-fields", VIA_MX1 "X-PHP-Originating-Script: 33:x.php\n" BODY,
        VIA_EVIL MX1_AT_EVIL "X-PHP-Originating-Script: 33:x.php\n" BODY, .genuine_cause = CAUSE_LOCAL_SCRIPT, .forged_cause = CAUSE_NOT_OURS},
    {"framing-believed-by-the-reporter", VIA_MX1 OPEN BODY, VIA_EVIL MX1_AT_EVIL OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_FORGED, .claim = "192.0.2.10"},
    {"framing-below-the-reporters-own-relay",
        R "out.report.example (out.report.example [198.51.100.9]) by fbl.report.example (Postfix) with ESMTP id 4Xz7; Tue, 4 Mar 2025 10:11:14 +0100\n"
        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by in.report.example (Postfix) with ESMTPS id 4Xz1; Tue, 4 Mar 2025 10:11:12 +0100\n" BODY,
        R "out.report.example (unknown [203.0.113.77]) by fbl.report.example (Postfix) with ESMTP id 4Xz7; Tue, 4 Mar 2025 10:11:14 +0100\n"
        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by in.report.example (Postfix) with ESMTPS id 4Xz1; Tue, 4 Mar 2025 10:11:12 +0100\n" BODY,
        .genuine_cause = CAUSE_UNKNOWN, .forged_cause = CAUSE_FORGED, .claim = "192.0.2.10"},

    /* Names that the client only claims. */
    {"helo-is-our-name", VIA_MX1 BODY, R "mx1.isp.example (unknown [203.0.113.77]) " MX BODY, .genuine_cause = CAUSE_UNKNOWN, .forged_cause = CAUSE_NOT_OURS},
    {"helo-is-our-address", R "[192.0.2.10] (mx1.isp.example [192.0.2.10]) " MX BODY,
        R "[192.0.2.10] (unknown [203.0.113.77]) " MX BODY, .genuine_cause = CAUSE_UNKNOWN, .forged_cause = CAUSE_NOT_OURS},
    {"rdns-is-our-name", VIA_MX1 BODY, R "mx1.isp.example (mx1.isp.example [203.0.113.77]) " MX BODY, .genuine_cause = CAUSE_UNKNOWN, .forged_cause = CAUSE_NOT_OURS},
    {"ident-is-our-address", VIA_MX1 BODY, R "pc (192.0.2.10@[203.0.113.77]) by mx.victim.example (8.17.1/8.17.1) with SMTP id 5249AbCd012345; Tue, 4 Mar 2025 10:11:12 +0100\n" BODY,
        .genuine_cause = CAUSE_UNKNOWN, .forged_cause = CAUSE_NOT_OURS},
    {"helo-is-the-writers-name",
        R "mx2.victim.example (mx2.victim.example [198.51.100.6]) " MX
        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx2.victim.example (Postfix) with ESMTPS id 4Xz0 for <ann@victim.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        R "mx2.victim.example (unknown [203.0.113.77]) " MX
        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx2.victim.example (Postfix) with ESMTPS id 4Xz0 for <ann@victim.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"helo-is-a-forwarders-name",
        R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.fwd.example (Postfix) with ESMTP id 4Xy1 for <ann@fwd.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        R "mx.fwd.example (unknown [203.0.113.77]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.fwd.example (Postfix) with ESMTP id 4Xy1 for <ann@fwd.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},

    /* Forwarders and lists: marks anyone can write, against the name that was looked up. */
    {"list-marks", R "lists.uni.example (lists.uni.example [198.51.100.70]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by lists.uni.example (Postfix) with ESMTP id 4Xy1 for <club@lists.uni.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN "List-Id: <club.lists.uni.example>\n" BODY,
        VIA_NAMED_EVIL MX1_AT_EVIL OPEN "List-Id: <club.lists.uni.example>\n" BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"srs-marks", "Return-Path: <SRS0=aB1=QX=shop.example=bob@post.example>\n" R "out.post.example (out.post.example [198.51.100.71]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by out.post.example (Postfix) with ESMTP id 4Xy1; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        "Return-Path: <SRS0=aB1=QX=shop.example=bob@post.example>\n" VIA_NAMED_EVIL MX1_AT_EVIL OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"arc-marks", "ARC-Seal: i=1; a=rsa-sha256; d=post.example; s=x; cv=none; b=y\n" R "out.post.example (out.post.example [198.51.100.71]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by out.post.example (Postfix) with ESMTP id 4Xy1; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        "ARC-Seal: i=1; a=rsa-sha256; d=post.example; s=x; cv=none; b=y\n" VIA_NAMED_EVIL MX1_AT_EVIL OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"forwarder-continuity", R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.fwd.example (Postfix) with ESMTP id 4Xy1 for <ann@fwd.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX MX1_AT_EVIL OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"forwarder-took-it-from-a-stranger", R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.fwd.example (Postfix) with ESMTP id 4Xy1 for <ann@fwd.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "host.evil.example (unknown [203.0.113.77]) by mx.fwd.example (Postfix) with ESMTP id 4Xy1 for <ann@fwd.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" MX1_AT_EVIL OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"forwarder-newer-below", R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.fwd.example (Postfix) with ESMTP id 4Xy1 for <ann@fwd.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.fwd.example with ESMTP; Tue, 4 Mar 2025 19:11:10 +0100\n" OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"forwarder-odd-id", R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "mx1.isp.example ([192.0.2.10] helo=mx1.isp.example) by mx.fwd.example with esmtp (Exim 4.98) id 1v7KXY-00000008i49-08Me; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        R "mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX R "mx1.isp.example ([192.0.2.10] helo=mx1.isp.example) by mx.fwd.example with esmtp (Exim 4.98) id 12345; Tue, 4 Mar 2025 19:11:10 +0100\n" OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},

    /* Retrieval lines restart the walk only above the border. */
    {"retrieval-below-a-stranger", FETCH("mx.victim.example") VIA_MX1 OPEN BODY,
        VIA_EVIL FETCH("mx.victim.example") VIA_MX1 OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"private-below-a-stranger",
        R "in.victim.example (in.victim.example [10.1.1.5]) by store.victim.example (Postfix) with ESMTP id 4Xz9; Tue, 4 Mar 2025 10:11:14 +0100\n" VIA_MX1 OPEN BODY,
        VIA_EVIL R "in.victim.example (in.victim.example [10.1.1.5]) by store.victim.example (Postfix) with ESMTP id 4Xz9; Tue, 4 Mar 2025 10:11:11 +0100\n" VIA_MX1 OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"google-below-a-stranger",
        R "mx1.isp.example (mx1.isp.example. [192.0.2.10]) by mx.google.com with ESMTPS id a1-2002si12.2025.03.04.01.11.12 for <ann@gmail.example>; Tue, 04 Mar 2025 01:11:12 -0800 (PST)\n" OPEN BODY,
        VIA_EVIL R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.google.com (Postfix) with ESMTPS id 4Xa9; Tue, 04 Mar 2025 01:11:12 -0800 (PST)\n" OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"unreadable-lines-hide-nothing", VIA_MX1 "Received: apparently\n" OPEN BODY,
        VIA_EVIL "Received: apparently\nReceived: or is it\n" MX1_AT_EVIL OPEN BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"octet-above-255", VIA_MX1 OPEN BODY,
        R "mx1.isp.example (mx1.isp.example [192.0.2.999]) " MX VIA_EVIL BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"backup-mx-by-greeting-only",
        R "mx2.victim.example (mx2.victim.example [198.51.100.6]) " MX VIA_MX1 OPEN BODY,
        R "mx2.victim.example ([203.0.113.77]) by mx.victim.example (8.17.1/8.17.1) with ESMTP id 5249AbCd012345; Tue, 4 Mar 2025 10:11:12 +0100\n" VIA_MX1 OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"mailbox-elsewhere-never-leads-to-us",
        R "box.victim.example (box.victim.example [198.51.100.81]) " MX
        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by box.victim.example (Postfix) with ESMTP id 4Xy1 for <ann@victim.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        R "host.evil.example (host.evil.example [203.0.113.77]) " MX
        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by host.evil.example (Postfix) with ESMTP id 4Xy1 for <ann@evil.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},
    {"dynamic-line-of-the-complainants-provider",
        R "relay2.victim.example (relay2.victim.example [198.51.100.61]) " MX VIA_MX1 OPEN BODY,
        R "dsl-77.victim.example (dsl-77.victim.example [203.0.113.77]) " MX
        R "mx1.isp.example (mx1.isp.example [192.0.2.10]) by dsl-77.victim.example (Postfix) with ESMTP id 4Xy1; Tue, 4 Mar 2025 10:11:10 +0100\n" OPEN BODY,
        .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_NOT_OURS},

    /* Our exit is real; the lines below it are not all ours. */
    {"account-below-the-entry", VIA_MX1 ACCOUNT BODY, VIA_MX1 OPEN ACCOUNT BODY, .genuine_cause = CAUSE_COMPROMISED_ACCOUNT, .forged_cause = CAUSE_OPEN_RELAY, .forged_is_ours = true},
    {"script-below-the-entry", VIA_MX1 PICKUP BODY, VIA_MX1 OPEN PICKUP BODY, .genuine_cause = CAUSE_LOCAL_SCRIPT, .forged_cause = CAUSE_OPEN_RELAY, .forged_is_ours = true},
    {"account-below-a-customer", VIA_MX1 ACCOUNT BODY,
        R "dsl-200.isp.example (dsl-200.isp.example [192.0.2.200]) " MX ACCOUNT BODY, .genuine_cause = CAUSE_COMPROMISED_ACCOUNT, .forged_cause = CAUSE_CUSTOMER_HOST, .forged_is_ours = true},
    {"relay-below-a-customer", VIA_MX1 OPEN BODY,
        R "dsl-200.isp.example (dsl-200.isp.example [192.0.2.200]) " MX
        R "pc ([203.0.113.5]) by dsl-200.isp.example with SMTP; Mon, 3 Mar 2025 01:02:03 -0500\n" BODY, .genuine_cause = CAUSE_OPEN_RELAY, .forged_cause = CAUSE_CUSTOMER_HOST, .forged_is_ours = true},
    {"our-line-in-another-dialect",
        VIA_MX1 R "web3.isp.example (web3.isp.example [192.0.2.33]) by mx1.isp.example (Postfix) with ESMTP id 4Xc1; Tue, 4 Mar 2025 10:11:09 +0100\nReceived: by web3.isp.example (Postfix, from userid 33) id 4Xc0" AT_08 BODY,
        VIA_MX1 R "web3.isp.example (web3.isp.example [192.0.2.33]) by mx1.isp.example (Postfix) with ESMTP id 4Xc1; Tue, 4 Mar 2025 10:11:09 +0100\n"
        R "pc ([203.0.113.5]) (Authenticated sender: bob@shop.example) by mx1.isp.example (8.12.1/8.12.1) with ESMTPSA id i8ND9v0N017746" AT_08 BODY,
        .genuine_cause = CAUSE_LOCAL_SCRIPT, .forged_cause = CAUSE_UNKNOWN, .forged_is_ours = true},
    {"our-line-is-newer", VIA_MX1 ACCOUNT BODY,
        VIA_MX1 R "pc (unknown [203.0.113.5]) (Authenticated sender: bob@shop.example) by mx1.isp.example (Postfix) with ESMTPSA; Tue, 4 Mar 2025 23:11:08 +0100\n" BODY,
        .genuine_cause = CAUSE_COMPROMISED_ACCOUNT, .forged_cause = CAUSE_UNKNOWN, .forged_is_ours = true},
    {"our-line-is-ancient", VIA_MX1 ACCOUNT BODY,
        VIA_MX1 R "pc (unknown [203.0.113.5]) (Authenticated sender: bob@shop.example) by mx1.isp.example (Postfix) with ESMTPSA; Tue, 4 Feb 2025 23:11:08 +0100\n" BODY,
        .genuine_cause = CAUSE_COMPROMISED_ACCOUNT, .forged_cause = CAUSE_UNKNOWN, .forged_is_ours = true},
    {"our-line-below-the-fields", VIA_MX1 ACCOUNT BODY,
        VIA_MX1 BODY R "pc (unknown [203.0.113.5]) (Authenticated sender: bob@shop.example) by mx1.isp.example (Postfix) with ESMTPSA" AT_08,
        .genuine_cause = CAUSE_COMPROMISED_ACCOUNT, .forged_cause = CAUSE_UNKNOWN, .forged_is_ours = true},
    {"account-field-below-a-customer", VIA_MX1 "X-Authenticated-Sender: mx1.isp.example: bob@shop.example\n" BODY,
        R "dsl-200.isp.example (dsl-200.isp.example [192.0.2.200]) " MX "X-Authenticated-Sender: mx1.isp.example: bob@shop.example\n" BODY,
        .genuine_cause = CAUSE_COMPROMISED_ACCOUNT, .forged_cause = CAUSE_CUSTOMER_HOST, .forged_is_ours = true},
};
/* clang-format on */

static void
judge(const char *headers, const Twin *twin, Cause cause, bool ours)
{
    ChainInput input = {.headers = headers, .claim = twin->claim};
    g_auto(ChainResult) got = {NULL, NULL, NULL};

    chain_run(&input, &got);
    for (guint i = 0; i < got.incident->hops->len; i++)
        g_test_message("%s: %s", verdict_names[g_array_index(got.incident->hops, Hop, i).verdict],
                       g_array_index(got.incident->hops, Hop, i).why);
    g_assert_cmpstr(cause_names[got.incident->cause], ==, cause_names[cause]);
    g_assert_cmpint(got.incident->ours, ==, ours);
    g_assert_cmpint(addr_is_none(&got.incident->exit_ip), ==, !ours);
    if (cause != CAUSE_COMPROMISED_ACCOUNT)
        g_assert_null(got.incident->account);
    if (!ours)
        g_assert_null(got.incident->script);
}

static void
check_genuine(gconstpointer data)
{
    const Twin *twin = data;

    judge(twin->genuine, twin, twin->genuine_cause, true);
}

static void
check_forged(gconstpointer data)
{
    const Twin *twin = data;

    judge(twin->forged, twin, twin->forged_cause, twin->forged_is_ours);
}

static void
check_table(void)
{
    for (guint i = 0; i < forgery_n_tests(); i++) {
        g_assert_cmpstr(forgery_test_name(i), !=, "");
        for (guint k = 0; k < i; k++)
            g_assert_cmpstr(forgery_test_name(i), !=, forgery_test_name(k));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    parse_init();
    for (gsize i = 0; i < G_N_ELEMENTS(twins); i++) {
        g_autofree char *genuine = g_strdup_printf("/parse/forgery/%s/genuine", twins[i].name);
        g_autofree char *forged = g_strdup_printf("/parse/forgery/%s/forged", twins[i].name);

        g_test_add_data_func(genuine, &twins[i], check_genuine);
        g_test_add_data_func(forged, &twins[i], check_forged);
    }
    g_test_add_func("/parse/forgery/table", check_table);
    return g_test_run();
}
