#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One relay from the first complaint until it is listed again: rbldnsd, Postfix, our programs, and a movable clock."""
import datetime
import os
import re
import signal
import sys
import time

import lists as dnsbl
from lists import BUILT_IN, POINTS, POINTS6, RBLDNSD, Lists
from names import UNBOUND, Names
from tap import BUILD, INGEST, NOW, TOP, World, equal, holds, main, test
sys.path.insert(0, os.path.join(TOP, 'tests'))
import postfix  # noqa: E402

WATCH = os.path.join(BUILD, 'plaint-watch')
RELAY = '127.0.0.5'  # 127.0.0.2 is every list's test point; tests come from 127.0.0.1
ON = POINTS + f'{RELAY}\n'
OVER_QUOTA = POINTS + f':127.255.255.254:too many questions\n{RELAY}\n'
SITE = f'''[site]
name=Example Net abuse desk
domains=example.net
networks={RELAY}/32
watch=14d
check=no
[relay mx1]
names=mx1.example.net
addresses={RELAY}
roles=mx
[relay-test]
helo=monitor.test
pace=0
[zone asked.test]
title=Asked
procedure=their form
url=https://asked.test/remove
wait=2d
rate=1000
[zone expires.test]
removal=automatic
wait=24h
rate=1000
''' + ''.join(f'[zone {zone}]\nenabled=no\n' for zone in BUILT_IN)
OPEN = {
    'mydestination': '',
    'virtual_mailbox_domains': 'example.net',
    'virtual_mailbox_maps': 'inline:{ { abuse@example.net = x }, { postmaster@example.net = x } }',
    'virtual_transport': 'dead:',
    'smtpd_error_sleep_time': '0',
    'mynetworks': '127.0.0.0/8',  # the mistake
    'smtpd_relay_restrictions': 'permit_mynetworks, reject_unauth_destination',
}
COMPLAINT = f'''From: Ann <ann@victim.example>
To: abuse@example.net
Subject: spam from your server
Date: Tue, 24 Nov 2026 07:30:00 +0000
Message-ID: <1@victim.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Please stop this.
--b
Content-Type: message/rfc822

Received: from mx1.example.net (mx1.example.net [{RELAY}])
\tby mx.victim.example (Postfix) with ESMTPS id 4Xb1
\tfor <ann@victim.example>; Tue, 24 Nov 2026 07:00:12 +0000
Received: from [10.0.0.5] (unknown [203.0.113.77])
\tby mx1.example.net (Postfix) with ESMTP id 4Xa1;
\tTue, 24 Nov 2026 07:00:08 +0000
From: Bank <x@bank.example>
To: ann@victim.example
Subject: Cheap pills
Date: Tue, 24 Nov 2026 07:00:00 +0000
Message-ID: <s1@bank.example>

Buy now.
--b--
'''


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))


