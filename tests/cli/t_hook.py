#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""[hooks] on-move: each move is told to the site's program, in order, until it was heard."""
import json
import os
import shutil
import signal
import subprocess
import time

from tap import BUILD, TOP, World, equal, holds, main, test

WATCH = os.path.join(BUILD, 'plaint-watch')
LOCK = os.path.join(TOP, 'contrib', 'hooks', 'postfix-lock-account')
SITE = '''[site]
domains=example.net
networks=192.0.2.0/24
[relay smtp]
names=smtp.example.net
addresses=192.0.2.20
roles=msa;smarthost
'''


def at(minutes):
    return {'PLAINT_NOW': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(1795521600 + 60 * minutes))}


def complaint(day):
    return f'''From: Ann <ann@victim.example>
To: abuse@example.net
Subject: complaint
Message-ID: <{day}@victim.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain

Please stop this.
--b1
Content-Type: message/rfc822

Received: from smtp.example.net (smtp.example.net [192.0.2.20])
	by mx.victim.example (Postfix) with ESMTPS id 4Xb{day}
	for <ann@victim.example>; {day} Nov 2026 06:00:12 +0000
Received: from [10.0.0.5] (unknown [203.0.113.77]) (Authenticated sender: bob@example.net)
	by smtp.example.net (Postfix) with ESMTPSA id 4Xa{day};
	{day} Nov 2026 06:00:08 +0000
From: Bank <x@bank.example>
To: ann@victim.example
Subject: Cheap pills
Date: {day} Nov 2026 06:00:00 +0000
Message-ID: <s{day}@bank.example>

Buy now.
--b1--
'''


class Desk(World):
    """A desk whose hook writes what it is told to a file."""

    def __init__(self, script='', more='', hook=True):
        super().__init__(SITE)
        self.told = self.path('told')
        self.program = self.path('on-move', '')
        self.script(script)
        if hook:
            self.configure(more)
        self.run('init')

    def script(self, text):
        self.path('on-move', f'#!/bin/sh\necho "$@" >>{self.told}\n{text}\n')
        os.chmod(self.program, 0o755)

    def configure(self, more=''):
        with open(self.conf, 'a', encoding='utf-8') as out:
            out.write(f'[hooks]\non-move={self.program}\n{more}')

    def ticket(self, account='bob@example.net', cause='compromised-account'):
        return str(self.json('ticket', 'new', f'--account={account}', f'--cause={cause}')['id'])

    def move(self, ticket, *states, **more):
        for state in states:
            self.run('ticket', 'move', ticket, *state.split(), **more)

    def heard(self):
        if not os.path.exists(self.told):
            return []
        with open(self.told, encoding='utf-8') as text:
            return text.read().splitlines()

    def jobs(self):
        return self.json('job', 'list')['jobs']

    def hooks(self, ticket):
        """The runs in the ticket's history, the oldest first."""
        return [entry for entry in reversed(self.json('ticket', 'show', ticket)['history'])
                if entry['deed'] == 'ticket-hook']


@test
def told():
    """each move is told with its states, the ticket as JSON and in the environment; the history has the answer"""
    with Desk() as desk:
        desk.script(f'cat >{desk.dir}/json; env | grep ^PLAINT_ | sort >{desk.dir}/env; echo "shut the port"')
        n = desk.ticket()
        equal(desk.jobs(), [])
        desk.move(n, 'open', 'contained')
        equal([(job['kind'], job['ticket']) for job in desk.jobs()], [('hook', 1)] * 2)
        holds(desk.text('job', 'list'), 'ticket 1', 'waits')
        equal(desk.text('job', 'run'), 'hook, ticket 1: new to open, done: shut the port\n'
                                       'hook, ticket 1: open to contained, done: shut the port\n')
        equal(desk.heard(), ['1 new open', '1 open contained'])
        equal(desk.text('job', 'run'), '')
        with open(desk.path('json'), encoding='utf-8') as text:
            shown = json.load(text)
        equal((shown['account'], shown['state'], shown['cause']), ('bob@example.net', 'contained', 'compromised-account'))
        assert set(shown) == set(desk.json('ticket', 'show', n))
        with open(desk.path('env'), encoding='utf-8') as text:
            equal(text.read().splitlines(), [
                'PLAINT_ACCOUNT=bob@example.net', 'PLAINT_CATEGORY=', 'PLAINT_CAUSE=compromised-account',
                'PLAINT_CUSTOMER=', 'PLAINT_DOMAIN=', 'PLAINT_KIND=mail', 'PLAINT_MACHINE=', 'PLAINT_TICKET=1'])
        first = desk.hooks(n)[0]
        equal((first['actor'], first['what']), ('plaint', 'hook: new to open, done: shut the port'))
        equal((first['detail']['status'], first['detail']['said']), (0, 'shut the port'))
        holds(desk.text('ticket', 'show', n), 'hook: open to contained, done: shut the port')


