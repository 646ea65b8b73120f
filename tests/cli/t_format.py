#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is recognised, who sends it, and what falls or falls silent: of mail that the LDA took in."""
from tap import INGEST, PLAINT, World, equal, holds, main, on_terminal, test

SITE = '''[site]
domains=example.net
networks=192.0.2.0/24
'''
ARF = '''From: <fbl@{reporter}>
To: abuse@example.net
Subject: a complaint
Date: {date}
Message-ID: <{n}@{reporter}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b1

--b1
Content-Type: text/plain

An abuse report.
--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: loop/1
Version: 1
Source-IP: 192.0.2.9
Original-Rcpt-To: <ann@{reporter}>

--b1
Content-Type: message/rfc822

Received: from host.example.net (host.example.net [192.0.2.9])
\tby mx.{reporter} with ESMTP id 4Xb{n}; {date}
From: news@shop.example
To: ann@{reporter}
Subject: Offers {n}
Message-ID: <o{n}@shop.example>

Buy.
--b1--
'''
# The same reporter's new layout: it names the address no more, and encloses nothing.
ROTTEN = '''From: <fbl@{reporter}>
To: abuse@example.net
Subject: complaint {n}
Date: {date}
Message-ID: <{n}@{reporter}>

See our portal.
'''


def take(world, text, day, reporter='fbl.example', n=1):
    date = f'{day:02d} Nov 2026 08:00:00 +0000'
    for i in range(n):
        mail = text.format(reporter=reporter, n=f'{day}x{i}', date=date)
        world.run('-a', 'abuse@example.net', program=INGEST, stdin=mail.encode(),
                  env={'PLAINT_NOW': f'2026-11-{day:02d}T08:00:0{i % 10}Z'})


def desk(*feeds):
    """Each feed: a mail, its days of November, and the reporter."""
    world = World(SITE)
    world.run('init')
    for text, days, reporter in feeds:
        for day in days:
            take(world, text, day, reporter)
    return world


def rows(world, *words, **more):
    return [(r['reporter'], r['format'], r['seen'], r['recognised'], r['without_source'], r['flag'])
            for r in world.json('format', 'stats', *words, **more)['feeds']]


@test
def formats():
    """`format list` has every format, what it is, how many there are, and the last day"""
    with desk((ARF, (20, 21), 'fbl.example'), (ROTTEN, (22,), 'fbl.example')) as world:
        have = {r['format']: r for r in world.json('format', 'list')['formats']}
        equal((have['arf']['stored'], have['arf']['last_seen']), (2, '2026-11-21'))
        equal((have['message']['stored'], have['message']['last_seen']), (1, '2026-11-22'))
        equal((have['xarf']['stored'], have['xarf']['last_seen']), (0, None))
        assert all(r['what'] for r in have.values())
        text = world.text('format', 'list')
        equal(len(text.splitlines()), len(have) + 1)
        holds(text, 'a feedback report', '2026-11-21')


@test
def steady():
    """what comes as ever has no flag; only what came since then is counted"""
    with desk((ARF, range(10, 25), 'fbl.example')) as world:
        equal(rows(world), [('fbl.example', 'arf', 15, 15, 0, None)])
        equal(rows(world, '--since=2026-11-23'), [('fbl.example', 'arf', 2, 2, 0, None)])
        equal(rows(world, '--reporter=FBL.example'), [('fbl.example', 'arf', 15, 15, 0, None)])
        holds(world.text('format', 'stats', '--reporter=other.example'), 'No feeds.')


@test
def falling():
    """a reporter whose new layout is not recognised is flagged, before all others"""
    with desk((ARF, range(1, 25), 'aol.example'), (ARF, range(4, 18), 'fbl.example'),
              (ROTTEN, range(18, 25), 'fbl.example')) as world:
        equal(rows(world), [('fbl.example', 'arf', 14, 14, 0, 'silent'),
                            ('fbl.example', 'message', 7, 0, 0, 'falling'),
                            ('aol.example', 'arf', 24, 24, 0, None)])
        lines = world.text('format', 'stats').splitlines()
        equal(lines[0].split('  ')[0], 'reporter')
        equal([line.index('2026-11') for line in lines[1:]], [lines[0].index('last seen')] * 3)
        status, out = on_terminal([PLAINT, '-c', world.conf, 'format', 'stats'], world.env, 60)
        equal(status, 0)
        holds(out.decode(), 'falling', 'silent')


@test
def silent():
    """a feed that has not come for three times its usual gap is flagged, until it comes again"""
    with desk((ARF, range(6, 21), 'fbl.example')) as world:
        equal(rows(world, env={'PLAINT_NOW': '2026-11-23T23:00:00Z'})[0][-1], None)
        equal(rows(world)[0][-1], 'silent')
        take(world, ARF, 24)
        equal(rows(world)[0][-1], None)


@test
def reparsed():
    """what is read better later is counted so"""
    with desk((ARF, range(20, 25), 'fbl.example')) as world:
        with open(world.conf, encoding='utf-8') as conf:
            text = conf.read()
        world.path('plaint.conf', text.replace('192.0.2.0/24', '198.51.100.0/24'))
        equal(world.json('reparse')['changed'], 5)
        equal(rows(world), [('fbl.example', 'arf', 5, 5, 0, None)])


SPAM = """Received: from x.example (x.example [203.0.113.7])
\tby mx.example.net with ESMTP id 4Xb9; {date}
From: Prince <prince@{reporter}>
To: abuse@example.net
Subject: Your funds
Date: {date}
Message-ID: <{n}@{reporter}>
List-Unsubscribe: <http://{reporter}/off>
Precedence: bulk

Dear beneficiary, claim your prize of ten million dollars now. Click here to buy cheap pills and win
the lottery: http://{reporter}/claim
"""


@test
def queues():
    """each format is a queue that `complaint list` can show, alone, with others, or left out"""
    with desk((SPAM, (20,), 'spam.example'), (ROTTEN, (21,), 'fbl.example')) as world:
        def formats_of(*query):
            return [c['format'] for c in world.json('complaint', 'list', *query)['complaints']]
        equal(formats_of(), ['message', 'unsolicited'])
        equal(formats_of('format:unsolicited'), ['unsolicited'])
        equal(formats_of('format:unsolicited,message'), ['message', 'unsolicited'])
        equal(formats_of('-format:unsolicited'), ['message'])
        for row in world.json('format', 'list')['formats']:
            have = formats_of('format:' + row['format'])
            equal(have, [row['format']] * row['stored'])
        holds(world.text('help', 'complaint', 'list'), 'format:unsolicited', 'format:dmarc')
        holds(world.error('complaint', 'list', 'format:dmark', status=65), "did you mean 'dmarc'")


@test
def refused():
    """a time, a limit and an operand that are wrong"""
    with desk() as world:
        holds(world.error('format', 'stats', '--limit=0', status=64), '--limit takes 1 to 500')
        world.error('format', 'stats', '--since=soon', status=65)
        world.error('format', 'list', 'arf', status=64)


main()
