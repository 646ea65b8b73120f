#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Complaints of a feedback loop about customers' bulk mail are written as opt-outs."""
import csv
import io

from tap import INGEST, World, equal, holds, main, test

SITE = '''[site]
domains=example.net
networks=192.0.2.0/24
'''
ARF = '''From: <fbl@fbl.example>
To: abuse@example.net
Subject: a complaint
Message-ID: <{n}@fbl.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b1

--b1
Content-Type: text/plain

An abuse report.
--b1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: loop/1
Version: 1
Source-IP: 192.0.2.9
Original-Rcpt-To: {rcpt}

--b1
Content-Type: message/rfc822

Received: from news.shop.example (news.shop.example [192.0.2.9])
\tby mx.fbl.example with ESMTP id 4Xb{n}; 20 Nov 2026 08:00:00 +0000
From: news@shop.example
Subject: Offers {n}
Message-ID: <o{n}@shop.example>
{marks}

Buy.
--b1--
'''
BULK = 'List-Unsubscribe: <mailto:off@shop.example>\nPrecedence: bulk'
CUSTOMERS = '''reference,name,email,language,networks
"C,1",Shop,abuse@shop.example,,192.0.2.9
'''


def desk(*mails):
    """Each mail: its recipient, feedback type and marks of bulk; one a day from 10 November."""
    world = World(SITE)
    world.run('init')
    world.run('customer', 'import', world.path('customers.csv', CUSTOMERS))
    for n, (rcpt, kind, marks) in enumerate(mails, 10):
        world.run('-a', 'abuse@example.net', program=INGEST, env={'PLAINT_NOW': f'2026-11-{n}T08:00:00Z'},
                  stdin=ARF.format(n=n, rcpt=rcpt, kind=kind, marks=marks).encode())
    return world


def rows(world, *words):
    out, err = world.run('optout', 'export', *words)
    return list(csv.reader(io.StringIO(out.decode(), newline=''))), err.decode()


@test
def csv_and_json():
    """date, recipient, customer and message id, in the order of receipt; the same in JSON"""
    with desk(('<ann@fbl.example>', 'abuse', BULK), ('<bob@fbl.example>', 'opt-out', BULK + '\nCFBL-Feedback-ID: 7:shop\nList-Id: Offers <offers.shop.example>'),
              ('<eve@fbl.example>', 'fraud', BULK)) as world:
        got, err = rows(world)
        equal(err, '')
        equal(got, [['date', 'recipient', 'customer', 'message_id', 'feedback_id', 'list_id'],
                    ['2026-11-10T08:00:00Z', 'ann@fbl.example', 'C,1', 'o10@shop.example', '', ''],
                    ['2026-11-11T08:00:00Z', 'bob@fbl.example', 'C,1', 'o11@shop.example', '7:shop', 'offers.shop.example']])
        equal(rows(world)[0], got)
        model = world.json('optout', 'export')
        equal([[r[c] or '' for c in got[0]] for r in model['optouts']], got[1:])
        equal(world.text('optout', 'export', '--format=json'), world.text('optout', 'export', '--json'))
        equal(rows(world, '--since=2026-11-11')[0][1:], got[2:])
        equal(rows(world, '--customer=C,1')[0], got)
        equal(rows(world, '--customer=C-2')[0], got[:1])


@test
def redacted():
    """recipients that are redacted are left out, and counted"""
    with desk(('redacted', 'abuse', BULK), ('<ann@fbl.example>', 'abuse', BULK)) as world:
        got, err = rows(world)
        equal([row[1] for row in got[1:]], ['ann@fbl.example'])
        holds(err, '1 left out')
        equal(world.json('optout', 'export')['redacted'], 1)


@test
def formulas():
    """what a spreadsheet would run is made harmless"""
    with desk(('<=cmd@fbl.example>', 'abuse', BULK), ('<+1@fbl.example>', 'abuse', BULK),
              ('<-eve@fbl.example>', 'abuse', BULK)) as world:
        equal([row[1] for row in rows(world)[0][1:]],
              ["'=cmd@fbl.example", "'+1@fbl.example", "'-eve@fbl.example"])
        equal(world.json('optout', 'export')['optouts'][0]['recipient'], '=cmd@fbl.example')


@test
def refused():
    """a format and a time that are not"""
    with desk() as world:
        holds(world.error('optout', 'export', '--format=xml', status=64), 'csv')
        world.error('optout', 'export', '--since=soon', status=65)
        equal(rows(world)[0], [['date', 'recipient', 'customer', 'message_id', 'feedback_id', 'list_id']])


main()
