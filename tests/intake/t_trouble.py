#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Whatever is wrong around the LDA: exit 75, never another code and never a signal, nothing
# half-written, one short line without paths or SQL; the cause removed, the retry succeeds.
import os, pty, re, resource, shutil, signal, sqlite3, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(240)
MB = 1024 * 1024

def words_are_fit(output, desk):
    """May be mailed to a stranger."""
    lines = output.splitlines()
    return len(lines) <= 1 and len(output) < 200 and '/' not in output and not re.search(
        r'SELECT|INSERT|sqlite|plaint\.db|%s' % re.escape(desk.dir), output, re.I) and (
        not lines or lines[0].startswith('plaint-ingest: '))

def limit(which, value):
    return lambda: resource.setrlimit(which, (value, value))

def failing(desk, mail, name, **how):
    before = desk.messages() if how.pop('countable', True) else None
    status, output = desk.deliver(mail, **how)
    tap.eq(status, 75, name + ': 75')
    tap.ok(SAN or words_are_fit(output, desk), name + ': fit words', output)
    if before is not None:
        tap.ok(desk.messages() == before and desk.whole(), name + ': nothing was written')
    return output

def healed(desk, mail, name):
    before = desk.messages()
    status, output = desk.deliver(mail)
    tap.eq((status, output, desk.messages()), (0, '', before + 1), name + ': the retry succeeds')

# -- the store is missing, corrupt, read-only, of wrong rights, locked, full
desk = Desk()
assert desk.deliver(arf(0))[0] == 0
os.rename(desk.db, desk.db + '.away')
failing(desk, arf(1), 'missing', countable=False)
tap.ok(not os.path.exists(desk.db), 'missing: none was made in its place')
os.rename(desk.db + '.away', desk.db)
healed(desk, arf(1), 'missing')

# -- nothing to read from: what was sent is not here
failing(desk, b'', 'standard input closed', preexec=lambda: os.close(0))
healed(desk, arf(900), 'standard input closed')
failing(desk, b'', 'empty standard input')
failing(desk, b'From fbl@example.org Fri Jan  2 03:04:05 2026\n', 'a From_ line and no mail')

shutil.copy(desk.db, desk.db + '.good')
for name, at, garbage in (('corrupt head', 0, b'x' * 100), ('corrupt pages', 4096, b'\xff' * 65536), ('not a store', 0, b'hello\n' * 20000)):
    with open(desk.db, 'r+b') as f:
        f.seek(at)
        f.write(garbage)
    failing(desk, arf(2), name, countable=False)
    shutil.copy(desk.db + '.good', desk.db)
with open(desk.db, 'wb'):
    pass
failing(desk, arf(2), 'empty file', countable=False)
shutil.copy(desk.db + '.good', desk.db)
healed(desk, arf(2), 'corrupt')

if os.geteuid() == 0:
    def as_nobody():
        os.setgid(65534)
        os.setuid(65534)
    failing(desk, arf(3), 'wrong rights', preexec=as_nobody)
else:
    os.chmod(desk.db, 0o400)
    failing(desk, arf(3), 'wrong rights')
    os.chmod(desk.db, 0o600)
healed(desk, arf(3), 'wrong rights')

def lock(desk):
    db = sqlite3.connect(desk.db, isolation_level=None)
    db.execute('BEGIN IMMEDIATE')
    return db

db = lock(desk)
failing(desk, arf(4), 'locked for longer than it waits', countable=False)
db.execute('ROLLBACK')
healed(desk, arf(4), 'locked')
db.execute('BEGIN IMMEDIATE')
p = subprocess.Popen(desk.argv(), stdin=subprocess.PIPE, env=environment())
p.stdin.write(arf(5))
p.stdin.close()
time.sleep(3)
tap.eq(p.poll(), None, 'locked for 3 s: it waits')
db.execute('ROLLBACK')
db.close()
tap.eq(p.wait(20), 0, 'locked for 3 s: then it is stored')

# -- configuration
for name, text in (('broken configuration', '[store\n'), ('unknown key', '[store]\nurll=x\n'), ('host bits', '[site]\nnetworks=192.0.2.1/24\n')):
    good = open(desk.conf).read()
    with open(desk.conf, 'w') as f:
        f.write(text)
    failing(desk, arf(6), name)
    done = subprocess.run(desk.argv('/dev/null'), capture_output=True, stdin=subprocess.DEVNULL)
    tap.eq(done.returncode, 78, name + ': 78 when an operand was given')
    with open(desk.conf, 'w') as f:
        f.write(good)
