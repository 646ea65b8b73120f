#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""plaint config: slips of the pen, and site maps that can be read but are wrong."""
import os

from tap import World, equal, holds, main, test

GOOD = '''[site]
name=Desk
domains=example.net
networks=192.0.2.0/24
[relay mx1]
names=mx1.example.net
addresses=192.0.2.10
roles=mx
'''
ODD = (  # added to GOOD, what is said
    ('[receivers]\nnetworks=192.0.2.128/25\n', 'overlaps 192.0.2.0/24 of [site] networks'),
    ('[forwarders]\nnetworks=198.51.100.0/24;198.51.100.128/25\n', 'overlap: one of them is enough'),
    ('[receivers]\nhosts=mx1.example.net\n', 'mx1.example.net is a name of [relay mx1], too'),
    ('[forwarders]\nhosts=*.example.net\n', '*.example.net takes in mx1.example.net of [relay mx1]'),
    ('[relay b]\nnames=mx1.example.net\naddresses=192.0.2.11\nroles=mx\n', 'is a name of [relay mx1], too'),
    ('[relay b]\nnames=mx2\naddresses=192.0.2.11\nroles=mx\n', "'mx2' has no dot"),
    ('[relay b]\naddresses=192.0.2.11\nroles=mx\n', 'no names='),
    ('[relay b]\nnames=b.example.net\nroles=mx\n', 'no addresses='),
    ('[relay b]\nnames=b.example.net\naddresses=192.0.2.10\nroles=mx\n', 'the same host cannot be both'),
    ('[relay b]\nnames=b.example.net\naddresses=10.0.0.1\nroles=mx\n', 'is private space'),
    ('[mta]\nlog-query=/nowhere/query\n', "'/nowhere/query' is not the path of a program"),
    ('[mta]\nlog-query=sh\n', "'sh' is not the path of a program"),
    ('[customers]\nlookup=/nowhere/lookup\n', "'/nowhere/lookup' is not the path of a program"),
    ('[mta]\nlog-query=/etc\n', "'/etc' is not the path of a program"),
)
UNUSABLE = (  # a store url (%s: the test's folder), what is said
    ('postgresql:host=db password=geheim', "no engine for 'postgresql:host=db password=********'"),
    ('/var/lib/plaint/plaint.db', "a url begins with 'sqlite:'"),
    ('sqlite:', 'names no file'),
    ('sqlite:plaint.db', 'no absolute path'),
    ('sqlite::memory:', 'no absolute path'),
    ('sqlite:%s', 'not a file'),
    ('sqlite:%s/fifo', 'not a file'),
    ('sqlite:%s/text', 'not a store'),
    ('sqlite:%s/text/plaint.db', 'cannot be made there'),
    ('sqlite:%s/x?mode=memory', 'only ?busy='),
)
TOO_WIDE = ('0.0.0.0/0', '::/0', '10.0.0.0/7', '128.0.0.0/1', '2000::/3', '2a00::/15', '::/16', '::/64',
            '::ffff:0:0/96', '::ffff:0:0/103')
WIDE = ('11.0.0.0/8', '2a00::/16', 'fc00::/7', 'fd00::/8', '10.0.0.0/8', '172.16.0.0/12')
WRONG = (  # a whole file, what is said
    ('[site]\nnetwroks=192.0.2.0/24\n', 'networks'),
    ('[sites]\nname=x\n', 'site'),
    ('[site]\nnetworks=192.0.2.5/24\n', '192.0.2.0/24'),
    ('[relay a]\nroles=mx;smarthots\n', 'smarthost'),
    ('[site]\nname=a\n[site]\nname=b\n', 'site'),
)


@test
def good():
    """a good configuration: what is good is said, nothing is odd"""
    with World(GOOD) as world:
        text = ' '.join(world.text('config', 'check').split()).replace('good ', 'good  ')
        holds(text, 'good  [site] networks: 1 of ours', 'good  [relay mx1]: mx1.example.net at 192.0.2.10, mx',
              "is not there yet: 'plaint init' makes it", 'nothing odd in it')
        levels = [f['level'] for f in world.json('config', 'check')['findings']]
        assert 'odd' not in levels and levels.count('good') >= 3, levels


@test
def odd():
    """overlaps, private space, names that are missing, doubled or cut short"""
    for more, say in ODD:
        with World(GOOD + more) as world:
            found = [f['text'] for f in world.json('config', 'check')['findings'] if f['level'] == 'odd']
            assert any(say in text for text in found), (more, found)
            holds(world.text('config', 'check'), 'odd   ', 'see above')
    with World() as world:
        holds(world.text('config', 'check'), 'nothing is ours')


