#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Customers' addresses that are to be cut off, read back by the programs they are written for."""
import os
import re
import shutil
import socket
import struct
import subprocess

from lists import Lists
from tap import NOW, World, equal, holds, main, test

PATH = os.environ['PATH'] + ':/usr/sbin:/sbin'
NFT = shutil.which('nft', path=PATH)
POSTMAP = shutil.which('postmap', path=PATH)
SITE = '''[site]
name=Example Net abuse desk
networks=192.0.2.0/24;2001:db8::/32
[relay mx1]
names=mx1.example.net
addresses=192.0.2.25;2001:db8::25
roles=mx
[mail]
from=abuse@example.net
'''
# relay, kind, and what is done to the ticket; the first three are to be cut off
TICKETS = [
    ('192.0.2.201', 'mail', [('set', 'cause=customer-host')]),
    ('2001:db8::201', 'mail', [('set', 'cause=open-proxy'), ('move', 'open')]),
    ('192.0.2.202', 'intrusion', [('set', 'cause=customer-host')]),
    ('192.0.2.203', 'mail', []),                                   # the cause is not known
    ('192.0.2.204', 'mail', [('set', 'cause=not-ours')]),       # it is no cause
    ('192.0.2.205', 'copyright', [('set', 'cause=malicious-customer')]),
    ('192.0.2.206', 'mail', [('set', 'cause=customer-host'), ('move', 'open'), ('move', 'contained')]),
    ('192.0.2.25', 'mail', [('set', 'cause=open-relay')]),      # a relay
    ('2001:db8::25', 'mail', [('set', 'cause=open-relay')]),
    ('203.0.113.9', 'mail', [('set', 'cause=customer-host')]),  # a stranger's
    ('192.0.2.201', 'intrusion', [('set', 'cause=open-proxy')]),  # the same address again
]
LISTED = ['192.0.2.201', '192.0.2.202', '2001:db8::201']
NOT = [t[0] for t in TICKETS if t[0] not in LISTED] + ['192.0.2.9']


def desk(tickets=()):
    world = World(SITE)
    world.run('init')
    for n, (relay, kind, deeds) in enumerate(tickets, 1):
        world.run('ticket', 'new', '--machine=' + relay, '--kind=' + kind)
        for word, *more in deeds:
            world.run('ticket', word, str(n), *more)
    return world


def ask(port, name, kind):
    """The data of the answers: an address, or the text of a TXT."""
    labels = b''.join(bytes([len(part)]) + part.encode() for part in name.split('.')) + b'\0'
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(b'\x12\x34\x01\0\0\x01\0\0\0\0\0\0' + labels + struct.pack('>HH', kind, 1), ('127.0.0.1', port))
        data = client.recv(1024)
    count, at, found = struct.unpack('>H', data[6:8])[0], 12 + len(labels) + 4, []
    for _ in range(count):
        size = struct.unpack('>H', data[at + 10:at + 12])[0]
        body = data[at + 12:at + 12 + size]
        found.append('.'.join(map(str, body)) if kind == 1 else body[1:1 + body[0]].decode())
        at += 12 + size
    return found


def query_name(address):
    parts = address.split('.') if '.' in address else \
        list(socket.inet_pton(socket.AF_INET6, address).hex())
    return '.'.join(reversed(parts)) + '.q.test'


@test
def rbldnsd():
    """rbldnsd serves it: the three, with the ticket in the text, its test points, and no other"""
    with desk(TICKETS) as world:
        text = world.text('quarantine', 'export', '--format=rbldnsd')
        with Lists({'q.test': [('combined', text)]}) as lists:
            equal([ask(lists.port, query_name(a), 1) for a in LISTED], [['127.0.0.2']] * 3)
            equal([ask(lists.port, query_name(a), 1) for a in NOT], [[]] * len(NOT))
            equal(ask(lists.port, query_name('2001:db8::201'), 16),
                  ['Abuse comes from this address. Ask abuse@example.net, ticket 2'])
            # plaint itself believes it, in both families
            with World(f'[dns]\nservers={lists.servers}\n[zone q.test]\nfamilies=v4;v6\n') as asker:
                zones = asker.json('zone', 'test', 'q.test')['zones']
                equal([(z['family'], z['believed']) for z in zones], [('v4', True), ('v6', True)])
    with desk() as world, Lists({'q.test': [('combined', world.text('quarantine', 'export', '--format=rbldnsd'))]}) as lists:
        equal((ask(lists.port, query_name('127.0.0.2'), 1), ask(lists.port, query_name('192.0.2.201'), 1)),
              (['127.0.0.2'], []))


