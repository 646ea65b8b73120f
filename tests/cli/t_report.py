#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports: figures checked by hand, each format, and a customer's alone."""
import csv
import email
import email.policy
import io
import json
import os
import re
import sqlite3
import sys

from tap import World, equal, holds, main, test

DAY, HOUR = 86400, 3600
NOW = 1795507200  # 2026-11-24T08:00:00Z
SITE = '[site]\nname=Example Net abuse desk\nnetworks=192.0.2.0/24\n'


def address(n):
    return bytes([0] * 10 + [255, 255, 192, 0, 2, n])


class Desk:
    """Rows as look-ups and people leave them."""

    def __init__(self, world):
        self.db = sqlite3.connect(os.path.join(world.dir, 'plaint.db'))

    def ticket(self, cause, opened, customer=None, contained=None, first=None, fixed=None):
        return self.db.execute(
            "INSERT INTO ticket (kind, state, cause, confidence, customer, opened_at, first_at, last_at, "
            "contained_at, fixed_at) VALUES ('mail', 'open', ?, 'high', ?, ?, ?, ?, ?, ?)",
            (cause, customer, opened, first or opened, opened, contained, fixed)).lastrowid

    def listing(self, n, zone, ticket, events, runs=(), **more):
        """events: (at, from, to, text); runs: (first, last, checks, outcome)"""
        off = [at for at, _, to, _ in events if to == 'delisted']
        asked = [at for at, _, to, _ in events if to == 'requested']
        row = self.db.execute(
            "INSERT INTO listing (address, zone, ticket_id, state, first_at, last_at, requested_at, delisted_at, "
            "promised_at, reference) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (address(n), zone, ticket, events[-1][2], events[0][0], events[-1][0], asked[-1] if asked else None,
             off[-1] if off else None, more.get('promised'), more.get('reference'))).lastrowid
        for event in events:
            self.db.execute("INSERT INTO listing_event (listing_id, at, actor, from_state, to_state, text) "
                            "VALUES (?, ?, 'plaint', ?, ?, ?)", (row, *event))
        look = self.db.execute("INSERT INTO lookup (address, zone, kept, hot) VALUES (?, ?, 1, 1)",
                               (address(n), zone)).lastrowid
        for run in runs:
            self.db.execute("INSERT INTO lookup_run (lookup_id, first_at, last_at, checks, outcome, raw) "
                            "VALUES (?, ?, ?, ?, ?, '')", (look, *run))
        return row

    def close(self, ticket, closed, moved, state='resolved'):
        self.db.execute("UPDATE ticket SET state = ?, resolution = CASE ? WHEN 'resolved' THEN 'fixed' END, reason = "
                        "CASE ? WHEN 'rejected' THEN 'duplicate' END, resolved_at = ? WHERE id = ?",
                        (state, state, state, closed, ticket))
        for at in (moved, closed):
            self.db.execute("INSERT INTO audit (at, actor, deed, ticket_id) VALUES (?, 'anna', 'ticket-move', ?)",
                            (at, ticket))

    def complaint(self, at, form, reporter, incidents):
        """incidents: (ticket, n of its machine, cause, category)"""
        row = self.db.execute(
            "INSERT INTO complaint (id, format, reporter, automatic, incidents, filed, received_at) "
            "VALUES ((SELECT coalesce(max(id), 0) + 1 FROM complaint), ?, ?, 1, ?, ?, ?)",
            (form, reporter, len(incidents), int(not any(t for t, *_ in incidents)), at)).lastrowid
        for n, (ticket, machine, cause, category) in enumerate(incidents):
            self.db.execute(
                "INSERT INTO incident (complaint_id, ticket_id, n, type, count, machine, ours, cause, confidence, "
                "category, has_evidence, pasted, credible) VALUES (?, ?, ?, 'spam', 1, ?, 1, ?, 'high', ?, 1, 0, 1)",
                (row, ticket, n, address(machine), cause, category))
            if ticket:
                self.db.execute("INSERT OR IGNORE INTO ticket_relay VALUES (?, ?)", (ticket, address(machine)))
                self.db.execute("UPDATE ticket SET complaints = complaints + 1, last_at = max(last_at, ?) WHERE id = ?",
                                (at, ticket))

    def proof(self, ticket, kind, text):
        self.db.execute("INSERT INTO proof (ticket_id, at, actor, kind, text) VALUES (?, ?, 'anna', ?, ?)",
                        (ticket, NOW - DAY, kind, text))