@test
def unset():
    """without the key no job is made, and one that was made says what is missing"""
    with Desk(hook=False) as desk:
        n = desk.ticket()
        desk.move(n, 'open')
        equal(desk.jobs(), [])
        desk.configure()
        holds(desk.text('config', 'check'), '[hooks] on-move', 'runs it after a move')
        desk.move(n, 'contained')
        with open(desk.conf, encoding='utf-8') as text:
            desk.path('plaint.conf', text.read().replace('on-move', '#on-move'))
        holds(desk.text('job', 'run'), '[hooks] on-move is not set; again in 1 min')
        equal(desk.heard(), [])


@test
def every_move():
    """undo, merge, and what plaint does itself are moves, too"""
    with Desk() as desk:
        one, two = desk.ticket(), desk.ticket('eve@example.net')
        desk.move(one, 'open')
        desk.run('ticket', 'undo', one)
        desk.run('ticket', 'merge', two, one)
        desk.run('ticket', 'undo', two)
        desk.run('ticket', 'set', one, 'cause=open-proxy')
        desk.run('ticket', 'note', one, 'nothing')
        desk.run('job', 'run')
        equal(desk.heard(), ['1 new open', '1 open new', '2 new rejected', '2 rejected new'])


@test
def reopened():
    """an incident that reopens a ticket tells the hook"""
    with Desk() as desk:
        desk.ingest(desk.path('a', complaint(23)))
        desk.move('1', 'open', 'contained', 'fixed --proof=done --proof-kind=account-locked', 'resolved --resolution=fixed')
        desk.run('job', 'run')
        desk.run(program=os.path.join(BUILD, 'plaint-ingest'), stdin=complaint(25).encode(),
                 env={'PLAINT_NOW': '2026-11-25T08:00:00Z'})
        later = {'PLAINT_NOW': '2026-11-25T08:01:00Z'}
        equal(desk.text('job', 'run', env=later), 'hook, ticket 1: resolved to open, done\n')
        equal(desk.heard()[-2:], ['1 fixed resolved', '1 resolved open'])
        desk.move('1', 'contained', 'fixed --proof=again --proof-kind=account-locked', env=later)
        desk.run('job', 'run', env=later)
        desk.ingest(desk.path('b', complaint(23)))  # known, and before the fix: no move
        desk.path('c', complaint(26))
        desk.run(desk.path('c'), program=os.path.join(BUILD, 'plaint-ingest'), env={'PLAINT_NOW': '2026-11-26T08:00:00Z'})
        desk.run('job', 'run', env={'PLAINT_NOW': '2026-11-26T08:01:00Z'})
        equal(desk.heard()[-1], '1 fixed open')  # by an import


@test
def failing():
    """a failure is on record, tried again, and holds up the later moves of its ticket, not other tickets"""
    with Desk('echo "the switch is away" >&2; test $1 != 1 || exit 3') as desk:
        one, two = desk.ticket(), desk.ticket('eve@example.net')
        desk.move(one, 'open', env=at(0))
        desk.move(one, 'contained', env=at(0))
        desk.move(two, 'open', env=at(0))
        said = desk.text('job', 'run', env=at(0))
        holds(said, 'hook, ticket 1: ', "ended with status 3; it says 'the switch is away'; again in 1 min",
              'hook, ticket 2: new to open, done: the switch is away')
        equal(desk.heard(), ['1 new open', '2 new open'])
        run = desk.hooks(one)[-1]
        equal((run['detail']['status'], run['detail']['said']), (3, 'the switch is away'))
        holds(run['what'], 'hook: new to open, ', 'ended with status 3: the switch is away')
        desk.script('')
        equal(desk.text('job', 'run', env=at(0)), '')
        equal(len(desk.text('job', 'run', env=at(2)).splitlines()), 2)
        equal(desk.heard(), ['1 new open', '2 new open', '1 new open', '1 open contained'])
        equal(desk.jobs(), [])


@test
def given_up():
    """what fails for two days is given up, job list says why, and the next move is told"""
    with Desk('test $3 != open') as desk:
        n = desk.ticket()
        desk.move(n, 'open', 'contained', env=at(0))
        minutes = 0
        for wait in (0, 2, 6, 31, 121, 361, 1441):
            minutes += wait
            said = desk.text('job', 'run', env=at(minutes))
        holds(said, 'given up after 7 attempts', 'open to contained, done')
        equal(desk.heard(), ['1 new open'] * 7 + ['1 open contained'])
        holds(desk.text('job', 'list'), 'given up', 'status 1')
        equal(len(desk.hooks(n)), 8)


