#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS lists: which are asked, and which are to be believed; real ones, served by rbldnsd."""
import socket
import sys

from lists import POINTS, POINTS6, RBLDNSD, Lists
from tap import World, equal, holds, main, test

# The built-in zones are on the net: no test asks them.
def conf(servers='', names=(), more=''):
    zones = ''.join(f'[zone {name}]\n{row}\n' for name, row in names)
    return f'[dns]\nservers={servers}\n{zones}{more}'

GOOD = ('good.test', 'families=v4;v6')
ZONES = {
    'good.test': [('ip4set', POINTS), ('ip6trie', POINTS6)],
    'world.test': [('ip4trie', ':127.0.0.2:all\n0.0.0.0/0\n')],
    'empty.test': [('ip4set', ':127.0.0.2:none\n203.0.113.1\n')],
    'refusing.test': [('ip4trie', ':127.255.255.254:public resolver\n0.0.0.0/0\n')],
    'sold.test': [('ip4trie', ':198.51.100.80:parked\n0.0.0.0/0\n')],
    'keyed.sesame.test': [('ip4set', POINTS)],
}


def rows(world, *words):
    return {(row['zone'], row['family']): row for row in world.json('zone', 'test', *words)['zones']}


@test
def listed():
    """the table: switched off, keyed, added and changed lists"""
    with World(conf(names=[GOOD, ('bl.spamcop.net', 'enabled=no'), ('psbl.surriel.com', 'wait=3d'),
                           ('zen.dq.spamhaus.net', 'key=sesame')])) as world:
        zones = {row['zone']: row for row in world.json('zone', 'list')['zones']}
        assert 'bl.spamcop.net' not in zones and 'combined.mail.abusix.zone' not in zones
        equal(zones['good.test']['families'], 'v4 v6')
        equal(zones['psbl.surriel.com']['wait'], 3 * 86400)
        equal(zones['bl.mailspike.net']['removal'], 'form')
        text = world.text('zone', 'list')
        holds(text, 'zen.dq.spamhaus.net', '3 d')
        assert 'sesame' not in text + world.text('zone', 'list', '--json') + world.text('config', 'show')
        equal(len(world.text('zone', 'list', 'good.test').splitlines()), 2)


@test
def refused():
    """a zone that is not asked says why"""
    with World(conf(names=[('bl.spamcop.net', 'enabled=no')])) as world:
        holds(world.error('zone', 'list', 'bl.spamcop.net', status=65), 'switched off')
        holds(world.error('zone', 'test', 'zen.dq.spamhaus.net', status=65), 'key')
        holds(world.error('zone', 'test', 'dnsbl.sorbs.net', status=65), 'shut down')
        holds(world.error('zone', 'test', 'nowhere.test', status=66), "plaint zone list")
    with World(conf(names=[('dnsbl.sorbs.net', 'enabled=yes')])) as world:
        holds(world.error('zone', 'list', status=78), 'shut down')
    with World(conf(servers='nonsense', names=[GOOD])) as world:
        holds(world.error('zone', 'test', 'good.test', status=78), '[dns] servers')


@test
def believed():
    """rbldnsd: a good list is believed, six kinds of bad ones are not"""
    names = [GOOD] + [(name, '') for name in ZONES if name not in ('good.test', 'keyed.sesame.test')] + \
        [('keyed.test', 'query=keyed.%s.test\nkey=sesame'), ('gone.test', '')]
    with Lists(ZONES) as lists, World(conf(lists.servers, names)) as world:
        got = rows(world, *(name for name, _ in names))
        for zone, family, why in (('good.test', 'v4', None), ('good.test', 'v6', None), ('keyed.test', 'v4', None),
                                  ('world.test', 'v4', 'wildcard'), ('empty.test', 'v4', 'empty'),
                                  ('refusing.test', 'v4', 'refused'), ('sold.test', 'v4', 'broken-zone'),
                                  ('gone.test', 'v4', 'refused')):
            row = got.pop((zone, family))
            equal((zone, row['why'], row['believed']), (zone, why, why is None))
        equal(got, {})
        text = world.text('zone', 'test', 'good.test', 'world.test')
        holds(text, 'good', 'wildcard', 'it lists the whole world')
        assert 'sesame' not in world.text('zone', 'test', 'keyed.test')


@test
def silent():
    """a server that does not answer is a timeout, and nothing that listens is not one"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(('127.0.0.1', 0))
        port = server.getsockname()[1]
        with World(conf(f'127.0.0.1:{port}', [GOOD])) as world:
            equal(rows(world, 'good.test')['good.test', 'v4']['why'], 'timeout')
    with World(conf(f'127.0.0.1:{port}', [GOOD])) as world:
        equal(rows(world, 'good.test')['good.test', 'v4']['why'], 'refused')


if not RBLDNSD:
    print('1..0 # SKIP rbldnsd is not installed')
    sys.exit(0)
main()
