#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# 32 LDAs at a time: none of 2,000 messages lost or doubled, no ticket doubled. The same complaint to
# abuse@ and postmaster@ is one complaint with two deliveries.
import os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(300)
N = 200 if SAN else 2000
if SAN:
    tap.note('%d messages instead of 2000 with sanitizers' % N)
desk = Desk()
machines = 40
attempts = []

def mail(n):
    return arf(n, '192.0.2.%d' % (100 + n % machines))

def deliver(n, rng):
    for i in range(50):
        status, output = desk.deliver(mail(n), '-f', '', '-a', 'abuse@example.net')
        attempts.append(status)
        if status == 0:
            return
        assert status == 75, (status, output)
    raise AssertionError('message %d was never accepted' % n)

begun = time.monotonic()
in_threads(32, deliver, range(N))
seconds = time.monotonic() - begun
tap.note('%d messages in %.1f s, %d attempts' % (N, seconds, len(attempts)))
tap.eq(desk.messages(), N, 'every message is there exactly once')
tap.eq(desk.value('SELECT count(*) FROM delivery'), N, 'one delivery each')
tap.eq(desk.value('SELECT count(DISTINCT message_id) FROM complaint'), N, 'and each is another message')
tap.eq(desk.value('SELECT count(*) FROM incident'), N, 'one incident each')
tap.eq(desk.value('SELECT count(*) FROM ticket'), machines, 'one ticket for each machine')
tap.eq(desk.value('SELECT sum(complaints) FROM ticket'), N, 'which counts all of its complaints')
tap.eq(desk.value('SELECT count(*) FROM incident WHERE ticket_id IS NULL'), 0, 'none is left without')
tap.eq(desk.died(), 0, 'no parser died')
tap.ok(desk.whole(), 'the store is whole')

# The same mails again, to the other mailbox, by another way in, several at once.
def again(n, rng):
    other = mail(n).replace(b'for <abuse@', b'for <postmaster@').replace(b'id Q%d' % n, b'id R%d' % n)
    other = b'From fbl@example.org Fri Jan  2 03:04:05 2026\nReturn-Path: <fbl@example.org>\n' + other.replace(b'\n', b'\r\n')
    for to in ('postmaster@example.net', 'postmaster@example.net'):
        status, output = desk.deliver(other, '-a', to)
        assert status == 0, (status, output)

in_threads(8, again, range(0, min(N, 100)))
tap.eq(desk.messages(), N, 'the same complaints to postmaster@: no new message')
tap.eq(desk.value('SELECT count(*) FROM delivery'), N + min(N, 100), 'but one more delivery each, once')
tap.eq(desk.value('SELECT sum(complaints) FROM ticket'), N, 'and no ticket counts them twice')

# The same new complaint by many at the same moment.
same = mail(10 ** 6)
in_threads(16, lambda i, rng: desk.deliver(same, '-a', 'abuse@example.net') and None, range(16))
tap.eq(desk.messages(), N + 1, 'one complaint delivered 16 times at once is one')

# An import holds the store for long; LDAs get their turn meanwhile.
box = os.path.join(desk.dir, 'box')
count = 300 if SAN else 10000
with open(box, 'wb') as f:
    for n in range(count):
        f.write(b'From fbl@example.org Fri Jan  2 03:04:05 2026\n' + mail(2 * 10 ** 6 + n) + b'\n')
p = subprocess.Popen(desk.argv(box), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
during, worst = 0, 0
while p.poll() is None and during < 50:
    begun = time.monotonic()
    status, output = desk.deliver(mail(3 * 10 ** 6 + during), '-a', 'abuse@example.net')
    worst = max(worst, time.monotonic() - begun)
    if status != 0:
        tap.ok(False, 'a delivery during an import', output)
        break
    during += 1
out, err = p.communicate(timeout=200)
tap.eq((p.returncode, desk.messages()), (0, N + 1 + count + during), 'an import and deliveries at the same time')
tap.note('%d deliveries during the import, the slowest took %.1f s' % (during, worst))
tap.ok(desk.whole(), 'the store is whole')
desk.close()
tap.done()