@test
def bad_programs():
    """one that hangs is killed after the time limit; missing, chatty or killed ones are told as such"""
    for script, words in (('sleep 60', 'took more than 1000 ms and was killed'), ('yes', 'printed more than 1048576 bytes'),
                          ('kill -9 $$', 'ended by signal 9'), ('rm "$0"; exit 1', 'status 1')):
        with Desk(script, 'time-limit=1s\n') as desk:
            n = desk.ticket()
            desk.move(n, 'open')
            begun = time.monotonic()
            holds(desk.text('job', 'run'), words, 'again in 1 min')
            assert time.monotonic() - begun < 15
            holds(desk.hooks(n)[-1]['what'], words)
            equal(desk.hooks(n)[-1]['detail']['status'], 1 if script.startswith('rm') else None)
    with Desk(more='time-limit=91s\n', hook=False) as desk:
        desk.configure('time-limit=91s\n')
        holds(desk.error('job', 'run', status=78), 'time-limit')


@test
def killed():
    """kill -9 of plaint-watch while the hook runs: it is run again when the lease is over, and later moves wait"""
    with Desk('sleep 2') as desk:
        n = desk.ticket()
        desk.move(n, 'open', 'contained', env=at(0))
        watcher = subprocess.Popen([WATCH, '-c', desk.conf], env={**desk.env, **at(0)}, stderr=subprocess.DEVNULL)
        while not desk.heard():
            time.sleep(0.05)
        watcher.send_signal(signal.SIGKILL)
        watcher.wait()
        desk.script('')
        equal(desk.text('job', 'run', env=at(1)), '')
        desk.run('--once', program=WATCH, env=at(3))
        equal(desk.heard(), ['1 new open', '1 new open', '1 open contained'])
        equal([run['detail']['to'] for run in desk.hooks(n)], ['open', 'contained'])


@test
def side_by_side():
    """many runners at once: each move is told once, those of a ticket in order"""
    with Desk() as desk:
        tickets = [desk.ticket(f'a{i}@example.net') for i in range(8)]
        for n in tickets:
            desk.move(n, 'open', 'contained', 'resolved --resolution=no-response', 'open')
        runners = [subprocess.Popen([os.path.join(BUILD, 'plaint'), '-c', desk.conf, 'job', 'run'], env=desk.env,
                                    stdout=subprocess.DEVNULL) for _ in range(4)]
        equal([runner.wait() for runner in runners], [0] * 4)
        desk.run('job', 'run')
        for n in tickets:
            equal([line for line in desk.heard() if line.startswith(n + ' ')],
                  [f'{n} new open', f'{n} open contained', f'{n} contained resolved', f'{n} resolved open'])


HOSTILE = ["a'b", 'a"b', 'a$(reboot)', 'a`id`', '-rf', '--', '../../etc/passwd', '/etc/passwd', '*', '[a-z]*', 'a b',
           '#a', 'a\\nb', 'a\tb', 'a:b', 'b\u00f6b', '@example.net', 'a;id', 'a\\', 'x' * 255]


@test
def hostile():
    """what a mail made of an account reaches the hook as it is, in JSON and environment"""
    with Desk() as desk:
        desk.script(f'cat >>{desk.dir}/json; printf "%s\\0" "$PLAINT_ACCOUNT" >>{desk.dir}/names')
        names = []
        for account in HOSTILE:
            n = desk.ticket()
            desk.run('ticket', 'set', n, f'account={account}')
            names.append(desk.json('ticket', 'show', n)['account'])
            desk.move(n, 'rejected --reason=spam')
        desk.run('job', 'run')
        with open(desk.path('names'), 'rb') as raw:
            equal(raw.read().decode().split('\0')[:-1], names)
        with open(desk.path('json'), encoding='utf-8') as text:
            equal([json.loads(line)['account'] for line in text], names)


def query(desk, account):
    done = subprocess.run(['postmap', '-q', account, 'hash:' + desk.path('locked')], capture_output=True, check=False,
                          env=desk.env)
    equal(done.stderr, b'')
    return done.stdout.decode().strip()


def locking():
    """A desk with contrib/hooks/postfix-lock-account."""
    desk = Desk()
    desk.env['PATH'] = '/usr/sbin:' + desk.env['PATH']
    desk.script(f'LOCK_MAP={desk.dir}/locked exec {LOCK} "$@"')
    return desk