class Desk(World):
    """With two lists and a mail host that is open."""

    def __init__(self, lists):
        super().__init__(f'[dns]\nservers={lists.servers}\n{SITE}')
        os.chmod(self.dir, 0o755)
        self.lists = lists
        self.start = time_of(NOW)
        self.answers = {zone: [] for zone in lists.zones}  # (at, outcome), as we know them
        self.run('init')

    @property
    def now(self):
        return time_of(self.env['PLAINT_NOW'])

    def at(self, days=0, clock='08:00'):
        """Puts the clock on so many days after the first, at that time."""
        hours, minutes = map(int, clock.split(':'))
        day = self.start.replace(hour=hours, minute=minutes, second=0) + datetime.timedelta(days=days)
        assert day >= self.now, day
        self.env['PLAINT_NOW'] = day.strftime('%Y-%m-%dT%H:%M:%SZ')
        return self

    def put(self, text, *zones):
        for zone in zones or self.lists.zones:
            self.lists.put(zone, 0, text)
        time.sleep(1.2)  # rbldnsd looks at its files

    def watch(self):
        out, err = self.run('--once', program=WATCH)
        equal(out, b'')
        return err.decode()

    def listings(self):
        return {row['zone']: row for row in self.json('listing', 'list', '--all')['listings']}

    def states(self):
        return [self.listings()[zone]['state'] for zone in self.lists.zones]

    def next(self):
        """The one that is looked up next, and when."""
        due = {zone: time_of(self.json('listing', 'show', str(row['id']))['due_at'])
               for zone, row in self.listings().items()}
        return min(due.items(), key=lambda row: row[1])

    def turn(self, minute, outcome):
        """plaint-watch, at that minute, looks up both."""
        holds(self.at(clock=minute).watch(), '2 looked up: ', f'2 {outcome}')
        for answers in self.answers.values():
            answers.append((self.now, outcome))

    def follow(self, script):
        """Each list goes its own way through the script: (what it says, outcome, least and most minutes since it
        was asked last). It is asked at the second when it is due, and not before."""
        steps = {zone: list(script) for zone in self.lists.zones}
        while any(steps.values()):
            zone, due = self.next()
            says, outcome, least, most = steps[zone].pop(0)
            gap = (due - self.answers[zone][-1][0]).total_seconds() / 60
            assert least <= gap <= most, (zone, outcome, gap)
            if says:
                self.put(says, zone)
            else:
                self.lists.stop()
            self.env['PLAINT_NOW'] = (due - datetime.timedelta(seconds=1)).strftime('%Y-%m-%dT%H:%M:%SZ')
            equal(self.watch(), '')
            self.env['PLAINT_NOW'] = due.strftime('%Y-%m-%dT%H:%M:%SZ')
            holds(self.watch(), 'lookups: 1 looked up', f'1 {outcome}')
            self.answers[zone].append((due, outcome))
            if not says:
                self.lists.start()


def minutes(later, sooner):
    return (later - sooner).total_seconds() / 60


