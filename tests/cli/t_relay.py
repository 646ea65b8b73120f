#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Relay tests against real Postfix instances: open, closed, one that bounces, one that wants a login, one that
greylists; and what a ticket makes of them."""
import contextlib
import datetime
import os
import pwd
import shutil
import subprocess
import sys

from tap import BUILD, NOW, PLAINT, TOP, World, equal, holds, main, on_terminal, test
sys.path.insert(0, os.path.join(TOP, 'tests'))
import postfix  # noqa: E402
from postfix import wait_until  # noqa: E402

# Where they listen is ours; 127.0.0.1, where the tests come from, is not.
OPEN, CLOSED, BOUNCES, LOGIN, GREY, INSIDE = (f'127.0.0.{n}' for n in range(2, 8))
SITE = f'''[dns]
servers=127.0.0.1:9
[site]
domains=example.net
networks={";".join(f"127.0.0.{n}/32" for n in range(2, 10))}
[relay open]
names=open.example.net
addresses={OPEN}
[relay closed]
names=closed.example.net
addresses={CLOSED}
roles=mx
[relay bounces]
names=bounces.example.net
addresses={BOUNCES}
[relay-test]
probe=probe@elsewhere.test
from=tests@monitor.test
helo=monitor.test
pace=0
'''
HOSTED = {
    'mydestination': '',
    'mynetworks': '127.0.0.99/32',
    'virtual_mailbox_domains': 'example.net',
    'virtual_mailbox_maps': 'inline:{ { abuse@example.net = x }, { postmaster@example.net = x } }',
    'virtual_transport': 'dead:',
    'smtpd_error_sleep_time': '0',
}
# The leak sanitizer dies itself (signal 11 in its tracer) in a process that has loaded GIO's TLS module.
AFTER_TLS = {'ASAN_OPTIONS': 'detect_leaks=0'}
REJECT = 'permit_mynetworks, reject_unauth_destination'
ANYTHING = {**HOSTED, 'mynetworks': '127.0.0.0/8', 'smtpd_relay_restrictions': REJECT}


class Mails(World):
    """A world whose store a delivery that runs as nobody may write to, and mail hosts."""

    def __init__(self, conf=SITE):
        super().__init__(conf)
        self.run('init')
        user = pwd.getpwnam('nobody')
        os.chmod(self.dir, 0o755)
        for path in (self.dir, self.path('plaint.db')):
            os.chown(path, user.pw_uid, user.pw_gid)
        self.stack = contextlib.ExitStack()

    def __exit__(self, *_):
        self.stack.close()
        super().__exit__()

    def mta(self, name, address, settings, master=''):
        return self.stack.enter_context(postfix.Postfix(self.path(name), settings, master, address,
                                                        f'{name}.example.net'))

    def lda(self):
        """master.cf of a pipe to plaint-ingest, for what comes back."""
        os.mkdir(self.path('bin'))
        for program in ('plaint-ingest', 'plaint-intake'):
            shutil.copy(os.path.join(BUILD, program), self.path('bin'))
        return (f'desk unix - n n - 1 pipe flags=DORXhu user=nobody argv={self.path("bin")}/plaint-ingest '
                f'-c {self.conf} -f ${{sender}} -a ${{recipient}}\n')

    def certificate(self):
        key, cert = self.path('key.pem'), self.path('cert.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=closed.example.net'],
                       check=True, capture_output=True)
        return {'smtpd_tls_cert_file': cert, 'smtpd_tls_key_file': key, 'smtpd_tls_security_level': 'may'}

    def relay(self, mta, *words, **more):
        return self.json('relay', 'test', f'{mta.address}:{mta.port}', *words, **more)['tests'][0]


def later(**by):
    now = datetime.datetime.fromisoformat(NOW.replace('Z', '+00:00')) + datetime.timedelta(**by)
    return {'PLAINT_NOW': now.strftime('%Y-%m-%dT%H:%M:%SZ')}


def forms(row):
    return {accepted['form'] for accepted in row['accepted']}


@test
def verdicts():
    """each host gets its verdict, and no mail is ever queued"""
    with Mails() as world:
        opened = world.mta('open', OPEN, ANYTHING)
        closed = world.mta('closed', CLOSED, {**HOSTED, **world.certificate(), 'smtpd_relay_restrictions': REJECT})
        login = world.mta('login', LOGIN, {**HOSTED, 'smtpd_relay_restrictions':
                                           'check_recipient_access static:{530 5.7.0 Authentication required}, reject'})
        port = postfix.free_port()
        grey = world.mta('grey', GREY, {**HOSTED, 'smtpd_relay_restrictions': 'permit', 'smtpd_recipient_restrictions':
                                        f'check_policy_service inet:127.0.0.1:{port}, reject_unauth_destination'})
        os.mkdir(world.path('greylist'))
        os.chmod(world.path('greylist'), 0o777)
        postgrey = subprocess.Popen(['postgrey', f'--inet=127.0.0.1:{port}', f'--dbdir={world.path("greylist")}',
                                     '--greylist-action=DEFER'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            got = world.relay(opened)
            equal((got['verdict'], got['host'], got['source']), ('accepted', 'open.example.net', '127.0.0.1'))
            assert {'R01', 'R02', 'R03', 'R07', 'R21'} <= forms(got), got
            got = world.relay(closed, env=AFTER_TLS)
            equal((got['verdict'], got['accepted'], got['forms']), ('closed', [], 62))
            equal(world.relay(login)['verdict'], 'closed-auth')
            assert wait_until(lambda: postfix.answers('127.0.0.1', port), 20)
            got = world.relay(grey)
            equal(got['verdict'], 'deferred')
            holds(got['why'], '15 minutes')
            holds(world.text('relay', 'show', str(got['id'])), 'Greylisted')
        finally:
            postgrey.terminate()
            postgrey.wait()
        # Postfix' own default refuses for now only, for ever
        never = world.mta('never', GREY, {**HOSTED, 'smtpd_relay_restrictions': 'defer_unauth_destination'})
        got = world.relay(never)
        equal(got['verdict'], 'deferred')
        holds(got['why'], 'reject_unauth_destination')
        # one that wants nothing of this client, postmaster's mail included, does not prove that it relays for nobody
        hostile = world.mta('hostile', GREY, {**HOSTED, 'smtpd_relay_restrictions':
                                              'check_recipient_access static:{503 5.5.1 Go away}, reject'})
        equal(world.relay(hostile)['verdict'], 'not-tested')
        for mta in (opened, closed, login, grey, never, hostile):
            equal((mta.took(), mta.queued()), (0, []))
        text = world.json('relay', 'show', '2')['transcript']
        holds(text, 'C: EHLO monitor.test', 'C: MAIL FROM:<tests@monitor.test>', 'C: RCPT TO:<probe@elsewhere.test>',
              'Relay access denied', 'TLS from here on', 'R15 in TLS', 'C: QUIT')
        assert ' DATA' not in text
        # a conversation takes few refusals
        assert text.count('C: EHLO') > 12, text.count('C: EHLO')

        inside = world.path('inside.conf', open(world.conf, encoding='utf-8').read()
                            .replace('[relay-test]', f'[relay-test]\nsource={INSIDE}'))
        done = subprocess.run([PLAINT, '-c', inside, 'relay', 'test', f'{OPEN}:{opened.port}', '--json'], check=True,
                              capture_output=True, env=world.env)
        holds(done.stdout.decode(), '"verdict":"inside-view"', 'test from outside', INSIDE)


@test
def catch_all():
    """what a host takes for its own mailboxes is not called open"""
    with Mails() as world:
        every = world.mta('closed', CLOSED, {**HOSTED, 'virtual_mailbox_maps': 'static:x', 'allow_untrusted_routing': 'yes', 'allow_percent_hack': 'no',
                                             'swap_bangpath': 'no', 'smtpd_relay_restrictions': REJECT})
        got = world.relay(every)
        equal(got['verdict'], 'accepted-local')
        assert forms(got) <= {'R08', 'R13', 'R14', 'R17'}, got
        equal((every.took(), every.queued()), (0, []))


@test
def own_site():
    """`site check` knows what the last tests said, and that nobody tested the third"""
    site = SITE.replace('roles=mx\n', 'roles=mx;backup-mx\n').replace(
        f'addresses={BOUNCES}\n', f'addresses={BOUNCES}\nroles=backup-mx\n[relay quiet]\naddresses=127.0.0.9\n')
    with Mails(site + 'every=0\n') as world:
        closed = {**HOSTED, 'smtpd_relay_restrictions': REJECT}
        for name, address, settings in (('open', OPEN, ANYTHING), ('closed', CLOSED, closed),
                                        ('bounces', BOUNCES, {**closed, 'virtual_mailbox_maps': 'static:x'})):
            world.relay(world.mta(name, address, settings))
        rows = {(row['kind'], row['subject']): row for row in world.json('site', 'check')['findings']}
        equal({subject: row['outcome'] for (kind, subject), row in rows.items() if kind == 'relay'},
              {OPEN: 'bad', BOUNCES: 'good', CLOSED: 'good', '127.0.0.9': 'unknown'})
        holds(rows['relay', '127.0.0.9']['text'], 'never been tested from outside')
        equal({subject: row['outcome'] for (kind, subject), row in rows.items() if kind == 'backup-mx'},
              {BOUNCES: 'bad', CLOSED: 'good'})
        holds(rows['backup-mx', BOUNCES]['text'], 'bounce it to strangers')
        late = {(row['kind'], row['subject']): row for row in
                world.json('site', 'check', env=later(days=31))['findings']}
        holds(late['relay', CLOSED]['trouble'], 'the last test, ')


@test
def delivered():
    """one mail, to the probe only; it comes back and proves the host open, and a bounce proves nothing"""
    with Mails() as world:
        opened = world.mta('open', OPEN, {**ANYTHING, 'transport_maps': 'inline:{ { elsewhere.test = desk: } }'}, world.lda())
        bounces = world.mta('bounces', BOUNCES, ANYTHING)
        world.run('ticket', 'new', f'--machine={OPEN}', '--cause=open-relay')
        got = world.relay(bounces, '--deliver')
        equal((got['verdict'], got['proof']), ('accepted', 'waiting'))
        got = world.relay(opened, '--deliver')
        equal((got['verdict'], got['ticket_id']), ('accepted', 1))
        show = ['relay', 'show', str(got['id'])]
        assert wait_until(lambda: world.json(*show)['proof'] == 'proven'), opened.log()
        assert wait_until(lambda: 'status=bounced' in bounces.log()), bounces.log()
        equal((opened.queued(), opened.took()), (['probe@elsewhere.test'], 1))
        equal(world.json('relay', 'show', '1')['proof'], 'waiting')
        # its bounce, too, dies where it is
        assert all('relay=dead' in line for line in bounces.log().splitlines() if 'status=' in line), bounces.log()
        filed = world.json('complaint', 'list')['complaints']
        equal([row['why'] for row in filed], ['a relay test of ours that came back'])
        equal(len(world.json('ticket', 'list')['tickets']), 1)
        holds(world.text(*show), 'proven open', 'came back')
        holds(world.text('ticket', 'show', '1'), 'is proven open')
        holds(world.text('relay', 'list'), 'proven open', 'suspected open')
        # somebody guesses
        world.ingest(world.path('guess', b'From: <x@elsewhere.test>\nTo: <abuse@example.net>\nSubject: Relay test '
                                b'plaint-relay-test/' + b'a' * 32 + b'\n\nhello\n'))
        equal(sorted(row['why'] for row in world.json('complaint', 'list')['complaints'])[0],
              'a relay test of ours that came back')
        equal(world.json('relay', 'show', '1')['proof'], 'waiting')


@test
def proof():
    """closed is evidence for fixed; the test is made again, and what is open again reopens"""
    with Mails() as world:
        closed = world.mta('closed', CLOSED, {**HOSTED, 'smtpd_relay_restrictions': REJECT})
        world.run('ticket', 'new', f'--machine={CLOSED}', '--cause=open-relay')
        for state in ('open', 'contained'):
            world.run('ticket', 'move', '1', state)
        holds(world.error('ticket', 'move', '1', 'fixed', status=69), 'relay test')
        text = world.text('relay', 'test', f'{CLOSED}:{closed.port}')
        holds(text, 'closed.example.net', 'closed', 'evidence of the fix for ticket 1', 'tested again in')
        world.run('ticket', 'move', '1', 'fixed')
        first = world.json('relay', 'list')['tests'][0]
        assert '2026-11-25T05' < first['next_at'] < '2026-11-25T11', first

        equal(world.json('relay', 'retest', env=later(hours=12)), {'done': 0})
        equal(world.json('relay', 'retest', env=later(hours=30)), {'done': 1})
        second = world.json('relay', 'list')['tests'][0]
        equal((second['verdict'], second['round'], second['actor']), ('closed', 1, 'plaint'))
        assert '2026-12-01' < second['next_at'] < '2026-12-04', second
        equal(world.json('ticket', 'show', '1')['state'], 'fixed')
        closed.add('main.cf', 'mynetworks = 127.0.0.0/8\n')
        closed.run('reload')
        assert wait_until(lambda: 'reload --' in closed.log(), 10)
        done = world.run('--once', program=os.path.join(BUILD, 'plaint-watch'), env=later(days=10))
        holds((done[0] + done[1]).decode(), 'relay tests: 1 tested again')
        ticket = world.json('ticket', 'show', '1')
        equal((ticket['state'], ticket['reopened']), ('open', 1))
        holds(world.text('ticket', 'show', '1'), 'made again', 'suspected open')
        equal(world.json('relay', 'retest', env=later(days=40)), {'done': 0})
        # the proof that failed satisfies no more
        world.run('ticket', 'move', '1', 'contained')
        world.error('ticket', 'move', '1', 'fixed', status=69)
        equal((closed.took(), closed.queued()), (0, []))


@test
def refused():
    """strangers are not connected to, and what is wrong says so"""
    with World(SITE) as world:
        world.run('init')
        holds(world.error('relay', 'test', '127.0.0.1', status=77), "'127.0.0.1' is not ours", '[site] networks')
        holds(world.error('relay', 'test', 'open:x', status=64), 'port')
        holds(world.error('relay', 'show', '9', status=66), 'plaint relay list')
        holds(world.text('relay', 'list'), 'No tests.')
        world.run('ticket', 'new', f'--machine={CLOSED}')
        holds(world.error('relay', 'test', 'open', '--ticket=1', status=69), f'is about {CLOSED}')
        got = world.json('relay', 'test', f'open:{postfix.free_port()}')['tests'][0]
        equal((got['verdict'], got['source']), ('aborted', None))
        holds(got['why'], 'refused')
    with World(SITE.replace('elsewhere.test', 'sub.example.net')) as world:
        world.run('init')
        holds(world.error('relay', 'test', 'open', '--deliver', status=78), 'probe', '[site] domains')
    with World(SITE.replace('probe=', '#')) as world:
        world.run('init')
        holds(world.error('relay', 'test', 'open', '--deliver', status=78), 'another provider')


@test
def drawn():
    """at 80 columns nothing is wider"""
    with Mails() as world:
        opened = world.mta('open', OPEN, ANYTHING)
        world.run('relay', 'test', f'{OPEN}:{opened.port}')
        for words in (['relay', 'show', '1'], ['relay', 'list']):
            status, out = on_terminal([PLAINT, '-c', world.conf, *words], {**world.env, 'NO_COLOR': '1'}, 80)
            text = out.decode()
            equal((status, [line for line in text.splitlines() if len(line) > 80]), (0, []))
            holds(text, OPEN, 'suspected open')


if not postfix.available():
    print('1..0 # SKIP no Postfix, or not root')
    sys.exit(0)
main()
