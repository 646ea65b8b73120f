#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: the mailbox becomes the tickets it was written for, however often it is run."""
import json
import os
import re
import shutil
import subprocess
import tempfile

from tap import BUILD, INGEST, PLAINT, TOP, World, equal, holds, main, test

DEMO = os.path.join(TOP, 'contrib', 'demo')
MBOX = os.path.join(DEMO, 'abuse.mbox')
TICKETS = {  # machine or account: (cause, confidence, complaints)
    '192.0.2.10': ('open-relay', 'high', 4),
    'bob@shop.example': ('compromised-account', 'high', 3),
    'comptes@clinique.example': ('compromised-account', 'high', 1),
    '192.0.2.33': ('local-script', 'high', 2),
    '192.0.2.201': ('customer-host', 'high', 3),
    'newsletter@boutique.example': ('customer-bulk', 'high', 1),
    '192.0.2.11': ('forwarding', 'high', 1),
    '192.0.2.40': ('mailing-list', 'high', 1),
    '192.0.2.12': ('secondary-mx', 'high', 1),
    '192.0.2.13': ('backscatter', 'high', 1),
    '192.0.2.230': ('open-proxy', 'high', 1),
    '192.0.2.240': ('malicious-customer', 'high', 1),
    '192.0.2.215': ('unknown', 'low', 1),
    '2001:db8:a::20': ('unknown', 'high', 1),
}


def demo_world():
    with open(os.path.join(DEMO, 'plaint.conf'), encoding='utf-8') as conf:
        return World(conf.read())


def ingested(world):
    world.run('init')
    world.ingest(MBOX)
    return world


@test
def tickets():
    """every machine and account gets its ticket, with cause, confidence and number of complaints"""
    with demo_world() as world:
        found = ingested(world).json('ticket', 'list')['tickets']
        got = {t['account'] or t['machine']: (t['cause'], t['confidence'], t['complaints']) for t in found
               if t['kind'] == 'mail'}
        equal(got, TICKETS)
        equal({(t['machine'], t['complaints']) for t in found if t['kind'] == 'intrusion'},
              {('192.0.2.177', 2), ('192.0.2.178', 1)})
        # two refusals, by a blocklist and a provider, of one machine; one of another
        equal({(t['machine'], t['complaints']) for t in found if t['kind'] == 'listing'},
              {('192.0.2.20', 2), ('192.0.2.33', 1)})
        equal({(row['address'], row['zone']) for row in world.json('listing', 'list')['listings']},
              {('192.0.2.20', 'outlook.com'), ('192.0.2.33', 'yahoo.com')})


@test
def causes_and_formats():
    """every cause of the glossary, and every format of this version, is in the mailbox"""
    with demo_world() as world:
        results = [json.loads(line) for line in world.run('explain', '--json', MBOX)[0].splitlines()]
        with open(os.path.join(TOP, 'docs', 'glossary.md'), encoding='utf-8') as text:
            causes = set(re.findall(r'^\| `([a-z-]+)` \|', text.read(), re.M))
        equal({i['cause'] for r in results for i in r['incidents']}, causes)
        with demo_world() as world:
            ingested(world)
            equal({r['format'] for r in results}, {row['format'] for row in world.json('format', 'list')['formats']})
        equal({r['feedback_type'] for r in results} - {None},
              {'abuse', 'fraud', 'virus', 'auth-failure', 'not-spam', 'login-attack', 'connection/login_attack',
               'dmarc', 'tls-rpt'})
        equal({i['blocked_by'] for r in results for i in r['incidents']} - {None},
              {'zen.spamhaus.org', 'outlook.com', 'yahoo.com'})
        equal([r['index'] for r in results if [p for p in r['problems'] if p['problem'] == 'parser-died']], [])


@test
def languages():
    """English, French and German mails are found by words of each"""
    with demo_world() as world:
        ingested(world)
        for words, subject in (('école', '192.0.2.10'), ('hameçonnage', 'bob@shop.example'),
                               ('Kopfzeilen', '192.0.2.33'), ('malware directly', '192.0.2.201')):
            found = world.json('ticket', 'list', *words.split())['tickets']
            equal((words, [t['account'] or t['machine'] for t in found]), (words, [subject]))


@test
def filed():
    """what opens no ticket is filed, each with its reason"""
    with demo_world() as world:
        found = ingested(world).json('complaint', 'list')['complaints']
        equal(sorted(c['format'] for c in found), sorted(
            ['arf'] * 4 + ['auto-reply'] * 2 + ['unsolicited'] * 2 + ['message', 'inline', 'dmarc', 'tls-rpt']))
        assert all(c['why'] for c in found), found


@test
def twice():
    """ingesting the mailbox again adds nothing; the report to postmaster@, too, is one complaint"""
    with demo_world() as world:
        ingested(world)
        before = world.json('status')
        mails = open(MBOX, encoding='utf-8').read().count('\nFrom ') + 1
        equal(before['messages'], mails - 1)
        first = min(c for t in world.json('ticket', 'show', '1', '--incidents')['incidents']
                    for c in [t['complaint_id']])
        equal(len(world.json('complaint', 'show', str(first))['deliveries']), 2)
        world.run(MBOX, program=INGEST)
        equal(world.json('status'), before)


@test
def script():
    """contrib/demo/run.sh shows it all, twice over, and nothing is on standard error"""
    with tempfile.TemporaryDirectory(prefix='plaint-test-') as folder:
        for name in ('plaint', 'plaint-ingest', 'plaint-intake'):
            if os.path.exists(os.path.join(BUILD, name)):
                shutil.copy(os.path.join(BUILD, name), folder)
        with World() as world:
            for _ in range(2):
                done = subprocess.run(['sh', os.path.join(DEMO, 'run.sh'), folder], env={**world.env, 'COLUMNS': '80'},
                                      capture_output=True, timeout=120, check=False)
                equal((done.returncode, done.stderr), (0, b''))
                text = done.stdout.decode('utf-8')
                holds(text, *(name[:20] for name in TICKETS), 'trust ends here', 'an automatic answer', "alias plaint='",
                      'Delisting report', '2  listed at the end', '192.0.2.33 in yahoo.com: listed', 'cause local-script')
                assert max(map(len, text.split('\n'))) <= 110


@test
def configuration():
    """nothing is odd about the demo's configuration, and much is good"""
    with demo_world() as world:
        ingested(world)
        text = world.text('config', 'check')
        holds(text, 'nothing odd', 'good  [relay mx1]')
        assert 'odd ' not in text.replace('nothing odd', ''), text


main()
