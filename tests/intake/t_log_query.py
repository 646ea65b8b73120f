#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# contrib/postfix-log-query over logs as Postfix writes them (t_postfix.py asks it about a real one's).
import gzip, json, sys, os
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(60)
QUERY = os.path.join(ROOT, 'contrib', 'postfix-log-query')
folder = tempfile.mkdtemp(prefix='plaint-test-')
JAN3 = 1767398400  # 2026-01-03T00:00:00Z

LOG = '''\
Jan  2 03:00:00 mx1 postfix/smtpd[10]: connect from unknown[203.0.113.77]
Jan  2 03:00:00 mx1 postfix/submission/smtpd[10]: 4Xa0: client=unknown[203.0.113.77], sasl_method=PLAIN, sasl_username=bob@shop.example
Jan  2 03:00:00 mx1 postfix/cleanup[11]: 4Xa0: message-id=<1@shop.example>
Jan  2 03:00:01 mx1 postfix/qmgr[9]: 4Xa0: from=<bob@shop.example>, size=1234, nrcpt=250 (queue active)
Jan  2 03:00:02 mx1 postfix/smtp[12]: 4Xa0: to=<f@x.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4Xa1)
Jan  2 03:00:02 mx1 postfix/10025/smtpd[13]: 4Xa1: client=localhost[127.0.0.1]
Jan  2 03:00:02 mx1 postfix/qmgr[9]: 4Xa1: from=<bob@shop.example>, size=1300, nrcpt=1 (queue active)
Jan  2 03:10:00 mx1 postfix/smtpd[10]: 4Xb0: client=pc.example[2001:db8::77]:4711
Jan  2 03:10:00 mx1 postfix/qmgr[9]: 4Xb0: from=<"x>, size=1, nrcpt=9 (q)"@spam.example>, size=99, nrcpt=1 (queue active)
Jan  2 03:10:01 mx1 postfix/smtpd[13]: 4Xb1: client=localhost[127.0.0.1], orig_queue_id=4Xb0, orig_client=pc.example[2001:db8::77]
Jan  2 03:20:00 mx1 postfix/pickup[14]: 4Xc0: uid=33 from=<www-data>
Jan  2 03:20:00 mx1 postfix/qmgr[9]: 4Xc0: from=<www-data@mx1.example.net>, size=99, nrcpt=3 (queue active)
Jan  2 03:30:00 mx1 postfix/smtpd[10]: 4Xd0: client=snow.example[203.0.113.91]
Jan  2 03:30:00 mx1 postfix/qmgr[9]: 4Xd0: from=<x@snow.example>, size=99, nrcpt=1 (queue active)
Jan  2 03:30:01 mx1 postfix/cleanup[11]: 4Xd1: message-id=<2@snow.example>
Jan  2 03:30:01 mx1 postfix/qmgr[9]: 4Xd1: from=<x@snow.example>, size=120, nrcpt=1 (queue active)
Jan  2 03:30:01 mx1 postfix/local[15]: 4Xd0: to=<info@shop.example>, relay=local, delay=1, dsn=2.0.0, status=sent (forwarded as 4Xd1)
Jan  2 03:40:00 mx1 postfix/bounce[16]: 4Xe9: sender non-delivery notification: 4Xe0
Jan  2 03:40:00 mx1 postfix/qmgr[9]: 4Xe0: from=<>, size=2000, nrcpt=1 (queue active)
Jan  2 03:50:00 mx1 postfix/smtpd[10]: 3ZtQhz2Lq8z9kXYZ: client=unknown[unknown], sasl_method=LOGIN, sasl_username=ann, sasl_sender=ann@shop.example
Jan  2 03:50:00 mx1 postfix/cleanup[11]: 4Xf0: message-id=<smtpd[1]: 4Xf0: client=evil[192.0.2.66]>
Jan  2 03:50:01 mx1 postfix/smtpd[10]: NOQUEUE: reject: RCPT from x[203.0.113.5]: helo=<4Xg0: client=a[192.0.2.66]>
Jan  2 05:00:00 mx1 postfix/smtpd[10]: 7A1B2: client=first.example[203.0.113.1]
Jan  2 15:00:00 mx1 postfix/smtpd[10]: 7A1B2: client=second.example[203.0.113.2]
'''

def write(name, text, mtime=JAN3):
    path = os.path.join(folder, name)
    with (gzip.open if name.endswith('.gz') else open)(path, 'wb') as f:
        f.write(text.encode())
    os.utime(path, (mtime, mtime))
    return path

