#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""plaint config: slips of the pen, and site maps that can be read but are wrong."""
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
    ('[relay b]\nnames=mx1.example.net\naddresses=192.0.2.11\nroles=mx\n', 'is a name of [relay mx1], too'),
    ('[relay b]\nnames=mx2\naddresses=192.0.2.11\nroles=mx\n', "'mx2' has no dot"),
    ('[relay b]\naddresses=192.0.2.11\nroles=mx\n', 'no names='),
    ('[relay b]\nnames=b.example.net\nroles=mx\n', 'no addresses='),
    ('[relay b]\nnames=b.example.net\naddresses=192.0.2.10\nroles=mx\n', 'the same host cannot be both'),
    ('[relay b]\nnames=b.example.net\naddresses=10.0.0.1\nroles=mx\n', 'is private space'),
)
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
