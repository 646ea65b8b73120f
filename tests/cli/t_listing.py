#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings, from the day a list has the address until it has stayed off: rbldnsd and a movable clock."""
import datetime
import signal
import subprocess
import sys
import time

from lists import CLEAN, POINTS, POINTS6, RBLDNSD, SITE, Lists, conf
from tap import INGEST, NOW, PLAINT, World, equal, holds, main, test


class Clock:
    def __init__(self):
        self.now = datetime.datetime.fromisoformat(NOW.replace('Z', '+00:00'))

    def env(self, **later):
        self.now += datetime.timedelta(**later)
        return {'PLAINT_NOW': self.now.strftime('%Y-%m-%dT%H:%M:%SZ')}


def two_lists():
    return Lists({'one.test': CLEAN, 'two.test': [('ip4set', POINTS)]})


def change(lists, zone, text):
    """The list has it at once: asked until it answers so."""
    lists.put(zone, 0, text)
    time.sleep(1.2)


def check(world, clock, **later):
    return world.json('listing', 'check', env=clock.env(**later))


def states(world, clock):
    return {(row['address'], row['zone']): row['state'] for row in
            world.json('listing', 'list', '--all', env=clock.env())['listings']}


@test
def story():
    """clean, listed by two, off one by itself, off the other, watched, closed; then back"""
    clock = Clock()
    with two_lists() as lists, World(conf(lists) + '[relay-test]\nevery=0\n') as world:
        world.run('init')
        # the relay in both families: v4 in two zones, v6 in one
        equal(check(world, clock), {'asked': 3, 'listed': 0, 'clean': 3, 'unknown': 0, 'zones_not_believed': 0})
        equal(check(world, clock, minutes=5)['asked'], 0)
        site = world.json('site', 'check', env=clock.env())['findings']
        equal({row['outcome'] for row in site if row['kind'] == 'listed'}, {'good'})
        holds(world.text('listing', 'check', env=clock.env()), 'nothing is due')
        for zone in ('one.test', 'two.test'):
            change(lists, zone, POINTS + '192.0.2.25\n')
        got = check(world, clock, hours=16)
        equal((got['asked'], got['listed']), (3, 2))
        equal(states(world, clock), {('192.0.2.25', 'one.test'): 'listed', ('192.0.2.25', 'two.test'): 'expiring'})
        tickets = world.json('ticket', 'list', env=clock.env())['tickets']
        equal([(t['kind'], t['machine']) for t in tickets], [('listing', '192.0.2.25')])
        ticket = str(tickets[0]['id'])
        # that a list has it does not say why: no report and no letter may confess to an open relay
        shown = world.json('ticket', 'show', ticket, env=clock.env())
        equal((shown['cause'], shown['by_hand']), ('unknown', None))
        letter = world.text('listing', 'request', '1', '--print', env=clock.env())
        holds(letter, 'The cause is not known for certain')

        # what is listed is hot: an hour later it is due again, and three clean answers are wanted
        change(lists, 'two.test', POINTS)
        for _ in range(3):
            equal(states(world, clock)['192.0.2.25', 'two.test'], 'expiring')
            equal(check(world, clock, minutes=61)['asked'], 2)
        equal(states(world, clock), {('192.0.2.25', 'one.test'): 'listed', ('192.0.2.25', 'two.test'): 'watched'})
        change(lists, 'one.test', POINTS)
        for _ in range(3):
            check(world, clock, minutes=61)
        equal(set(states(world, clock).values()), {'watched'})

        # the ticket ends; then the list has the address again
        world.run('ticket', 'move', ticket, 'open', env=clock.env())
        world.run('ticket', 'move', ticket, 'resolved', '--resolution=false-report', env=clock.env())
        change(lists, 'one.test', POINTS + '192.0.2.25\n')
        check(world, clock, hours=16)
        listing = world.json('listing', 'list', env=clock.env())['listings']
        again = [row for row in listing if row['zone'] == 'one.test'][0]
        equal((again['state'], again['relistings'], str(again['ticket_id'])), ('listed', 1, ticket))
        equal(world.json('ticket', 'show', ticket, env=clock.env())['state'], 'open')
        text = world.text('listing', 'show', str(again['id']), env=clock.env())
        holds(text, '192.0.2.25 in one.test', 'listed again 1 time', '127.0.0.2 listed', 'seen gone by several checks')

        # off, and off it stays
        change(lists, 'one.test', POINTS)
        for _ in range(3):
            check(world, clock, minutes=61)
        check(world, clock, days=15)
        equal(set(states(world, clock).values()), {'closed'})
        equal(world.json('listing', 'list', env=clock.env())['listings'], [])


