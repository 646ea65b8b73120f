#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Imports: mbox, single message, Maildir, standard input; twice the same changes nothing; memory stays
# small whatever the size; an interrupt keeps what is done.
import os, re, signal, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(240)
FROM = b'From fbl@example.org Fri Jan  2 03:04:05 2026\n'

def run(desk, *args, stdin=subprocess.DEVNULL, **how):
    done = subprocess.run(desk.argv(*args), stdin=stdin, capture_output=True, env=environment(), timeout=200, **how)
    rows = {m[1].strip(): int(m[2]) for m in re.finditer(r'^(.*?) +(\d+)$', done.stdout.decode(), re.M)}
    return done.returncode, rows, done.stderr.decode()

def write(desk, name, data):
    path = os.path.join(desk.dir, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)
    return path

def dump(desk):
    return desk.query('SELECT id, digest, size FROM message'), desk.query('SELECT * FROM ticket'), \
        desk.query('SELECT * FROM delivery'), desk.query('SELECT * FROM incident'), desk.query('SELECT * FROM audit')

desk = Desk()
box = write(desk, 'box', b''.join(FROM + arf(n) + b'\n' for n in range(300)))
status, rows, err = run(desk, box)
tap.eq((status, rows.get('messages'), rows.get('new'), rows.get('already known'), err), (0, 300, 300, 0, ''), 'an mbox of 300')
tap.ok(rows.get('tickets opened') == 1 and rows.get('incidents joined to a ticket') == 299, 'one ticket, opened and joined', rows)
tap.eq(desk.value('SELECT min(received_at) FROM message'), 1767323045, 'a mail came in when its mailbox says')
before = dump(desk)
status, rows, err = run(desk, box)
tap.eq((status, rows.get('new'), rows.get('already known')), (0, 0, 300), 'the same again: all known')
tap.ok(dump(desk) == before, 'and nothing changed')
status, rows, err = run(desk, write(desk, 'crlf', open(box, 'rb').read().replace(b'\n', b'\r\n')))
tap.eq((status, rows.get('new'), rows.get('messages')), (0, 0, 300), 'the same with CRLF: all known')
status, rows, err = run(desk, write(desk, 'doubled', (FROM + arf(1000) + b'\n') * 30))
tap.eq((status, rows.get('new'), rows.get('already known')), (0, 1, 29), 'one mail thirty times in a file: one')
status, rows, err = run(desk, write(desk, 'single.eml', arf(1001)))
tap.eq((status, rows.get('new')), (0, 1), 'a single message')
with open(write(desk, 'piped', b''.join(FROM + arf(2000 + n) + b'\n' for n in range(5))), 'rb') as f:
    status, rows, err = run(desk, '-', stdin=f)
tap.eq((status, rows.get('new')), (0, 5), 'an mbox on standard input')
status, rows, err = run(desk, write(desk, 'empty', b''))
tap.eq((status, rows.get('messages')), (0, 0), 'an empty file')
status, rows, err = run(desk, desk.dir)
tap.eq(status, 65, 'a folder is refused')
tap.ok('--maildir' in err and rows == {}, 'with a hint, and nothing is counted', (err, rows))
raw_size = desk.value('SELECT size FROM message WHERE id = 1')
tap.eq(raw_size, len(arf(0)), 'what is stored is the mail without its From_ line')

# -- Maildir
maildir = os.path.join(desk.dir, 'Maildir')
for sub in ('new', 'cur', 'tmp'):
    os.makedirs(os.path.join(maildir, sub))
for n in range(40):
    write(desk, 'Maildir/new/%d.M1.host' % (1767323045 + n), arf(3000 + n))
write(desk, 'Maildir/new/.hidden', b'not a mail')
os.mkdir(os.path.join(maildir, 'cur', 'x'))
status, rows, err = run(desk, '--maildir', maildir)
tap.eq((status, rows.get('new'), err), (0, 40, ''), 'a Maildir of 40')
tap.eq((os.listdir(os.path.join(maildir, 'new')), len(os.listdir(os.path.join(maildir, 'cur')))), (['.hidden'], 41), 'new moved to cur')
tap.ok('1767323045.M1.host:2,' in os.listdir(os.path.join(maildir, 'cur')), 'with an empty list of flags')
before = dump(desk)
for name in os.listdir(os.path.join(maildir, 'cur')):
    if name != 'x': # as if it had been stopped between commit and move
        os.rename(os.path.join(maildir, 'cur', name), os.path.join(maildir, 'new', name.split(':')[0]))
status, rows, err = run(desk, '--maildir', maildir)
tap.eq((status, rows.get('new'), rows.get('already known')), (0, 0, 40), 'the same again: all known')
tap.ok(dump(desk) == before, 'and nothing changed')
tap.eq(len(os.listdir(os.path.join(maildir, 'cur'))), 41, 'and moved again')
status, rows, err = run(desk, '--maildir', desk.dir)
tap.eq(status, 66, 'a folder that is no Maildir')

# -- memory, the children's included
def peak(desk, path):
    """Largest sum of proportional set sizes seen, in MB."""
    p = subprocess.Popen(desk.argv(path), stdout=subprocess.DEVNULL, env=environment())
    most = 0
    while p.poll() is None:
        pids, total = [p.pid], 0
        for pid in pids:
            pids += children(pid)
            try:
                with open('/proc/%d/smaps_rollup' % pid) as f:
                    total += sum(int(line.split()[1]) for line in f if line.startswith('Pss:'))
            except OSError:
                pass
        most = max(most, total)
        time.sleep(0.02)
    return p.returncode, most / 1024

