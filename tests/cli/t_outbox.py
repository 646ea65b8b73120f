#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters leave by a program that takes the place of sendmail, with every exit status; and by Postfix."""
import email
import email.policy
import os
import pwd
import shutil
import signal
import subprocess

import tempfile
import time

from tap import PLAINT, World, equal, holds, main, test

CONF = '[site]\nname=Büro für Missbrauch\n[mail]\nfrom=abuse@example.net\nsend={}\nsendmail={}\n'
FAKE = '''#!/bin/sh
cd {dir} && printf '%s\\n' "$@" > args && cat > mail && echo "$$" > pid
echo "about $5" >&2
{then}
'''


class Desk(World):
    """With a sendmail that ends as told."""

    def __init__(self, then='exit 0', send='yes'):
        super().__init__()
        fake = self.path('sendmail', FAKE.format(dir=self.dir, then=then))
        os.chmod(fake, 0o755)
        with open(self.conf, 'a', encoding='utf-8') as out:
            out.write(CONF.format(send, fake))
        self.run('init')

    def read(self, name):
        with open(os.path.join(self.dir, name), 'rb') as text:
            return text.read()

    def letter(self, n=1):
        return self.json('outbox', 'show', str(n))



@test
def leaves():
    """a letter leaves as it is shown, by sendmail -i -f SENDER -- RECIPIENT, once"""
    with Desk() as desk:
        holds(desk.text('outbox', 'test', 'anna@example.org'), "letter 1 waits: 'plaint outbox send' sends it\n")
        holds(desk.text('status'), 'letters in the outbox: 1\n')
        equal(desk.text('outbox', 'send'), 'letter 1 to anna@example.org: sent, about anna@example.org\n')
        equal(desk.read('args').decode().split(), ['-i', '-f', 'abuse@example.net', '--', 'anna@example.org'])
        equal(desk.letter()['mail'].encode(), desk.read('mail'))
        mail = email.message_from_bytes(desk.read('mail'), policy=email.policy.default)
        equal(mail['from'].addresses[0].display_name, 'Büro für Missbrauch')
        equal(mail['to'], 'anna@example.org')
        assert mail['message-id'].startswith('<plaint.1.'), mail['message-id']
        equal(desk.text('outbox', 'send'), 'nothing is due\n')
        equal(desk.json('outbox', 'list')['letters'], [])
        equal([row['state'] for row in desk.json('outbox', 'list', '--all')['letters']], ['sent'])
        holds(desk.error('outbox', 'cancel', '1', status=69), 'has been sent')


@test
def dry_run():
    """nothing is run until [mail] send is yes"""
    with Desk(send='no') as desk:
        holds(desk.text('outbox', 'test', 'anna@example.org'), 'once [mail] send is')
        holds(desk.error('outbox', 'send', status=78), '[mail] send')
        holds(desk.text('outbox', 'list'), 'waiting', "no letter leaves while [mail] send is 'no'")
        assert not os.path.exists(os.path.join(desk.dir, 'mail'))
        holds(desk.text('outbox', 'cancel', '1'), 'letter 1 is cancelled')


@test
def statuses():
    """what can come right is tried again later, what cannot is given up at once and shown"""
    for then, outcome, state in (('exit 75', 'failed', 'waiting'), ('exit 1', 'failed', 'waiting'),
                                 ('exit 78', 'failed', 'waiting'), ('kill -9 $$', 'failed', 'waiting'),
                                 ('exit 67', 'refused', 'gave-up'), ('exit 68', 'refused', 'gave-up'),
                                 ('exit 65', 'refused', 'gave-up')):
        with Desk(then) as desk:
            desk.run('outbox', 'test', 'anna@example.org')
            holds(desk.text('outbox', 'send'), outcome, 'about anna@example.org',
                  'again in 5 min' if state == 'waiting' else 'given up')
            got = desk.letter()
            equal((got['state'], got['attempts_made'][0]['outcome']), (state, outcome))
            if state == 'gave-up':
                holds(desk.text('status'), "letters that could not be sent: 1, 'plaint outbox list' shows them")
                holds(desk.text('outbox', 'list'), 'gave-up')
                desk.path('sendmail', FAKE.format(dir=desk.dir, then='exit 0'))
                holds(desk.text('outbox', 'send', '1'), ': sent')
                equal(desk.letter()['state'], 'sent')
            else:
                equal(desk.text('outbox', 'send'), 'nothing is due\n')