@test
def unbelieved():
    """a list that lists the world, and a resolver that is away, change nothing"""
    clock = Clock()
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        change(lists, 'one.test', POINTS + '192.0.2.25\n')
        check(world, clock)
        before = states(world, clock)
        change(lists, 'one.test', POINTS + '127.0.0.0/24\n192.0.2.0/24\n')
        change(lists, 'two.test', POINTS + '127.0.0.0/24\n192.0.2.0/24\n')
        got = check(world, clock, hours=16)
        # rbldnsd finds ::ffff:127.0.0.1 in the IPv4 data, too
        equal((got['listed'], got['unknown'], got['zones_not_believed']), (0, 3, 3))
        equal(states(world, clock), before)
        holds(world.text('listing', 'show', '1', env=clock.env()), 'wildcard')
    with World(conf(lists)) as world:  # nobody listens there now
        world.run('init')
        got = check(world, clock)
        equal((got['asked'], got['unknown']), (3, 3))
        holds(world.text('listing', 'check', env=clock.env(hours=1)), 'plaint zone test')
        equal(states(world, clock), {})


@test
def tickets():
    """the machine of a live ticket is looked up while it lives, and no stranger's ever"""
    clock = Clock()
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        check(world, clock)
        for machine in ('192.0.2.77', '203.0.113.77'):
            world.run('ticket', 'new', f'--machine={machine}', env=clock.env())
        change(lists, 'one.test', POINTS + '192.0.2.77\n203.0.113.77\n')
        equal(check(world, clock)['asked'], 2)
        equal(states(world, clock), {('192.0.2.77', 'one.test'): 'listed'})
        row = world.json('listing', 'list', env=clock.env())['listings'][0]
        equal(row['ticket_id'], 1)
        holds(world.text('ticket', 'show', '1', env=clock.env()), 'one.test')
        world.run('ticket', 'move', '1', 'rejected', '--reason=not-ours', env=clock.env())
        change(lists, 'one.test', POINTS)
        for _ in range(3):
            check(world, clock, minutes=61)
        check(world, clock, days=15)
        equal(check(world, clock, days=15)['asked'], 3)  # the relay, and nothing else


@test
def watched():
    """a range is looked up on request until it is unwatched; only what is ours, and not too much"""
    clock = Clock()
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        holds(world.text('listing', 'watched', env=clock.env()), 'listing watch RANGE')
        for text, status, words in (('203.0.113.0/30', 65, 'not all in'), ('192.0.2.0/23', 65, 'not all in'),
                                    ('192.0.0.0/16', 65, 'at most 1024'), ('192.0.2.1/24', 65, '192.0.2.0/24'),
                                    ('2001:db8::/64', 65, 'at most 1024')):
            holds(world.error('listing', 'watch', text, status=status, env=clock.env()), words)
        world.run('listing', 'watch', '192.0.2.24/30', env=clock.env())  # the relay is one of the four
        world.run('listing', 'watch', '192.0.2.24/30', env=clock.env())
        world.run('listing', 'watch', '2001:db8::7', env=clock.env())
        equal(check(world, clock)['asked'], 4 * 2 + 2)
        equal(check(world, clock, minutes=10)['asked'], 0)  # a plan takes nothing away
        change(lists, 'one.test', POINTS + '192.0.2.26\n')
        equal(check(world, clock, hours=16)['asked'], 4 * 2 + 2)
        equal(states(world, clock), {('192.0.2.26', 'one.test'): 'listed'})
        rows = world.json('listing', 'watched', env=clock.env())['watched']
        equal([(r['range'], r['addresses'], r['listed'], r['actor']) for r in rows],
              [('192.0.2.24/30', 4, 1, 'anna'), ('2001:db8::7', 1, 0, 'anna')])
        holds(world.text('listing', 'watched', env=clock.env()), '192.0.2.24/30', 'anna')
        # what is listed stays, and the relay
        world.run('listing', 'unwatch', '192.0.2.24/30', env=clock.env())
        holds(world.error('listing', 'unwatch', '192.0.2.24/30', status=66, env=clock.env()), 'is not watched')
        equal(check(world, clock, hours=16)['asked'], 2 + 2 + 2)
        equal(check(world, clock, hours=16)['asked'], 2 + 2 + 2)


