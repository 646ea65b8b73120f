#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole life of tickets on the command line: from a mail to resolved, and back."""
import glob
import os
import pwd
import pwd
import re
import shutil
import sqlite3
import subprocess

from tap import PLAINT, World, equal, holds, main, on_terminal, test

SITE = '''[site]
name=Example Net
watch=2d
domains=example.net
networks=192.0.2.0/24
[relay mx1]
names=mx1.example.net
addresses=192.0.2.10
roles=mx
[relay smtp]
names=smtp.example.net
addresses=192.0.2.20
roles=msa;smarthost
'''


def complaint(number, spam, words='Please stop this.'):
    return f'''From: Ann <ann@victim.example>
To: abuse@example.net
Subject: complaint {number}
Date: Mon, 23 Nov 2026 11:{number:02}:00 +0000
Message-ID: <{number}@victim.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain; charset=utf-8

{words}
--b1
Content-Type: message/rfc822

{spam}
--b1--
'''


def stolen(number, account='bob@example.net'):
    return f'''Received: from smtp.example.net (smtp.example.net [192.0.2.20])
	by mx.victim.example (Postfix) with ESMTPS id 4Xb{number}
	for <ann@victim.example>; Mon, 23 Nov 2026 10:{number:02}:12 +0000
Received: from [10.0.0.5] (unknown [203.0.113.77]) (Authenticated sender: {account})
	by smtp.example.net (Postfix) with ESMTPSA id 4Xa{number};
	Mon, 23 Nov 2026 10:{number:02}:08 +0000
From: Bank <x@bank.example>
To: ann@victim.example
Subject: Cheap pills {number}
Date: Mon, 23 Nov 2026 10:{number:02}:00 +0000
Message-ID: <s{number}@bank.example>

Buy now.
'''


def relayed(number):
    return stolen(number).replace('smtp.example.net', 'mx1.example.net').replace('192.0.2.20', '192.0.2.10') \
        .replace(' (Authenticated sender: bob@example.net)', '').replace('ESMTPSA', 'ESMTP')


def desk(*mails):
    """A world with a store and these mails in it."""
    world = World(SITE)
    world.run('init')
    for n, mail in enumerate(mails):
        world.ingest(world.path(f'mail{n}', mail))
    return world


def tickets(world, *query):
    return world.json('ticket', 'list', *query)['tickets']


@test
def no_desk_yet():
    """before `init` every command says how to make a store, and nothing is made"""
    with World(SITE) as world:
        holds(world.error('ticket', 'list', status=66), "'plaint init'")
        holds(world.text('init'), 'ready', 'plaint config check', 'plaint ingest')
        holds(world.text('ticket', 'list'), 'No tickets.')
        equal(world.json('init')['config'], world.conf)


@test
def life():
    """new, open, contained, fixed with proof, resolved; each step in the history"""
    with desk(complaint(1, stolen(1)), complaint(2, stolen(2)), complaint(3, relayed(3))) as world:
        found = tickets(world)
        equal({(t['account'] or t['machine'], t['cause'], t['complaints']) for t in found},
              {('bob@example.net', 'compromised-account', 2), ('192.0.2.10', 'open-relay', 1)})
        [ticket] = tickets(world, 'account:bob@example.net')
        n = str(ticket['id'])
        equal((ticket['state'], ticket['confidence']), ('new', 'high'))
        for state, more in (('open', []), ('contained', ['--note=password reset'])):
            equal(world.text('ticket', 'move', n, state, *more), f'#{n} is {state}\n')
        holds(world.error('ticket', 'move', n, 'fixed', status=69), 'evidence')
        world.run('ticket', 'move', n, 'fixed', '--proof=sessions ended', '--proof-kind=account-locked')
        equal(world.text('ticket', 'move', n, 'resolved', '--resolution=fixed'), f'#{n} is resolved: fixed\n')
        shown = world.json('ticket', 'show', n)
        equal((shown['state'], shown['resolution'], shown['watch_until']), ('resolved', 'fixed', '2026-11-26T08:00:00Z'))
        page = world.text('ticket', 'show', n)
        holds(page, 'HOW THE SPAM TRAVELLED', 'NOTES', 'password reset', 'EVIDENCE OF THE FIX', 'sessions ended',
              'HISTORY', 'anna', 'resolved: fixed', '203.0.113.77')
        equal([t['id'] for t in tickets(world)], [t['id'] for t in found if t['id'] != ticket['id']])
        equal(len(world.json('ticket', 'list', '--all')['tickets']), 2)


