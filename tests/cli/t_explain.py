#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""plaint explain: the contract of docs/explain.md, many files, hostile ones, and what a person sees."""
import json
import os
import re
import subprocess

from tap import PLAINT, TOP, World, equal, holds, main, on_terminal, test

SITE = '''[site]
domains=example.net
networks=192.0.2.0/24
[relay mx1]
names=mx1.example.net
addresses=192.0.2.10
roles=mx
'''
SPAM = '''Received: from mx1.example.net (mx1.example.net [192.0.2.10])
	by mx.victim.example (Postfix) with ESMTPS id 4Xa1
	for <ann@victim.example>; Tue, 4 Mar 2025 10:11:12 +0100
Received: from PC-7 (unknown [203.0.113.77])
	by mx1.example.net (Postfix) with SMTP id 4Xa0;
	Tue, 4 Mar 2025 10:11:08 +0100
From: Cheap <x@spam.example>
To: ann@victim.example
Subject: %s
Date: Tue, 4 Mar 2025 10:11:00 +0100
Message-ID: <77@spam.example>

Buy now.
'''
COMPLAINT = '''From: Ann <ann@victim.example>
To: abuse@example.net
Subject: spam from you
Date: Tue, 4 Mar 2025 11:00:00 +0100
Message-ID: <1@victim.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain

Please stop this spam.
--b1
Content-Type: message/rfc822

''' + SPAM + '''
--b1--
'''
# members of docs/explain.md
RESULT = {'file', 'index', 'format', 'feedback_type', 'reporter', 'authenticity', 'incidents', 'problems'}
INCIDENT = {'source_ip', 'source_port', 'time', 'type', 'count', 'relay_ip', 'exit_ip', 'origin_ip', 'account',
            'script', 'ours', 'causes', 'cause', 'confidence', 'claimed_ip', 'claim', 'category', 'category_why',
            'urls', 'blocked_by', 'message_id', 'from', 'rcpt', 'subject', 'date', 'hops'}
HOP = {'n', 'ip', 'rdns', 'helo', 'by', 'with', 'id', 'for', 'ident', 'envelope_from', 'auth', 'date', 'verdict',
       'why'}
HOSTILE = '\x1b]0;owned\x07\x1b[31m\u202eevil\u202c\x9b31m'


def lines(world, *words, **more):
    return [json.loads(line) for line in world.run('explain', '--json', *words, **more)[0].splitlines()]


@test
def contract():
    """every member of the contract is there, with the values of a known complaint"""
    with World(SITE) as world:
        name = world.path('a.eml', COMPLAINT % 'Cheap pills')
        [result] = lines(world, '--', name)
        equal(list(result)[:2], ['file', 'index'])
        assert RESULT <= set(result), RESULT - set(result)
        equal((result['file'], result['index'], result['format']), (name, 0, 'attached'))
        [incident] = result['incidents']
        assert INCIDENT <= set(incident), INCIDENT - set(incident)
        want = {'source_ip': '192.0.2.10', 'exit_ip': '192.0.2.10', 'relay_ip': '192.0.2.10',
                'origin_ip': '203.0.113.77', 'ours': True, 'cause': 'open-relay', 'confidence': 'high',
                'subject': 'Cheap pills', 'date': '2025-03-04T09:11:00Z', 'message_id': '77@spam.example',
                'rcpt': 'ann@victim.example', 'account': None, 'count': 1}
        equal({k: incident[k] for k in want}, want)
        equal([h['verdict'] for h in incident['hops']], ['border', 'entry'])
        for hop in incident['hops']:
            assert HOP <= set(hop), HOP - set(hop)
        cause = incident['causes'][0]
        equal((cause['cause'], cause['certainty']), ('open-relay', 'probable'))
        holds(cause['header'], '203.0.113.77')


