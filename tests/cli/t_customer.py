#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of customers and leases come in, whole or not at all, and complaints find whose it was."""
import os
import resource
import sqlite3

from tap import PLAINT, World, equal, holds, main, on_terminal, test

SITE = '''[site]
domains=example.net
networks=192.0.2.0/24
'''
CUSTOMERS = '''reference,name,email,language,networks
C-1,"Beta, SA",abuse@beta.example,fr,192.0.2.0/25;2001:db8::/32
C-2,"Gam""ma",,,192.0.2.128/25 192.0.2.64
'''
LEASES = '''prefix,first port,last port,reference,from,until
192.0.2.200,,,C-1,2026-11-20T00:00:00Z,2026-11-23T10:30:00+00:00
192.0.2.200,,,C-2,1795429800,
192.0.2.201,1024,2047,C-1,0,
192.0.2.201,2048,3071,C-2,0,
'''
MAIL = '''From: Ann <ann@victim.example>
To: abuse@example.net
Subject: spam
Message-ID: <{n}@victim.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain

Please stop this.
--b1
Content-Type: message/rfc822

Received: from host (host.example.net [192.0.2.200])
	by mx.victim.example (Postfix) with ESMTP id 4Xb{n}
	for <ann@victim.example>; Mon, 23 Nov 2026 {time} +0000
From: x@bank.example
To: ann@victim.example
Subject: Cheap pills {n}
Date: Mon, 23 Nov 2026 {time} +0000
Message-ID: <s{n}@bank.example>

Buy now.
--b1--
'''


def desk(customers=CUSTOMERS):
    world = World(SITE)
    world.run('init')
    if customers:
        world.run('customer', 'import', world.path('customers.csv', customers))
    return world


def take(world, what, data, *more, status=0):
    """Imports it from standard input; the JSON of the result, and what was said."""
    words = ['customer', 'lease', 'import'] if what == 'lease' else ['customer', 'import']
    out, err = world.run(*words, *more, '--json', '-', status=status,
                         stdin=data if isinstance(data, bytes) else data.encode())
    return out.decode(), err.decode()


def counts(world, what, data, *more, status=0):
    import json
    got = json.loads(take(world, what, data, *more, status=status)[0])
    return got['new'], got['changed'], got['same'], got['bad_rows']


def networks(world, reference):
    return world.json('customer', 'show', reference)['networks']


@test
def customers_come_in():
    """quotes, columns and networks are read; list and show tell them"""
    with desk() as world:
        [one, two] = world.json('customer', 'list')['customers']
        equal((one['reference'], one['name'], one['email'], one['language']),
              ('C-1', 'Beta, SA', 'abuse@beta.example', 'fr'))
        equal((two['name'], two['email']), ('Gam"ma', None))
        equal(networks(world, 'C-2'), ['192.0.2.64', '192.0.2.128/25'])
        holds(world.text('customer', 'list'), 'reference  name      email               language\n',
              'C-1        Beta, SA  abuse@beta.example  fr\n')
        holds(world.text('customer', 'show', 'C-1'), 'Beta, SA', '192.0.2.0/25', '2001:db8::/32')
        holds(world.error('customer', 'show', 'C-9', status=66), "no customer 'C-9'")
        page = world.json('customer', 'list', '--limit=1')
        equal(page['next'], 'C-1')
        equal(world.json('customer', 'list', '--after=C-1')['customers'], [two])


@test
def any_order_and_form():
    """columns in any order, others passed over; BOM, CRLF, blank lines, a quoted line feed, no last line feed"""
    forms = (b'\xef\xbb\xbfName,Reference\r\nBeta,C-1\r\n\r\n"Gamma\r\nLtd",C-2',
             b'phone,REFERENCE , name\n1, C-1 ,Beta\n   \n2,C-2,"Gamma\nLtd"\n')
    for form in forms:
        with desk('') as world:
            equal(counts(world, 'customer', form), (2, 0, 0, 0))
            equal([(c['reference'], c['name']) for c in world.json('customer', 'list')['customers']],
                  [('C-1', 'Beta'), ('C-2', 'Gamma  Ltd' if b'\r' in form else 'Gamma Ltd')])


