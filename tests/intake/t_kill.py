#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 of the LDA and of its child at random moments; a stand-in MTA retries until exit 0. Every
# message must be in the store exactly once.
import os, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

# The leak checker's tracer is a child of the worker: a victim. Without it the worker spins in sched_yield for ever.
if SAN: # memory errors still count
    os.environ['ASAN_OPTIONS'] = 'detect_leaks=0'
tap = Tap(300)
N = 150 if SAN else 1000
if SAN:
    tap.note('%d deliveries instead of 1000 with sanitizers' % N)
desk = Desk()
counts = {'attempts': 0, 'killed': 0, 'outer': 0, 'worker': 0, 'child': 0, 'zero-when-killed': 0}
bad = []

def victim(pid, kind):
    """plaint-ingest itself, plaint-intake below it, or the parsing child below that."""
    if kind == 'outer':
        return pid
    for worker in children(pid):
        if kind == 'worker':
            return worker
        for child in children(worker):
            return child
    return None

def attempt(mail, rng, kill, typical):
    p = subprocess.Popen(desk.argv('-f', 's@example.org', '-a', 'abuse@example.net'), stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
    counts['attempts'] += 1
    try:
        p.stdin.write(mail)
        p.stdin.close()
    except BrokenPipeError:
        pass
    if kill:
        kind = rng.choice(('outer', 'worker', 'worker', 'child'))
        time.sleep(rng.random() * typical)
        pid = victim(p.pid, kind)
        if pid and p.poll() is None:
            try:
                os.kill(pid, signal.SIGKILL)
                counts['killed'] += 1
                counts[kind] += 1
            except ProcessLookupError:
                pass
    p.stdin = None
    err = p.communicate(timeout=100)[1]
    if p.returncode not in (0, 75, -signal.SIGKILL):
        bad.append((p.returncode, err))
    return p.returncode

def typical_seconds():
    begun = time.monotonic()
    for n in range(5):
        assert attempt(arf(10 ** 6 + n), None, False, 0) == 0
    return (time.monotonic() - begun) / 5

typical = typical_seconds() * 2.5 # four at a time on two processors

def deliver(n, rng):
    for i in range(20):
        if attempt(arf(n), rng, i < 2 and rng.random() < 0.7, typical) == 0:
            return
    raise AssertionError('message %d was never accepted' % n)

begun = time.monotonic()
in_threads(4, deliver, range(N))
tap.note('%s in %.1f s' % (counts, time.monotonic() - begun))
tap.eq(bad, [], 'every attempt ended in 0, 75, or by the killing of plaint-ingest itself')
tap.ok(counts['worker'] > N / 20 and counts['outer'] > N / 40 and counts['child'] > N / 100,
       'many were killed, in each of the three processes', counts)
tap.eq(desk.messages(), N + 5, 'every message is there exactly once')
tap.eq(desk.value('SELECT count(DISTINCT message_id) FROM complaint'
                  " WHERE problems IS NULL OR problems NOT LIKE '%parser-died%'") + desk.died(), N + 5,
       'and each is another message')
tap.eq(desk.value('SELECT count(*) FROM delivery'), N + 5, 'one delivery each')
tap.ok(desk.whole(), 'nothing is half-written')
tap.note('%d stored with parser-died' % desk.died())
tap.eq(desk.value('SELECT count(*) FROM (SELECT key FROM ticket WHERE live = 1 AND key IS NOT NULL'
                  ' GROUP BY key HAVING count(*) > 1)'), 0, 'no ticket is doubled')
desk.close()
tap.done()