@test
def story():
    """a complaint, two listings, the proof, the request, off the lists, the report; and back"""
    with Lists({'asked.test': [('ip4set', POINTS)], 'expires.test': [('ip4set', POINTS)]}) as lists, \
            Desk(lists) as desk, \
            postfix.Postfix(desk.path('mx1'), OPEN, '', RELAY, 'mx1.example.net') as mta:
        host = f'{RELAY}:{mta.port}'

        # 08:00: somebody complains
        desk.run('-f', 'ann@victim.example', '-a', 'abuse@example.net', program=INGEST, stdin=COMPLAINT.encode())
        ticket = desk.json('ticket', 'show', '1')
        equal((ticket['state'], ticket['machine'], ticket['cause'], ticket['confidence']),
              ('new', RELAY, 'open-relay', 'high'))
        desk.turn('08:00', 'clean')
        equal(desk.json('listing', 'list')['listings'], [])

        # 09:01: both lists have it
        desk.put(ON)
        desk.turn('09:01', 'listed')
        equal(desk.states(), ['listed', 'expiring'])
        equal({row['ticket_id'] for row in desk.listings().values()}, {1})
        equal(len(desk.json('ticket', 'list', '--all')['tickets']), 1)
        holds(desk.text('ticket', 'show', '1'), 'asked.test', 'expires.test')
        asked, expires = (str(desk.listings()[zone]['id']) for zone in lists.zones)

        # 09:10: is it so? Yes. Nothing is fixed, and nobody is to be asked
        desk.at(clock='09:10')
        tested = desk.json('relay', 'test', host)['tests'][0]
        equal((tested['verdict'], tested['ticket_id']), ('accepted', 1))
        desk.run('ticket', 'move', '1', 'open')
        desk.at(clock='09:20').run('ticket', 'move', '1', 'contained', '--note=port 25 is shut')
        holds(desk.error('ticket', 'move', '1', 'fixed', status=69), 'no evidence of the fix', 'relay test')
        holds(desk.error('listing', 'request', asked, status=69), "ticket 1 is 'contained'", 'fixed, with evidence')
        holds(desk.error('listing', 'request', expires, status=69), 'removes by itself')

        # 10:00: repaired, which the same test proves
        mta.add('main.cf', 'mynetworks = 127.0.0.99/32\n')
        mta.run('reload')
        assert postfix.wait_until(lambda: 'reload --' in mta.log(), 10)
        desk.at(clock='10:00')
        tested = desk.json('relay', 'test', host)['tests'][0]
        equal((tested['verdict'], tested['ticket_id']), ('closed', 1))
        desk.run('ticket', 'move', '1', 'fixed')
        equal([proof['kind'] for proof in desk.json('ticket', 'show', '1')['proofs']], ['relay-test'])

        # 12:00: two hours later, not sooner
        holds(desk.at(clock='10:30').error('listing', 'request', asked, status=69), 'fixed 30 minutes ago')
        holds(desk.at(clock='11:59').error('listing', 'request', asked, status=69), 'fixed 119 minutes ago')
        text = desk.at(clock='12:00').text('listing', 'request', asked, 'their', 'form', '--reference=R-77')
        holds(text, 'requested', 'https://asked.test/remove')
        row = desk.listings()['asked.test']
        equal((row['state'], row['reference'], row['requested_at'], row['promised_at']),
              ('requested', 'R-77', '2026-11-24T12:00:00Z', '2026-11-26T12:00:00Z'))
        equal(desk.json('ticket', 'show', '1')['state'], 'delisting')
        holds(desk.text('listing', 'show', asked), 'promised in 2 d')
        holds(desk.error('listing', 'request', asked, status=69), "is requested already")

        # both let go: three clean answers count, whatever comes between
        desk.turn('13:00', 'listed')
        desk.follow([(POINTS, 'clean', 30, 60), (None, 'unknown', 30, 60), (OVER_QUOTA, 'unknown', 7.5, 12.5),
                     (POINTS, 'clean', 15, 25)])
        equal(desk.states(), ['requested', 'expiring'])
        holds(desk.error('ticket', 'move', '1', 'resolved', '--resolution=fixed', status=69), 'unfinished')
        desk.follow([(POINTS, 'clean', 30, 60)])
        equal(desk.states(), ['watched', 'watched'])
        off = {zone: next(at for at, outcome in answers if outcome == 'clean' and at.hour >= 13)
               for zone, answers in desk.answers.items()}
        row = desk.json('listing', 'show', asked)
        equal([event['to_state'] for event in row['events']], ['watched', 'delisted', 'requested', 'listed'])
        equal([(run['outcome'], run['why'], run['checks']) for run in row['answers']],
              [('clean', None, 2), ('unknown', 'refused', 2), ('clean', None, 1), ('listed', None, 2),
               ('clean', None, 1)])
        equal(time_of(row['watch_until']) - time_of(row['delisted_at']), datetime.timedelta(days=14))
        desk.at(clock='18:00').run('ticket', 'move', '1', 'resolved', '--resolution=fixed')

        reported(desk, off)
        again(desk, asked, off)
        equal((mta.took(), mta.queued()), (0, []))