def postfix(function):
    """A test that needs Postfix."""
    return test(function) if shutil.which('postmap', path='/usr/sbin:' + os.environ['PATH']) else function


@postfix
def lock():
    """postfix-lock-account: locked while contained, in Postfix's map, by however many tickets"""
    with locking() as desk:
        one, other, bot = desk.ticket(), desk.ticket('eve@example.net'), desk.ticket('zoe@example.net', 'open-proxy')
        for n in (one, other, bot):
            desk.move(n, 'open', 'contained')
        holds(desk.text('job', 'run'), 'open to contained, done: locked bob@example.net')
        holds(query(desk, 'bob@example.net'), 'REJECT ')
        holds(query(desk, 'BOB@example.net'), 'REJECT ')
        holds(query(desk, 'eve@example.net'), 'REJECT ')
        for name in ('zoe@example.net', 'example.net', 'bob', '#', 'ticket'):
            equal(query(desk, name), '')
        desk.run('ticket', 'set', other, 'account=bob@example.net', status=69)
        desk.move(one, 'fixed --proof=reset --proof-kind=account-locked')
        desk.run('job', 'run')
        equal(query(desk, 'bob@example.net'), '')
        holds(query(desk, 'eve@example.net'), 'REJECT ')
        desk.run('ticket', 'set', other, 'account=eva@example.net')  # freed by its ticket, not by its name
        desk.move(other, 'rejected --reason=not-abuse')
        desk.run('job', 'run')
        equal(query(desk, 'eve@example.net'), '')
        desk.run('ticket', 'undo', one)
        desk.run('job', 'run')
        holds(query(desk, 'bob@example.net'), 'REJECT ')


def run_lock(desk, *words, account='', cause='compromised-account', status=0):
    done = subprocess.run([LOCK, *words], capture_output=True, check=False,
                          env={'PATH': desk.env['PATH'], 'LOCK_MAP': desk.path('locked'), 'PLAINT_ACCOUNT': account,
                               'PLAINT_CAUSE': cause})
    equal((account, done.returncode), (account, status))
    return done.stderr.decode()


@postfix
def lock_twice():
    """… run again, side by side, for two tickets of one account, or with nothing to do, it is right"""
    with locking() as desk:
        equal(run_lock(desk, '0', 'new', 'new'), '')
        for _ in range(2):
            equal(run_lock(desk, '1', 'open', 'contained', account='bob'), '')
        with open(desk.path('locked'), encoding='utf-8') as text:
            equal(text.read().count('\nbob '), 1)
        equal(run_lock(desk, '11', 'open', 'contained', account='Bob'), '')
        equal(run_lock(desk, '1', 'contained', 'fixed', account='bob'), '')
        holds(query(desk, 'bob'), 'REJECT ')
        equal(run_lock(desk, '11', 'contained', 'resolved', account='bob'), '')
        equal(query(desk, 'bob'), '')
        many = [subprocess.Popen([LOCK, str(n), 'open', 'contained'], stdout=subprocess.DEVNULL,
                                 env={'PATH': desk.env['PATH'], 'LOCK_MAP': desk.path('locked'),
                                      'PLAINT_ACCOUNT': f'u{n}', 'PLAINT_CAUSE': 'compromised-account'})
                for n in range(20, 40)]
        equal([process.wait() for process in many], [0] * 20)
        for n in range(20, 40):
            holds(query(desk, f'u{n}'), 'REJECT ')


@postfix
def lock_hostile():
    """… an account that is no plain name is refused, and frees nothing"""
    with locking() as desk:
        run_lock(desk, '1', 'open', 'contained', account='bob')
        for account in HOSTILE + ['a\nb', 'bob\neve REJECT', '\n', 'a\x01b', '.bob']:
            holds(run_lock(desk, '2', 'open', 'contained', account=account, status=1), 'lock it by hand')
            run_lock(desk, '2', 'contained', 'fixed', account=account)
        for ticket in ('-1', '1 2', '*', ''):
            holds(run_lock(desk, ticket, 'open', 'contained', account='eve', status=1), 'no number')
        holds(query(desk, 'bob'), 'REJECT ')
        with open(desk.path('locked'), encoding='utf-8') as text:
            equal(len(text.read().splitlines()), 3)
        equal(sorted(name for name in os.listdir(desk.dir) if not name.startswith('plaint')),
              ['locked', 'locked.db', 'locked.lock', 'on-move'])
        n = desk.ticket('eve$(id)')
        desk.move(n, 'open', 'contained')
        desk.run('job', 'run')
        holds(desk.text('job', 'list'), 'no plain name')


main()
