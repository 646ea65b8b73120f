#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# `plaint job run` with programs that answer, hang, lie and die; runners side by side and killed.
import json, stat, sys, os
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import *

tap = Tap(170)

def mail(n, qid='4Xa%04d', by='mx1.example.net', auth='', client='203.0.113.77'):
    """A stranger's complaint about a mail that we took from a client and sent to him."""
    qid = qid % n if '%' in qid else qid
    return ('From: <ann@victim.example>\nTo: <abuse@example.net>\nSubject: FW: offer %d\nMessage-ID: <%d@victim.example>\n'
            'Date: Fri, 2 Jan 2026 03:04:04 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
            '--b\nContent-Type: text/plain\n\nSpam, see below.\n\n--b\nContent-Type: message/rfc822\n\n'
            'Received: from mx1.example.net (mx1.example.net [192.0.2.25])\n\tby mx.victim.example (Postfix) with ESMTPS id 4Zz%d\n'
            '\tfor <ann@victim.example>; Fri, 2 Jan 2026 03:00:05 +0000\n'
            'Received: from pc (unknown [%s])%s\n\tby %s (Postfix) with %s id %s\n\tfor <ann@victim.example>; Fri, 2 Jan 2026 03:00:00 +0000\n'
            'From: x@spam.example\nTo: ann@victim.example\nSubject: offer %d\n\nBuy.\n\n--b--\n'
            % (n, n, n, client, '\n\t(Authenticated sender: %s)' % auth if auth else '', by, 'ESMTPSA' if auth else 'ESMTP', qid, n)).encode()

