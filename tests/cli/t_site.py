#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The own site as receivers see it: names, SPF, lists; what turns bad is mailed once."""
import sys

from names import UNBOUND, Names
from tap import World, equal, holds, main, test

SITE = '''[dns]
servers={servers}
[site]
domains=example.net;example.org
networks=192.0.2.0/24;2001:db8::/32
[relay out1]
names=out1.example.net
addresses=192.0.2.25;2001:db8::25
roles=smarthost
[relay mx1]
names=mx1.example.net
addresses=192.0.2.26
roles=mx
[relay-test]
every=0
[mail]
from=abuse@example.net
alarm=root@example.net
'''
SIX = '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.'
GOOD = ['25.2.0.192.in-addr.arpa. PTR out1.example.net.', 'out1.example.net. A 192.0.2.25',
        SIX + ' PTR OUT1.example.net.', 'out1.example.net. AAAA 2001:db8::25',
        '26.2.0.192.in-addr.arpa. PTR mx1.example.net.', 'mx1.example.net. A 192.0.2.26',
        'example.net. TXT "v=spf1 ip4:192.0.2.0/27 " "ip6:2001:db8::/64 -all"',
        'example.org. TXT "google-site-verification=x"', 'example.org. TXT "v=spf1 include:example.net ~all"']


def findings(world):
    return {(row['kind'], row['subject']): row for row in world.json('site', 'check')['findings']}


def outcomes(rows, kind):
    return {subject: row['outcome'] for (k, subject), row in rows.items() if k == kind}


@test
def good():
    """a site that receivers have nothing against"""
    with Names(GOOD) as names, World(SITE.format(servers=names.servers)) as world:
        world.run('init')
        rows = findings(world)
        equal({row['outcome'] for row in rows.values() if row['kind'] not in ('relay', 'mailbox', 'listed')}, {'good'})
        # no list has been asked: that none has us is not known
        equal(set(outcomes(rows, 'listed').values()), {'unknown'})
        holds(rows['listed', '192.0.2.25']['text'], "'plaint listing check'")
        equal(sorted(outcomes(rows, 'ptr')), ['192.0.2.25', '192.0.2.26', '2001:db8::25'])
        equal(sorted(outcomes(rows, 'spf')), ['example.net 192.0.2.25', 'example.net 2001:db8::25',
                                              'example.org 192.0.2.25', 'example.org 2001:db8::25'])
        text = world.text('site', 'list')
        holds(text, 'each relay has a reverse name that is its own (ptr)\n', 'is out1.example.net, both ways',
              'pass: ip4:192.0.2.0/27 in the record of example.net')
        assert all(len(line) <= 80 for line in world.text('site', 'list', env={'COLUMNS': '80'}).splitlines())
        equal(world.json('outbox', 'list')['letters'], [])


@test
def turns_bad():
    """what turns bad is mailed once, what is mended and breaks again is mailed again"""
    bad = [r for r in GOOD if not r.startswith(('26.2', 'example.net. TXT'))] + [
        '26.2.0.192.in-addr.arpa. PTR pool-26.isp.example.', 'example.net. TXT "v=spf1 ip4:198.51.100.1 -all"']
    with Names(GOOD) as names, World(SITE.format(servers=names.servers)) as world:
        world.run('init')
        findings(world)
        names.put(bad)
        rows = findings(world)
        equal(rows['ptr', '192.0.2.26']['outcome'], 'bad')
        holds(rows['ptr', '192.0.2.26']['text'], 'pool-26.isp.example does not lead back')
        equal(outcomes(rows, 'spf')['example.net 192.0.2.25'], 'bad')
        holds(rows['spf', 'example.net 192.0.2.25']['text'], 'fail: -all')
        letters = world.json('outbox', 'list')['letters']
        equal([(row['kind'], row['recipient'], row['subject']) for row in letters],
              [('site-alarm', 'root@example.net', 'Our site: 5 things have turned bad')])
        letter = world.text('outbox', 'show', str(letters[0]['id']))
        holds(letter, '192.0.2.26 (ptr): its reverse name pool-26.isp.example', 'plaint site list')
        findings(world)
        equal(len(world.json('outbox', 'list')['letters']), 1)
        names.put(GOOD)
        equal({row['outcome'] for row in findings(world).values() if row['kind'] not in ('relay', 'mailbox', 'listed')},
              {'good'})
        names.put([r for r in GOOD if not r.startswith('25.2')])
        rows = findings(world)
        holds(rows['ptr', '192.0.2.25']['text'], 'has no reverse name', 'PTR record to out1.example.net')
        equal(len(world.json('outbox', 'list')['letters']), 2)


