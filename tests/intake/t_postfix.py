#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# A real Postfix, a private instance on loopback, delivers into the LDA: by a pipe transport and by an
# alias; a store that is locked away defers, and the queue delivers later.
import json, os, pwd, re, shutil, smtplib, socket, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(150)
RECIPES = os.path.join(ROOT, 'contrib', 'postfix')
POSTFIX = shutil.which('postfix') or '/usr/sbin/postfix'
if os.geteuid() != 0 or not os.path.exists(POSTFIX) or not os.path.exists('/usr/lib/postfix/sbin/master'):
    tap.skip('delivery by Postfix', 'no Postfix, or not root')
    tap.done()

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]

desk = Desk()
port = free_port()
nobody = pwd.getpwnam('nobody')
group = nobody.pw_gid
for path in (desk.dir, desk.db):
    os.chown(path, nobody.pw_uid, group)
base = os.path.join(desk.dir, 'mta')
for sub in ('etc', 'queue', 'data'):
    os.makedirs(os.path.join(base, sub))
os.chown(os.path.join(base, 'data'), pwd.getpwnam('postfix').pw_uid, -1)
log = os.path.join(base, 'mail.log')
# What nobody may reach: copies of the programs.
bindir = os.path.join(desk.dir, 'bin')
os.mkdir(bindir)
for program in (INGEST, WORKER):
    shutil.copy(program, bindir)
lda = os.path.join(bindir, 'plaint-ingest')

MAIN = '''compatibility_level = 3.6
queue_directory = %(base)s/queue
data_directory = %(base)s/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx1.example.net
mydestination = alias.example.net
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.net
virtual_mailbox_maps = inline:{ { abuse@example.net = x }, { postmaster@example.net = x } }
plaint_destination_concurrency_limit = 2
plaint_time_limit = 60s
default_transport = error:nothing leaves
relay_transport = error:nothing leaves
local_recipient_maps =
alias_maps = hash:%(base)s/etc/aliases
alias_database = hash:%(base)s/etc/aliases
default_privs = nobody
export_environment = TZ MAIL_CONFIG LANG PLAINT_CONFIG
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME PLAINT_CONFIG=%(conf)s
smtpd_peername_lookup = no
disable_dns_lookups = yes
smtpd_recipient_restrictions = reject_unauth_destination
maillog_file = %(base)s/mail.log
maillog_file_prefixes = %(base)s
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 3s
message_size_limit = 20000000
mailbox_size_limit = 30000000
'''
SERVICES = ['pickup unix n - n 60 1 pickup', 'cleanup unix n - n - 0 cleanup', 'qmgr unix n - n 300 1 qmgr',
            'rewrite unix - - n - - trivial-rewrite', 'bounce unix - - n - 0 bounce', 'defer unix - - n - 0 bounce',
            'trace unix - - n - 0 bounce', 'error unix - - n - - error', 'retry unix - - n - - error',
            'proxymap unix - - n - - proxymap', 'local unix - n n - - local', 'virtual unix - n n - - virtual',
            'anvil unix - - n - 1 anvil', 'showq unix n - n - - showq', 'scache unix - - n - 1 scache',
            'tlsmgr unix - - n 1000? 1 tlsmgr', 'postlog unix-dgram n - n - 1 postlogd']

with open(os.path.join(base, 'etc', 'main.cf'), 'w') as f:
    f.write(MAIN % {'base': base, 'conf': desk.conf})
    with open(os.path.join(RECIPES, 'main.cf.add')) as recipe:
        f.write(recipe.read())
with open(os.path.join(base, 'etc', 'master.cf'), 'w') as f:
    f.write('127.0.0.1:%d inet n - n - 4 smtpd\n' % port + '\n'.join(SERVICES) + '\n')
    # the shipped recipe, with this test's paths and user
    with open(os.path.join(RECIPES, 'master.cf.add')) as recipe:
        f.write(recipe.read().replace('/usr/local/bin/plaint-ingest', '%s -c %s' % (lda, desk.conf)).replace('user=plaint', 'user=nobody'))
with open(os.path.join(base, 'etc', 'aliases'), 'w') as f:
    f.write('abuse: "|%s"\n' % lda)
subprocess.run(['postalias', '-c', os.path.join(base, 'etc'), 'hash:' + os.path.join(base, 'etc', 'aliases')], check=True)

def wait_until(condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False

def send(mail, recipient, sender='fbl@example.org'):
    with smtplib.SMTP('127.0.0.1', port, timeout=30) as s:
        s.sendmail(sender, [recipient], mail)

def listening():
    try:
        smtplib.SMTP('127.0.0.1', port, timeout=5).quit()
        return True
    except OSError:
        return False

postfix = [POSTFIX, '-c', os.path.join(base, 'etc')]
try:
    started = subprocess.run(postfix + ['start'], capture_output=True)
    if not wait_until(listening, 20):
        tap.ok(False, 'Postfix starts', started.stderr.decode() + (open(log).read() if os.path.exists(log) else ''))
    else:
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
        tap.ok(wait_until(lambda: desk.messages() == 13), 'one that says it was here already is no loop', open(log).read()[-1000:])

        def of_log(pattern, *words):
            """What the log says of the id that the pattern finds in it."""
            qid = re.search(pattern, open(log).read()).group(1)
            done = subprocess.run([os.path.join(ROOT, 'contrib', 'postfix-log-query'), '--log=' + log, *words, '--', qid],
                                  capture_output=True, env={'PATH': '/usr/bin:/bin'})
            return json.loads(done.stdout or '0')
        answer = of_log(r'smtpd\[\d+\]: (\w+): client=')
        tap.eq((answer.get('client'), answer.get('from'), answer.get('recipients')), ('127.0.0.1', 'fbl@example.org', 1), 'its log says who sent what')
        subprocess.run(['/usr/sbin/sendmail', '-C', os.path.join(base, 'etc'), '-f', 'x@example.net', 'abuse@example.net'],
                       input=b'Subject: local\n\n.\n', timeout=30)
        tap.ok(wait_until(lambda: re.search(r'pickup\[\d+\]: (\w+): uid=', open(log).read())
                          and of_log(r'pickup\[\d+\]: (\w+): uid=').get('recipients') == 1), 'and of a local program')
        tap.eq(of_log(r'pickup\[\d+\]: (\w+): uid=').get('uid'), 0, 'whose it is')
        tap.ok(wait_until(lambda: desk.messages() == 14), 'which comes in, too')

        os.rename(desk.db, desk.db + '.away')
        send(arf(102), 'abuse@example.net')
        send(arf(103), 'abuse@alias.example.net')
        tap.ok(wait_until(lambda: open(log).read().count('status=deferred') >= 2), 'without a store both are deferred')
        text = open(log).read()
        tap.ok('status=bounced' not in text, 'none bounces', text[-2000:])
        os.rename(desk.db + '.away', desk.db)
        tap.ok(wait_until(lambda: desk.messages() == 16), 'and come in when it is back', desk.messages())
        text = open(log).read()
        tap.ok('status=bounced' not in text and 'plaint.db' not in text.replace(desk.conf, ''), 'no bounce, no path in the log of the MTA', text[-2000:])
        tap.ok(desk.whole(), 'the store is whole')
finally:
    subprocess.run(postfix + ['stop'], capture_output=True)
    wait_until(lambda: not listening(), 10)
    desk.close()
tap.done()