@test
def requested():
    """a list is asked once the ticket is fixed and quiet, not before, and one that removes by itself never"""
    clock = Clock()
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        for zone in ('one.test', 'two.test'):
            change(lists, zone, POINTS + '192.0.2.25\n')
        check(world, clock)
        ids = {row['zone']: str(row['id']) for row in world.json('listing', 'list', env=clock.env())['listings']}

        def refused(*words, **later):
            return world.error('listing', 'request', ids['one.test'], *words, status=69, env=clock.env(**later))

        holds(refused(), "ticket 1 is 'new'", 'once the cause is fixed')
        for state, more in (('open', []), ('contained', []), ('fixed', ['--proof=relay closed'])):
            world.run('ticket', 'move', '1', state, *more, env=clock.env())
        holds(refused(minutes=30), 'fixed 30 minutes ago', 'two hours')
        holds(world.error('listing', 'request', ids['two.test'], status=69, env=clock.env()), 'removes by itself')
        holds(world.error('listing', 'request', ids['one.test'], '--force', status=64, env=clock.env()), '--why')
        text = world.text('listing', 'request', ids['one.test'], 'their', 'form', '--reference=R-77', '--wait=12h',
                          env=clock.env(hours=2))
        holds(text, '192.0.2.25 in one.test', 'requested')
        shown = world.json('listing', 'show', ids['one.test'], env=clock.env())
        equal((shown['state'], shown['reference']), ('requested', 'R-77'))
        holds(shown['events'][0]['text'], 'their form, reference R-77')
        equal(world.json('ticket', 'show', '1', env=clock.env())['state'], 'delisting')
        holds(world.text('listing', 'show', ids['one.test'], env=clock.env()), 'promised in 12 h')
        holds(world.error('listing', 'request', ids['one.test'], status=69, env=clock.env()), "is requested already")

        world.run('listing', 'refuse', ids['one.test'], 'more', 'proof', 'wanted', env=clock.env())
        world.run('listing', 'note', ids['one.test'], 'sent', 'the', 'log', env=clock.env())
        world.run('listing', 'request', ids['one.test'], '--force', '--why=they asked us to', env=clock.env())
        shown = world.json('listing', 'show', ids['one.test'], env=clock.env())
        equal([e['to_state'] for e in shown['events']], ['requested', 'refused', 'refused', 'requested', 'listed'])
        holds(shown['events'][0]['text'], 'forced: they asked us to')
        holds(world.error('ticket', 'move', '1', 'resolved', '--resolution=fixed', status=69, env=clock.env()), 'unfinished')
        for zone in ('one.test', 'two.test'):
            change(lists, zone, POINTS)
        for _ in range(3):
            check(world, clock, minutes=61)
        world.run('ticket', 'move', '1', 'resolved', '--resolution=fixed', env=clock.env())