def fill(world):
    """A, asked and waited for; B, gone after two days and back; C, of before the period."""
    world.run('init')
    desk = Desk(world)
    one = desk.ticket('open-relay', NOW - 4 * DAY, 'C-1', NOW - 3 * DAY, first=NOW - 5 * DAY, fixed=NOW - 2 * DAY)
    two = desk.ticket('compromised-account', NOW - 9 * DAY, 'C-2', NOW - 9 * DAY + HOUR)
    desk.proof(one, 'relay-test', 'all 22 refused')
    desk.listing(1, 'one.test', one, [(NOW - 4 * DAY, None, 'listed', '127.0.0.2 <b>spam</b>'),
                                      (NOW - DAY, 'listed', 'requested', 'the form, reference R-7')],
                 [(NOW - 4 * DAY, NOW - HOUR, 90, 'listed'), (NOW - HOUR, NOW - HOUR, 10, 'unknown')],
                 promised=NOW + DAY, reference='R-7')
    desk.listing(2, 'two.test', two, [(NOW - 9 * DAY, None, 'listed', '=cmd()'),
                                      (NOW - 9 * DAY, 'listed', 'expiring', None),
                                      (NOW - 7 * DAY + 2 * HOUR, 'expiring', 'delisted', 'gone'),
                                      (NOW - 7 * DAY + 2 * HOUR, 'delisted', 'watched', None),
                                      (NOW - DAY, 'watched', 'listed', '+1')],
                 [(NOW - 9 * DAY, NOW - 7 * DAY - HOUR, 40, 'listed'),
                  (NOW - 7 * DAY, NOW - 7 * DAY, 1, 'clean'), (NOW - 7 * DAY, NOW - 7 * DAY + HOUR, 3, 'unknown'),
                  (NOW - 7 * DAY + HOUR, NOW - 7 * DAY + 2 * HOUR, 2, 'clean'),
                  (NOW - DAY, NOW, 54, 'listed')])
    desk.listing(3, 'one.test', None, [(NOW - 90 * DAY, None, 'listed', None),
                                       (NOW - 89 * DAY, 'listed', 'delisted', None),
                                       (NOW - 89 * DAY, 'delisted', 'watched', None),
                                       (NOW - 60 * DAY, 'watched', 'closed', None)])
    desk.db.commit()
    desk.db.close()


def fill_desk(world):
    """One, of C-1, on mx1, open and complained of twice; Two, of C-2, closed; Three, closed before the period."""
    world.run('init')
    desk = Desk(world)
    one = desk.ticket('open-relay', NOW - 5 * DAY, 'C-1')
    two = desk.ticket('customer-host', NOW - 9 * DAY, 'C-2')
    three = desk.ticket('customer-host', NOW - 80 * DAY, 'C-3')
    desk.close(two, NOW - 6 * DAY, NOW - 9 * DAY + 2 * HOUR)
    desk.close(three, NOW - 70 * DAY, NOW - 79 * DAY)
    desk.complaint(NOW - 75 * DAY, 'arf', 'old.test', [(three, 77, 'customer-host', '419')])
    desk.complaint(NOW - 9 * DAY, 'arf', 'two.test', [(two, 201, 'customer-host', 'phishing'),
                                                      (two, 201, 'customer-host', 'phishing')])
    desk.complaint(NOW - 5 * DAY, 'xarf', 'both.test', [(one, 10, 'open-relay', 'ube'),
                                                        (two, 201, 'customer-host', 'malware')])
    desk.complaint(NOW - 5 * DAY + HOUR, 'arf', 'one.test', [(one, 10, 'open-relay', 'ube')])
    desk.complaint(NOW - HOUR, 'message', None, [])
    desk.listing(10, 'one.test', one, [(NOW - 4 * DAY, None, 'listed', '127.0.0.2')])
    desk.db.execute("INSERT INTO customer (reference, name) VALUES ('C-1', '=Anna')")
    desk.db.execute("INSERT INTO relay_test (address, port, at, actor, verdict, why, forms, accepted, round, transcript) "
                    "VALUES (?, 25, ?, 'anna', 'closed', 'all refused', 22, '[]', 0, x'')", (address(10), NOW - DAY))
    desk.db.commit()
    desk.db.close()