class Witnessed(Desk):
    def __init__(self, script, log_query=True):
        super().__init__()
        self.program = os.path.join(self.dir, 'log-query')
        self.asked = os.path.join(self.dir, 'asked')
        self.script(script)
        if log_query:
            with open(self.conf, 'a') as f:
                f.write('[mta]\nlog-query=%s\n' % self.program)

    def script(self, text):
        with open(self.program, 'w') as f:
            f.write('#!/bin/sh\nprintf "%%s\\n" "$(printf "%%s|" "$@")$PLAINT_LOG_DATE" >>%s\n%s\n' % (self.asked, text))
        os.chmod(self.program, 0o755)

    def take(self, *mails):
        for m in mails:
            assert self.deliver(m) == (0, ''), self.deliver(m)

    def start(self, *words, now=None):
        return subprocess.Popen([PLAINT, '-c', self.conf, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=environment({'PLAINT_NOW': str(now)} if now else None))

    def plaint(self, *words, now=None, status=0):
        process = self.start(*words, now=now)
        out, err = process.communicate(timeout=100)
        assert process.returncode == status, (words, process.returncode, out, err)
        return out.decode() + err.decode()

    def show(self, ticket):
        return json.loads(self.plaint('ticket', 'show', str(ticket), '--json'))

    def asks(self):
        return open(self.asked).read().splitlines() if os.path.exists(self.asked) else []

LOGIN = """echo '{"client":"203.0.113.77","account":"eve@example.net","recipients":250}'"""
HOUR = 3600

# No configuration, no job.
desk = Witnessed(LOGIN, log_query=False)
desk.take(mail(1))
tap.eq(desk.value('SELECT count(*) FROM job'), 0, 'without log-query no job is made')
tap.eq(desk.plaint('job', 'run'), '', 'and nothing is due')
with open(desk.conf, 'a') as f:
    f.write('[mta]\nlog-query=%s\n' % desk.program)
desk.plaint('reparse')
tap.eq(desk.value('SELECT count(*) FROM job'), 1, 'reparse asks about what was taken in before')
desk.close()

# A login that the header hides.
desk = Witnessed(LOGIN)
desk.take(mail(1, auth='eve@example.net'), mail(2))
tap.eq(desk.show(1)['certainty'], 'probable', 'before: probable')
out = desk.plaint('job', 'run', '--limit', '1')
tap.ok('message 1: confirmed: 203.0.113.77 logged in as eve@example.net, 250 recipients (4Xa0001)' in out, 'one job is done', out)
tap.eq(desk.asks(), ['--|4Xa0001|2026-01-02T03:00:00Z'], 'asked with the id behind --, and when')
ticket = desk.show(1)
tap.eq((ticket['certainty'], ticket['confidence'], ticket['cause']), ('confirmed', 'high', 'compromised-account'), 'after: confirmed')
text = desk.plaint('ticket', 'show', '1')
tap.ok('confirmed by our log: 203.0.113.77 logged in as eve@example.net' in ' '.join(text.split()), 'ticket show says so', text)
tap.ok(any(h['deed'] == 'log-witness' and h['actor'] == 'plaint' for h in ticket['history']), 'it is in the history')
out = desk.plaint('job', 'run')
tap.ok('message 2: corrected:' in out, 'a cause that the log contradicts is corrected', out)
tap.eq(desk.query('SELECT cause, account, ticket_id FROM incident ORDER BY complaint_id'),
       [('compromised-account', 'eve@example.net', 1)] * 2, 'and goes to the account\'s ticket')
tap.eq(desk.plaint('job', 'run'), '', 'then nothing is due')
tap.ok('2 messages read again, 0 changed' in desk.plaint('reparse'), 'a reparse keeps what the log said')
tap.eq(len(desk.asks()), 2, 'without asking again')
tap.ok(desk.whole(), 'the store is whole')
desk.close()

# Another client; no such id.
desk = Witnessed("""[ "$2" = 4Xa0001 ] && echo '{"client":"203.0.113.99"}' || echo '{}'""")
desk.take(mail(1), mail(2))
desk.plaint('job', 'run')
tap.eq(desk.query('SELECT cause, confidence FROM incident ORDER BY complaint_id'), [('open-relay', 'low'), ('open-relay', 'high')],
       'another client lowers the confidence, no such id changes nothing')
tap.ok('but our log contradicts: 203.0.113.99 without login' in desk.plaint('complaint', 'show', '1', '--json'), 'with the reason')
tap.ok('4Xa0002  no such id' in desk.plaint('ticket', 'show', '1'), 'no such id is remembered')
tap.eq(desk.value('SELECT count(*) FROM job'), 0, 'and not asked again')
desk.close()

# Ids that are none never reach the program.
desk = Witnessed(LOGIN)
desk.take(*[mail(n, qid=q) for n, q in enumerate(['--help', '-rf', '$(reboot)', '4Xa0;id', '../../x', 'a', '4' * 41, '4Xa\xe9b'])])
desk.plaint('job', 'run')
tap.eq([a for a in desk.asks() if a.split('|')[1] not in ('4Xa0',)], [], 'hostile ids never reach the arguments')
desk.close()

# Programs that fail.
for name, script, why in [
        ('hangs', 'sleep 100', 'took more than 2000 ms'),
        ('prints garbage', 'head -c 3000 /dev/urandom', 'cannot be used'),
        ('prints for ever', 'yes', 'printed more than 65536 bytes'),
        ('kills itself', 'kill -9 $$', 'signal 9'),
        ('fails', 'echo "no \033[31mlog" >&2; exit 1', "status 1; it says 'no  [31mlog'")]:
    desk = Witnessed(script)
    desk.take(mail(1))
    begun = time.monotonic()
    out = desk.plaint('job', 'run')
    tap.ok(why in out and 'again in 1 min' in out and time.monotonic() - begun < 20, 'a program that %s: tried again later' % name, out)
    tap.ok(why in json.loads(desk.plaint('job', 'list', '--json'))['jobs'][0]['last_error'], 'and job list says why')
    desk.close()
desk = Witnessed('sleep 100 & ' + LOGIN)
desk.take(mail(1))
tap.ok('corrected' in desk.plaint('job', 'run'), 'a program whose child stays is heard')
os.unlink(desk.program)
desk.take(mail(2))
now = time.time()
for attempt in range(7):
    now += 25 * HOUR
    out = desk.plaint('job', 'run', now=int(now))
tap.ok('given up after 7 attempts' in out and 'No such file' in out, 'a program that is missing: given up at last', out)
tap.ok('given up' in desk.plaint('job', 'list'), 'which job list shows')
tap.eq(desk.plaint('job', 'run', now=int(now + 999 * HOUR)), '', 'and it is not begun again')
desk.close()

# Runners side by side.
N = 24
desk = Witnessed(LOGIN)
desk.take(*[mail(n) for n in range(N)])
runners = [desk.start('job', 'run') for _ in range(4)]
ends = [r.communicate(timeout=100) for r in runners]
tap.eq([r.returncode for r in runners], [0] * 4, 'four runners at once')
tap.eq(sum(len(out.splitlines()) for out, _ in ends), N, 'each job is done once')
tap.eq(sorted(desk.asks()), sorted('--|4Xa%04d|2026-01-02T03:00:00Z' % n for n in range(N)), 'each id is asked once')
tap.eq(desk.value("SELECT count(*) FROM audit WHERE deed = 'log-witness'"), N, 'and audited once')
tap.eq(desk.value('SELECT incidents FROM ticket WHERE account IS NOT NULL'), N, 'nothing is doubled')
tap.ok(desk.whole(), 'the store is whole')
desk.close()

# kill -9 at any moment.
desk = Witnessed('sleep 0.05; ' + LOGIN)
desk.take(*[mail(n) for n in range(N)])
rng, now = random.Random(7), int(time.time())
for attempt in range(100):
    runner = desk.start('job', 'run', now=now)
    time.sleep(rng.uniform(0.02, 0.5))
    if runner.poll() is None:
        runner.kill()
    runner.communicate()
    now += 121
    if desk.value('SELECT count(*) FROM job') == 0:
        break
desk.plaint('job', 'run', now=now + HOUR)
tap.note('%d runners were killed' % attempt)
tap.eq(desk.query('SELECT count(*) FROM job'), [(0,)], 'killed again and again, all is done')
tap.eq(desk.value("SELECT count(*) FROM audit WHERE deed = 'log-witness'"), N, 'once')
tap.eq(desk.value('SELECT incidents FROM ticket WHERE account IS NOT NULL'), N, 'and nothing is doubled')
tap.ok(desk.whole(), 'the store is whole')
desk.close()
tap.done()
