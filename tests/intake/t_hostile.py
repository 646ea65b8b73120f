#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Hostile mail: each ends as a stored message with its problems named, exit 0, within the limits.
import os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(240)
SCALE = 10 if SAN else 1 # sanitizers: a tenth of each
HEAD = b'From: a@example.org\nSubject: hostile\nMIME-Version: 1.0\n'

def nested():
    n = 100000 // SCALE
    return HEAD + b''.join(b'Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n' % (i, i) for i in range(n))

def nested_messages():
    n = 100000 // SCALE
    return HEAD + b'Content-Type: message/rfc822\n\n' * n

def empty_parts():
    return HEAD + b'Content-Type: multipart/mixed; boundary=b\n\n' + b'--b\n\n' * (1000000 // SCALE) + b'--b--\n'

def header_bytes():
    return HEAD + b''.join(b'X-%07d: %s\n' % (i, b'x' * 90) for i in range(500000 // SCALE)) + b'\nbody\n'

def one_header():
    return HEAD + b'X-Long: ' + b'x' * (50 * 1000 * 1000 // SCALE) + b'\n\nbody\n'

def folded_header():
    return HEAD + b'X-Long: x\n' + b' x\n' * (10 * 1000 * 1000 // SCALE) + b'\nbody\n'

def received():
    return (b'Received: from a.example ([203.0.113.1]) by b.example; Fri, 2 Jan 2026 03:04:05 +0000\n' * (1000000 // SCALE))[:60 * 1000 * 1000] + b'\n' + HEAD + b'\nbody\n'

def received_attached():
    return HEAD + b'Content-Type: message/rfc822\n\n' + b'Received: from a.example ([203.0.113.1]) by b.example; Fri, 2 Jan 2026 03:04:05 +0000\n' * (500000 // SCALE) + b'From: x@example.com\n\nspam\n'

def nul_bytes():
    return HEAD + b'X-Nul: a\0b\nContent-Type: text/plain\n\nbo\0dy\0' + b'\0' * 100000 + b'\n'

def eight_bit():
    return b'From: \xff\xfe\x80 <a@example.org>\nSubject: \xe9t\xe9 \xc3\x28\nX-\xff: \x80\n\n\x80\x81\xff\n'

def broken_base64():
    return HEAD + b'Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n' + b'!!!!=A=B=C\xff\0' * 100000

def endless_boundary():
    return HEAD + b'Content-Type: multipart/mixed; boundary="' + b'b' * (1000 * 1000) + b'"\n\n--' + b'b' * (1000 * 1000) + b'\n\nx\n'

def many_boundaries():
    return HEAD + b'Content-Type: multipart/mixed; boundary=b\n\n' + b'--b' + b'x\n--b' * 500000

def charset_lies():
    return HEAD + b'Content-Type: text/plain; charset=utf-8\n\n' + b'\xff\xfe\x80 ' * 10000

def charset_unknown():
    return HEAD + b'Content-Type: text/plain; charset="' + b'q' * 100 + b'"\n\n\xe9\n'

def deep_html():
    return HEAD + b'Content-Type: text/html\n\n' + b'<div>' * (200000 // SCALE) + b'x'

def comments():
    return b'Received: from a ' + b'(' * 60000 + b' by b; x\n' + HEAD + b'\nbody\n'

def one_line():
    return HEAD + b'\n' + b'x' * (20 * 1000 * 1000 // SCALE)

def quoted_lines():
    return HEAD + b'\n' + b'> ' * 1000000 + b'\n' + b'>' * 1000000 + b'\n'

def addresses():
    return HEAD + b'\n' + b'192.0.2.1 ' * (500000 // SCALE) + b'\n'

def encoded_words():
    return b'Subject: ' + b'=?utf-8?q?a?= ' * 4000 + b'\n' + b'From: ' + b'"a" <' * 10000 + b'\n\nbody\n'

# a mail; the problem that must be named (None: it may pass without one)
# fmt: off
cases = [
    (nested, 'depth|parts'), (nested_messages, 'depth|parts'), (empty_parts, 'parts'), (header_bytes, 'header'), (one_header, 'header'),
    (folded_header, 'header'), (received, 'received|header'), (received_attached, 'received|header'), (nul_bytes, None), (eight_bit, None), (broken_base64, None),
    (endless_boundary, None), (many_boundaries, None), (charset_lies, 'charset'), (charset_unknown, 'charset'), (deep_html, None),
    (comments, None), (one_line, None), (quoted_lines, None), (addresses, None), (encoded_words, None),
]
# fmt: on

desk = Desk()

def measured(mail):
    """Status, output, seconds, and the largest process in MB."""
    before = time.monotonic()
    p = subprocess.Popen(desk.argv('-f', '', '-a', 'abuse@example.net'), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, env=environment())
    most = [0]
    def watch():
        while p.poll() is None:
            pids = [p.pid]
            for pid in pids:
                pids += children(pid)
                try:
                    with open('/proc/%d/status' % pid) as f:
                        most[0] = max([most[0]] + [int(l.split()[1]) for l in f if l.startswith('VmHWM:')])
                except (OSError, ValueError):
                    pass
            time.sleep(0.01)
    watcher = threading.Thread(target=watch)
    watcher.start()
    output = p.communicate(mail)[0].decode()
    watcher.join()
    return p.returncode, output, time.monotonic() - before, most[0] / 1024

for n, (make, problem) in enumerate(cases):
    mail = make()
    name = make.__name__.replace('_', ' ')
    status, output, seconds, mb = measured(mail)
    tap.eq((status, SAN or output == '', desk.messages()), (0, True, n + 1), '%s: stored, exit 0, nothing said' % name)
    size = desk.value('SELECT size FROM message ORDER BY id DESC LIMIT 1')
    problems = desk.problems()
    tap.ok(size == len(mail) and 'parser-died' not in problems, '%s: whole, and parsed' % name, (size, len(mail), problems))
    if problem:
        tap.ok(any(word in problems for word in problem.split('|')), '%s: its problem is named' % name, problems)
    tap.ok(SAN or mb < 256 + 2 * len(mail) / 1e6, '%s: within the limits' % name, '%.0f MB' % mb)
    tap.note('%s: %.1f MB of mail, %.1f s, largest process %.0f MB, %s' % (name, len(mail) / 1e6, seconds, mb, problems[:150]))
    if n == 0:
        status, output, seconds, mb = measured(mail)
        tap.eq((status, desk.messages()), (0, 1), '%s: again, known' % name)

tap.ok(desk.whole(), 'the store is whole')
desk.close()
tap.done()