DESK = SITE + '[relay mx1]\naddresses=192.0.2.10\nroles=mx\n[relay mx2]\naddresses=192.0.2.11\nroles=mx\n'


def some(row, *names):
    return {name: row[name] for name in names}


@test
def activity():
    """complaints are counted once, by day and what they are; tickets with their times"""
    with World(DESK) as world:
        fill_desk(world)
        report = world.json('report', 'activity')
        equal(some(report['total'], 'complaints', 'filed', 'tickets', 'opened', 'resolved', 'rejected', 'open', 'listed'),
              {'complaints': 4, 'filed': 1, 'tickets': 2, 'opened': 2, 'resolved': 1, 'rejected': 0, 'open': 1,
               'listed': 1})
        equal(report['total']['first_move'], {'n': 1, 'median': 2 * HOUR, 'p90': 2 * HOUR})
        equal(report['total']['resolve'], {'n': 1, 'median': 3 * DAY, 'p90': 3 * DAY})

        def counts(kind):
            return {row['name']: row['complaints'] for row in report[kind] if row['complaints']}
        equal(counts('days'), {'2026-11-15': 1, '2026-11-19': 2, '2026-11-24': 1})
        equal((len(report['days']), report['days'][0]['name']), (31, '2026-10-25'))
        equal(counts('formats'), {'arf': 2, 'xarf': 1, 'message': 1})
        equal(counts('categories'), {'phishing': 1, 'ube': 2, 'malware': 1, 'none': 1})
        equal(counts('reporters'), {'two.test': 1, 'both.test': 1, 'one.test': 1, 'unknown': 1})
        equal(counts('causes'), {'open-relay': 2, 'customer-host': 2})
        equal(counts('machines'), {'192.0.2.10': 2, '192.0.2.201': 2})
        equal(counts('customers'), {'C-1': 2, 'C-2': 2})
        equal(world.json('report', 'activity', '--since=80d', '--until=60d')['total']['resolved'], 1)
        then = world.json('report', 'activity', '--since=10d', '--until=7d')['total']
        equal(some(then, 'complaints', 'open', 'resolved', 'listed'),
              {'complaints': 1, 'open': 1, 'resolved': 0, 'listed': 0})


@test
def customers_and_relays():
    """each customer, and each relay of ours, has what is its own"""
    with World(DESK) as world:
        fill_desk(world)
        rows = world.json('report', 'customers')['customers']
        equal([some(row, 'customer', 'name', 'complaints', 'tickets', 'open', 'listed', 'last_complaint_at')
               for row in rows],
              [{'customer': 'C-1', 'name': '=Anna', 'complaints': 2, 'tickets': 1, 'open': 1, 'listed': 1,
                'last_complaint_at': '2026-11-19T09:00:00Z'},
               {'customer': 'C-2', 'name': None, 'complaints': 2, 'tickets': 1, 'open': 0, 'listed': 0,
                'last_complaint_at': '2026-11-19T08:00:00Z'}])
        one, two = world.json('report', 'relays')['relays']
        equal(some(one, 'relay', 'complaints', 'tickets', 'open', 'causes', 'listings', 'tested_at', 'test'),
              {'relay': 'mx1', 'complaints': 2, 'tickets': 1, 'open': 1,
               'causes': [{'name': 'open-relay', 'complaints': 2}],
               'listings': [{'address': '192.0.2.10', 'zone': 'one.test', 'began_at': '2026-11-20T08:00:00Z'}],
               'tested_at': '2026-11-23T08:00:00Z', 'test': 'closed'})
        equal(some(two, 'relay', 'complaints', 'test'), {'relay': 'mx2', 'complaints': 0, 'test': None})
        holds(' '.join(world.text('report', 'relays').split()), 'mx1: listed', '192.0.2.10 in one.test since 2026-11-20',
              'closed, 2026-11-23 08:00', 'mx2: unlisted')
        row = next(csv.DictReader(io.StringIO(world.text('report', 'relays', '--format=csv'), newline='')))
        equal((row['causes'], row['listings'], row['first_move_n']), ('open-relay 2', '192.0.2.10 in one.test', '0'))
        holds(world.text('report', 'customers', '--format=csv'), '"\'=Anna"')


