#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Mails that kill, hang or exhaust the parsing child, or make it do what is forbidden: stored raw with
# parser-died, exit 0. X-Plaint-Test is obeyed only with PLAINT_TEST_HOOKS=1.
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(240)
desk = Desk()
hooks = {'PLAINT_TEST_WALL_SECONDS': '2'}

def poison(word):
    return ('X-Plaint-Test: %s\nFrom: a@example.org\nSubject: poison\nMessage-ID: <%s@example.org>\n\n%s\n'
            % (word, word, word)).encode()

words = ['die', 'hang', 'spin', 'eat', 'smash', 'open', 'syscall', 'create', 'exec', 'fork', 'kill', 'ptrace', 'code', 'unlink']
for n, word in enumerate(words):
    status, output = desk.deliver(poison(word), env=hooks)
    tap.eq((status, desk.messages(), desk.died()), (0, n + 1, n + 1), 'a mail that makes the child "%s" is stored unparsed' % word)
    tap.ok(output == '' or SAN, 'and nothing is said', output)
    if word == 'die':
        status, output = desk.deliver(poison(word), env=hooks)
        tap.eq((status, desk.messages()), (0, 1), 'again: known')

before = desk.messages()
status, output = desk.deliver(poison('die-not'), env=hooks)
tap.eq((status, desk.messages(), desk.died()), (0, before + 1, before), 'an unknown word does nothing')
done = subprocess.run(desk.argv(), input=poison('DIE'), env=environment(hooks=False), capture_output=True)
tap.eq((done.returncode, desk.died()), (0, before), 'without the hook variable the field means nothing')

# The same in an import: the message it died on is stored unparsed, those sent behind it are not lost.
other = Desk()
box = os.path.join(other.dir, 'box')
with open(box, 'wb') as f:
    for n in range(200): # every tenth is poison; 20 of them, but only five different ones
        f.write(b'From a@example.org Fri Jan  2 03:04:05 2026\n' + (arf(n) if n % 10 else poison(words[n // 10 % 5])) + b'\n')
        if n % 50 == 25: # answered well, and the next mail dies of it
            f.write(b'From a@example.org Fri Jan  2 03:04:05 2026\nX-Plaint-Test: taint\n' + arf(1000 + n) + b'\n')
done = subprocess.run(other.argv(box), env=environment(hooks), capture_output=True, timeout=200)
tap.eq((done.returncode, other.messages(), other.died()), (0, 189, 5), 'an import goes on after each death, and blames nobody else')
tap.note(done.stderr.decode()[:200])
tap.ok(other.whole(), 'and the store is whole')
done = subprocess.run(other.argv(box), env=environment(hooks), capture_output=True, timeout=200)
tap.eq((done.returncode, other.messages()), (0, 189), 'the same file again changes nothing')
other.close()
desk.close()
tap.done()