@test
def no_program():
    """a sendmail that is not there is a failure like another; a wrong address never gets so far"""
    with Desk() as desk:
        os.unlink(os.path.join(desk.dir, 'sendmail'))
        desk.run('outbox', 'test', 'anna@example.org')
        holds(desk.text('outbox', 'send'), 'cannot run', 'again in')
        for bad in ('-f@example.org', 'anna', 'a b@example.org', 'a@example.org\nBcc: e@example.org'):
            holds(desk.error('outbox', 'test', '--', bad, status=65), 'is no address')
    with World() as world:
        world.run('init')
        holds(world.error('outbox', 'test', 'a@example.org', status=78), '[mail] from is not set')


@test
def killed():
    """a sender that is killed between sendmail and its word is seen, and the same letter goes out again"""
    with Desk('sleep 30') as desk:
        desk.run('outbox', 'test', 'anna@example.org')
        process = subprocess.Popen([PLAINT, '-c', desk.conf, 'outbox', 'send'], env=desk.env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(os.path.join(desk.dir, 'pid')):
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        first = desk.read('mail')
        os.kill(int(desk.read('pid')), signal.SIGKILL)
        holds(desk.text('outbox', 'show', '1'), ': begun and not ended: it may have left\n')
        holds(desk.error('outbox', 'cancel', '1', status=69), 'is being sent just now')
        desk.path('sendmail', FAKE.format(dir=desk.dir, then='exit 0'))
        equal(desk.text('outbox', 'send'), 'nothing is due\n')
        holds(desk.text('outbox', 'send', env={'PLAINT_NOW': '2026-11-24T08:10:00Z'}), ': sent')
        equal(desk.read('mail'), first)


MAIN = '''compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx1.example.net
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = {dir}/log
maillog_file_prefixes = {dir}
'''


@test
def postfix():
    """Postfix's own sendmail takes it, from the desk and from nobody"""
    if os.geteuid() != 0 or not os.path.exists('/usr/sbin/postqueue'):
        print('# no Postfix, or not root')
        return
    folder = tempfile.mkdtemp(prefix='plaint-mta-')
    try:
        os.chmod(folder, 0o755)
        for sub in ('queue', 'data'):
            os.mkdir(os.path.join(folder, sub))
        with open(os.path.join(folder, 'main.cf'), 'w', encoding='ascii') as out:
            out.write(MAIN.format(dir=folder))
        with open(os.path.join(folder, 'master.cf'), 'w', encoding='ascii') as out:
            out.write('postlog unix-dgram n - n - 1 postlogd\n')
        maildrop = os.path.join(folder, 'queue', 'maildrop')
        os.mkdir(maildrop)
        os.chown(maildrop, pwd.getpwnam('postfix').pw_uid, -1)
        os.chmod(maildrop, 0o1730)
        os.mkdir(os.path.join(folder, 'queue', 'public'))
        for sender in ('abuse@example.net', ''):
            with Desk() as desk:
                desk.path('sendmail', f'#!/bin/sh\nexport MAIL_CONFIG={folder}\nexec /usr/sbin/sendmail "$@"\n')
                desk.run('outbox', 'test', 'anna@example.org')
                subprocess.run(['sqlite3', os.path.join(desk.dir, 'plaint.db'),
                                f"UPDATE outbox SET sender = '{sender}'"], check=True)
                for name in os.listdir(maildrop):
                    os.unlink(os.path.join(maildrop, name))
                holds(desk.text('outbox', 'send'), 'letter 1 to anna@example.org: sent')
                name, = os.listdir(maildrop)
                got = subprocess.run(['/usr/sbin/postcat', os.path.join(maildrop, name)], capture_output=True,
                                     check=True, env={**os.environ, 'MAIL_CONFIG': folder}).stdout.decode()
                holds(got, f'sender: {sender}\n', 'recipient: anna@example.org', 'Auto-Submitted: auto-generated')
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
