# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk to test with: a folder with a configuration and a store, mails, and a stand-in MTA."""
import os, random, resource, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAN = bool(os.environ.get('PLAINT_SAN'))
BUILD = os.environ.get('PLAINT_BUILD') or os.path.join(ROOT, 'build-san' if SAN else 'build')
INGEST = os.path.join(BUILD, 'plaint-ingest')
WORKER = os.path.join(BUILD, 'plaint-intake')
PARSE = os.path.join(BUILD, 'plaint-parse')
PLAINT = os.path.join(BUILD, 'plaint')

CONF = '''[store]
url=sqlite:%s
[site]
domains=example.net
networks=192.0.2.0/24
[relay mx1]
names=mx1.example.net
addresses=192.0.2.25
roles=mx
'''

class Tap:
    """Numbered results; the exit status says whether all were good."""
    def __init__(self, seconds):
        self.n, self.bad, self.begun = 0, 0, time.monotonic()
        signal.signal(signal.SIGALRM, self.too_long)
        signal.alarm(seconds)

    def too_long(self, *_):
        print('Bail out! the test takes too long', flush=True)
        os._exit(1)

    def ok(self, good, name, detail=''):
        self.n += 1
        print('%sok %d - %s' % ('' if good else 'not ', self.n, name), flush=True)
        if not good:
            self.bad += 1
            for line in str(detail).splitlines()[:20]:
                print('# ' + line, flush=True)

    def eq(self, got, want, name):
        self.ok(got == want, name, 'got %r\nwant %r' % (got, want))

    def skip(self, name, why):
        self.n += 1
        print('ok %d - %s # SKIP %s' % (self.n, name, why), flush=True)

    def note(self, text):
        print('# ' + text, flush=True)

    def done(self):
        print('1..%d' % self.n)
        sys.exit(1 if self.bad else 0)

class Desk:
    def __init__(self, init=True):
        self.dir = tempfile.mkdtemp(prefix='plaint-test-')
        os.chmod(self.dir, 0o755)
        self.db = os.path.join(self.dir, 'plaint.db')
        self.conf = os.path.join(self.dir, 'plaint.conf')
        with open(self.conf, 'w') as f:
            f.write(CONF % self.db)
        if init:
            self.init()

    def init(self):
        subprocess.run([PLAINT, '-c', self.conf, 'init'], check=True, stdout=subprocess.DEVNULL)

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def argv(self, *args, ingest=INGEST):
        return [ingest, '-c', self.conf, *args]

    def deliver(self, mail, *args, env=None, preexec=None, timeout=100, ingest=INGEST):
        """One attempt; (status, output). A signal is a negative status."""
        done = subprocess.run(self.argv(*args, ingest=ingest), input=mail, capture_output=True,
                              env=environment(env), preexec_fn=preexec, timeout=timeout)
        return done.returncode, (done.stdout + done.stderr).decode('utf-8', 'replace')

    def query(self, sql, *args):
        db = sqlite3.connect('file:%s?mode=rw' % self.db, uri=True, timeout=20)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def value(self, sql, *args):
        return self.query(sql, *args)[0][0]

    def messages(self):
        return self.value('SELECT count(*) FROM message')

    def died(self):
        return self.value("SELECT count(*) FROM complaint WHERE problems LIKE '%parser-died%'")

    def problems(self):
        """Of the newest complaint."""
        return self.value('SELECT problems FROM complaint ORDER BY id DESC LIMIT 1') or ''

    def whole(self):
        """Nothing half-written: the engine's checks, and a complaint for each message."""
        return (self.value('PRAGMA integrity_check') == 'ok'
                and self.query('PRAGMA foreign_key_check') == []
                and self.value('SELECT count(*) FROM message WHERE id NOT IN (SELECT id FROM complaint)') == 0
                and self.value('SELECT count(*) FROM message WHERE id NOT IN (SELECT message_id FROM delivery)') == 0)

def environment(more=None, hooks=True):
    env = {k: v for k, v in os.environ.items() if not k.startswith('PLAINT_') and k not in ('SENDER', 'RECIPIENT')}
    if hooks:
        env['PLAINT_TEST_HOOKS'] = '1'
    env.update(more or {})
    return env

def arf(n, source='192.0.2.77'):
    """A complaint about one of our customers' hosts, different for each n."""
    return ('Received: from fbl.example.org (fbl.example.org [203.0.113.9])\n'
            '\tby mx1.example.net (Postfix) with ESMTP id Q%d\n'
            '\tfor <abuse@example.net>; Fri, 2 Jan 2026 03:04:05 +0000\n'
            'From: <fbl@example.org>\nTo: <abuse@example.net>\nSubject: FW: offer %d\n'
            'Message-ID: <%d@example.org>\nDate: Fri, 2 Jan 2026 03:04:04 +0000\nMIME-Version: 1.0\n'
            'Content-Type: multipart/report; report-type=feedback-report; boundary="b%d"\n\n'
            '--b%d\nContent-Type: text/plain\n\nThis is an abuse report for a message from %s.\n\n'
            '--b%d\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Loop/1.0\n'
            'Version: 1\nSource-IP: %s\nArrival-Date: Fri, 2 Jan 2026 03:00:00 +0000\n\n'
            '--b%d\nContent-Type: message/rfc822\n\n'
            'Received: from host.example.net (host.example.net [%s])\n\tby mx.example.org with ESMTP id %d\n'
            '\tfor <victim@example.org>; Fri, 2 Jan 2026 03:00:00 +0000\n'
            'From: a@host.example.net\nTo: victim@example.org\nSubject: offer %d\nMessage-ID: <s%d@host.example.net>\n'
            'Date: Fri, 2 Jan 2026 02:59:59 +0000\n\nBuy %d things now.\n\n--b%d--\n'
            % (n, n, n, n, n, source, n, source, n, source, n, n, n, n, n)).encode()

def in_threads(n, work, items):
    """work(item, rng) for all items on n threads; the first exception is raised here."""
    items, lock, errors = iter(list(items)), threading.Lock(), []

    def loop(k):
        rng = random.Random(k)
        while not errors:
            with lock:
                item = next(items, None)
            if item is None:
                return
            try:
                work(item, rng)
            except Exception as e:  # noqa: BLE001 - reported below
                errors.append(e)
    threads = [threading.Thread(target=loop, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]

def children(pid):
    """Direct children of a process."""
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []
