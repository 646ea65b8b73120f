#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""gen_hops.py COUNT SEED LEAST MOST >FILE: an mbox of header blocks with LEAST to MOST trace fields in mixed dialects.

On top two hosts of the complainant's provider, then the hand-over by our relay (4 of 5, with our own line below it) or
by a stranger, then decoration. The same numbers give the same bytes; run.py's SITE knows the hosts."""
import random
import sys
import time

START = 1767225600
DIALECTS = (
    "from {helo} ({name} [{ip}])\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\n"
    "\t(No client certificate requested)\n\tby {by} (Postfix) with ESMTPS id 4X{upper}Q\n\tfor <{rcpt}>",
    "from {helo} ({name} [{ip}])\n\tby {by} (Postfix) with ESMTP id {hex}",
    "from {helo} ({name} [{ip}])\n\tby {by} (8.17.1/8.17.1) with ESMTPS id 52{upper}012345\n"
    "\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NOT)\n\tfor <{rcpt}>",
    "from {helo} ({name} [{ip}] (may be forged))\n\tby {by} (8.15.2/8.15.2) with SMTP id x24{upper}",
    "from {name} ([{ip}] helo={helo})\n\tby {by} with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\n\t(Exim 4.96)\n"
    "\t(envelope-from <{sender}>)\n\tid 1r{upper:.4}-000{upper:.3}-1Q\n\tfor {rcpt}",
    "from [{ip}] (helo={helo})\n\tby {by} with esmtp (Exim 4.94.2)\n\t(envelope-from <{sender}>)\n"
    "\tid 1r{upper:.4}-000{upper:.3}-2B\n\tfor {rcpt}",
    "from unknown (HELO {helo}) ({ip})\n  by {by} with SMTP",
    "from {name} (HELO {helo}) (root@{ip})\n  by {by} with ESMTPS (AES256-GCM-SHA384 encrypted)",
    "from {helo} ({ip}) by {by} (10.0.0.7)\n with Microsoft SMTP Server (version=TLS1_2,\n"
    " cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.1.2507.{number}",
    "from {helo} ([{ip}]) by {by} with Microsoft SMTPSVC(6.0.3790.4675)",
    "from {helo} ({name}. [{ip}])\n        by {by} with ESMTPS id {hex}-{hex}.{number}.2026.01.01.01\n"
    "        for <{rcpt}>\n        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256)",
    "from {helo} ({name} [{ip}])\n  (TLS: TLSv1.3,256bits,TLS_AES_256_GCM_SHA384)\n  by {by} with ESMTPS\n"
    "  id 00000000{hex}.00004D2E",
    "from [{ip}] (HELO {helo})\n  by {by} (CommuniGate Pro SMTP 6.2.15)\n  with ESMTPS id {number}{number} for {rcpt}",
    "from {helo} ({name} [{ip}])\n\tby {by} (OpenSMTPD) with ESMTPS id {hex} (TLSv1.3:AEAD-AES256:256:NO)\n"
    "\tfor <{rcpt}>",
    "from {helo} ({name} [{ip}])\n\tby {by} (Haraka/3.0.2) with ESMTPS id {upper}-4A5B-4C6D.1\n"
    "\tenvelope-from <{sender}>",
    "from {helo} ([{ip}]) by {by} (MDaemon PRO v21.5.1)\n\twith ESMTPS id md50{number}{number}.msg for <{rcpt}>",
)
ACCOUNT = ("from [10.0.0.{n}] (unknown [{ip}])\n\t(Authenticated sender: {sender})\n"
           "\tby {by} (Postfix) with ESMTPSA id 4X{upper}Z")


def date(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(seconds))


class Block:
    """The trace of one message, from the top: each line's peer is the next line's writer."""

    def __init__(self, rng):
        self.rng, self.lines = rng, []
        self.time = START + int(rng.random() * 86400)
        self.provider = f"provider{self.below(40)}.example.com"
        self.rcpt = f"{self.letters('bcdfglmnprst', 6)}@{self.provider}"
        self.sender = f"{self.letters('aeioubdgkl', 8)}@example.net"
        self.by = f"store{self.below(9)}.{self.provider}"

    def below(self, n):
        return int(self.rng.random() * n)

    def letters(self, alphabet, n):
        return "".join(alphabet[self.below(len(alphabet))] for _ in range(n))

    def add(self, dialect, ip, name, helo=None):
        line = dialect.format(
            ip=ip, name=name, helo=helo or name, by=self.by, rcpt=self.rcpt, sender=self.sender, n=self.below(255),
            hex=self.letters("0123456789ABCDEF", 11), upper=self.letters("0123456789BCDFGHJKLMNPQRSTVWXYZ", 9),
            number=100 + self.below(900))
        self.lines.append(f"Received: {line}; {date(self.time)}\n")
        self.time -= self.below(5)
        self.by = name

    def any(self):
        return DIALECTS[self.below(len(DIALECTS))]

    def fill(self, n):
        own = self.below(5) > 0
        self.add(DIALECTS[0], f"198.51.100.{10 + self.below(9)}", f"mx{self.below(9)}.{self.provider}")
        if own:
            relay = 1 + self.below(3)
            self.add(DIALECTS[self.below(6)], f"192.0.2.{24 + relay}", f"out{relay}.example.net")
            self.add(ACCOUNT, f"203.0.113.{self.below(255)}", f"pc{self.below(99)}")
        while len(self.lines) < n:
            name = f"host{self.below(250)}.{self.letters('abcdefgh', 5)}.example"
            self.add(self.any(), f"203.0.113.{self.below(255)}", name, self.letters("klmnop", 6) if self.below(3) else None)

    def text(self):
        return (f"From gen {date(START)}\nReturn-Path: <{self.sender}>\n" + "".join(self.lines) +
                f"From: <{self.sender}>\nTo: <{self.rcpt}>\nSubject: {self.letters('aeioubdgkl', 12)}\n"
                f"Date: {date(self.time)}\nMessage-ID: <{self.letters('0123456789abcdef', 20)}@example.net>\n\nx\n\n")


def main():
    count, seed, least, most = map(int, sys.argv[1:])
    rng = random.Random(seed)
    for _ in range(count):
        block = Block(rng)
        block.fill(least + block.below(most - least + 1))
        sys.stdout.write(block.text())


main()