def ask(*words, date=None, status=0):
    env = {'PATH': '/usr/bin:/bin', 'LC_ALL': 'C', 'TZ': 'UTC'}
    if date:
        env['PLAINT_LOG_DATE'] = date
    done = subprocess.run([QUERY, *words], env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    if done.returncode != status:
        return done
    return json.loads(done.stdout) if status == 0 else done.stderr.decode()

log = '--log=' + write('mail.log', LOG)
BOB = {'id': '4Xa0', 'client': '203.0.113.77', 'account': 'bob@shop.example', 'from': 'bob@shop.example', 'recipients': 250}
CASES = [
    ('a login', ['4Xa0'], BOB),
    ('behind a content filter', ['4Xa1'], BOB),
    ('both ids', ['4Xa0', '4Xa1'], BOB),
    ('an id that is not there, and one that is', ['4Xzz', '4Xa1'], BOB),
    ('a stranger, IPv6, a sender that looks like the rest of the line', ['4Xb0'],
     {'id': '4Xb0', 'client': '2001:db8::77', 'from': '"x>, size=1, nrcpt=9 (q)"@spam.example', 'recipients': 1}),
    ('a filter that tells the first id', ['4Xb1'], {'id': '4Xb1', 'client': '2001:db8::77'}),
    ('a local program', ['4Xc0'], {'id': '4Xc0', 'from': 'www-data@mx1.example.net', 'uid': 33, 'recipients': 3}),
    ('an alias', ['4Xd1'], {'id': '4Xd0', 'client': '203.0.113.91', 'from': 'x@snow.example', 'recipients': 1}),
    ('a bounce', ['4Xe0'], {'id': '4Xe0', 'from': '<>', 'recipients': 1}),
    ('a long id, a client without address', ['3ZtQhz2Lq8z9kXYZ'], {'id': '3ZtQhz2Lq8z9kXYZ', 'account': 'ann'}),
    ('no such id', ['9999'], {}),
    ('a part of an id is none', ['3ZtQhz2Lq8z9kXY'], {}),
    ('a Message-ID that looks like a line', ['4Xf0'], {}),
    ('a greeting that looks like a line', ['4Xg0'], {}),
]
for name, ids, want in CASES:
    tap.eq(ask(log, '--', *ids), want, name)
    tap.eq(ask(log, '--', *ids, date='2026-01-02T03:20:00Z'), want, '… with the date')

tap.eq(ask(log, '--', '7A1B2', date='2026-01-02T05:00:01Z').get('client'), '203.0.113.1', 'a short id that came twice: of the date')
tap.eq(ask(log, '--', '7A1B2', date='2026-01-02T14:59:59Z').get('client'), '203.0.113.2', 'and of the other')
tap.eq(ask(log, '--', '7A1B2', date='2026-01-01T05:00:00Z'), {}, 'and of another day: no such id')

iso = LOG.replace('Jan  2 0', '2026-01-02T0').replace('Jan  2 1', '2026-01-02T1').replace(' mx1 ', '.123456+01:00 mx1 ')
path = '--log=' + write('iso.log', iso)
tap.eq(ask(path, '--', '4Xa1', date='2026-01-02T02:00:00Z'), BOB, 'RFC 3339 times with a zone')
tap.eq(ask(path, '--', '7A1B2', date='2026-01-02T14:00:00Z').get('client'), '203.0.113.2', '… which counts')
packed = '--log=' + write('mail.log.2.gz', LOG)
tap.eq(ask(packed, '--', '4Xa1', date='2026-01-02T03:00:00Z'), BOB, 'a compressed log')
later = '--log=' + write('mail.log.1', LOG.replace('Jan  2', 'Jan  9').replace('203.0.113.77', '203.0.113.99'), JAN3 + 7 * 86400)
tap.eq(ask(packed, later, '--', '4Xa0', date='2026-01-02T03:00:00Z')['client'], '203.0.113.77', 'of several logs, that of the date')
tap.eq(ask(packed, later, '--', '4Xa0')['client'], '203.0.113.99', 'without a date the newest')
december = '--log=' + write('december.log', LOG.replace('Jan  2', 'Dec 31'), JAN3)
tap.eq(ask(december, '--', '4Xa0', date='2025-12-31T03:00:00Z'), BOB, 'a log without years over the new year')

# A big one is entered near the date.
lines = []
for n in range(400000):
    lines.append('Jan %2d %02d:%02d:%02d mx1 postfix/smtpd[10]: %08XA: client=h[203.0.113.%d], sasl_username=user%d\n'
                 % (2 + n // 200000, n // 8400 % 24, n // 140 % 60, n * 60 // 140 % 60, n, n % 250, n))
big = '--log=' + write('big.log', ''.join(lines), JAN3 + 86400)
begun = time.monotonic()
tap.eq(ask(big, '--', '%08XA' % 150000, date='2026-01-02T17:51:25Z').get('account'), 'user150000', 'one line of 400,000')
tap.ok(time.monotonic() - begun < 5, 'soon')

tap.ok('usage' in ask(log, status=255), 'without an id: its usage')
tap.ok('usage' in ask(log, '--', '--help', status=255), 'an option is no id')
tap.ok('cannot read' in ask('--log=' + folder + '/none', '--', '4Xa0', status=2), 'a log that is not there is no answer')
shutil.rmtree(folder)
tap.done()