@test
def named():
    """`sudo -u plaint` writes down who typed, not the user that owns the store"""
    if os.getuid() != 0:
        return
    with desk(complaint(1, stolen(1))) as world:
        nobody = pwd.getpwnam('nobody')
        program = shutil.copy(PLAINT, world.dir) # where nobody may reach it
        for path in [world.dir] + glob.glob(world.dir + '/*'):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        for words in (['assign', '1', 'me'], ['note', '1', 'called']):
            subprocess.run([program, '-c', world.conf, 'ticket', *words], env=world.env, user=nobody.pw_uid,
                           group=nobody.pw_gid, extra_groups=[], check=True, capture_output=True)
        ticket = world.json('ticket', 'show', '1')
        equal((ticket['assignee'], ticket['notes'][0]['actor']), ('anna', 'anna'))


@test
def refused():
    """moves that cannot be, wrong words and unknown tickets say why, and change nothing"""
    with desk(complaint(1, stolen(1))) as world:
        before = world.json('ticket', 'show', '1')
        for words, status, say in (
                (('ticket', 'move', '1', 'resolved', '--resolution=fixed'), 69, 'resolved'),
                (('ticket', 'move', '1', 'rejected'), 65, "'rejected' needs a reason: one of not-ours, not-abuse"),
                (('ticket', 'move', '1', 'opne'), 65, "did you mean 'open'"),
                (('ticket', 'move', '1', 'x'), 65, "no state 'x', only new, open, contained"),
                (('ticket', 'move', '1', 'rejected', '--reason=boring'), 64, 'not-abuse'),
                (('ticket', 'move', '99', 'open'), 66, '99'),
                (('ticket', 'show', '99'), 66, '99'),
                (('ticket', 'show', 'x'), 65, "'x' is no ticket number: 'plaint ticket list' shows them"),
                (('complaint', 'show', 'x'), 65, "'x' is no complaint number: 'plaint complaint list' shows them"),
                (('ticket', 'new', '--complaint=x'), 65, "'x' is no complaint number"),
                (('ticket', 'split', '1', 'x'), 65, "'x' is no incident number: 'plaint ticket show ID --incidents'"),
                (('ticket', 'split', '1', '1', '1'), 65, 'incident 1 is named twice: once is enough'),
                (('ticket', 'move', '1', '#1', 'open'), 65, 'ticket 1 is named twice: once is enough'),
                (('ticket', 'merge', '1', '1', '5'), 65, 'ticket 1 is named twice: once is enough'),
                (('ticket', 'merge', '1', '1'), 65, 'ticket 1 is named twice: once is enough'),
                (('ticket', 'move', '1', 'new'), 69, "ticket 1 is 'new' already"),
                (('ticket', 'move', '1', 'fixed'), 69, "cannot move a ticket from 'new' to 'fixed', only to open, rejected"),
                (('ticket', 'list', '\x01\x02'), 65, 'nothing to look for'),
                (('ticket', 'set', '1', 'casue=open-relay'), 65, "'cause'"),
                (('ticket', 'set', '1', 'cause=bad-luck'), 65, 'bad-luck'),
                (('ticket', 'list', 'stat:new'), 65, 'state'),
                (('ticket', 'list', 'state:nwe'), 65, 'new'),
                (('ticket', 'list', '--limit=0'), 64, '1 to 500'),
                (('ticket', 'new',), 64, 'about what'),
                (('ticket', 'new', '--machine=here'), 65, "'here' is no address"),
                (('ticket', 'undo', '1'), 69, 'undo'),
                (('ticket', 'split', '1', '77'), None, '77')):
            if status is None:
                done = subprocess.run([PLAINT, '-c', world.conf, *words], capture_output=True, env=world.env,
                                      check=False)
                assert done.returncode in (65, 66, 69), words
                holds(done.stderr.decode(), say)
            else:
                holds(world.error(*words, status=status), say)
        equal(world.json('ticket', 'show', '1'), before)