@test
def desk_reports():
    """each in every form: 80 columns, a page without anything outside, nothing of other customers, a letter"""
    with World(DESK + '[mail]\nfrom=abuse@example.net\n') as world:
        fill_desk(world)
        for report in ('activity', 'customers', 'relays'):
            text = world.text('report', report)
            equal([line for line in text.splitlines() if len(line) > 80], [])
            page = world.text('report', report, '--format=html')
            holds(page, '</html>')
            equal(re.findall(r'(?:src|href)=|url\(|@import|<script', page), [])
            for form in ('text', 'html', 'csv', 'json'):
                out = world.text('report', report, '--customer=C-1', f'--format={form}')
                for other in ('C-2', 'C-3', '192.0.2.201', 'two.test', 'malware', 'customer-host', 'mx2'):
                    assert other not in out, (report, form, other)
            holds(world.text('report', report, '--mail-to=boss@example.org'), 'boss@example.org waits')
        equal(world.json('report', 'activity', '--customer=C-1')['total']['complaints'], 2)
        holds(world.text('report', 'customers', '--customer=C-9'), 'No customer had')
        holds(world.error('report', 'relays', '--zone=one.test', status=64), '--zone')


@test
def figures():
    """every figure is what one gets by hand"""
    with World(SITE) as world:
        fill(world)
        report = world.json('report', 'delisting')
        total = report['total']
        # 4 d of A; 2 d and 1 d of B
        equal({name: total[name] for name in ('listed', 'began', 'ended', 'relisted', 'listed_minutes')},
              {'listed': 2, 'began': 3, 'ended': 1, 'relisted': 1, 'listed_minutes': 7 * 24 * 60})
        equal((total['checks'], total['unknown']), (200, 13))
        # A: a complaint a day before; B: at once; B again: the ticket was there
        equal(total['detect'], {'n': 3, 'median': 0, 'p90': DAY})
        # A a day after the ticket; B an hour after; B again: before it was listed again
        equal(total['contain'], {'n': 3, 'median': HOUR, 'p90': DAY})
        equal(total['request'], {'n': 1, 'median': 3 * DAY, 'p90': 3 * DAY})
        equal(total['delist'], {'n': 1, 'median': 2 * DAY, 'p90': 2 * DAY})  # the first clean answer, not the third
        equal([zone['name'] for zone in report['zones']], ['one.test', 'two.test'])
        equal([cause['name'] for cause in report['causes']], ['open-relay', 'compromised-account'])
        equal(len(report['listings']), 3)


@test
def periods():
    """a report about the past says how things stood then; an empty period is refused"""
    with World(SITE) as world:
        fill(world)
        total = world.json('report', 'delisting', '--since=10d', '--until=8d')['total']
        equal((total['listed'], total['ended'], total['listed_minutes']), (1, 0, 24 * 60))
        total = world.json('report', 'delisting', '--since=100d', '--until=50d')['total']
        equal((total['listed'], total['ended'], total['delist']['n']), (0, 1, 1))
        holds(world.error('report', 'delisting', '--since=1d', '--until=2d', status=64), 'the period is empty')


@test
def customer():
    """of a customer's report nothing is another's"""
    with World(SITE) as world:
        fill(world)
        for form in ('text', 'html', 'csv', 'json'):
            out = world.text('report', 'delisting', '--customer=C-1', f'--format={form}')
            holds(out, '192.0.2.1')
            for other in ('192.0.2.2', 'C-2', 'two.test', 'compromised'):
                assert other not in out, (form, other)
        equal(world.json('report', 'delisting', '--customer=C-9')['listings'], [])
        equal(world.json('report', 'delisting', '--zone=two.test')['total']['began'], 2)


