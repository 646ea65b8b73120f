#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# What an import cannot store is told, by file, number and place; the rest goes in; the status is 75.
import os, re, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(240)
FROM = b'From fbl@example.org Fri Jan  2 03:04:05 2026\n'
MB = 1024 * 1024

def run(desk, *args):
    done = subprocess.run(desk.argv(*args), stdin=subprocess.DEVNULL, capture_output=True, env=environment(), timeout=200)
    out = done.stdout.decode()
    rows = {m[1].strip(): int(m[2]) for m in re.finditer(r'^(.*?) +(\d+)$', out, re.M)}
    return done.returncode, rows, [line for line in out.splitlines() if 'is not stored' in line], done.stderr.decode()

def write(desk, name, mails):
    """Path, and where each mail begins."""
    path, at = os.path.join(desk.dir, name), []
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        for mail in mails:
            at.append(f.tell())
            f.write(mail)
    return path, at

def mbox(desk, name, mails):
    return write(desk, name, [FROM + mail + b'\n' for mail in mails])

def counts_agree(desk, rows):
    return rows['messages'] == rows['new'] + rows['already known'] and rows['new'] == desk.messages() and desk.whole()

# -- too large
large = b'Subject: large\n\n' + b'x' * 79 + b'\n' + (b'x' * 79 + b'\n') * (70 * MB // 80)
desk = Desk()
path, at = mbox(desk, 'box', [arf(1), arf(2), large, arf(3)])
status, rows, told, err = run(desk, path)
tap.eq((status, rows.get('messages'), rows.get('new'), rows.get('too large, not stored')), (75, 3, 3, 1), 'one mail of four is too large: three are in')
tap.eq(told, ["mail 3 of '%s', at byte %d, is not stored: it has %d bytes, more than 64 MB" % (path, at[2], len(FROM) + len(large))], 'it says which')
tap.ok(counts_agree(desk, rows) and err == 'plaint-ingest: 1 mail was not stored\n', 'and the counts agree', (rows, err))
status, rows, told, err = run(desk, path)
tap.eq((status, rows.get('new'), rows.get('already known'), len(told)), (75, 0, 3, 1), 'the same again')

maildir = os.path.join(desk.dir, 'Maildir')
os.makedirs(os.path.join(maildir, 'cur'))
for n, mail in enumerate([arf(11), large, arf(12)]):
    write(desk, 'Maildir/new/%d.mail' % n, [mail])
status, rows, told, err = run(desk, '--maildir', maildir)
tap.eq((status, rows.get('new'), len(told)), (75, 2, 1), 'in a Maildir, too')
tap.ok("mail 1 of '1.mail', at byte 0," in told[0], 'by its name', told)
tap.eq(os.listdir(os.path.join(maildir, 'new')), ['1.mail'], 'where it stays')
desk.close()

# -- refused by the store: whatever the reason, here a rule that its schema does not have
def refusing(when, act):
    desk = Desk()
    desk.query('CREATE TABLE vow (id INTEGER PRIMARY KEY)')
    desk.query('CREATE TABLE broken (vow INTEGER REFERENCES vow (id) DEFERRABLE INITIALLY DEFERRED)')
    desk.query("CREATE TRIGGER refuse AFTER INSERT ON complaint WHEN %s BEGIN %s; END" % (when, act))
    return desk

AT_ONCE = "SELECT RAISE(ABORT, 'refused')"
AT_COMMIT = 'INSERT INTO broken VALUES (1)'
for name, act in (('at once', AT_ONCE), ('at the commit', AT_COMMIT)):
    desk = refusing("NEW.subject LIKE '%offer 1_7'", act)
    mails = [arf(n) for n in range(300)]
    path, at = mbox(desk, 'box', mails + [arf(5), arf(107), arf(300)])
    status, rows, told, err = run(desk, path)
    tap.eq((status, rows.get('new'), rows.get('already known')), (75, 291, 1), 'refused %s: the others are in' % name)
    tap.eq(rows.get('refused, not stored'), 11, 'refused %s: each is counted' % name)
    named = [re.match(r"mail (\d+) of '%s', at byte (\d+), is not stored: the store's rules forbid it" % re.escape(path), line).groups() for line in told]
    # in the order in which each was tried alone
    tap.eq(sorted((int(n), int(byte)) for n, byte in named), [(n + 1, at[n]) for n in (*range(107, 200, 10), 301)], 'refused %s: it says which' % name)
    tap.ok(counts_agree(desk, rows) and err == 'plaint-ingest: 11 mails were not stored\n', 'refused %s: the counts agree' % name, (rows, err))
    tap.eq((rows.get('tickets opened'), rows.get('incidents joined to a ticket')), (1, 290), 'refused %s: so do those of the tickets' % name)
    desk.query('DROP TRIGGER refuse')
    status, rows, told, err = run(desk, path)
    tap.eq((status, rows.get('new'), rows.get('already known'), desk.messages()), (0, 10, 293, 301), 'refused %s: they go in when they may' % name)
    desk.close()

desk = refusing("NEW.subject LIKE '%offer 3'", AT_ONCE)
maildir = os.path.join(desk.dir, 'Maildir')
os.makedirs(os.path.join(maildir, 'cur'))
for n in range(8):
    write(desk, 'Maildir/new/%d.mail' % n, [arf(n)])
status, rows, told, err = run(desk, '--maildir', maildir)
tap.eq((status, rows.get('new'), len(told)), (75, 7, 1), 'refused from a Maildir: the others are in')
tap.eq(os.listdir(os.path.join(maildir, 'new')), ['3.mail'], 'and it stays in new')
desk.close()

# -- a mail that we may not read is no reason to leave the others
desk = Desk()
maildir = os.path.join(desk.dir, 'Maildir')
os.makedirs(os.path.join(maildir, 'cur'))
for n in range(8):
    write(desk, 'Maildir/new/%d.mail' % n, [arf(n)])
os.chmod(os.path.join(maildir, 'new', '3.mail'), 0)
as_root = os.geteuid() == 0
for folder, _, files in os.walk(desk.dir):
    for name in ['', *files] if as_root else []:
        if name != '3.mail':
            os.chown(os.path.join(folder, name), 65534, 65534)
done = subprocess.run(desk.argv('--maildir', maildir), stdin=subprocess.DEVNULL, capture_output=True, env=environment(),
                      preexec_fn=lambda: as_root and (os.setgid(65534), os.setuid(65534)))
out = done.stdout.decode()
tap.eq((done.returncode, desk.messages(), done.stderr), (75, 7, b'plaint-ingest: 1 mail was not stored\n'), 'not for us to read: the others are in')
tap.ok("mail 1 of '3.mail', at byte 0, is not stored: it cannot be read: Permission denied\n" in out, 'it is named', out)
tap.ok(re.search('^cannot be read, not stored +1$', out, re.M), 'and counted', out)
tap.eq(os.listdir(os.path.join(maildir, 'new')), ['3.mail'], 'and stays in new')
desk.close()

# -- stopped by a signal, with mails of a Maildir on their way: what is refused then has its name, too
desk = refusing("NEW.subject LIKE '%offer 3'", AT_ONCE)
maildir = os.path.join(desk.dir, 'Maildir')
os.makedirs(os.path.join(maildir, 'cur'))
for n in range(320):
    write(desk, 'Maildir/new/%03d.%s' % (n, 'mail' * 12), [(b'X-Plaint-Test: hang\n' if n == 0 else b'') + arf(n)])
stopped = subprocess.Popen(desk.argv('--maildir', maildir), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=environment({'PLAINT_TEST_WALL_SECONDS': '3'}))
time.sleep(1)
stopped.send_signal(signal.SIGTERM)
out, err = (text.decode('utf-8', 'replace') for text in stopped.communicate(timeout=100))
told = [line for line in out.splitlines() if 'is not stored' in line]
tap.eq((stopped.returncode, err), (75, 'plaint-ingest: interrupted: run it again to go on\n'), 'stopped with mails on their way')
tap.ok(len(told) == 1 and "mail 1 of '003.%s', at byte 0," % ('mail' * 12) in told[0], 'what is refused then has its name', told)
tap.ok(0 < desk.messages() < 319 and desk.whole(), 'what was read is stored', desk.messages())
desk.close()

# -- a new recipient of a known mail, noted in a batch that is written again
desk = refusing("NEW.subject LIKE '%offer 9'", AT_ONCE)
assert desk.deliver(arf(1), '-a', 'abuse@example.net')[0] == 0
path, at = mbox(desk, 'box', [arf(2), b'Delivered-To: postmaster@example.net\n' + arf(1), arf(9), arf(3)])
status, rows, told, err = run(desk, path)
tap.eq((status, rows.get('new'), rows.get('already known'), desk.value("SELECT count(*) FROM delivery WHERE recipient = 'postmaster@example.net'")),
       (75, 2, 1, 1), 'deliveries of known mails are not lost with a batch')
desk.close()

# -- the store, not the mail
desk = refusing('1', AT_ONCE)
path, at = mbox(desk, 'box', [arf(n) for n in range(1000)])
status, rows, told, err = run(desk, path)
tap.eq((status, desk.messages()), (69, 0), 'a store that refuses everything: its own error')
tap.ok(50 <= len(told) <= 200 and "the store's rules forbid it" in err, 'and the import soon ends, and says why', (len(told), err))
desk.close()

# -- what could not start has nothing to count
desk = Desk()
for name, operand, want in (('no such file', '/nonexistent', 66), ('a folder', desk.dir, 65), ('no Maildir', '--maildir=' + desk.dir, 66)):
    status, rows, told, err = run(desk, operand)
    tap.eq((status, rows), (want, {}), name + ': no table of zeros')
    tap.ok(err.startswith('plaint-ingest: cannot read'), name + ': it says why', err)
path, at = mbox(desk, 'box', [arf(1)])
os.rename(desk.db, desk.db + '.away')
status, rows, told, err = run(desk, path)
tap.eq((status, rows, err.startswith('plaint-ingest: ')), (66, {}, True), 'no store: no table of zeros')
os.rename(desk.db + '.away', desk.db)
status, rows, told, err = run(desk, path, '/nonexistent')
tap.eq((status, rows.get('new')), (66, 1), 'what went in before is counted')
desk.close()
tap.done()
