#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role mailboxes, through every MX that a real resolver has, at real Postfix instances."""
import contextlib
import os
import sys

from names import UNBOUND, Names
from tap import PLAINT, TOP, World, equal, holds, main, on_terminal, test
sys.path.insert(0, os.path.join(TOP, 'tests'))
import postfix  # noqa: E402

MX, BACKUP, AWAY, FOREIGN = '127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.99'
RECORDS = f'''mixed.test. MX 20 backup.test.
mixed.test. MX 10 mx.test.
mixed.test. MX 30 mx.elsewhere.test.
null.test. MX 0 .
away.test. MX 10 away.test.
away.test. A {AWAY}
lost.test. MX 10 nowhere.test.
mx.test. A {MX}
backup.test. A {BACKUP}
mx.elsewhere.test. A {FOREIGN}
plain.test. TXT no-mx'''
SITE = f'''[site]
domains=mixed.test;null.test;plain.test;away.test;lost.test
networks={MX}/32;{BACKUP}/32;{AWAY}/32
[relay mx]
names=mx.test
addresses={MX}
roles=mx
[relay out]
addresses={BACKUP}
roles=smarthost
[relay-test]
from=tests@monitor.test
helo=monitor.test
pace=0
every=0
'''
SETTINGS = {
    'mydestination': 'localhost.test',
    'mynetworks': '127.0.0.200/32',
    'virtual_mailbox_domains': 'mixed.test, plain.test',
    'virtual_mailbox_maps': 'static:x',
    'virtual_transport': 'dead:',
    'myorigin': 'plain.test',
    'smtpd_error_sleep_time': '0',
    'smtpd_relay_restrictions': 'reject_unauth_destination',
}
# What the backup MX makes of each mailbox, and of the null sender.
ACCESS = ('check_recipient_access inline:{ {postmaster@mixed.test = 550 5.1.1 who?}, {abuse@mixed.test = 554 5.7.1 spam} }, '
          'permit')


@contextlib.contextmanager
def desk():
    """A world, a resolver, and two mail hosts that share a port."""
    with World(SITE) as world, contextlib.ExitStack() as stack:
        world.run('init')
        os.chmod(world.dir, 0o755)
        dns = stack.enter_context(Names(RECORDS.splitlines()))
        with open(world.conf, 'a', encoding='ascii') as out:
            out.write(f'[dns]\nservers={dns.servers}\n')
        mx = stack.enter_context(postfix.Postfix(world.path('mx'), SETTINGS, '', MX, 'mx.test'))
        backup = stack.enter_context(postfix.Postfix(
            world.path('backup'), {**SETTINGS, 'smtpd_recipient_restrictions': ACCESS}, '', BACKUP, 'backup.test', mx.port))
        yield world, mx, backup


@test
def verdicts():
    """each mailbox, each MX; strangers' are left alone; no mail is sent"""
    with desk() as (world, mx, backup):
        rows = world.json('mailbox', 'test', f'--port={mx.port}')['mailboxes']
        got = {(row['domain'], row['mx'], row['mailbox']): row['verdict'] for row in rows}
        equal(got, {
            ('mixed.test', 'mx.test', 'postmaster@mixed.test'): 'ok',
            ('mixed.test', 'mx.test', 'Postmaster@mixed.test'): 'ok',
            ('mixed.test', 'mx.test', 'abuse@mixed.test'): 'ok',
            ('mixed.test', 'mx.test', 'postmaster'): 'ok',
            ('mixed.test', 'backup.test', 'postmaster@mixed.test'): 'missing',
            ('mixed.test', 'backup.test', 'Postmaster@mixed.test'): 'missing',
            ('mixed.test', 'backup.test', 'abuse@mixed.test'): 'blocked',
            ('mixed.test', 'backup.test', 'postmaster'): 'ok',
            ('mixed.test', 'mx.elsewhere.test', None): 'not-ours',
            ('null.test', '.', None): 'no-mail',
            ('plain.test', 'mx', 'postmaster@plain.test'): 'ok',
            ('plain.test', 'mx', 'Postmaster@plain.test'): 'ok',
            ('plain.test', 'mx', 'abuse@plain.test'): 'ok',
            ('plain.test', 'mx', 'postmaster'): 'ok',
            ('away.test', 'away.test', None): 'unreachable',
            ('lost.test', 'nowhere.test', None): 'unreachable',
        })
        equal([row['mx'] for row in rows if row['domain'] == 'mixed.test'],
              ['mx.test'] * 4 + ['backup.test'] * 4 + ['mx.elsewhere.test'])
        equal((mx.took(), backup.took()), (0, 0))
        holds(backup.log(), 'from=<tests@monitor.test>')

        found = {row['subject']: row for row in world.json('site', 'check')['findings'] if row['kind'] == 'mailbox'}
        equal({domain: row['outcome'] for domain, row in found.items()},
              {'mixed.test': 'bad', 'null.test': 'good', 'plain.test': 'good', 'away.test': 'bad', 'lost.test': 'bad'})
        holds(found['mixed.test']['text'], 'postmaster@mixed.test at backup.test: missing, 550')

        # no bounce gets in; what was kept of the domain is replaced, the others stay
        mx.add('main.cf', 'smtpd_sender_restrictions = check_sender_access inline:{ {<> = 550 5.7.1 no bounces} }\n')
        mx.run('reload')
        assert postfix.wait_until(lambda: 'reload --' in mx.log(), 10)
        rows = world.json('mailbox', 'test', 'Plain.Test', f'--port={mx.port}')['mailboxes']
        # Postfix asks nobody about the bare postmaster
        equal([(row['verdict'], row['reply'][:3]) for row in rows], [('null-sender-refused', '550')] * 3 + [('ok', '250')])
        kept = world.json('mailbox', 'list')['mailboxes']
        equal(len(kept), 16)
        equal([row['verdict'] for row in kept if row['domain'] == 'plain.test'], ['null-sender-refused'] * 3 + ['ok'])
        status, out = on_terminal([PLAINT, '-c', world.conf, 'mailbox', 'list'], {**world.env, 'NO_COLOR': '1'}, 80)
        equal((status, [line for line in out.decode().splitlines() if len(line) > 80]), (0, []))
        holds(out.decode(), 'abuse@mixed.test', 'blocked', 'all of null.test', 'no-mail')


@test
def words():
    """what cannot be tested says so"""
    with World(SITE) as world:
        world.run('init')
        holds(world.error('mailbox', 'test', 'other.test', status=66), "'other.test' is not hosted here")
        holds(world.error('mailbox', 'test', '--port=0', status=64), '--port')
        holds(world.text('mailbox', 'list'), 'Nothing was tested')
    with World() as world:
        world.run('init')
        holds(world.error('mailbox', 'test', status=78), '[site] domains')


if not postfix.available() or not UNBOUND:
    print('1..0 # SKIP no Postfix, no unbound, or not root')
    sys.exit(0)
main()