@test
def all_or_none():
    """several tickets move together, or none does"""
    with desk(complaint(1, stolen(1)), complaint(2, relayed(2)), complaint(3, stolen(3, 'eve@example.net'))) as world:
        world.error('ticket', 'move', '1', '2', '99', 'open', status=66)
        equal([t['state'] for t in tickets(world)], ['new'] * 3)
        world.run('ticket', 'move', '#1', '#2', '3', 'rejected', '--reason=not-abuse')
        equal([t['reason'] for t in world.json('ticket', 'list', '--all')['tickets']], ['not-abuse'] * 3)


@test
def deeds():
    """note, assign, set and undo"""
    with desk(complaint(1, stolen(1))) as world:
        world.run('ticket', 'note', '1', 'called', 'the', 'customer')
        world.run('ticket', 'note', '1', stdin='from a\n\x1b[31mpipe'.encode())
        equal([n['text'].split()[0] for n in world.json('ticket', 'show', '1')['notes']], ['from', 'called'])
        world.run('ticket', 'assign', '1', 'me')
        equal([t['id'] for t in tickets(world, 'assignee:me')], [1])
        world.run('ticket', 'assign', '1', 'none')
        equal(tickets(world, 'assignee:me'), [])
        world.run('ticket', 'set', '1', 'cause=customer-bulk', 'customer=C-1042')
        [ticket] = tickets(world)
        equal((ticket['cause'], ticket['customer']), ('customer-bulk', 'C-1042'))
        holds(world.text('ticket', 'list'), 'customer bulk (by hand)', 'C-1042')
        world.run('ticket', 'move', '1', 'open')
        holds(world.text('ticket', 'undo', '1'), '#1 undone: ')
        equal(tickets(world)[0]['state'], 'new')
        holds(world.text('ticket', 'show', '1'), '(undone)')


@test
def merge_and_split():
    """tickets become one, incidents become a ticket, and both can be undone"""
    with desk(complaint(1, stolen(1)), complaint(2, stolen(2)), complaint(3, relayed(3))) as world:
        [one] = tickets(world, 'account:bob@example.net')
        [other] = tickets(world, 'relay:192.0.2.10')
        one, other = str(one['id']), str(other['id'])
        holds(world.text('ticket', 'merge', other, one), f'#{one} has taken in 1 other ticket')
        equal([t['incidents'] for t in tickets(world)], [3])
        incidents = world.json('ticket', 'show', one, '--incidents')['incidents']
        equal(len(incidents), 3)
        holds(world.text('ticket', 'show', one, '--incidents'), '192.0.2.10', 'Cheap pills 1')
        holds(world.text('ticket', 'split', one, str(incidents[0]['id'])), f'is new, with 1 incident of #{one}')
        equal(sorted(t['incidents'] for t in tickets(world)), [1, 2])


@test
def by_hand():
    """a ticket by hand, and one from a filed complaint"""
    mail = complaint(1, stolen(1).replace('192.0.2.20', '198.51.100.20').replace('smtp.example.net', 'a.other.example'))
    with desk(mail) as world:
        equal(tickets(world), [])
        [filed] = world.json('complaint', 'list')['complaints']
        holds(world.text('complaint', 'list'), 'not ours', 'attached')
        shown = world.text('complaint', 'show', str(filed['id']))
        holds(shown, 'It left 198.51.100.20', 'border', '\n\n  Filed without a ticket: not ours.\n')
        assert not shown.endswith('\n\n'), shown
        world.run('ticket', 'new', f'--complaint={filed["id"]}', '--machine=192.0.2.99', '--customer=C-7')
        [ticket] = tickets(world)
        equal((ticket['machine'], ticket['customer'], ticket['complaints']), ('192.0.2.99', 'C-7', 1))
        equal(world.json('complaint', 'list')['complaints'], [])
        holds(world.text('complaint', 'list'), 'No complaints.')
        n = world.json('ticket', 'new', 'a', 'phone', 'call')['id']
        equal(world.json('ticket', 'show', str(n))['title'], 'a phone call')
        raw = world.run('complaint', 'show', str(filed['id']), '--raw')[0]
        equal(raw.decode(), mail)
        status, shown = on_terminal([PLAINT, '-c', world.conf, 'complaint', 'show', '1', '--raw'], world.env, 80)
        equal(status, 77)
        holds(shown.decode(), 'not shown on a terminal')