healed(desk, arf(6), 'configuration')
done = subprocess.run([INGEST, '--bogus'], input=arf(7), capture_output=True)
tap.eq(done.returncode, 75, 'an unknown option: 75 when a mail is piped in')
master, slave = pty.openpty()
done = subprocess.run([INGEST, '--bogus'], stdin=slave, capture_output=True)
tap.eq(done.returncode, 64, 'an unknown option: 64 when a person typed it')
done = subprocess.run(desk.argv(), stdin=slave, capture_output=True)
tap.eq(done.returncode, 64, 'no mail: 64 on a terminal')
done = subprocess.run(desk.argv('/nonexistent'), stdin=subprocess.DEVNULL, capture_output=True)
tap.eq(done.returncode, 66, 'a file that is not there: 66')
# An MTA that leaves an empty sender out makes the recipient an operand: no reason to bounce.
for args in (('-f', '-a', 'x@example.net'), ('-f', 'x', 'y'), ('-fx', 'y'), ('--sender', 'x', 'y'), ('--recipient=x', '--', 'y'), ('y', '-a', 'x'),
             ('-f', 'x', '--maildir', desk.dir)):
    status, output = desk.deliver(arf(8), *args)
    tap.ok(status == 75 and words_are_fit(output, desk), '%s: 75' % ' '.join(args).replace(desk.dir, 'DIR'), (status, output))

# -- what is wrong is in the mail log, with file and line; a stranger does not hear it. (The C library's
# syslog() is replaced: there is no log here to read.)
def logged(*args, mail=arf(6)):
    log = os.path.join(desk.dir, 'log')
    open(log, 'w').close()
    status, output = desk.deliver(mail, *args, env={'LD_PRELOAD': os.path.join(desk.dir, 'syslog.so'), 'LOG': log})
    with open(log) as f:
        return status, output, f.read()

SYSLOG = """
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
static int facility;
void openlog(const char *ident, int option, int wanted) { (void)ident; (void)option; facility = wanted; }
void __syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list args;
    FILE *log = fopen(getenv("LOG"), "a");

    (void)flag;
    fprintf(log, "<%d>", facility | priority);
    va_start(args, format);
    vfprintf(log, format, args);
    va_end(args);
    fputc(10, log);
    fclose(log);
}
"""
MAIL_ERROR = '<19>error: ' # facility mail (2), severity error (3)
if SAN:
    tap.skip('the mail log', 'sanitizers want to be loaded first')
else:
    subprocess.run(['cc', '-shared', '-fPIC', '-xc', '-', '-o', os.path.join(desk.dir, 'syslog.so')], input=SYSLOG.encode(), check=True)
    good = open(desk.conf).read()
    for name, text, why in (('a group that is not closed', '[store\n', '1: a group is written [NAME]'),
                            ('an unknown key', '[site]\n\n[store]\nurll=x\n', "4: no key 'urll' in [store]; did you mean 'url'?"),
                            ('host bits', '[site]\nnetworks=192.0.2.1/24\n', "2: networks: '192.0.2.1/24' has bits beyond its prefix")):
        with open(desk.conf, 'w') as f:
            f.write(text)
        status, output, log = logged()
        tap.ok(status == 75 and words_are_fit(output, desk) and 'wrong configuration' in output, 'log, %s: fit words' % name, output)
        tap.ok(log.startswith(MAIL_ERROR + desk.conf + ':' + why) and log.count('\n') == 1, 'log, %s: file, line and reason' % name, log)
    with open(desk.conf, 'w') as f:
        f.write('[store]\nurl=mysql:host\n')
    for name, args, why in (('a store that cannot be', (), "[store] url: no engine for 'mysql:host'"),
                            ('an option that is not there', ('--bogus',), "unknown option --bogus: see 'plaint-ingest --help'"),
                            ('a configuration that is not there', ('-c', '/nonexistent'), "cannot read the configuration '/nonexistent': No such file or directory")):
        status, output, log = logged(*args)
        tap.ok(status == 75 and words_are_fit(output, desk), 'log, %s: fit words' % name, output)
        tap.ok(log.startswith(MAIL_ERROR + why) and log.count('\n') == 1, 'log, %s: the reason' % name, log)
    with open(desk.conf, 'w') as f:
        f.write(good)
    tap.eq(logged(mail=arf(8001)), (0, '', ''), 'log: nothing when all is well')

# -- limits on the process
if SAN:
    tap.skip('memory and file size limits', 'sanitizers need more than any')
