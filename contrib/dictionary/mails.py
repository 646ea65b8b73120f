#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented abuse mail to train the evidence dictionary on: mails.py COUNT FOLDER.

What repeats between real mails is their form (header names, MIME structure, the phrases of mail
servers and report formats), not their words; so the form is written out and the text is made of
syllables, which teach the dictionary nothing. Fixed seed: the same mails every time."""
import os
import random
import sys

R = random.Random(20250304)
SYLLABLES = ["".join((c, v)) for c in "b c d f g h k l m n p r s t v w z".split()
             for v in "a e i o u ai ou en er on".split()]


def word():
    return "".join(R.choice(SYLLABLES) for _ in range(R.randint(1, 4)))


def text(words):
    out, line = [], ""
    for _ in range(words):
        w = word() + R.choice(["", "", "", "", ",", "."])
        if len(line) + len(w) > 72:
            out.append(line.rstrip())
            line = ""
        line += w + " "
    return "\n".join(out + [line.rstrip()])


def host():
    return R.choice(["mail", "mx", "smtp", "mx1", "mta", "out", "relay"]) + R.choice(["", str(R.randint(1, 9))]) \
        + "." + word() + R.choice([".com", ".net", ".org", ".example", ".fr", ".de", ".ch", ".co.uk"])


def ip():
    return ".".join(str(R.randint(1, 254)) for _ in range(4))


def ident():
    return "".join(R.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(R.randint(8, 12)))


def box():
    return word() + R.choice(["", "."]) + word() + "@" + host().split(".", 1)[1]


def date():
    return "%s, %d %s %d %02d:%02d:%02d %s" % (
        R.choice("Mon Tue Wed Thu Fri Sat Sun".split()), R.randint(1, 28),
        R.choice("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()), R.randint(2019, 2027),
        R.randint(0, 23), R.randint(0, 59), R.randint(0, 59),
        R.choice(["+0000", "+0100", "+0200", "-0500", "-0700", "+0000 (UTC)", "+0200 (CEST)"]))


def b64(n):
    return "".join(R.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") for _ in range(n))


def received():
    f, b, a = host(), host(), ip()
    return R.choice([
        f"Received: from {f} ({f} [{a}])\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n\t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)\n\t(No client certificate requested)\n\tby {b} (Postfix) with ESMTPS id {ident()}\n\tfor <{box()}>; {date()}",
        f"Received: from {f} (unknown [{a}])\n\tby {b} (Postfix) with ESMTP id {ident()}\n\tfor <{box()}>; {date()}",
        f"Received: from [{a}] (helo={f})\n\tby {b} with esmtpsa (TLS1.3) tls TLS_AES_128_GCM_SHA256\n\t(Exim 4.96)\n\t(envelope-from <{box()}>)\n\tid {ident()}-000abc-2X\n\tfor {box()};\n\t{date()}",
        f"Received: from {f} ([{a}]) by {b} with Microsoft SMTP Server\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.{R.randint(1000, 9999)}.{R.randint(1, 40)}; {date()}",
        f"Received: from {f} ({f} [{a}])\n        by {b} with ESMTPS id {ident().lower()}\n        for <{box()}>\n        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n        {date()}",
        f"Received: (qmail {R.randint(100, 99999)} invoked by uid {R.randint(33, 1200)}); {date()}",
        f"Received: by {b} (Postfix, from userid {R.randint(33, 1200)})\n\tid {ident()}; {date()}",
        f"Received: from {f} (EHLO {f}) ({a})\n  by {b} with SMTP; {date()}",
        f"Received: from localhost (localhost [127.0.0.1])\n\tby {b} (Postfix) with ESMTP id {ident()};\n\t{date()}",
    ])


def spam():
    d = host().split(".", 1)[1]
    lines = [f"Return-Path: <{box()}>", f"Delivered-To: {box()}"] + [received() for _ in range(R.randint(2, 6))]
    lines += R.sample([
        f"Authentication-Results: {host()};\n\tdkim=pass header.d={d} header.s={word()} header.b={b64(8)};\n\tspf=pass ({host()}: domain of {box()} designates {ip()} as permitted sender) smtp.mailfrom={box()};\n\tdmarc=fail (p=none dis=none) header.from={d}",
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={d}; s={word()};\n\tt={R.randint(1500000000, 1800000000)}; h=from:from:reply-to:subject:subject:date:date:message-id:message-id:\n\t to:to:cc:mime-version:mime-version:content-type:content-type:\n\t content-transfer-encoding;\n\tbh={b64(43)}=;\n\tb={b64(60)}\n\t {b64(64)}\n\t {b64(60)}==",
        f"Received-SPF: pass (sender SPF authorized) identity=mailfrom; client-ip={ip()}; helo={host()}; envelope-from={box()}; receiver={box()}",
        f"X-Spam-Status: Yes, score={R.randint(5, 20)}.{R.randint(0, 9)} required=5.0 tests=BAYES_99,BAYES_999,HTML_MESSAGE,\n\tRCVD_IN_MSPIKE_BL,SPF_HELO_NONE,T_SCC_BODY_TEXT_LINE,URIBL_BLOCKED\n\tautolearn=no autolearn_force=no version=3.4.6",
        f"X-Mailer: {R.choice(['Microsoft Outlook 16.0', 'PHPMailer 6.5.0 (https://github.com/PHPMailer/PHPMailer)', 'Apple Mail (2.3696)'])}",
        f"X-Originating-IP: [{ip()}]",
        f"List-Unsubscribe: <mailto:{box()}>, <https://{d}/unsubscribe/{b64(20)}>",
        f"User-Agent: {R.choice(['Roundcube Webmail/1.4.15', 'Mozilla Thunderbird'])}",
        f"X-PHP-Originating-Script: {R.randint(33, 1200)}:{word()}.php",
        f"Reply-To: <{box()}>", "X-Priority: 3", f"Sender: {box()}",
    ], R.randint(2, 6))
    lines += [f"From: \"{word().title()} {word().title()}\" <{box()}>", f"To: <{box()}>",
              R.choice([f"Subject: {word()} {word()} {word()}", f"Subject: =?UTF-8?B?{b64(28)}?=", f"Subject: =?UTF-8?Q?{word()}_{word()}_=C3=A9{word()}?="]),
              f"Date: {date()}", f"Message-ID: <{b64(18)}@{host()}>", "MIME-Version: 1.0"]
    bound = "----=_Part_%d_%d.%d" % (R.randint(1, 9999), R.randint(1, 99999999), R.randint(1, 9999999999))
    body = R.choice(["plain", "html", "alt", "base64"])
    if body == "plain":
        lines += ["Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit", "", text(R.randint(20, 200))]
    elif body == "base64":
        lines += ["Content-Type: text/html; charset=\"utf-8\"", "Content-Transfer-Encoding: base64", ""] + [b64(76) for _ in range(R.randint(5, 25))]
    else:
        html = f"<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\n</head>\n<body style=\"margin:0;padding:0;font-family:Arial,Helvetica,sans-serif;\">\n<table width=\"100%\" border=\"0\" cellspacing=\"0\" cellpadding=\"0\">\n<tr><td align=\"center\"><p style=\"font-size:14px;color:#333333\">{text(R.randint(10, 60))}</p>\n<a href=\"https://{host()}/{word()}?id={b64(12)}\" style=\"color:#ffffff;text-decoration:none;\">{word()}</a></td></tr>\n</table>\n</body>\n</html>"
        if body == "html":
            lines += ["Content-Type: text/html; charset=\"UTF-8\"", "Content-Transfer-Encoding: quoted-printable", "", html.replace("=", "=3D")]
        else:
            lines += [f"Content-Type: multipart/alternative; boundary=\"{bound}\"", "", f"--{bound}", "Content-Type: text/plain; charset=\"UTF-8\"", "Content-Transfer-Encoding: quoted-printable", "", text(R.randint(10, 60)), "", f"--{bound}", "Content-Type: text/html; charset=\"UTF-8\"", "Content-Transfer-Encoding: quoted-printable", "", html.replace("=", "=3D"), "", f"--{bound}--"]
    return "\n".join(lines)


def outer(subject, content_type):
    return "\n".join([received() for _ in range(R.randint(1, 3))] + [
        f"From: {R.choice(['feedback loop', 'Abuse desk', word().title()])} <{R.choice(['fbl', 'noreply', 'feedbackloop', 'abuse', word()])}@{host()}>",
        f"To: <{R.choice(['abuse', 'postmaster', 'fbl'])}@{host()}>", f"Subject: {subject}", f"Date: {date()}",
        f"Message-ID: <{b64(20)}@{host()}>", "MIME-Version: 1.0", content_type, "", ""])


def arf():
    bound = R.choice(["----=_Part_%d" % R.randint(1, 10**9), b64(24), "part1_%s_boundary" % b64(8)])
    a, to = ip(), box()
    fields = [f"Feedback-Type: {R.choice(['abuse', 'abuse', 'abuse', 'fraud', 'virus', 'other', 'opt-out', 'auth-failure'])}",
              f"User-Agent: {R.choice(['SomeGenerator/1.0', word().title() + '-FBL/1.0', 'Feedback-Loop/2.3'])}", "Version: 1"]
    fields += R.sample([f"Original-Mail-From: <{box()}>", f"Original-Rcpt-To: <{to}>", f"Arrival-Date: {date()}",
                        f"Received-Date: {date()}", f"Reporting-MTA: dns; {host()}", f"Source-IP: {a}",
                        f"Authentication-Results: {host()}; spf=fail smtp.mail={box()}", f"Reported-Domain: {host()}",
                        f"Reported-Uri: http://{host()}/{word()}", "Incidents: 1", f"Original-Envelope-Id: {ident()}",
                        f"Identity-Alignment: none", "Auth-Failure: dkim", f"DKIM-Domain: {host()}"], R.randint(4, 9))
    said = R.choice([
        f"This is an email abuse report for an email message received from IP {a} on\n{date()}.\nFor more information about this format please see http://www.mipassoc.org/arf/.",
        f"This is a spam complaint: one of our users reported the message below, which came\nfrom {a}. Please take action to stop the abuse.",
        f"Bonjour,\n\nCeci est un signalement d'abus pour un message reçu de l'adresse IP {a}\nle {date()}. Merci de faire le nécessaire.",
        f"Diese Nachricht wurde von einem unserer Nutzer als Spam gemeldet.\nQuelle: {a}", text(30)])
    kind = R.choice(["message/rfc822", "message/rfc822", "text/rfc822-headers"])
    return outer(f"{R.choice(['FW: ', '', 'Abuse report: ', 'complaint about message from '])}{word()} {a}",
                 f"Content-Type: multipart/report; report-type=feedback-report;\n\tboundary=\"{bound}\"") + "\n".join([
        f"--{bound}", "Content-Type: text/plain; charset=\"UTF-8\"", "Content-Transfer-Encoding: 7bit", "", said, "",
        f"--{bound}", "Content-Type: message/feedback-report", "", *fields, "",
        f"--{bound}", f"Content-Type: {kind}", "Content-Disposition: inline", "", spam(), "", f"--{bound}--", ""])


def forwarded():
    bound = "------------" + b64(24)
    ask = R.choice(["Hello,\n\nplease find attached a spam mail that was sent from your network.\nPlease stop this.",
                    "Bonjour,\n\nVous trouverez ci-joint un spam envoyé depuis votre réseau.\nMerci d'y mettre fin.\n\nCordialement,",
                    "Guten Tag\n\nim Anhang eine Spam-Mail, die über Ihren Server verschickt wurde.\n\nMit freundlichen Grüssen", text(40)])
    return outer(R.choice(["Fwd: ", "WG: ", "TR: ", "Spam from your network: "]) + word(),
                 f"Content-Type: multipart/mixed;\n boundary=\"{bound}\"") + "\n".join([
        "This is a multi-part message in MIME format.", f"--{bound}", "Content-Type: text/plain; charset=UTF-8; format=flowed",
        "Content-Transfer-Encoding: 8bit", "", ask, "", f"--{bound}", "Content-Type: message/rfc822; charset=UTF-8;",
        f" name=\"{word()}.eml\"", "Content-Disposition: attachment;", f" filename=\"{word()}.eml\"",
        "Content-Transfer-Encoding: 7bit", "", spam(), "", f"--{bound}--", ""])


def inline():
    return outer("Fwd: " + word(), "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit") + \
        R.choice(["-------- Forwarded Message --------", "---------- Forwarded message ---------",
                  "-----Original Message-----", "-------- Message transféré --------", "-----Ursprüngliche Nachricht-----"]) \
        + "\n" + spam()


def dsn():
    bound = f"{ident()}.{R.randint(10**9, 2 * 10**9)}/{host()}"
    rcpt = box()
    code = R.choice(["5.1.1", "5.7.1", "4.7.0", "5.2.2", "5.7.606"])
    return outer("Undelivered Mail Returned to Sender", f"Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"{bound}\"") + "\n".join([
        "This is a MIME-encapsulated message.", "", f"--{bound}", "Content-Description: Notification",
        "Content-Type: text/plain; charset=us-ascii", "", f"This is the mail system at host {host()}.", "",
        "I'm sorry to have to inform you that your message could not", "be delivered to one or more recipients. It's attached below.", "",
        "For further assistance, please send mail to postmaster.", "", "If you do so, please include this problem report. You can",
        "delete your own text from the attached returned message.", "", "                   The mail system", "",
        f"<{rcpt}>: host {host()}[{ip()}] said: 550 {code} <{rcpt}>:", "    Recipient address rejected: User unknown in local recipient table (in reply to RCPT TO command)", "",
        f"--{bound}", "Content-Description: Delivery report", "Content-Type: message/delivery-status", "",
        f"Reporting-MTA: dns; {host()}", f"X-Postfix-Queue-ID: {ident()}", f"X-Postfix-Sender: rfc822; {box()}", f"Arrival-Date: {date()}", "",
        f"Final-Recipient: rfc822; {rcpt}", f"Original-Recipient: rfc822;{rcpt}", "Action: failed", f"Status: {code}",
        f"Remote-MTA: dns; {host()}", f"Diagnostic-Code: smtp; 550 {code} Service unavailable; Client host [{ip()}]", "    blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/", "",
        f"--{bound}", "Content-Description: Undelivered Message", "Content-Type: message/rfc822", "", spam(), "", f"--{bound}--", ""])


def xarf():
    bound = "Abuse-" + b64(32)
    return outer(f"abuse report about {ip()} - {date()}", f"Content-Type: multipart/mixed; charset=\"utf8\"; boundary=\"{bound}\"\nX-XARF: PLAIN\nAuto-Submitted: auto-generated") + "\n".join([
        f"--{bound}", "MIME-Version: 1.0", "Content-Transfer-Encoding: 8bit", "Content-Type: text/plain; charset=utf-8;", "",
        "Dear Sir or Madam,", "", "this is an automated report about abusive behaviour from a host in your network.", text(20), "",
        f"--{bound}", "Content-Type: text/plain; charset=utf8; name=\"report.txt\";", "Content-Transfer-Encoding: 8bit", "",
        "Reported-From: " + box(), "Category: abuse", "Report-Type: " + R.choice(["login-attack", "spam", "fraud"]), "Service: smtp", "Version: 0.2",
        "User-Agent: reporter v1", f"Date: {date()}", "Source-Type: ip-address", f"Source: {ip()}", "Port: 25", f"Report-ID: {b64(12)}@{host()}",
        "Schema-URL: http://www.x-arf.org/schema/abuse_login-attack_0.1.2.json", "Attachment: text/plain", "",
        f"--{bound}", "Content-Type: text/plain; name=\"logfile.log\";", "", *[f"{date()} {host()} smtpd[{R.randint(100, 9999)}]: warning: unknown[{ip()}]: SASL LOGIN authentication failed" for _ in range(5)], "", f"--{bound}--", ""])


MAKERS = [arf, arf, arf, arf, forwarded, forwarded, inline, dsn, xarf]
if __name__ == "__main__":
    count, folder = int(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    for i in range(count):
        with open(os.path.join(folder, f"{i:05}.eml"), "w", encoding="utf-8", newline="") as f:
            f.write(R.choice(MAKERS)())