@test
def filed_prose():
    """a complaint without an incident is shown with its sender and subject, and why it was filed"""
    with desk('From: Ann <ann@victim.example>\nSubject: too much spam\nDate: Mon, 23 Nov 2026 11:00:00 +0000\n\nStop.\n') as world:
        equal(world.text('complaint', 'show', '1'),
              'complaint 1  message, from victim.example\n'
              '  authentic: none, no Authentication-Results of our own mail server\n\n  from      ann@victim.example\n'
              '  subject   too much spam\n  date      2026-11-23T11:00:00Z\n\n'
              '  Filed without a ticket: nothing recognised.\n')


@test
def search():
    """the query language, sorting and paging"""
    with desk(complaint(1, stolen(1), 'wir bekommen Müll'), complaint(2, stolen(2)), complaint(3, relayed(3))) as world:
        for query, n in (('cause:open-relay', 1), ('cause:open-relay,compromised-account', 2), ('-cause:open-relay', 1),
                         ('relay:192.0.2.0/24', 2), ('state:open', 0), ('since:7d', 2), ('until:2026-01-01', 0),
                         ('müll', 1), ('is:unassigned', 2), ('cause:open-relay state:new', 1)):
            equal((query, len(tickets(world, *query.split(' ')))), (query, n))
        equal(tickets(world, '--sort=size')[0]['complaints'], 2)
        page = world.json('ticket', 'list', '--limit=1')
        equal(len(page['tickets']), 1)
        more = world.json('ticket', 'list', '--limit=1', '--after=' + page['next'])
        equal(len(more['tickets']), 1)
        assert more['tickets'][0]['id'] != page['tickets'][0]['id']
        holds(world.text('ticket', 'list', '--limit=1'), '--after=' + page['next'])
        holds(world.text('ticket', 'list', 'state:open'), 'No tickets that match.')


@test
def search_of_many():
    """a query that finds nothing looks at a bounded number of tickets, and says where to go on"""
    with desk(complaint(1, stolen(1))) as world:
        with sqlite3.connect(f'{world.dir}/plaint.db') as db:
            db.execute("""WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
                INSERT INTO ticket (id, kind, state, cause, confidence, opened_at, last_at)
                SELECT i, 'mail', 'new', 'unknown', 'low', i, 2000000000 + i FROM n""")
        query = ('ticket', 'list', 'confidence:high')
        shown = world.text(*query)
        holds(shown, 'No tickets that match among the 20000 looked at.', '--after=')
        equal(world.json(*query)['tickets'], [])
        more = re.search(r'--after=\S+', shown).group()
        equal([t['id'] for t in world.json(*query, more)['tickets']], [1])
        equal(world.json(*query, more)['next'], None)


@test
def status_and_json():
    """`status`, and --json of every command that reads parses"""
    with desk(complaint(1, stolen(1)), complaint(2, relayed(2))) as world:
        equal(world.json('status')['new'], 2)
        holds(world.text('status'), 'new             2', '2 complaints from 2 messages')
        for words in (['ticket', 'list'], ['ticket', 'show', '1'], ['ticket', 'show', '1', '--incidents'],
                      ['complaint', 'list'], ['complaint', 'show', '1'], ['status'], ['config', 'check'],
                      ['config', 'show'], ['config', 'example'], ['help'], ['init'], ['reparse', '--dry-run'],
                      ['ticket', 'note', '1', 'x'], ['ticket', 'move', '1', 'open'], ['ticket', 'assign', '1', 'me'],
                      ['ticket', 'set', '1', 'customer=C'], ['ticket', 'undo', '1'], ['ticket', 'new', 'x']):
            assert isinstance(world.json(*words), (dict, list)), words