@test
def again():
    """the same file changes nothing; a row changes its customer, and what it no longer names is nobody's"""
    with desk() as world:
        before = sqlite3.connect(world.path('plaint.db')).execute('SELECT * FROM network').fetchall()
        equal(counts(world, 'customer', CUSTOMERS), (0, 0, 2, 0))
        equal(sqlite3.connect(world.path('plaint.db')).execute('SELECT * FROM network').fetchall(), before)
        equal(counts(world, 'customer', CUSTOMERS.replace(' 192.0.2.64', '').replace(',fr,', ',de,')), (0, 2, 0, 0))
        equal(networks(world, 'C-2'), ['192.0.2.128/25'])
        equal(world.json('customer', 'show', 'C-1')['language'], 'de')
        equal(counts(world, 'customer', 'reference,name\nC-1,Beta Ltd\n'), (0, 1, 0, 0))  # no such column: kept
        equal((networks(world, 'C-1'), world.json('customer', 'show', 'C-1')['email']),
              (['192.0.2.0/25', '2001:db8::/32'], 'abuse@beta.example'))
        equal(counts(world, 'lease', LEASES), (4, 0, 0, 0))
        equal(counts(world, 'lease', LEASES), (0, 0, 4, 0))
        equal(counts(world, 'lease', LEASES.replace('1795429800,', '1795429800,1795430000')), (0, 1, 3, 0))


BAD = {
    'customer': ('reference,name,email,language,networks', (
        (',x,,,', 'no reference'), ('none,x,,,', "no reference: 'none'"), ('C-3,x,mail,,', "no email: 'mail'"),
        ('C-3,x,,english!,', "no language: 'english!'"), ('C-3,x,,,192.0.2.1/24', "the network is '192.0.2.0/24'"),
        ('C-3,x,,,here', "no network: 'here'"), ('C-3,x,,', '4 columns, not 5'), ('C-3,x,,,,', '6 columns, not 5'),
        ('C-3,a"b,,,', 'a quote inside a field'), ('C-3,"a"b,,,', 'a quote inside a field'),
        ('C-3,' + 'x' * 201 + ',,,', 'the name is longer than 200 bytes'), ('C-3,\udcff,,,', 'not UTF-8 text'),
        ('C-3,a\0b,,,', 'not UTF-8 text'), ('C-0,x,,,', "customer 'C-0' stands in line 2, too"),
        ('C-3,x,,,10.0.0.0/8', "network '10.0.0.0/8' is given to another customer in line 2"))),
    'lease': ('prefix,first port,last port,reference,from,until', (
        ('x,,,C-1,0,', "no network: 'x'"), ('192.0.2.1,,,C-9,0,', "no customer 'C-9'"),
        ('192.0.2.1,1,,C-1,0,', 'one port only'), ('192.0.2.1,,1,C-1,0,', 'one port only'),
        ('192.0.2.1,1,65536,C-1,0,', "no port: '65536'"), ('192.0.2.1,9,8,C-1,0,', 'behind the last'),
        ('192.0.2.1,,,C-1,,', 'no beginning'), ('192.0.2.1,,,C-1,yesterday,', "no beginning: 'yesterday'"),
        ('192.0.2.1,,,C-1,10,10', 'ends before it begins'), ('192.0.2.1,,,C-1,10,x', "no end: 'x'"),
        ('192.0.2.1,,,C-1,0', '5 columns, not 6'))),
}
GOOD = {'customer': 'C-0,zero,,,10.0.0.0/8', 'lease': '192.0.2.9,,,C-2,0,'}


@test
def bad_rows():
    """a bad row is named with its line, and nothing of the file is taken; --partial takes the rest"""
    for what, (header, rows) in BAD.items():
        for row, why in rows:
            with desk() as world:
                data = f'{header}\n{GOOD[what]}\n\n{row}\n'.encode('utf-8', 'surrogateescape')
                _, err = take(world, what, data, status=65)
                holds(err, '-:4: ', why, '1 bad row, nothing was taken')
                equal(len(world.json('customer', 'list')['customers']), 2)
                equal(world.json('customer', 'show', 'C-2')['leases'], [])
                equal(counts(world, what, data, '--partial'), (1, 0, 0, 1))
                equal(counts(world, what, data, '--partial'), (0, 0, 1, 1))


@test
def many_bad_rows():
    """twenty are named, the others counted"""
    with desk() as world:
        out, err = take(world, 'customer', 'reference\n' + ',\n' * 5000, status=65)
        equal((err.count('\n'), '"bad_rows":5000' in out, out.count('"line"')), (22, True, 1000))
        holds(err, '-:21: 2 columns, not 1', '… and 4980 more', '5000 bad rows')


@test
def headers():
    """a header without a column that is needed, with one twice, or none"""
    for data, why in ((b'', 'the file is empty'), (b'name\nx\n', "no column 'reference'"),
                      (b'reference,Reference\n', "'reference' is there twice"), (b'"x', 'the first row'),
                      (b'\xff\xfer\0e\0', 'not UTF-8 text')):
        with desk() as world:
            holds(world.error('customer', 'import', world.path('x', data), status=65), why)
    with desk() as world:
        holds(world.error('customer', 'import', world.path('nothing'), status=66), 'No such file')
        world.error('customer', 'import', world.dir, status=65)