if SAN:
    tap.skip('memory', 'sanitizers take more')
else:
    big = Desk()
    path = os.path.join(big.dir, 'big')
    rng = random.Random(1)
    with open(path, 'wb') as f:
        for n in range(6000):
            f.write(FROM + arf(n, '192.0.2.%d' % (n % 250)) + rng.randbytes(6000 if n % 100 else 400000).hex().encode() + b'\n\n')
    status, most = peak(big, path)
    tap.eq((status, big.messages()), (0, 6000), 'an mbox of %d MB' % (os.path.getsize(path) // 1000000))
    tap.ok(most < 64, 'in less than 64 MB', most)
    tap.note('peak memory, children included: %.1f MB' % most)
    big.close()

# -- interrupt: what was read is kept, the rest comes with the next run
stop = Desk()
box = write(stop, 'box', b''.join(FROM + arf(n) + b'\n' for n in range(500 if SAN else 8000)))
p = subprocess.Popen(stop.argv(box), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
time.sleep(1.0 if SAN else 0.4)
p.send_signal(signal.SIGINT)
out, err = p.communicate(timeout=60)
kept = stop.messages()
tap.ok(p.returncode in (0, 75) and stop.whole(), 'interrupted: 75, and the store is whole', (p.returncode, err))
tap.ok(p.returncode == 0 or (b'interrupted' in err and kept < 8000), 'it says so', err)
tap.eq(int(re.search(rb'^new +(\d+)$', out, re.M)[1]), kept, 'what it says it stored is stored')
tap.note('%d kept' % kept)
status, rows, err = run(stop, box)
tap.eq((status, rows.get('already known'), stop.messages()), (0, kept, rows.get('messages')), 'the next run goes on there')
stop.close()

# -- an import that must wait keeps nobody else waiting, and can be stopped
def started(desk, *args, stdin=subprocess.DEVNULL, env=None):
    return subprocess.Popen(desk.argv(*args), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=environment(env))

def stop_within(p, name, seconds=20):
    time.sleep(1)
    p.terminate()
    try:
        tap.eq((p.wait(seconds), b'interrupted' in p.stderr.read()), (75, True), name + ': a signal ends it, and it says so')
    except subprocess.TimeoutExpired:
        for pid in children(p.pid) + [p.pid]:
            os.kill(pid, signal.SIGKILL)
        tap.ok(False, name + ': a signal ends it')

wait = Desk()
fifo = os.path.join(wait.dir, 'fifo')
os.mkfifo(fifo)
stop_within(started(wait, fifo), 'a pipe that nobody writes to')
stop_within(started(wait, '/dev/zero'), 'a file without end')

slow = started(wait, '-', stdin=subprocess.PIPE)
slow.stdin.write(b''.join(FROM + arf(n) + b'\n' for n in range(1000, 1400)) + FROM + arf(20)[:300])
slow.stdin.flush()
time.sleep(1.5)
begun = time.monotonic()
tap.eq(wait.deliver(arf(500)), (0, ''), 'a delivery while an import waits for its input')
tap.ok(time.monotonic() - begun < 8, 'and it waited for no lock', time.monotonic() - begun)
slow.stdin.write(arf(20)[300:])
slow.stdin.close()
tap.eq((slow.wait(60), wait.messages()), (0, 402), 'the import then ends as it should')

hang = b'X-Plaint-Test: hang\n' + arf(600)
stuck = started(wait, write(wait, 'stuck', b''.join(FROM + m + b'\n' for m in [arf(n) for n in range(601, 640)] + [hang])),
                env={'PLAINT_TEST_WALL_SECONDS': '15'})
time.sleep(4 if SAN else 1.5)
begun = time.monotonic()
tap.eq(wait.deliver(arf(501)), (0, ''), 'a delivery while an import waits for its parser')
tap.ok(time.monotonic() - begun < 8, 'and it waited for no lock', time.monotonic() - begun)
tap.eq((stuck.wait(60), wait.messages()), (0, 443), 'and that import ends as it should, too')

# -- what is no mail does not stop a Maildir
odd = os.path.join(wait.dir, 'Odd')
for sub in ('new/0-folder', 'cur', 'tmp'):
    os.makedirs(os.path.join(odd, sub))
os.symlink('/etc/hostname', os.path.join(odd, 'new/1-link'))
write(wait, 'Odd/new/2.mail', arf(700))
status, rows, err = run(wait, '--maildir', odd)
tap.eq((status, rows.get('new'), rows.get('no mail file, left there')), (0, 1, 2), 'a folder and a link in new are left there, and counted')
tap.eq(sorted(os.listdir(os.path.join(odd, 'new'))), ['0-folder', '1-link'], 'and the mail behind them is in')
wait.close()

# -- a bar on a terminal, none elsewhere
import pty
master, slave = pty.openpty()
other = Desk()
box = write(other, 'box', b''.join(FROM + arf(n) + b'\n' for n in range(400)))
p = subprocess.Popen(other.argv(box), stdout=subprocess.DEVNULL, stderr=slave, env=environment({'TERM': 'xterm'}))
p.wait(60)
os.close(slave)
try:
    shown = os.read(master, 65536)
except OSError:
    shown = b''
tap.ok(b'%' in shown and b'messages' in shown and shown.endswith(b'\r\x1b[K'), 'a progress bar on a terminal, wiped at the end', shown[:200])
other.close()
desk.close()
tap.done()
