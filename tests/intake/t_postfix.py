#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# A real Postfix, a private instance on loopback, delivers into the LDA: by a pipe transport and by an
# alias; a store that is locked away defers, and the queue delivers later.
import json, os, pwd, re, shutil, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from desk import *
import postfix
from postfix import wait_until

tap = Tap(150)
RECIPES = os.path.join(ROOT, 'contrib', 'postfix')
if not postfix.available():
    tap.skip('delivery by Postfix', 'no Postfix, or not root')
    tap.done()

desk = Desk()
nobody = pwd.getpwnam('nobody')
group = nobody.pw_gid
for path in (desk.dir, desk.db):
    os.chown(path, nobody.pw_uid, group)
base = os.path.join(desk.dir, 'mta')
# What nobody may reach: copies of the programs.
bindir = os.path.join(desk.dir, 'bin')
os.mkdir(bindir)
for program in (INGEST, WORKER):
    shutil.copy(program, bindir)
lda = os.path.join(bindir, 'plaint-ingest')

MAIN = {
    'mydestination': 'alias.example.net',
    'mynetworks': '127.0.0.0/8',
    'virtual_mailbox_domains': 'example.net',
    'virtual_mailbox_maps': 'inline:{ { abuse@example.net = x }, { postmaster@example.net = x } }',
    'plaint_destination_concurrency_limit': '2',
    'plaint_time_limit': '60s',
    'alias_maps': 'hash:%s/etc/aliases' % base,
    'alias_database': 'hash:%s/etc/aliases' % base,
    'export_environment': 'TZ MAIL_CONFIG LANG PLAINT_CONFIG',
    'import_environment': 'MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME '
                          'PLAINT_CONFIG=' + desk.conf,
    'smtpd_recipient_restrictions': 'reject_unauth_destination',
}
mta = postfix.Postfix(base, MAIN)
with open(os.path.join(RECIPES, 'main.cf.add')) as recipe:
    mta.add('main.cf', recipe.read())
# the shipped recipe, with this test's paths and user
with open(os.path.join(RECIPES, 'master.cf.add')) as recipe:
    mta.add('master.cf', recipe.read().replace('/usr/local/bin/plaint-ingest', '%s -c %s' % (lda, desk.conf))
            .replace('user=plaint', 'user=nobody'))
with open(os.path.join(base, 'etc', 'aliases'), 'w') as f:
    f.write('abuse: "|%s"\n' % lda)
subprocess.run(['postalias', '-c', mta.etc, 'hash:' + os.path.join(mta.etc, 'aliases')], check=True)

def send(mail, recipient, sender='fbl@example.org'):
    with mta.connect() as s:
        s.sendmail(sender, [recipient], mail)

try:
    with mta:
        for n in range(10):
            send(arf(n), 'abuse@example.net')
        tap.ok(wait_until(lambda: desk.messages() == 10), 'ten mails through the pipe transport', desk.messages())
        tap.eq(desk.query('SELECT DISTINCT sender, recipient FROM delivery'), [('fbl@example.org', 'abuse@example.net')], 'with their envelope')
        tap.eq(desk.value("SELECT count(*) FROM complaint WHERE format = 'arf'"), 10, 'and parsed')
        send(arf(0), 'postmaster@example.net')
        tap.ok(wait_until(lambda: desk.value('SELECT count(*) FROM delivery') == 11), 'the same to postmaster@ is another delivery')
        tap.eq(desk.messages(), 10, 'of the same message')
        send(arf(100), 'abuse@example.net', sender='')
        tap.ok(wait_until(lambda: desk.messages() == 11), 'from the null sender')
        tap.eq(desk.value('SELECT sender FROM delivery ORDER BY message_id DESC LIMIT 1'), '', 'which is stored as that')
        send(arf(0), 'abuse@alias.example.net')
        tap.ok(wait_until(lambda: desk.value('SELECT count(*) FROM delivery') == 13), 'the same through an alias is another delivery',
               desk.query('SELECT * FROM delivery'))
        tap.eq(desk.messages(), 11, 'of the same message, From_ line or not')
        send(arf(101), 'abuse@alias.example.net')
        tap.ok(wait_until(lambda: desk.messages() == 12), 'a new one through an alias')
        send(b'Delivered-To: abuse@example.net\n' + arf(104), 'abuse@example.net')
        tap.ok(wait_until(lambda: desk.messages() == 13), 'one that says it was here already is no loop', mta.log()[-1000:])

        def of_log(pattern, *words):
            """What the log says of the id that the pattern finds in it."""
            qid = re.search(pattern, mta.log()).group(1)
            done = subprocess.run([os.path.join(ROOT, 'contrib', 'postfix-log-query'), '--log=' + mta.log_file, *words, '--', qid],
                                  capture_output=True, env={'PATH': '/usr/bin:/bin'})
            return json.loads(done.stdout or '0')
        answer = of_log(r'smtpd\[\d+\]: (\w+): client=')
        tap.eq((answer.get('client'), answer.get('from'), answer.get('recipients')), ('127.0.0.1', 'fbl@example.org', 1), 'its log says who sent what')
        subprocess.run(['/usr/sbin/sendmail', '-C', os.path.join(base, 'etc'), '-f', 'x@example.net', 'abuse@example.net'],
                       input=b'Subject: local\n\n.\n', timeout=30)
        tap.ok(wait_until(lambda: re.search(r'pickup\[\d+\]: (\w+): uid=', mta.log())
                          and of_log(r'pickup\[\d+\]: (\w+): uid=').get('recipients') == 1), 'and of a local program')
        tap.eq(of_log(r'pickup\[\d+\]: (\w+): uid=').get('uid'), 0, 'whose it is')
        tap.ok(wait_until(lambda: desk.messages() == 14), 'which comes in, too')

        os.rename(desk.db, desk.db + '.away')
        send(arf(102), 'abuse@example.net')
        send(arf(103), 'abuse@alias.example.net')
        tap.ok(wait_until(lambda: mta.log().count('status=deferred') >= 2), 'without a store both are deferred')
        text = mta.log()
        tap.ok('status=bounced' not in text, 'none bounces', text[-2000:])
        os.rename(desk.db + '.away', desk.db)
        tap.ok(wait_until(lambda: desk.messages() == 16), 'and come in when it is back', desk.messages())
        text = mta.log()
        tap.ok('status=bounced' not in text and 'plaint.db' not in text.replace(desk.conf, ''), 'no bounce, no path in the log of the MTA', text[-2000:])
        tap.ok(desk.whole(), 'the store is whole')
except AssertionError as e:
    tap.ok(False, 'Postfix starts', e)
finally:
    desk.close()
tap.done()