else:
    wrong, stored = [], 0
    for kb in [1500, 3000, 6000, 9000, 12000, 16000, 20000, 24000, 28000, 32000, 36000, 40000, 50000, 60000, 80000, 120000, 200000]:
        before = desk.messages()
        status, output = desk.deliver(arf(1000 + kb), preexec=limit(resource.RLIMIT_AS, kb * 1024))
        grown = desk.messages() - before
        if not ((status == 75 and grown == 0 and words_are_fit(output, desk)) or (status == 0 and grown == 1)):
            wrong.append((kb, status, grown, output))
        stored += grown
    tap.eq(wrong, [], 'any limit on memory: 75 and nothing, or 0 and stored')
    tap.ok(1 <= stored < 17, 'and both were seen', stored)
    big = arf(8) + os.urandom(300000).hex().encode()
    for kb in (0, 4, 100, 250):
        failing(desk, big, 'files limited to %d KB' % kb, preexec=limit(resource.RLIMIT_FSIZE, kb * 1024))
    healed(desk, big, 'file size limit')
    wrong = []
    for n in range(0, 16):
        before = desk.messages()
        status, output = desk.deliver(arf(2000 + n), preexec=limit(resource.RLIMIT_NOFILE, n))
        grown = desk.messages() - before
        if not ((status == 75 and grown == 0) or (status == 0 and grown == 1)) or not words_are_fit(output, desk):
            wrong.append((n, status, grown, output))
    tap.eq(wrong, [], 'any limit on open files: 75 and nothing, or 0 and stored')
    big = b'Subject: big\n\n' + b'x' * (70 * MB)
    failing(desk, big, 'a mail larger than is read')

    # -- a full disk
    small = Desk()
    disk = os.path.join(small.dir, 'disk')
    os.mkdir(disk)
    if os.geteuid() == 0 and subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'none', disk], stderr=subprocess.DEVNULL).returncode == 0:
        try:
            small.db = os.path.join(disk, 'plaint.db')
            with open(small.conf, 'w') as f:
                f.write(CONF % small.db)
            small.init()
            assert small.deliver(arf(1))[0] == 0
            with open(os.path.join(disk, 'fill'), 'wb', buffering=0) as f:
                try:
                    while True:
                        f.write(b'x' * 4096)
                except OSError:
                    pass
            failing(small, arf(2), 'disk full', countable=False)
            os.unlink(os.path.join(disk, 'fill'))
            tap.ok(small.messages() == 1 and small.whole(), 'disk full: nothing was written')
            healed(small, arf(2), 'disk full')
            subprocess.run(['mount', '-o', 'remount,ro', disk], check=True)
            failing(small, arf(3), 'read-only', countable=False)
            subprocess.run(['mount', '-o', 'remount,rw', disk], check=True)
            healed(small, arf(3), 'read-only')
        finally:
            subprocess.run(['umount', disk])
    else:
        tap.skip('disk full, read-only', 'no right to mount')
    small.close()

# -- signals: the mail may or may not be stored, but the answer is 75, and the retry makes it one
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM, signal.SIGUSR1, signal.SIGPIPE, signal.SIGXCPU, signal.SIGXFSZ):
    p = subprocess.Popen(desk.argv(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    time.sleep(0.05)
    p.send_signal(number) # it waits for its input now
    try:
        time.sleep(0.05)
        p.stdin.write(arf(3000 + number))
        p.stdin.close()
    except BrokenPipeError:
        pass
    status = p.wait(60)
    tap.ok(status in (0, 75), '%s: 0 or 75' % number.name, status)
    tap.ok(number != signal.SIGTERM or status == 75, '%s ends it' % number.name, status)
    desk.deliver(arf(3000 + number))
    tap.eq(desk.value('SELECT count(*) FROM complaint WHERE message_id = ?', '%d@example.org' % (3000 + number)), 1, '%s: stored once after the retry' % number.name)

# -- the installation itself is broken
broken = os.path.join(desk.dir, 'bin')
os.mkdir(broken)
shutil.copy(INGEST, broken)
with open(os.path.join(broken, 'plaint-intake'), 'w') as f:
    f.write('#!/bin/sh\necho /etc/secret: SELECT >&2\nexit $STATUS\n')
os.chmod(os.path.join(broken, 'plaint-intake'), 0o755)
for code in (1, 2, 64, 65, 66, 73, 74, 77, 78, 79, 126, 127, 255):
    failing(desk, arf(4000), 'a worker that ends with %d' % code, env={'STATUS': str(code)}, ingest=os.path.join(broken, 'plaint-ingest'))
healed(desk, arf(4000), 'installation')
desk.close()
tap.done()