@test
def empty_configuration():
    """without a configuration nothing is ours, and the walk still works"""
    with World() as world:
        [result] = lines(world, world.path('a.eml', COMPLAINT % 'x'))
        [incident] = result['incidents']
        equal((incident['ours'], incident['source_ip']), (False, '192.0.2.10'))
        env = dict(world.env, PLAINT_CONFIG=world.path('empty.conf', ''))
        done = subprocess.run([PLAINT, 'explain', '--json', world.path('a.eml')], env=env,
                              capture_output=True, check=True)
        equal(len(done.stdout.splitlines()), 1)


@test
def as_spam():
    """--as=spam takes the file itself as the reported message"""
    with World(SITE) as world:
        name = world.path('spam.eml', SPAM % 'x')
        [result] = lines(world, '--as=spam', name)
        equal((result['format'], result['incidents'][0]['exit_ip']), ('message', '192.0.2.10'))
        holds(world.error('explain', '--as=ham', name, status=64), "--as takes complaint, spam, not 'ham'")


@test
def mbox_and_stdin():
    """an mbox gives one result per message, and - is standard input"""
    with World(SITE) as world:
        mails = [COMPLAINT % f'mail {n}' for n in range(3)]
        mbox = ''.join(f'From a@b.example Tue Mar  4 10:00:00 2025\n{m}\n' for m in mails)
        results = lines(world, world.path('box', mbox))
        equal([r['index'] for r in results], [0, 1, 2])
        equal([r['incidents'][0]['subject'] for r in results], ['mail 0', 'mail 1', 'mail 2'])
        [result] = lines(world, '-', stdin=mails[0].encode())
        equal((result['file'], result['index']), ('-', 0))


@test
def unreadable():
    """a file that cannot be read is named, the others are explained, the status says so"""
    with World(SITE) as world:
        good = world.path('a.eml', COMPLAINT % 'x')
        out, err = world.run('explain', '--json', good, world.path('none'), world.dir, good, status=65)
        equal(len(out.splitlines()), 2)
        holds(err.decode(), 'none', 'No such file', 'is a folder')
        world.run('explain', world.path('none'), status=66)