@test
def postfix():
    """Postfix refuses the three by it, and no other"""
    with desk(TICKETS) as world:
        os.mkdir(world.path('etc'))
        world.path('etc/main.cf', 'compatibility_level = 3.6\n')
        table = world.path('table')
        equal(world.text('quarantine', 'export', '--format=postfix', '--output=' + table), '3 addresses\n')

        def look(address):
            done = subprocess.run([POSTMAP, '-c', world.path('etc'), '-q', address, 'cidr:' + table],
                                  capture_output=True, check=False)
            equal(done.stderr, b'')
            return done.stdout.decode().strip()
        equal([look(a) for a in LISTED],
              [f'REJECT 5.7.1 Abuse comes from this address. Ask abuse@example.net, ticket {n}' for n in (1, 3, 2)])
        equal([look(a) for a in NOT], [''] * len(NOT))
    with desk() as world:
        os.mkdir(world.path('etc'))
        world.path('etc/main.cf', 'compatibility_level = 3.6\n')
        table = world.path('table')
        world.run('quarantine', 'export', '--format=postfix', '--output=' + table)
        done = subprocess.run([POSTMAP, '-c', world.path('etc'), '-q', '192.0.2.201', 'cidr:' + table],
                              capture_output=True, check=False)
        equal((done.returncode, done.stdout, done.stderr), (1, b'', b''))


def load(path, *words):
    """nft of a network of its own: it changes nothing of this machine."""
    return subprocess.run(['unshare', '-rn', 'sh', '-c', f'for f in {path} {path}; do {NFT} -f $f || exit; done; '
                           + f'{NFT} list ruleset', *words], capture_output=True, check=False)


@test
def nftables():
    """nft takes it, twice; the sets hold the three and no other"""
    with desk(TICKETS) as world, desk() as empty:
        for where, want in ((world, LISTED), (empty, [])):
            path = where.path('rules', where.text('quarantine', 'export', '--format=nftables'))
            if not NFT or load(where.path('none', '')).returncode != 0:
                print('# no nft here, or no network to try it in')
                return
            done = load(path)
            equal((done.returncode, done.stderr), (0, b''))
            got = re.findall(r'([0-9a-f.:]+) comment "ticket \d+"', done.stdout.decode())
            equal(sorted(got), want)


@test
def file():
    """a header with time and count; the file is replaced as a whole, or left as it was"""
    with desk(TICKETS) as world:
        table = world.path('table', 'old\n')
        text = world.text('quarantine', 'export', '--format=postfix')
        equal(text.split('\n')[0], f'# quarantine, {NOW}: 3 addresses')
        holds(world.error('quarantine', 'export', '--format=postfix', '--limit=2', '--output=' + table, status=69),
              '3 addresses', 'nothing is written', 'plaint ticket list')
        equal(open(table, encoding='ascii').read(), 'old\n')
        world.run('quarantine', 'export', '--format=postfix', '--limit=3', '--output=' + table)
        equal(open(table, encoding='ascii').read(), text)
        equal(sorted(os.listdir(world.dir)), sorted(['plaint.conf', 'table'] + [f for f in os.listdir(world.dir)
                                                                                 if f.startswith('plaint.db')]))
        world.error('quarantine', 'export', '--format=postfix', '--output=/nowhere/table', status=74)


@test
def words():
    """no word of a customer; JSON has the same; what is not is refused"""
    with desk(TICKETS) as world:
        world.run('customer', 'import', world.path('c.csv', 'reference,name,email,language,networks\nC-1,Beta SA,b@beta.example,fr,192.0.2.201\n'))
        for name in ('rbldnsd', 'postfix', 'nftables'):
            text = world.text('quarantine', 'export', '--format=' + name)
            assert not re.search('Beta|C-1|beta', text), text
        equal([(r['address'], r['ticket_id']) for r in world.json('quarantine', 'export')['addresses']],
              [('192.0.2.201', 1), ('192.0.2.202', 3), ('2001:db8::201', 2)])
        world.error('quarantine', 'export', status=64)
        world.error('quarantine', 'export', '--format=bind', status=64)
        world.error('quarantine', 'export', '--format=postfix', '--limit=many', status=64)
        with open(world.conf, 'a', encoding='ascii') as out:
            out.write('[relay mx2]\nnames=mx2.example.net\n')
        holds(world.error('quarantine', 'export', '--format=postfix', status=78), 'relay mx2')


main()