@test
def hostile_files():
    """100 MB in one field, one row or one row's columns are refused in 64 MB of memory"""
    limit = 64 * 1024 * 1024
    big = 100 * 1000 * 1000
    for head, body in ((b'', b'a'), (b'reference\n"', b'a'), (b'reference\n', b','), (b'reference\n', b'"'),
                       (b'reference\n', b'a,' + b'a' * 47 + b'\n'), (b'reference\n"', b'a' * 49 + b'\n'),
                       (b'', b'\n')):
        with desk() as world:
            path = world.path('big', head)
            with open(path, 'ab') as out:  # in pieces: what a child of ours takes begins with what we take
                for _ in range(100):
                    out.write(body * (big // 100 // len(body)))
            err = world.run('customer', 'import', path, status=65)[1]
            assert len(err) < 4000, err[:1000]
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert used < limit or os.environ.get('PLAINT_SAN'), used


@test
def find():
    """whose an address was at a time, by lease or network, with the port"""
    with desk() as world:
        take(world, 'lease', LEASES)
        for words, reference, by in (
                (['192.0.2.1'], 'C-1', 'network'), (['192.0.2.64'], 'C-2', 'network'),
                (['192.0.2.200', '--at=2026-11-23T10:29:59Z'], 'C-1', 'lease'),
                (['192.0.2.200', '--at=2026-11-23T10:30:00Z'], 'C-2', 'lease'),
                (['192.0.2.200', '--at=2026-11-19'], 'C-2', 'network'),
                (['::ffff:192.0.2.201', '--port=2047'], 'C-1', 'lease'),
                (['192.0.2.201', '--port', '2048'], 'C-2', 'lease'),
                (['2001:db8::1'], 'C-1', 'network'), (['198.51.100.1'], None, None)):
            found = world.json('customer', 'find', *words)
            equal(((found['customer'] or {}).get('reference'), found['by']), (reference, by))
        equal(world.text('customer', 'find', '192.0.2.201', '--port=1024'),
              'C-1, Beta, SA <abuse@beta.example>\n'
              'by lease of 192.0.2.201 ports 1024-2047 from 1970-01-01T00:00:00Z\n')
        holds(world.text('customer', 'find', '198.51.100.1'), "nobody's at 2026-11-24")
        world.error('customer', 'find', 'x', status=65)
        world.error('customer', 'find', '192.0.2.1', '--port=0', status=64)


@test
def tickets_have_customers():
    """a complaint's ticket shows who had the address at that time; customer:none lists the others"""
    with desk() as world:
        take(world, 'lease', LEASES)
        world.ingest(world.path('1', MAIL.format(n=1, time='10:00:00')))
        [ticket] = world.json('ticket', 'list')['tickets']
        equal((ticket['machine'], ticket['customer']), ('192.0.2.200', 'C-1'))
        holds(world.text('ticket', 'show', '1'), 'customer C-1')
        world.ingest(world.path('2', MAIL.format(n=2, time='11:00:00')))
        equal([t['customer'] for t in world.json('ticket', 'list', 'customer:C-2')['tickets']], ['C-2'])
        holds(world.text('ticket', 'show', '1'), 'plaint  customer: C-2')
        world.ingest(world.path('3', MAIL.format(n=3, time='11:00:00').replace('192.0.2.200', '192.0.2.201')
                                .replace('C-2', '')))
        equal(world.json('ticket', 'list', 'customer:none')['tickets'], [])
        world.run('ticket', 'set', '1', 'customer=C-1')
        world.ingest(world.path('4', MAIL.format(n=4, time='12:00:00')))
        equal(len(world.json('ticket', 'list', 'customer:C-1')['tickets']), 1)
    with desk('reference\nC-1\n') as world:
        world.ingest(world.path('1', MAIL.format(n=1, time='10:00:00')))
        equal(len(world.json('ticket', 'list', 'customer:none')['tickets']), 1)


@test
def progress():
    """a long import shows on a terminal how far it is"""
    with desk() as world:
        path = world.path('long.csv', 'prefix,reference,from,until\n' +
                          ''.join(f'192.0.{i >> 8 & 255}.{i & 255},C-1,{i},\n' for i in range(50000)))
        words = [PLAINT, '-c', world.conf, 'customer', 'lease', 'import', path]
        status, out = on_terminal(words, world.env, 80)
        equal(status, 0)
        holds(out.decode(), ' rows, ', '50000 rows: 50000 new, 0 changed, 0 the same')


def looking_up(script):
    """A desk whose program answers so; what it was asked is kept in `asked`."""
    world = World(SITE)
    program = world.path('lookup', f'#!/bin/sh\nprintf "%s|" "$@" >>{world.dir}/asked\n{script}\n')
    os.chmod(program, 0o755)
    with open(world.conf, 'a', encoding='utf-8') as conf:
        conf.write(f'[customers]\nlookup={program}\n')
    world.run('init')
    return world


def asked(world):
    with open(world.path('asked'), encoding='utf-8') as text:
        return text.read()


KNOWS = """echo '{"reference":"C-9","name":"Nu","email":null,"language":"fr"}'"""


@test
def lookup():
    """[customers] lookup tells what no file did: a job asks it after filing, and keeps the answer"""
    with looking_up(KNOWS) as world:
        world.ingest(world.path('1', MAIL.format(n=1, time='10:00:00')))
        equal(world.json('ticket', 'list')['tickets'][0]['customer'], None)
        assert not os.path.exists(world.path('asked'))  # a delivery runs no program
        equal(world.text('job', 'run'), "customer-lookup, message 1: ticket 1 is C-9's\n")
        equal(asked(world), '192.0.2.200|2026-11-23T10:00:00Z|')
        equal(world.json('ticket', 'list', 'customer:C-9')['tickets'][0]['id'], 1)
        equal(world.json('customer', 'show', 'C-9')['name'], 'Nu')
        holds(world.text('ticket', 'show', '1'), 'plaint  customer: C-9')
        equal((world.text('job', 'run'), world.json('job', 'list')['jobs']), ('', []))
        world.ingest(world.path('2', MAIL.format(n=2, time='11:00:00')))
        equal(world.json('job', 'list')['jobs'], [])  # the ticket has one
        found = world.json('customer', 'find', '192.0.2.9', '--port=99', '--at=2026-11-23')
        equal((found['customer']['reference'], found['by']), ('C-9', 'lookup'))
        holds(asked(world), '192.0.2.9|2026-11-23T00:00:00Z|99|')


@test
def lookup_is_not_needed():
    """what a file or a person told is not asked, also when it came later"""
    with looking_up(KNOWS) as world:
        world.ingest(world.path('1', MAIL.format(n=1, time='10:00:00')))
        world.run('customer', 'import', world.path('customers.csv', CUSTOMERS))
        equal(world.text('job', 'run'), "customer-lookup, message 1: ticket 1 is C-2's\n")
        world.ingest(world.path('2', MAIL.format(n=2, time='11:00:00').replace('.200]', '.201]')))
        world.ingest(world.path('3', MAIL.format(n=3, time='11:00:00').replace('[192.0.2.200]', '[192.0.2.0]')))
        equal(world.json('job', 'list')['jobs'], [])
        assert not os.path.exists(world.path('asked'))
    with looking_up(KNOWS) as world:
        world.ingest(world.path('1', MAIL.format(n=1, time='10:00:00')))
        world.run('ticket', 'set', '1', 'customer=C-5')
        equal(world.text('job', 'run'), 'customer-lookup, message 1: no ticket without customer\n')


@test
def lookup_fails():
    """a program that hangs, lies, floods or fails harms nothing: it is tried again, and `find` goes on"""
    for script, why in (('sleep 60', '2'), ('exit 3', 'status 3'), ('echo no', 'no JSON object'), ('echo "[]"', 'no JSON object'),
                        ("""echo '{"reference":7}'""", 'reference is not text'), ('yes', 'printed'),
                        ("""echo '{"name":"x"}'""", 'no reference'), ("""echo '{"reference":"none"}'""", 'no reference'),
                        ("""echo '{"reference":"C-1","language":"../x"}'""", 'no language')):
        with looking_up(script) as world:
            world.ingest(world.path('1', MAIL.format(n=1, time='10:00:00')))
            holds(world.text('job', 'run'), 'customer-lookup, message 1: ', why, 'again in 1 min')
            out, err = world.run('customer', 'find', '192.0.2.9')
            holds(out.decode(), "nobody's")
            holds(err.decode(), '[customers] lookup: ', why)
            equal(world.json('customer', 'list')['customers'], [])
    with looking_up('echo "{}"') as world:
        world.ingest(world.path('1', MAIL.format(n=1, time='10:00:00')))
        equal(world.text('job', 'run'), "customer-lookup, message 1: ticket 1 is nobody's\n")


main()