@test
def text():
    """the text keeps to 80 columns and says why, what was done, asked and awaited"""
    with World(SITE) as world:
        fill(world)
        out = world.text('report', 'delisting')
        holds(' '.join(out.split()), 'Example Net abuse desk', '2 listed at the end', '192.0.2.1 in one.test: requested',
              'open-relay', 'contained 2026-11-21 08:00, fixed 2026-11-22 08:00; relay-test: all 22 refused',
              '2026-11-23 08:00: the form, reference R-7', "the list's answer, until 2026-11-25 08:00",
              'not for the first time', 'Made 2026-11-24 08:00 UTC')
        equal([line for line in out.splitlines() if len(line) > 80], [])


@test
def page():
    """the page is whole, escapes what lists say, and draws a line"""
    with World(SITE) as world:
        fill(world)
        out = world.text('report', 'delisting', '--format=html')
        holds(out, '&lt;b&gt;spam&lt;/b&gt;', '<svg', '</html>', 'prefers-color-scheme', '@media print',
              '<table class="many times">', '<td data-label="detect">')
        equal(re.findall(r'(?:src|href)=|url\(|@import|<script', out), [])


@test
def table():
    """the CSV has all, and no cell that a spreadsheet would compute"""
    with World(SITE) as world:
        fill(world)
        out = world.text('report', 'delisting', '--format=csv')
        rows = list(csv.DictReader(io.StringIO(out, newline='')))
        equal([row['why'] for row in rows], ['127.0.0.2 <b>spam</b>', "'=cmd()", "'+1"])
        equal(rows[0]['proofs'], 'relay-test: all 22 refused')
        equal((rows[1]['ended_at'], rows[1]['state'], rows[1]['relisted']),
              ('2026-11-17T08:00:00Z', 'watched', 'no'))
        assert out.count('\r\n') == out.count('\n') == 4


@test
def mailed():
    """a mailed report is one letter that waits: text, page, and all rows as a table"""
    with World(SITE + '[mail]\nfrom=abuse@example.net\n') as world:
        fill(world)
        out = world.text('report', 'delisting', '--mail-to=boss@example.org', '--customer=C-1')
        equal(out, "letter 1 to boss@example.org waits: 1 row; 'plaint outbox send' sends it, "
              "once [mail] send is 'yes'\n")
        letter = world.json('outbox', 'show', '1')
        equal((letter['kind'], letter['state'], letter['sender']), ('report', 'waiting', 'abuse@example.net'))
        mail = email.message_from_string(letter['mail'], policy=email.policy.default)
        equal(mail['subject'], 'Delisting report, 2026-10-25 to 2026-11-24, customer C-1')
        plain, page = mail.get_body(('plain',)).get_content(), mail.get_body(('html',)).get_content()
        equal(plain.rstrip(), world.text('report', 'delisting', '--customer=C-1').rstrip())
        equal(page.rstrip(), world.text('report', 'delisting', '--customer=C-1', '--format=html').rstrip())
        table, = mail.iter_attachments()
        equal((table.get_filename(), table.get_content_type()), ('delisting-2026-11-24.csv', 'text/csv'))
        equal(table.get_payload(decode=True).decode(),
              world.text('report', 'delisting', '--customer=C-1', '--format=csv'))
        for other in ('192.0.2.2', 'C-2', 'two.test', 'compromised'):
            assert other not in plain + page, other
        equal(world.json('report', 'delisting', '--mail-to=boss@example.org'),
              {'id': 2, 'to': 'boss@example.org', 'rows': 3, 'sending': False})


@test
def not_mailed():
    """what cannot be mailed is said, and nothing is queued"""
    with World(SITE) as world:
        fill(world)
        holds(world.error('report', 'delisting', '--mail-to=boss@example.org', status=78), '[mail] from is not set')
    with World(SITE + '[mail]\nfrom=abuse@example.net\n') as world:
        fill(world)
        holds(world.error('report', 'delisting', '--mail-to=boss', status=65), 'boss')
        holds(world.error('report', 'delisting', '--mail-to=a@example.org', '--format=csv', status=64),
              'leave --format out')
        equal(world.json('outbox', 'list')['letters'], [])


@test
def empty():
    """a desk without listings has a report, too"""
    with World(SITE) as world:
        world.run('init')
        holds(world.text('report', 'delisting'), 'No address is on a list.')
        json.loads(world.text('report', 'delisting', '--format=json'))
        holds(world.text('report', 'delisting', '--format=html'), '</html>')


if __name__ == '__main__':
    sys.exit(main())
