/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole chains: border, exit, entry, cause, account, and the verdict of every hop. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/parse.h"
#include "tests/parse/chain_fixture.h"

#define MX                                                                                         \
    "by mx.victim.example (Postfix) with ESMTPS id 4Xz1 for <ann@victim.example>; Tue, 4 Mar "     \
    "2025 10:11:12 +0100\n"
#define VIA_MX1 "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) " MX
#define BODY    "From: x@spam.example\nSubject: buy\nTo: ann@victim.example\n"
#define AT_08   "; Tue, 4 Mar 2025 10:11:08 +0100\n"

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
    {.name = "w1-open-relay", .in = {.headers = VIA_MX1
        "Received: from PC-7 (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_OPEN_RELAY,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN", .header = "from PC-7"},
    {.name = "w2-compromised-account", .in = {.headers = VIA_MX1
        "Received: from [10.0.0.5] (unknown [203.0.113.77]) (Authenticated sender: bob@shop.example) by mx1.isp.example (Postfix) with ESMTPSA id 4Xb0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "bob@shop.example", .verdicts = "BN",
     .header = "Authenticated sender: bob@shop.example"},
    {.name = "w3-local-script", .in = {.headers = VIA_MX1
        "Received: from web3.isp.example (web3.isp.example [192.0.2.33]) by mx1.isp.example (Postfix) with ESMTP id 4Xc1; Tue, 4 Mar 2025 10:11:09 +0100\n"
        "Received: by web3.isp.example (Postfix, from userid 1056) id 4Xc0" AT_08
        "X-PHP-Originating-Script: 1056:wp-tmp.php\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_LOCAL_SCRIPT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .script = "1056:wp-tmp.php", .verdicts = "BTN",
     .header = "from userid 1056"},
    {.name = "w4-bot-behind-a-line", .in = {.headers =
        "Received: from dsl-200.isp.example (dsl-200.isp.example [192.0.2.200]) " MX
        "Received: from mail.bank.example (mail.bank.example [203.0.113.5]) by dsl-200.isp.example with SMTP; Mon, 3 Mar 2025 01:02:03 -0500\n" BODY},
     .relay = "192.0.2.200", .exit = "192.0.2.200", .origin = "", .cause = CAUSE_CUSTOMER_HOST,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BF", .header = "192.0.2.200"},
    {.name = "w5-forged-ours", .in = {.headers =
        "Received: from host.evil.example (unknown [203.0.113.77]) " MX
        "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) by host.evil.example with ESMTP id 12345; Tue, 4 Mar 2025 10:10:00 +0100\n"
        "Received: from web3.isp.example ([192.0.2.33]) by mx1.isp.example (8.12.1/8.12.1) with ESMTP id AA01; Tue, 4 Mar 2025 10:09:59 +0100\n" BODY},
     .relay = "203.0.113.77", .exit = "", .origin = "", .cause = CAUSE_NOT_OURS,
     .confidence = CONFIDENCE_HIGH, .ours = false, .verdicts = "BFF", .header = "203.0.113.77"},
    {.name = "w6-alias", .in = {.headers =
        "Return-Path: <SRS0=Hx1y=7K=snow.example=x@shop.example>\n" VIA_MX1
        "Received: by mx1.isp.example (Postfix) id 4Xf1; Tue, 4 Mar 2025 10:11:09 +0100\n"
        "Delivered-To: info@shop.example\n"
        "Received: from snow.example (snow.example [203.0.113.77]) by mx1.isp.example (Postfix) with ESMTP id 4Xf0 for <info@shop.example>" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_FORWARDING,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BTN", .header = "from snow.example"},
    {.name = "w7-backscatter", .in = {.headers =
        "Return-Path: <>\n"
        "Received: from mx2.isp.example (mx2.isp.example [192.0.2.11]) " MX
        "Received: by mx2.isp.example (Postfix) id 4Xg0" AT_08
        "From: MAILER-DAEMON@mx2.isp.example (Mail Delivery System)\nSubject: Undelivered\n"
        "Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n"},
     .relay = "192.0.2.11", .exit = "192.0.2.11", .origin = "", .cause = CAUSE_BACKSCATTER,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BT", .header = "by mx2.isp.example"},
    {.name = "w8-gmail", .in = {.headers =
        "Received: by 2002:a05:6402:1f87:b0:5e4:1234:abcd with SMTP id q7csp1; Tue, 4 Mar 2025 01:11:13 -0800 (PST)\n"
        "X-Received: by 2002:a5d:64a1:0:b0:38f:1234:9876 with SMTP id m1-2002; Tue, 04 Mar 2025 01:11:13 -0800 (PST)\n"
        "Received: from mx1.isp.example (mx1.isp.example. [192.0.2.10]) by mx.google.com with ESMTPS id a1-2002si12.2025.03.04.01.11.12 for <ann@gmail.example>; Tue, 04 Mar 2025 01:11:12 -0800 (PST)\n"
        "Received: from [2001:db8:a:9::5] (unknown [IPv6:2001:db8:a:9::5]) by mx1.isp.example (Postfix) with ESMTPSA id 4Xh0; Tue, 4 Mar 2025 10:11:10 +0100\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "2001:db8:a:9::5", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "SBN", .header = "ESMTPSA"},
    {.name = "w9-microsoft", .in = {.headers =
        "Received: from AM1PR01.eurprd01.prod.outlook.com ([fe80::1:2:3:4]) by AM1PR01.eurprd01.prod.outlook.com ([fe80::1:2:3:4%6]) with mapi id 15.20.1234.017; Tue, 4 Mar 2025 09:11:14 +0000\n"
        "Received: from DB1PEPF0001.eurprd03.prod.outlook.com (2603:10a6:10:1d8:cafe::b3) by DB9PR01CA0001.outlook.office365.com (2603:10a6:10:1d8::6) with Microsoft SMTP Server (version=TLS1_2, cipher=x) id 15.20.8632.26 via Frontend Transport; Tue, 4 Mar 2025 09:11:13 +0000\n"
        "Received: from mx1.isp.example (192.0.2.10) by DB1PEPF0001.mail.protection.outlook.com (10.167.242.58) with Microsoft SMTP Server (version=TLS1_3, cipher=x) id 15.20.8632.13 via Frontend Transport; Tue, 4 Mar 2025 09:11:12 +0000\n"
        "X-Forefront-Antispam-Report: CIP:192.0.2.10;CTRY:CH;\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_UNKNOWN,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "TTB", .header = "192.0.2.10"},
    {.name = "w10-pasted", .in = {.headers =
        "Received: from mx1.isp.example (mx1.isp.example\n [192.0.2.10]) by mx.victim.example (Postfix) with ESMTPS\n id 4Xi1 for ; Tue, 4 Mar 2025 10:11:12 +0100\n" BODY,
        .pasted = true},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_UNKNOWN,
     .confidence = CONFIDENCE_MEDIUM, .ours = true, .verdicts = "B", .header = "192.0.2.10"},

    /* -- causes ---------------------------------------------------------------------------------- */
    {.name = "cause-webmail-http", .in = {.headers = VIA_MX1
        "Received: from 203.0.113.9 (SquirrelMail authenticated user bob) by mx1.isp.example with HTTP" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.9", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "bob", .verdicts = "BN", .header = "SquirrelMail"},
    {.name = "cause-roundcube-is-a-user", .in = {.headers = VIA_MX1
        "Received: by mx1.isp.example (Postfix, from userid 33) id 4Xc0" AT_08
        "X-PHP-Originating-Script: 0:rcube.php\nX-Originating-IP: [203.0.113.9]\nX-Authenticated-Sender: mx1.isp.example: bob@shop.example\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.9", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "bob@shop.example", .verdicts = "BN", .header = "rcube.php"},
    {.name = "cause-exim-authenticator", .in = {.headers = VIA_MX1
        "Received: from [203.0.113.9] (helo=laptop) by mx1.isp.example with esmtpsa (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.98) (envelope-from <bob@shop.example>) id 1v7KXY-00000008i49-08Me for ann@victim.example" AT_08
        "X-Authenticated-Sender: mx1.isp.example: bob@shop.example\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.9", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "bob@shop.example", .verdicts = "BN", .header = "esmtpsa"},
    {.name = "cause-customer-bulk-by-account", .in = {.headers =
        "Return-Path: <news@shop.example>\n" VIA_MX1
        "Received: from desk (unknown [203.0.113.9]) (Authenticated sender: news@shop.example) by mx1.isp.example (Postfix) with ESMTPSA id 4Xb0" AT_08
        "List-Unsubscribe: <https://shop.example/u>\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.9", .cause = CAUSE_CUSTOMER_BULK,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "news@shop.example", .verdicts = "BN"},
    {.name = "cause-customer-bulk-direct", .in = {.headers =
        "Received: from news.client.example (news.client.example [192.0.2.201]) " MX
        "List-Unsubscribe: <https://client.example/u>\nPrecedence: bulk\n" BODY},
     .relay = "192.0.2.201", .exit = "192.0.2.201", .cause = CAUSE_CUSTOMER_BULK,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "B"},
    {.name = "cause-malicious-customer", .in = {.headers =
        "Received: from m7.fresh.example (m7.fresh.example [192.0.2.202]) " MX
        "DKIM-Signature: v=1; a=rsa-sha256; d=fresh.example; s=x; b=y\nFrom: deals@fresh.example\nSubject: x\n"},
     .relay = "192.0.2.202", .exit = "192.0.2.202", .cause = CAUSE_MALICIOUS_CUSTOMER,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "B"},
    {.name = "cause-open-proxy", .in = {.headers =
        "Received: from proxy7 (unknown [192.0.2.203]) " MX "Via: 1.1 squid.local:3128 (squid/3.5)\n" BODY},
     .relay = "192.0.2.203", .exit = "192.0.2.203", .cause = CAUSE_OPEN_PROXY,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "B"},
    {.name = "cause-customer-by-smarthost", .in = {.headers = VIA_MX1
        "Received: from pc (unknown [192.0.2.200]) by mx1.isp.example (Postfix) with ESMTP id 4Xa0 for <ann@victim.example>" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "192.0.2.200", .cause = CAUSE_CUSTOMER_HOST,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN", .header = "192.0.2.200"},
    {.name = "cause-secondary-mx", .in = {.headers =
        "Received: from mx2.isp.example (mx2.isp.example [192.0.2.11]) by mx.shop.example (Postfix) with ESMTPS id 4Xz1 for <info@shop.example>; Tue, 4 Mar 2025 10:11:12 +0100\n"
        "Received: from bot (unknown [203.0.113.77]) by mx2.isp.example (Postfix) with SMTP id 4Xa0 for <info@shop.example>" AT_08 BODY},
     .relay = "192.0.2.11", .exit = "192.0.2.11", .origin = "203.0.113.77", .cause = CAUSE_SECONDARY_MX,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN"},
    {.name = "cause-forwarding-without-srs", .in = {.headers = VIA_MX1
        "Received: from bot (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0 for <info@shop.example>" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_FORWARDING,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN"},
    {.name = "cause-mailing-list", .in = {.headers =
        "Received: from lists.isp.example (lists.isp.example [192.0.2.40]) " MX
        "Received: from lists.isp.example (localhost [127.0.0.1]) by lists.isp.example (Postfix) with ESMTP id 4Xa1; Tue, 4 Mar 2025 10:11:09 +0100\n"
        "Received: from member (unknown [203.0.113.77]) by lists.isp.example (Postfix) with ESMTP id 4Xa0 for <club@shop.example>" AT_08
        "List-Id: Club <club.shop.example>\n" BODY},
     .relay = "192.0.2.40", .exit = "192.0.2.40", .origin = "203.0.113.77", .cause = CAUSE_MAILING_LIST,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BTN"},
    {.name = "cause-qmail-uid", .in = {.headers = VIA_MX1
        "Received: (qmail 1235 invoked by uid 1007); 4 Mar 2025 09:11:08 -0000\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_LOCAL_SCRIPT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN", .header = "uid 1007"},
    {.name = "cause-iis-pickup", .in = {.headers = VIA_MX1
        "Received: from mail pickup service by mx1.isp.example with Microsoft SMTPSVC" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_LOCAL_SCRIPT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN", .header = "pickup"},
    {.name = "cause-php-visitor", .in = {.headers = VIA_MX1
        "Received: from www-data by mx1.isp.example with local (Exim 4.98) (envelope-from <www@shop.example>) id 1v7KXY-00000008i49-08Mf" AT_08
        "X-PHP-Script: shop.example/old/form.php for 203.0.113.9\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.9", .cause = CAUSE_LOCAL_SCRIPT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .script = "shop.example/old/form.php", .verdicts = "BN"},
    {.name = "cause-cpanel-system-user", .in = {.headers = VIA_MX1
        "X-Get-Message-Sender-Via: mx1.isp.example: acl_c_authenticated_local_user: shopexam\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_LOCAL_SCRIPT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .script = "shopexam", .verdicts = "B"},
    {.name = "cause-cpanel-account", .in = {.headers = VIA_MX1
        "X-Get-Message-Sender-Via: mx1.isp.example: authenticated_id: bob@shop.example\n" BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "bob@shop.example", .verdicts = "B"},
    {.name = "cause-unknown-behind-our-relay", .in = {.headers = VIA_MX1 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_UNKNOWN,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "B"},
    {.name = "cause-auto-reply", .in = {.headers =
        "Return-Path: <>\n" VIA_MX1
        "Received: by mx1.isp.example (Postfix, from userid 65534) id 4Xg0" AT_08
        "Auto-Submitted: auto-replied (vacation)\nFrom: info@shop.example\nSubject: Away\n"},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_BACKSCATTER,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "BN"},
    {.name = "cause-not-ours", .in = {.headers =
        "Received: from a.other.example (a.other.example [203.0.113.50]) " MX BODY},
     .relay = "203.0.113.50", .exit = "", .cause = CAUSE_NOT_OURS, .confidence = CONFIDENCE_HIGH, .verdicts = "B"},
    {.name = "cause-forged-with-claim", .in = {.headers =
        "Received: from host.evil.example (unknown [203.0.113.77]) " MX
        "Received: from pc ([203.0.113.5]) by mx1.isp.example with SMTP id 7" AT_08 BODY, .claim = "192.0.2.10"},
     .relay = "203.0.113.77", .exit = "", .cause = CAUSE_FORGED, .confidence = CONFIDENCE_MEDIUM,
     .claim = CLAIM_DIFFERS, .verdicts = "BF"},

    /* -- between us and the complainant ------------------------------------------------------------ */
    {.name = "between-configured-forwarder", .in = {.headers =
        "Received: from mx.fwd.example (mx.fwd.example [198.51.100.200]) " MX
        "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx.fwd.example (Postfix) with ESMTP id 4Xy1 for <ann@fwd.example>; Tue, 4 Mar 2025 10:11:10 +0100\n"
        "Received: from PC-7 (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY},
     .relay = "198.51.100.200", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_OPEN_RELAY,
     .confidence = CONFIDENCE_MEDIUM, .ours = true, .verdicts = "BXN", .header = "PC-7"},
    {.name = "between-list", .in = {.headers =
        "Received: from lists.uni.example (lists.uni.example [198.51.100.70]) " MX
        "Received: from lists.uni.example (localhost [127.0.0.1]) by lists.uni.example (Postfix) with ESMTP id 4Xy2; Tue, 4 Mar 2025 10:11:11 +0100\n"
        "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) by lists.uni.example (Postfix) with ESMTP id 4Xy1 for <club@lists.uni.example>; Tue, 4 Mar 2025 10:11:10 +0100\n"
        "Received: from laptop (unknown [203.0.113.77]) (Authenticated sender: bob@shop.example) by mx1.isp.example (Postfix) with ESMTPSA id 4Xa0" AT_08
        "List-Id: <club.lists.uni.example>\n" BODY},
     .relay = "198.51.100.70", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_MEDIUM, .ours = true, .account = "bob@shop.example", .verdicts = "BTXN"},
    {.name = "between-srs-forwarder", .in = {.headers =
        "Return-Path: <SRS0=aB1=QX=shop.example=bob@post.example>\n"
        "Received: from out.post.example (out.post.example [198.51.100.71]) " MX
        "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) by out.post.example (Postfix) with ESMTP id 4Xy1 for <ann@post.example>; Tue, 4 Mar 2025 10:11:10 +0100\n" BODY},
     .relay = "198.51.100.71", .exit = "192.0.2.10", .origin = "", .cause = CAUSE_UNKNOWN,
     .confidence = CONFIDENCE_MEDIUM, .ours = true, .verdicts = "BX"},
    {.name = "backup-mx-of-the-recipient", .in = {.headers =
        "Received: from mx2.victim.example (mx2.victim.example [198.51.100.6]) " MX
        "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) by mx2.victim.example (Postfix) with ESMTPS id 4Xz0 for <ann@victim.example>; Tue, 4 Mar 2025 10:11:10 +0100\n"
        "Received: from PC-7 (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_OPEN_RELAY,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "TBN"},
    {.name = "retrieval-restarts", .in = {.headers =
        "Received: from localhost (localhost [127.0.0.1]) by laptop.home.example (Postfix) with ESMTP id 4Xz9 for <ann@localhost>; Tue, 4 Mar 2025 10:20:12 +0100\n"
        "Received: from mx.victim.example [198.51.100.5] by localhost with IMAP (fetchmail-6.4.37) for <ann@localhost> (single-drop); Tue, 04 Mar 2025 10:20:11 +0100 (CET)\n" VIA_MX1
        "Received: from PC-7 (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_OPEN_RELAY,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "TSBN"},
    {.name = "amavis-of-the-complainant", .in = {.headers =
        "Received: from localhost (localhost [127.0.0.1]) by mx.victim.example (Postfix) with ESMTP id 4Xz3 for <ann@victim.example>; Tue, 4 Mar 2025 10:11:14 +0100\n"
        "Received: from mx.victim.example ([127.0.0.1]) by localhost (mx.victim.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id kXp3; Tue, 4 Mar 2025 10:11:13 +0100\n" VIA_MX1
        "Received: from PC-7 (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_OPEN_RELAY,
     .confidence = CONFIDENCE_HIGH, .ours = true, .verdicts = "TTBN"},
    {.name = "our-own-filter", .in = {.headers = VIA_MX1
        "Received: from localhost (localhost [127.0.0.1]) by mx1.isp.example (Postfix) with ESMTP id 4Xa2; Tue, 4 Mar 2025 10:11:11 +0100\n"
        "Received: from mx1.isp.example ([127.0.0.1]) by localhost (mx1.isp.example [127.0.0.1]) (amavisd-new, port 10026) with ESMTP id kXp4; Tue, 4 Mar 2025 10:11:10 +0100\n"
        "Received: from [10.0.0.5] (unknown [203.0.113.77]) (Authenticated sender: bob@shop.example) by mx1.isp.example (Postfix) with ESMTPSA id 4Xb0" AT_08 BODY},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_COMPROMISED_ACCOUNT,
     .confidence = CONFIDENCE_HIGH, .ours = true, .account = "bob@shop.example", .verdicts = "BTTN"},
    {.name = "complainant-is-our-own-user", .in = {.headers =
        "Received: from mx1.isp.example (mx1.isp.example [192.0.2.10]) by web3.isp.example (Postfix) with ESMTP id 4Xz3 for <info@shop.example>; Tue, 4 Mar 2025 10:11:14 +0100\n"
        "Received: from bot.other.example (bot.other.example [203.0.113.77]) by mx1.isp.example (Postfix) with ESMTP id 4Xa0 for <info@shop.example>" AT_08 BODY},
     .relay = "203.0.113.77", .exit = "", .cause = CAUSE_NOT_OURS, .confidence = CONFIDENCE_HIGH, .verdicts = "TB"},

    /* -- claims ------------------------------------------------------------------------------------ */
    {.name = "claim-agrees", .in = {.headers = VIA_MX1 BODY, .claim = "192.0.2.10"},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_HIGH, .ours = true,
     .claim = CLAIM_AGREES, .verdicts = "B"},
    {.name = "claim-names-the-client", .in = {.headers = VIA_MX1
        "Received: from PC-7 (unknown [203.0.113.77]) by mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY, .claim = "203.0.113.77"},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .origin = "203.0.113.77", .cause = CAUSE_OPEN_RELAY,
     .confidence = CONFIDENCE_HIGH, .ours = true, .claim = CLAIM_AGREES, .verdicts = "BN"},
    {.name = "claim-differs", .in = {.headers = VIA_MX1 BODY, .claim = "203.0.113.99"},
     .relay = "192.0.2.10", .exit = "192.0.2.10", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_MEDIUM, .ours = true,
     .claim = CLAIM_DIFFERS, .verdicts = "B"},
    {.name = "claim-marks-a-private-border", .in = {.headers =
        "Received: from host.client.example (host.client.example [10.17.18.2]) by mx.victim.example (Postfix) with ESMTPS id 4Xz1; Tue, 4 Mar 2025 10:11:12 +0100\n"
        "Received: from pc ([203.0.113.7]) by host.client.example (Postfix) with SMTP id 4Xa0" AT_08 BODY, .claim = "10.17.18.2"},
     .relay = "10.17.18.2", .exit = "", .cause = CAUSE_NOT_OURS, .confidence = CONFIDENCE_HIGH,
     .claim = CLAIM_AGREES, .verdicts = "BC"},
    {.name = "claim-without-trace", .in = {"From: x@spam.example\nSubject: x\n", .claim = "192.0.2.10"},
     .relay = "", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_MEDIUM, .ours = true,
     .claim = CLAIM_NO_CHAIN, .verdicts = ""},
    {.name = "claim-in-prose-without-trace", .in = {.headers = NULL, .claim = "192.0.2.10", .claim_in_prose = true},
     .relay = "", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_LOW, .ours = true,
     .claim = CLAIM_NO_CHAIN, .verdicts = ""},
    {.name = "nothing-at-all", .in = {.headers = NULL},
     .relay = "", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_LOW, .verdicts = ""},

    /* -- without a configuration ------------------------------------------------------------------- */
    {.name = "unconfigured", .in = {.headers = VIA_MX1 BODY, .site = "[site]\nname=x\n"},
     .relay = "192.0.2.10", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_HIGH, .verdicts = "B"},
    {.name = "unconfigured-open-relay-repeats-the-for", .in = {.headers =
        "Received: from relay.open.example (relay.open.example [198.51.100.80]) " MX
        "Received: from pc (unknown [203.0.113.77]) by relay.open.example (8.9.3/8.9.3) with SMTP id KAA29221 for <ann@victim.example>" AT_08 BODY,
        .site = "[site]\nname=x\n"},
     .relay = "198.51.100.80", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_HIGH, .verdicts = "BC"},
    {.name = "unconfigured-mailbox-elsewhere", .in = {.headers =
        "Received: from box.home.example (box.home.example [198.51.100.81]) " MX
        "Received: from pc (unknown [203.0.113.77]) by box.home.example (8.9.3/8.9.3) with SMTP id KAA29221 for <ann@home.example>" AT_08 BODY,
        .site = "[site]\nname=x\n"},
     .relay = "203.0.113.77", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_MEDIUM, .verdicts = "TB"},
    {.name = "unconfigured-open-relay-of-exim-repeats-the-for", .in = {.headers =
        "Received: from [198.51.100.80] (helo=relay.open.example) by mx.victim.example with esmtp (Exim 4.98) id 1v7KXY-00000008i49-08Me for ann@victim.example; Tue, 4 Mar 2025 10:11:12 +0100\n"
        "Received: from pc (unknown [203.0.113.77]) by relay.open.example (Postfix) with SMTP id 4Xa0 for <ann@victim.example>" AT_08 BODY,
        .site = "[site]\nname=x\n"},
     .relay = "198.51.100.80", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_HIGH, .verdicts = "BC"},
    {.name = "unconfigured-open-relay-in-the-recipients-zone", .in = {.headers = /* a customer's line, no host of its */
        "Received: from dsl-80.victim.example (dsl-80.victim.example [198.51.100.80]) " MX
        "Received: from pc (unknown [203.0.113.77]) by dsl-80.victim.example (Postfix) with SMTP id 4Xa0 for <ann@victim.example>" AT_08 BODY,
        .site = "[site]\nname=x\n"},
     .relay = "198.51.100.80", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_HIGH, .verdicts = "BC"},
    {.name = "unconfigured-backup-mx-repeats-the-for", .in = {.headers =
        "Received: from mx2.victim.example (mx2.victim.example [198.51.100.80]) " MX
        "Received: from pc (unknown [203.0.113.77]) by mx2.victim.example (Postfix) with SMTP id 4Xa0 for <ann@victim.example>" AT_08 BODY,
        .site = "[site]\nname=x\n"},
     .relay = "203.0.113.77", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_HIGH, .verdicts = "TB"},
    {.name = "receivers-configured-leave-no-relay", .in = {.headers =
        "Received: from in.victim.example (in.victim.example [198.51.100.6]) " MX BODY,
        .site = "[receivers]\nnetworks=198.51.100.0/24\n"},
     .relay = "", .exit = "", .cause = CAUSE_UNKNOWN, .confidence = CONFIDENCE_LOW, .verdicts = "T"},
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
    g_assert_cmpstr(confidence_names[got.incident->confidence], ==,
                    confidence_names[c->confidence]);
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
        g_assert_cmpint(
            strncmp(c->in.headers + first->offset, first->header, strcspn(first->header, ":") + 1),
            ==, 0);
    }
}

/* Every cause is the first finding of some row. */
static void
check_every_cause(void)
{
    for (int cause = 0; cause < N_CAUSES; cause++) {
        bool found = false;

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
            found |= (int)cases[i].cause == cause;
        if (!found)
            g_test_message("no case for %s", cause_names[cause]);
        g_assert_true(found);
    }
}

static void
check_sentences(void)
{
    static const ChainInput input = {.headers = VIA_MX1
                                     "Received: from PC-7 (unknown [203.0.113.77]) by "
                                     "mx1.isp.example (Postfix) with SMTP id 4Xa0" AT_08 BODY};
    g_auto(ChainResult) got = {NULL, NULL, NULL};

    chain_run(&input, &got);
    g_assert_cmpstr(
        g_array_index(got.incident->hops, Hop, 0).why, ==,
        "written by mx.victim.example, which received it from 192.0.2.10; that address is ours");
    g_assert_cmpstr(
        g_array_index(got.incident->hops, Hop, 1).why, ==,
        "written by mx1.isp.example, which received it from 203.0.113.77; that is a stranger, and "
        "was not authenticated");
}

/* The walk is linear: ten times the hops may not cost more than forty times the time. */
static double
seconds_for(guint lines)
{
    g_autoptr(SiteMap) site = fixture_site(FIXTURE_SITE);
    GString *text = g_string_new(NULL);
    g_autoptr(HeaderBlock) block = NULL;
    gint64 start;
    double best = 1e9;

    for (guint i = 0; i < lines; i++)
        g_string_append_printf(
            text,
            "Received: from h%u.victim.example (h%u.victim.example [198.51.100.%u]) by "
            "h%u.victim.example (Postfix) with ESMTPS id 4X%04X; Tue, 4 Mar 2025 10:11:12 +0100\n",
            i + 1, i + 1, (i + 1) % 250, i, i);
    block = header_block_parse(text->str, text->len, 0, &limits_default, NULL);
    g_string_free(text, TRUE);
    for (int round = 0; round < 5; round++) {
        start = g_get_monotonic_time();
        for (int i = 0; i < 50; i++) {
            g_autoptr(Complaint) complaint = complaint_new();
            Incident *incident = complaint_add_incident(complaint);

            attribution_run(complaint, incident, block, site, &limits_default);
            g_assert_cmpuint(incident->hops->len, <=, limits_default.received_lines);
        }
        best = MIN(best, (double)(g_get_monotonic_time() - start));
    }
    return best;
}

static void
check_linear(void)
{
    double few = seconds_for(6), many = seconds_for(60), more = seconds_for(600);

    g_test_message("6 lines %.1f us, 60 %.1f us, 600 (cut at the limit) %.1f us", few / 50,
                   many / 50, more / 50);
    g_assert_cmpfloat(many, <, 40 * few + 1000);
    g_assert_cmpfloat(more, <, 4 * many + 1000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    parse_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/parse/attribution/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], check);
    }
    g_test_add_func("/parse/attribution/every-cause", check_every_cause);
    g_test_add_func("/parse/attribution/sentences", check_sentences);
    g_test_add_func("/parse/attribution/linear", check_linear);
    return g_test_run();
}