@test
def wrong():
    """what cannot be read is an error of every command, with the word that was meant"""
    for text, say in WRONG:
        with World(text) as world:
            for words in (['config', 'check'], ['ticket', 'list'], ['explain', '/dev/null']):
                holds(world.error(*words, status=78), say)
    with World(GOOD) as world:
        world.conf = world.path('nothing.conf')
        world.error('config', 'check', status=78)


def found(world, level, status=0):
    return [f['about'] + ': ' + f['text'] for f in world.json('config', 'check', status=status)['findings']
            if f['level'] == level]


@test
def unusable():
    """a store that cannot be used is wrong, not odd, and the status says so"""
    for url, say in UNUSABLE:
        with World() as world:
            world.path('text', 'no store\n' * 1000)
            os.mkfifo(world.path('fifo'))
            world.path('plaint.conf', f'[store]\nurl={url.replace("%s", world.dir)}\n')
            [text] = found(world, 'wrong', 78)
            holds(text, '[store] url: ', say)
            out, err = world.run('config', 'check', status=78)
            holds(out.decode(), 'wrong [store] url: ')
            equal(err.decode(), f'plaint: {world.conf}: 1 thing is wrong, see above\n')
            assert b'geheim' not in out
    with World() as world:
        world.path('plaint.conf', f'[store]\nurl=sqlite:{world.dir}/a/b/plaint.db\n')
        equal(found(world, 'wrong'), [])


@test
def too_wide():
    """a network wider than anybody has is wrong, with any key; one just as wide is not"""
    for key in ('[site]\nnetworks=%s\n', '[relay b]\naddresses=%s\n', '[receivers]\nnetworks=%s\n',
                '[forwarders]\nnetworks=%s\n'):
        for network in TOO_WIDE:
            with World(key % network) as world:
                [text] = found(world, 'wrong', 78)
                holds(text, network + ' is too wide: at most an IPv4 /8 or an IPv6 /16')
        with World(key % ';'.join(WIDE)) as world:
            equal(found(world, 'wrong'), [])
    with World('[site]\nnetworks=0.0.0.0/0;192.0.2.0/24;198.51.100.0/24\n') as world:
        assert 'overlap' not in str(found(world, 'odd', 78))


@test
def as_json():
    """`config show --json` has every group and key of the file, by type"""
    with World(GOOD + '[relay out 1]\n[reporters]\nknown=\n') as world:
        equal(world.json('config', 'show'), {
            'store': {'url': f'sqlite:{world.dir}/plaint.db', 'busy-timeout': 20},
            'site': {'name': 'Desk', 'domains': ['example.net'], 'networks': ['192.0.2.0/24'], 'watch': 14 * 86400,
                     'check': True},
            'relay mx1': {'names': ['mx1.example.net'], 'addresses': ['192.0.2.10'], 'roles': ['mx']},
            'relay out 1': {'names': [], 'addresses': [], 'roles': []},
            'receivers': {'networks': [], 'hosts': []},
            'forwarders': {'networks': [], 'hosts': []},
            'mta': {'log-query': None}, 'customers': {'lookup': None}, 'hooks': {'on-move': None, 'time-limit': 60},
            'mail': {'send': False, 'sendmail': '/usr/sbin/sendmail', 'from': None, 'alarm': None, 'language': 'en', 'per-recipient-per-day': 10},
            'reporters': {'known': []}, 'dns': {'servers': []},
            'relay-test': {'source': None, 'probe': None, 'from': None, 'helo': None, 'pace': 1000,
                           'every': 7 * 86400}})
        world.path('plaint.conf', '[store]\nurl=postgresql://plaint:geheim@db/plaint\nbusy-timeout=2m\n')
        shown = world.json('config', 'show')
        equal(shown['store'], {'url': 'postgresql://plaint:********@db/plaint', 'busy-timeout': 120})
        equal(shown['site']['name'], None)
        world.path('plaint.conf', '')
        equal(world.json('config', 'show')['store']['url'][:8], 'sqlite:/')


@test
def example():
    """the example can be read, and is in force as shown"""
    with World() as world:
        text = world.text('config', 'example')
        equal(text, world.json('config', 'example')['text'])
        world.conf = world.path('example.conf', text)
        world.run('config', 'check')
        with open(world.conf, 'a', encoding='utf-8') as out:
            out.write('\n')
        world.text('config', 'show')


main()