@test
def unknown_is_no_news():
    """what DNS does not say leaves the last answer standing"""
    with Names(GOOD) as names, World(SITE.format(servers=names.servers)) as world:
        world.run('init')
        findings(world)
        names.broken = ['2.0.192.in-addr.arpa.', 'example.net.']
        names.put([r for r in GOOD if r.startswith(('example.org', SIX))])
        rows = findings(world)
        equal(rows['ptr', '192.0.2.25']['outcome'], 'good')
        holds(rows['ptr', '192.0.2.25']['trouble'], 'refused')
        equal(rows['spf', 'example.org 192.0.2.25']['outcome'], 'good')
        holds(world.text('site', 'list'), '192.0.2.25 (ptr) could not be checked again')
        equal(world.json('outbox', 'list')['letters'], [])


@test
def spf():
    """records as they are met"""
    cases = [
        ('"v=spf1 mx -all"', 'bad', 'fail'),
        ('"v=spf1 a:out1.example.net -all"', 'good', 'pass'),
        ('"v=spf1 a:out1.example.net/28//64 ?all"', 'good', 'pass'),
        ('"v=spf1 ?all"', 'bad', 'neutral'),
        ('"v=spf1"', 'bad', 'neutral'),
        ('"v=spf1 redirect=example.org"', 'good', 'pass'),
        ('"v=spf1 redirect=nowhere.example"', 'bad', 'permerror'),
        ('"v=spf1 include:nowhere.example -all"', 'bad', 'permerror'),
        ('"v=spf1 ip4:192.0.2.300 -all"', 'bad', 'permerror'),
        ('"v=spf1 ip4:192.0.2.0/40 -all"', 'bad', 'permerror'),
        ('"v=spf1 exists:%{i}.x.example -all"', 'unknown', 'unknown'),
        ('"v=spf1 include:example.net -all"', 'bad', 'more than 10'),
        ('"v=spf1 IP6:2001:db8::/64 IP4:192.0.2.0/27 -all"', 'good', 'pass'),
        ('"v=spf1 exp=%{i}.x.example x=a:b ip4:192.0.2.25 -all"', 'good', 'pass'),
        ('"v=spf1 redirect=%{d}.example ip4:192.0.2.25"', 'good', 'pass'),
        ('"v=spf1 redirect=%{d}.example"', 'unknown', 'unknown'),
        ('"v=spf1 mx: ip4:192.0.2.25 -all"', 'bad', 'permerror'),
        ('"spf2.0/pra -all"', 'bad', 'no SPF record'),
    ]
    site = SITE.replace('2001:db8::25', '192.0.2.27').replace('domains=example.net;example.org', 'domains=example.net')
    other = [r for r in GOOD if not r.startswith(('example.net. TXT', 'example.org. TXT'))]
    other.append('example.org. TXT "v=spf1 ip4:192.0.2.25 -all"')
    with Names(GOOD) as names, World(site.format(servers=names.servers)) as world:
        world.run('init')
        for record, outcome, words in cases:
            names.put(other + [f'example.net. TXT {record}'])
            row = findings(world)['spf', 'example.net 192.0.2.25']
            got = row['trouble'] if row['trouble'] else row['text']
            assert words in got and (row['trouble'] is not None or row['outcome'] == outcome), (record, row)
        names.put(other + ['example.net. TXT "v=spf1 -all"', 'example.net. TXT "v=spf1 +all"'])
        holds(findings(world)['spf', 'example.net 192.0.2.25']['text'], 'more than one SPF record')


@test
def watched():
    """plaint-watch does it every six hours, and one of two watchers"""
    with Names(GOOD[1:]) as names, World(SITE.format(servers=names.servers)) as world:
        world.run('init')
        world.run('watch', '--once', env={'PLAINT_NOW': '2026-11-24T00:00:00Z'})
        equal(len(world.json('outbox', 'list')['letters']), 1)
        first = world.json('site', 'list')['findings'][0]['tried_at']
        world.run('watch', '--once', env={'PLAINT_NOW': '2026-11-24T05:00:00Z'})
        equal(world.json('site', 'list')['findings'][0]['tried_at'], first)
        world.run('watch', '--once', env={'PLAINT_NOW': '2026-11-24T06:00:01Z'})
        assert world.json('site', 'list')['findings'][0]['tried_at'] > first


if __name__ == '__main__':
    if not UNBOUND:
        print('1..0 # SKIP no package unbound')
        sys.exit(0)
    main()