@test
def killed():
    """a run that is killed loses nothing, and what it had leased is asked again when the lease ends"""
    clock = Clock()
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        lists.process.send_signal(signal.SIGSTOP)  # so that it hangs in the middle
        run = subprocess.Popen([PLAINT, '-c', world.conf, 'listing', 'check'], env={**world.env, **clock.env()},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        run.kill()
        run.wait()
        lists.process.send_signal(signal.SIGCONT)
        got = check(world, clock, minutes=21)
        equal((got['asked'], got['clean']), (3, 3))


def bounce(world, clock, n, code, words, **later):
    """A mail that mx1 sent, refused by a provider, comes back."""
    env = clock.env(**later)
    date = clock.now.strftime('%a, %d %b %Y %H:%M:%S +0000')
    mail = f'''Return-Path: <>
From: MAILER-DAEMON@mx1.example.net
Subject: Undelivered Mail Returned to Sender
Date: {date}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="d"

--d
Content-Type: text/plain

It could not be delivered.

--d
Content-Type: message/delivery-status

Reporting-MTA: dns; mx1.example.net

Final-Recipient: rfc822; ann@far.example
Action: failed
Status: {code}
Remote-MTA: dns; far.mail.protection.example
Diagnostic-Code: smtp; {words}

--d
Content-Type: message/rfc822

Received: from pc.example.net (pc.example.net [192.0.2.201]) by mx1.example.net (Postfix) with ESMTP id 4X{n}; {date}
From: bob@example.net
To: ann@far.example
Subject: Minutes {n}
Date: {date}
Message-ID: <{n}@example.net>

As agreed.

--d--
'''
    world.run('-f', '', '-a', 'postmaster@example.net', program=INGEST, stdin=mail.encode(), env=env)


@test
def provider():
    """a provider's own list is known by its refusals, asked like another, and over three days after the last"""
    clock = Clock()
    with Lists({'one.test': CLEAN, 'two.test': [('ip4set', POINTS)]}) as lists, World(conf(lists)) as world:
        world.run('init')
        s3140 = ("550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. Please contact your Internet service "
                 'provider since part of their network is on our block list (S3140). https://mail.live.example/why')
        bounce(world, clock, 1, '5.7.1', s3140)
        bounce(world, clock, 2, '5.7.1', s3140, minutes=5)
        equal(states(world, clock), {('192.0.2.25', 'outlook.com'): 'listed'})
        text = world.text('listing', 'show', '1', env=clock.env())
        holds(text, '192.0.2.25 in outlook.com', '(S3140)', 'listed')
        shown = world.json('listing', 'show', '1', env=clock.env())
        equal([(a['checks'], a['text']) for a in shown['answers']], [(2, 'https://mail.live.example/why')])
        check(world, clock)
        for state, more in (('open', []), ('contained', []), ('fixed', ['--proof=relay closed'])):
            world.run('ticket', 'move', '1', state, *more, env=clock.env())
        holds(world.text('listing', 'request', '1', env=clock.env(hours=3)), "sender support form", 'requested')
        bounce(world, clock, 3, '5.7.1', s3140)
        equal(world.json('ticket', 'show', '1', env=clock.env())['state'], 'delisting')
        check(world, clock, hours=71)
        equal(states(world, clock), {('192.0.2.25', 'outlook.com'): 'requested'})
        check(world, clock, hours=2)
        equal(states(world, clock), {('192.0.2.25', 'outlook.com'): 'watched'})
        world.run('ticket', 'move', '1', 'resolved', '--resolution=fixed', env=clock.env())
        bounce(world, clock, 4, '5.7.1', s3140, days=5)
        row = world.json('listing', 'list', env=clock.env())['listings'][0]
        equal((row['state'], row['relistings'], row['ticket_id']), ('listed', 1, 1))
        equal(world.json('ticket', 'show', '1', env=clock.env())['state'], 'open')


@test
def named():
    """a bounce that names a DNS list has it asked at once"""
    clock = Clock()
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        check(world, clock)
        change(lists, 'one.test', POINTS + '192.0.2.25\n')
        bounce(world, clock, 1, '5.7.1', '550 5.7.1 192.0.2.25 blocked using one.test', minutes=20)
        equal(states(world, clock), {})
        check(world, clock, minutes=1)
        equal(states(world, clock), {('192.0.2.25', 'one.test'): 'listed'})


@test
def words():
    """what cannot be shown says so"""
    with World(SITE) as world:
        world.run('init')
        holds(world.error('listing', 'show', '7', status=66), 'no listing 7', 'plaint listing list')
        holds(world.error('listing', 'show', 'x', status=65), 'listing')
        holds(world.error('listing', 'list', '--after=x', status=65), 'cursor')
        world.run('listing', 'list')


if not RBLDNSD:
    print('1..0 # SKIP rbldnsd is not installed')
    sys.exit(0)
main()