@test
def no_files():
    """what nobody writes to, or has no end, is refused at once; pipes are read as standard input"""
    with World(SITE) as world:
        fifo, mail = world.path('fifo'), COMPLAINT % 'x'
        os.mkfifo(fifo)
        for name in (fifo, '/dev/zero', '/dev/full', '/dev/null'):
            holds(world.error('explain', name, status=65), 'is a pipe or a device')
        for name in ('-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'):
            equal([len(r['incidents']) for r in lines(world, name, stdin=mail.encode())], [1])
            with open(world.path('a.eml', mail), 'rb') as file, open('/dev/zero', 'rb') as zero:
                for stdin, says in ((file, b''), (zero, b'mail 1 is longer than 64 MB: no more is read\n')):
                    done = subprocess.run([PLAINT, '-c', world.conf, 'explain', name], stdin=stdin, env=world.env,
                                          capture_output=True, timeout=60, check=False)
                    equal((name, done.returncode), (name, 65 if says else 0))
                    assert done.stderr.endswith(says), done.stderr
        done = subprocess.run(['bash', '-c', f'{PLAINT} -c {world.conf} explain <(cat {world.path("a.eml")})'],
                              capture_output=True, env=world.env, timeout=60, check=False)
        holds(done.stdout.decode(), 'It left')
        with subprocess.Popen(['cat', '/dev/zero'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as endless:
            done = subprocess.run([PLAINT, '-c', world.conf, 'explain', world.path('a.eml'), '-', fifo],
                                  stdin=endless.stdout, env=world.env, capture_output=True, timeout=60, check=False)
            endless.stdout.close()
            equal((done.returncode, done.stdout.count(b'It left')), (65, 1))
            holds(done.stderr.decode(), "'-': mail 1 is longer than 64 MB", 'fifo')


@test
def many():
    """three thousand files in one run"""
    with World(SITE) as world:
        names = [world.path(f'{n}.eml', COMPLAINT % n) for n in range(3000)]
        results = lines(world, '--', *names)
        equal([r['file'] for r in results], names)
        equal(results[2999]['incidents'][0]['subject'], '2999')


def hostile_mails():
    yield 'empty', b''
    yield 'nul', b'\0' * 5000
    yield 'noise', bytes(range(256)) * 200
    yield 'only-cr', b'From: a@b.example\rSubject: x\r\rbody\r'
    yield 'endless-header', b'Subject: ' + b'x' * 3_000_000
    yield 'many-received', b'Received: from a by b; x\n' * 100_000 + b'\nbody\n'
    yield 'nested', b''.join(b'Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n' % (n, n)
                             for n in range(5000))
    yield 'many-parts', b'Content-Type: multipart/mixed; boundary=b\n\n' + b'--b\n\nx\n' * 100_000
    yield 'escapes', (COMPLAINT % HOSTILE).encode()
    yield 'bad-utf8', (COMPLAINT % 'X').encode().replace(b'X', b'\xff\xfe\x80')


@test
def hostile():
    """hostile mails each give one result, and the mail after them is explained as before"""
    with World(SITE) as world:
        good = world.path('good.eml', COMPLAINT % 'good')
        names = []
        for name, data in hostile_mails():
            names += [world.path(name, data), good]
        results = lines(world, *names)
        equal([r['file'] for r in results], names)
        assert all(r['incidents'][0]['subject'] == 'good' for r in results[1::2])
        assert all('parser-died' not in str(r['problems']) for r in results), results


def is_clean(text):
    """No control character but newline, and no bidirectional override."""
    return not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]', text)


@test
def nothing_raw():
    """bytes of a mail, and of a file's name, never reach a terminal raw"""
    with World(SITE) as world:
        mail = (COMPLAINT % HOSTILE).replace('PC-7', HOSTILE.replace(' ', '')).replace('Cheap <', HOSTILE + ' <')
        name = world.path('a\x1b[31m\u202e.eml', mail)
        for words in (['explain', name], ['explain', world.path('none\x1b[2J')]):
            done = subprocess.run([PLAINT, '-c', world.conf, *words], capture_output=True, env=world.env,
                                  check=False)
            text = (done.stdout + done.stderr).decode('utf-8')
            assert is_clean(text), ascii(text)
            holds(text, 'none' if 'none' in words[1] else 'evil')
        status, shown = on_terminal([PLAINT, '-c', world.conf, 'explain', name], world.env, 80)
        equal(status, 0)
        bare = re.sub('\x1b\\[[0-9]?[0-9]?m', '', shown.decode('utf-8'))  # our own colours
        assert is_clean(bare), ascii(bare)


@test
def drawn():
    """what a person sees: the path, where trust ends, and the conclusion in the end"""
    with World(SITE) as world:
        forged = SPAM.replace('192.0.2.10', '203.0.113.5').replace(' mx1.example.net', ' host.other.example')
        name = world.path('a.eml', COMPLAINT % 'Cheap pills')
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'explain.txt'), encoding='utf-8') as golden:
            equal(world.text('explain', name, env={'COLUMNS': '80'}).replace(name, 'a.eml'), golden.read())
        text = world.text('explain', '--as=spam', world.path('b.eml', forged % 'x'))
        holds(text, 'trust ends here', 'not ours')
        assert text.index('border') < text.index('trust ends here') < text.index('It left')


@test
def colours():
    """colours on a terminal only, and not with NO_COLOR"""
    with World(SITE) as world:
        words = [PLAINT, '-c', world.conf, 'explain', world.path('a.eml', COMPLAINT % 'x')]
        assert b'\x1b[' in on_terminal(words, world.env, 80)[1]
        assert b'\x1b' not in on_terminal(words, dict(world.env, NO_COLOR='1'), 80)[1]
        assert b'\x1b' not in on_terminal(words, dict(world.env, TERM='dumb'), 80)[1]
        assert b'\x1b' not in world.run('explain', words[-1])[0]
        for columns in (40, 60, 80, 120):
            shown = on_terminal(words, dict(world.env, NO_COLOR='1'), columns)[1].decode()
            body = shown[shown.index('  border'):].split('\n')  # paths of files and subjects are not broken
            assert max(map(len, body)) <= columns, (columns, body)


main()
