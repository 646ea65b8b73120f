#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# An alias runs the LDA as nobody; installed setgid it can deliver, but not read the store, choose a
# configuration or reach another file.
import os, shutil, stat, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(60)
GROUP, NOBODY = 54321, 65534 # a group without a name does as well

if os.geteuid() != 0:
    tap.skip('setgid', 'not root')
    tap.done()
if SAN:
    tap.skip('setgid', 'the leak checker cannot look into a setgid process, and fails it; the plain run has them all')
    tap.done()
# The only configuration it reads is /etc/plaint/plaint.conf: ours, in a mount namespace of our own.
if 'PLAINT_TEST_UNSHARED' not in os.environ:
    unshare = shutil.which('unshare')
    if not unshare or subprocess.run([unshare, '-m', 'true'], stderr=subprocess.DEVNULL).returncode != 0:
        tap.skip('setgid', 'no mount namespaces')
        tap.done()
    made_etc = not os.path.isdir('/etc/plaint')
    os.makedirs('/etc/plaint', exist_ok=True)
    status = subprocess.run([unshare, '-m', '--propagation', 'private', sys.executable, __file__],
                            env={**os.environ, 'PLAINT_TEST_UNSHARED': '1'}).returncode
    if made_etc:
        os.rmdir('/etc/plaint')
    sys.exit(status)
subprocess.run(['mount', '-t', 'tmpfs', 'none', '/etc/plaint'], check=True)

base = tempfile.mkdtemp(prefix='plaint-test-')
os.chmod(base, 0o755)
bindir = os.path.join(base, 'bin')
os.mkdir(bindir, 0o755)
store = os.path.join(base, 'store')
os.mkdir(store)
os.chown(store, 0, GROUP)
os.chmod(store, 0o2770)
lda = os.path.join(bindir, 'plaint-ingest')
shutil.copy(INGEST, lda)
shutil.copy(WORKER, bindir)
os.chown(lda, 0, GROUP)
os.chmod(lda, 0o2755)
db = os.path.join(store, 'plaint.db')
conf = '[store]\nurl=sqlite:%s\n' % db

def as_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)

def deliver(mail, *args, env=None, program=lda):
    done = subprocess.run([program, *args], input=mail, capture_output=True, cwd='/', preexec_fn=as_nobody,
                          env={'SENDER': 'fbl@example.org', 'RECIPIENT': 'abuse@example.net', **(env or {})})
    return done.returncode, (done.stdout + done.stderr).decode()

def query(sql):
    connection = sqlite3.connect(db)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()

try:
    with open('/etc/plaint/plaint.conf', 'w') as f:
        f.write(conf)
    os.chmod('/etc/plaint/plaint.conf', 0o644)
    old = os.umask(0o007)
    subprocess.run([PLAINT, 'init'], check=True, stdout=subprocess.DEVNULL, env=environment({'HOME': '/nonexistent'}))
    os.umask(old)
    for name in os.listdir(store):
        os.chown(os.path.join(store, name), 0, GROUP)
        os.chmod(os.path.join(store, name), 0o660)

    status, output = deliver(arf(1))
    tap.eq((status, output, len(query('SELECT id FROM message'))), (0, '', 1), 'nobody delivers')
    tap.eq(query('SELECT sender, recipient FROM delivery'), [('fbl@example.org', 'abuse@example.net')], 'the envelope of the environment')
    reading = subprocess.run(['cat', db], capture_output=True, preexec_fn=as_nobody)
    tap.ok(reading.returncode != 0, 'nobody cannot read the store')
    plain = os.path.join(bindir, 'plain')
    shutil.copy(lda, plain)
    os.chmod(plain, 0o755)
    status, output = deliver(arf(2), program=plain)
    tap.eq((status, len(query('SELECT id FROM message'))), (75, 1), 'without the group it cannot deliver')

    # A configuration of nobody's choice, which would write elsewhere or read a file it may not.
    mine = os.path.join(base, 'mine')
    os.mkdir(mine)
    os.chmod(mine, 0o777)
    other = os.path.join(mine, 'plaint.conf')
    with open(other, 'w') as f:
        f.write('[store]\nurl=sqlite:%s/other.db\n[bogus]\nx=y\n' % mine)
    secret = os.path.join(store, 'secret')
    with open(secret, 'w') as f:
        f.write('[very-secret-words]\n')
    os.chown(secret, 0, GROUP)
    os.chmod(secret, 0o640)
    chosen = {'PLAINT_CONFIG': other, 'XDG_CONFIG_HOME': mine, 'XDG_STATE_HOME': mine, 'HOME': mine, 'PLAINT_DEBUG': '1',
              'G_MESSAGES_DEBUG': 'all', 'PLAINT_TEST_HOOKS': '1', 'PLAINT_TEST_SANDBOX': 'off', 'GIO_MODULE_DIR': mine,
              'LD_PRELOAD': os.path.join(mine, 'x.so'), 'TMPDIR': mine, 'PLAINT_NOW': '1'}
    status, output = deliver(b'X-Plaint-Test: die\n' + arf(3), '-c', other, env=chosen)
    tap.eq((status, output, len(query('SELECT id FROM message'))), (0, '', 2), 'a configuration of its own choice is ignored')
    tap.eq(query("SELECT count(*) FROM complaint WHERE problems LIKE '%parser-died%'"), [(0,)], 'and so are test hooks')
    tap.ok(query('SELECT min(received_at) FROM message')[0][0] > 10 ** 9, 'and a clock of its own')
    tap.eq(os.listdir(mine), ['plaint.conf'], 'nothing was made elsewhere')
    status, output = deliver(arf(4), '-c', secret)
    tap.ok('very-secret' not in output and status == 0, 'a file that the group may read is not read out', output)
    before = query('SELECT count(*) FROM message')
    for args in ((secret,), ('--maildir', store), (db,)):
        status, output = deliver(b'', *args)
        tap.ok(status == 64 and 'very-secret' not in output, 'imports are refused', (status, output))
    tap.eq(query('SELECT count(*) FROM message'), before, 'and import nothing')
    tap.ok(all('very-secret' not in str(row) for row in query('SELECT * FROM complaint')), 'and it does not get into the store')

    # A hard link in a folder of its own, with a worker of its own beside it.
    with open(os.path.join(mine, 'plaint-intake'), 'w') as f:
        f.write('#!/bin/sh\nid > %s/ran\n' % mine)
    os.chmod(os.path.join(mine, 'plaint-intake'), 0o755)
    os.chown(mine, NOBODY, NOBODY)
    os.link(lda, os.path.join(mine, 'plaint-ingest'))
    deliver(arf(5), program=os.path.join(mine, 'plaint-ingest'))
    tap.ok(not os.path.exists(os.path.join(mine, 'ran')), 'a worker beside a hard link is not run')
    tap.eq(query('PRAGMA integrity_check'), [('ok',)], 'the store is whole')
finally:
    shutil.rmtree(base, ignore_errors=True)
tap.done()