def figure(group, name, *want):
    """Median and p90 of that many times, in minutes; a look-up takes a moment."""
    got = group[name]
    equal((name, got['n']), (name, len(want)))
    for key, value in (('median', sorted(want)[(len(want) - 1) // 2]), ('p90', max(want))):
        assert abs(got[key] / 60 - value) < 0.5, (name, got, want)


def counted(report, **want):
    equal({name: report['total'][name] for name in want}, want)


def reported(desk, off):
    """Its figures are those that one gets by hand."""
    report = desk.json('report', 'delisting')
    long = [minutes(at, desk.start.replace(hour=9, minute=1)) for at in off.values()]
    counted(report, listed=0, began=2, ended=2, relisted=0, checks=16, unknown=4)
    figure(report['total'], 'detect', 60, 60)  # spam of 07:00, of which we heard at 08:00
    figure(report['total'], 'contain', 80, 80)  # since then, until 09:20
    figure(report['total'], 'request', 179)  # since 09:01, until 12:00
    figure(report['total'], 'delist', *long)
    assert abs(report['total']['listed_minutes'] - sum(long)) <= 1, (report['total'], long)
    for row in report['listings']:
        equal((row['state'], row['began_at'], row['contained_at'], row['fixed_at'], row['proofs'][0]['kind']),
              ('watched', '2026-11-24T09:01:00Z', '2026-11-24T09:20:00Z', '2026-11-24T10:00:00Z', 'relay-test'))
        assert 0 <= minutes(time_of(row['ended_at']), off[row['zone']]) < 0.5, (row, off)
    text = desk.text('report', 'delisting')
    equal([line for line in text.splitlines() if len(line) > 80], [])
    holds(text, '127.0.0.5 in asked.test: watched', 'contained 2026-11-24 09:20, fixed 2026-11-24 10:00; relay-test:',
          '2026-11-24 12:00: their form, reference R-77', 'watched for a relisting, until 2026-12-08',
          f"2026-11-24 09:01 until {off['asked.test']:%Y-%m-%d %H:%M}")


def again(desk, asked, off):
    """Five days later the host is still closed, and a list has it again."""
    holds(desk.at(days=5).watch(), '2 looked up: 0 listed, 2 clean', 'relay tests: 1 tested again')
    equal(desk.json('ticket', 'show', '1')['state'], 'resolved')
    desk.put(ON, 'asked.test')
    holds(desk.at(days=5, clock='10:00').watch(), '2 looked up: 1 listed, 1 clean')
    row = desk.listings()['asked.test']
    equal((desk.states(), row['relistings'], row['ticket_id']), (['listed', 'watched'], 1, 1))
    ticket = desk.json('ticket', 'show', '1')
    equal((ticket['state'], ticket['reopened'], len(desk.json('ticket', 'list', '--all')['tickets'])), ('open', 1, 1))
    holds(desk.text('ticket', 'show', '1'), 'listed again: what was done has not held', 'from before it was reopened')
    holds(desk.text('listing', 'show', asked), 'listed again 1 time')
    # what was proved then proves nothing now
    desk.run('ticket', 'move', '1', 'contained')
    desk.error('ticket', 'move', '1', 'fixed', status=69)
    desk.error('listing', 'request', asked, status=69)
    report = desk.json('report', 'delisting')
    counted(report, listed=1, began=3, ended=2, relisted=1, checks=20, unknown=4)
    figure(report['total'], 'detect', 60, 60, 0)
    figure(next(zone for zone in report['zones'] if zone['name'] == 'asked.test'), 'detect', 60, 0)
    figure(report['total'], 'contain', 80, 80, 0)  # what was done before stays done
    figure(report['total'], 'request', 179)
    figure(report['total'], 'delist', *(minutes(at, desk.start.replace(hour=9, minute=1)) for at in off.values()))
    first, now, other = report['listings']
    for row in first, other:
        equal((row['contained_at'], row['fixed_at'], [proof['kind'] for proof in row['proofs']]),
              ('2026-11-24T09:20:00Z', '2026-11-24T10:00:00Z', ['relay-test']))
    equal((now['relisted'], now['contained_at'], now['fixed_at'], now['proofs'], now['listed_again_at']),
          (True, '2026-11-29T10:00:00Z', None, [], None))
    equal((first['listed_again_at'], other['listed_again_at']), ('2026-11-29T10:00:00Z', None))
    text = desk.text('report', 'delisting')
    equal([line for line in text.splitlines() if len(line) > 80], [])
    holds(text, '2026-11-29 10:00, not for the first time', '127.0.0.5 in asked.test: listed again',
          '127.0.0.5 in expires.test: watched')
    equal(text.count('watched for a relisting'), 1)
    holds(desk.text('report', 'delisting', '--format=csv'), 'listed_again_at', '"2026-11-29T10:00:00Z"\r\n')


REWRITING = '''  local-zone: "test." redirect
  local-data: "test. A 198.51.100.80"
''' + ''.join(f'''  local-zone: "{name}" static
  local-data: "{name} A 127.0.0.2"
''' for name in ('2.0.0.127.two.test.', '25.2.0.192.two.test.'))
BROKEN = '''  local-zone: "test." always_transparent
  do-not-query-localhost: no
forward-zone:
  name: "test."
  forward-addr: 127.0.0.1@%d
'''


class Doubts(World):
    """A relay, its IPv6 address on one list, its IPv4 address on another."""

    def __init__(self, lists):
        super().__init__(dnsbl.conf(lists).replace('families=v4;v6', 'families=v6'))
        self.lists = lists
        self.run('init')
        equal(self.json('listing', 'check')['listed'], 2)
        self.ids = {row['address']: str(row['id']) for row in self.json('listing', 'list')['listings']}
        equal(set(self.ids), {'192.0.2.25', '2001:db8::25'})

    def servers(self, servers):
        with open(self.conf, encoding='utf-8') as text:
            self.path('plaint.conf', re.sub(r'servers=.*', f'servers={servers}', text.read()))

    def put(self, six, four=POINTS + '192.0.2.25\n'):
        self.lists.put('one.test', 0, six)
        self.lists.put('two.test', 0, four)
        time.sleep(1.2)

    def check(self, four, six, **later):
        """What is answered about each address, or why nothing is known."""
        now = time_of(self.env['PLAINT_NOW']) + datetime.timedelta(**later)
        self.env['PLAINT_NOW'] = now.strftime('%Y-%m-%dT%H:%M:%SZ')
        self.json('listing', 'check')
        last = [self.json('listing', 'show', self.ids[address])['answers'][0] for address in sorted(self.ids)]
        equal([answer['why'] or answer['outcome'] for answer in last], [four, six])

    def states(self):
        rows = self.json('listing', 'list', '--all')['listings']
        return [row['state'] for row in sorted(rows, key=lambda row: row['address'])]


@test
def doubts():
    """IPv6 too: a resolver that rewrites or fails, a list that is silent, refuses or lists the world, move nothing"""
    on = {'one.test': [('ip6trie', POINTS6 + '2001:db8::25\n')], 'two.test': [('ip4set', POINTS + '192.0.2.25\n')]}
    with Lists(on) as lists, Doubts(lists) as desk, \
            Lists({'other.example': [('ip4set', POINTS)]}) as refusing:
        for more, why in ((REWRITING, 'broken-zone'), (BROKEN % refusing.port, 'servfail')):
            with Names([], more=more) as names:
                desk.servers(names.servers)
                desk.check(why, why, hours=7)
        desk.servers(lists.servers)
        lists.process.send_signal(signal.SIGSTOP)
        desk.check('timeout', 'timeout', hours=7)
        lists.process.send_signal(signal.SIGCONT)
        desk.put(POINTS6 + ':127.0.0.2:all of it\n::/0\n')
        desk.check('listed', 'wildcard', hours=7)
        desk.put(POINTS6 + ':127.255.255.254:too many questions\n2001:db8::25\n')
        desk.check('listed', 'refused', hours=7)
        desk.put(POINTS6, POINTS)
        for _ in range(3):
            equal(desk.states(), ['expiring', 'listed'])
            desk.check('clean', 'clean', hours=7)
        equal(desk.states(), ['watched', 'watched'])


if not RBLDNSD or not UNBOUND or not postfix.available():
    print('1..0 # SKIP no rbldnsd, unbound or Postfix, or not root')
    sys.exit(0)
main()