@test
def reparse():
    """after the site map changed, `reparse --dry-run` shows the difference and `reparse` makes it"""
    with desk(complaint(1, stolen(1)), complaint(2, relayed(2))) as world:
        equal(world.text('reparse'), '2 messages read again, 0 changed\n')
        with open(world.conf, encoding='utf-8') as conf:
            text = conf.read()
        world.path('plaint.conf', text.replace('192.0.2.0/24', '198.51.100.0/24').replace('192.0.2.10', '198.51.100.10'))
        shown = world.text('reparse', '--dry-run')
        holds(shown, 'message 2', 'cause: "open-relay" -> "not-ours"', '1 would change; nothing was written')
        equal(tickets(world, 'relay:192.0.2.10')[0]['cause'], 'open-relay')
        equal(world.json('reparse', '--dry-run')['changed'], 1)
        holds(world.text('reparse'), '2 messages read again, 1 changed')
        equal(world.text('reparse'), '2 messages read again, 0 changed\n')
        equal(len(world.json('complaint', 'list')['complaints']), 1)
        equal(world.text('reparse', '--since=2030-01-01'), '0 messages read again, 0 changed\n')


@test
def nothing_raw():
    """no byte of a mail reaches the terminal raw, in any list or page"""
    evil = '\x1b]0;owned\x07\x1b[31m\u202eevil\x9b31m'
    mail = complaint(1, stolen(1).replace('Cheap pills', evil).replace('4Xa1', evil.replace(' ', '')), evil)
    with desk(mail.replace('complaint 1', evil).replace('Ann <', evil + ' <'), complaint(2, 'no message', evil)) as world:
        world.run('ticket', 'note', '1', evil)
        world.run('ticket', 'set', '1', 'customer=' + evil)
        for words in (['ticket', 'list'], ['ticket', 'show', '1'], ['ticket', 'show', '1', '--incidents'],
                      ['complaint', 'list'], ['complaint', 'show', '1'], ['complaint', 'show', '2'],
                      ['ticket', 'list', evil], ['ticket', 'undo', '1'], ['config', 'check']):
            done = subprocess.run([PLAINT, '-c', world.conf, *words], capture_output=True, env=world.env, check=False)
            text = (done.stdout + done.stderr).decode('utf-8')
            assert not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]', text), (words, ascii(text))


@test
def who_types():
    """who types is known by a clean name of a length that fits, whatever it is called"""
    with desk(complaint(1, stolen(1))) as world:
        for name, kept in ((b'ann\xff\x1b[31ma', 'ann\ufffd [31ma'), (b' ', 'root'), (b'\x1b', 'root'), (b'b' * 3000, 'b' * 200)):
            kept = pwd.getpwuid(os.getuid()).pw_name if kept == 'root' else kept
            world.env['SUDO_USER'] = os.fsdecode(name)
            world.run('ticket', 'assign', '1', 'me')
            ticket = world.json('ticket', 'show', '1')
            equal((ticket['assignee'], ticket['history'][0]['actor']), (kept, kept))
            equal(len(world.json('ticket', 'list', 'assignee:me')['tickets']), 1)


@test
def fits():
    """lists and pages fit the terminal"""
    with desk(complaint(1, stolen(1, 'somebody.with.a.very.long.name@customer.with.a.long.domain.example.net')),
              complaint(2, relayed(2)), complaint(3, 'nothing')) as world:
        env = dict(world.env, NO_COLOR='1')
        for words in (['ticket', 'list'], ['complaint', 'list'], ['ticket', 'show', '1', '--incidents'],
                      ['help']):
            for columns in (60, 80, 120):
                shown = on_terminal([PLAINT, '-c', world.conf, *words], env, columns)[1].decode('utf-8')
                longest = max(shown.split('\n'), key=len)
                assert len(longest) <= columns, (words, columns, longest)


main()
