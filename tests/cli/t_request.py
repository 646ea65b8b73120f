#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a list is told when it is asked: a letter of the ticket's facts, and of nothing else."""
import datetime

from lists import Lists, POINTS
from tap import INGEST, NOW, World, equal, holds, main, test

SITE = '''[site]
name=Example Net abuse desk
networks=192.0.2.0/24
[relay mx1]
names=mx1.example.net;mail.example.net
addresses=192.0.2.25
roles=mx
[mail]
from=abuse@example.net
'''
REFUSAL = ('550 5.2.0 Service refuse. Veuillez essayer plus tard. Service refused, please try later. '
           'eve@wanadoo.example bob@shop.example [192.0.2.25] OFR_103')


class Desk(World):
    """With one listing, of the relay, by Orange; its ticket is about an account and a customer."""

    def __init__(self, site=SITE):
        super().__init__(site)
        self.now = datetime.datetime.fromisoformat(NOW.replace('Z', '+00:00'))
        self.run('init')

    def later(self, **time):
        self.now += datetime.timedelta(**time)
        self.env['PLAINT_NOW'] = self.now.strftime('%Y-%m-%dT%H:%M:%SZ')
        return self

    def bounce(self, host, words):
        mail = f'''From: MAILER-DAEMON@mx1.example.net
To: bob@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{self.now.timestamp()}@mx1.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=d

--d
Content-Type: text/plain

I am sorry.
--d
Content-Type: message/delivery-status

Reporting-MTA: dns; mx1.example.net

Final-Recipient: rfc822; eve@wanadoo.example
Action: failed
Status: 5.2.0
Remote-MTA: dns; {host}
Diagnostic-Code: smtp; {words}

--d
Content-Type: message/rfc822

Received: from [203.0.113.9] (unknown [203.0.113.9])
\tby mx1.example.net (Postfix) with ESMTP id 4X1;
\t{self.now:%a, %d %b %Y %H:%M:%S} +0000
From: bob@shop.example
To: eve@wanadoo.example
Subject: offers
Message-ID: <o1@shop.example>

Buy.
--d--
'''
        self.run('-f', '', '-a', 'postmaster@example.net', program=INGEST, stdin=mail.encode())

    def fix(self):
        self.run('ticket', 'set', '1', 'cause=compromised-account', 'customer=C-1042')
        self.later(hours=1)
        for state, more in (('open', []), ('contained', []),
                            ('fixed', ['--proof=bob has a new password', '--proof-kind=account-locked'])):
            self.run('ticket', 'move', '1', state, *more)
            self.later(hours=3)


def orange():
    desk = Desk()
    desk.bounce('smtp-in.orange.fr', REFUSAL)
    equal([r['zone'] for r in desk.json('listing', 'list')['listings']], ['orange.fr'])
    return desk


@test
def printed():
    """--print shows it at any time, in English or French, and changes nothing"""
    with orange() as desk:
        text = desk.text('listing', 'request', '1', '--print')
        holds(text, 'To: abuse@orange.fr\nSubject: Removal request: 192.0.2.25 (Orange)\n',
              'mx1.example.net, mail.example.net', 'OFR_103', 'abuse@example.net', 'Example Net abuse desk')
        assert 'What was done' not in text, text
        desk.fix()
        text = desk.text('listing', 'request', '1', '--print', '--prevents=logins from abroad are checked')
        holds(text, 'with a stolen password', 'Stopped:', 'The account was locked on 2026-11-24 15:00 UTC.',
              'No incident since the fix', 'logins from abroad are checked')
        french = desk.text('listing', 'request', '1', '--print', '--lang=fr')
        holds(french, 'Demande de retrait', 'Arrêté', 'Le compte a été verrouillé', 'mot de passe volé')
        for word in ('bob', 'eve', 'C-1042', 'new password'):
            assert word not in text and word not in french, word
        equal(desk.json('listing', 'request', '1', '--print')['language'], 'en')
        shown = desk.json('listing', 'show', '1')
        equal((shown['state'], len(shown['events'])), ('listed', 1))
        equal(desk.json('outbox', 'list')['letters'], [])
    with Desk(SITE + 'language=fr\n') as desk:
        desk.bounce('smtp-in.orange.fr', REFUSAL)
        holds(desk.text('listing', 'request', '1', '--print'), 'Demande de retrait')


@test
def by_mail():
    """to one that takes mail it waits in the outbox, and stays with the listing"""
    with orange() as desk:
        desk.fix()
        letter = desk.json('listing', 'request', '1', '--print')['text']
        text = desk.text('listing', 'request', '1')
        holds(text, 'is requested', 'abuse@orange.fr with the', "once [mail] send is 'yes'")
        assert 'What happened' not in text, text
        row = desk.json('outbox', 'list')['letters'][0]
        equal((row['recipient'], row['kind'], row['listing_id'], row['ticket_id'], row['subject']),
              ('abuse@orange.fr', 'request', 1, 1, 'Removal request: 192.0.2.25 (Orange)'))
        holds(desk.text('outbox', 'show', '1'), 'to <abuse@orange.fr>\nDate: ', 'Auto-Submitted', 'with a stolen password')
        holds(desk.text('ticket', 'show', '1'), 'listed: orange.fr', 'listing: orange.fr, requested', 'wrote letter 1\n')
        shown = desk.json('listing', 'show', '1')
        equal([(e['to_state'], e['text'], e['letter']) for e in shown['events']][0],
              ('requested', 'letter to abuse@orange.fr', letter))
        equal(shown['events'][-1]['letter'], None)
        holds(desk.text('listing', 'show', '1'), 'Letter, just now:', '  What happened: Somebody')


@test
def never_twice():
    """while a letter has not left no second one is written, forced or not"""
    with orange() as desk:
        desk.fix()
        desk.run('listing', 'request', '1')
        holds(desk.error('listing', 'request', '1', status=69), "requested already", "'plaint listing refuse 1 WHY'")
        desk.run('listing', 'refuse', '1', 'a', 'form', 'answer')
        for more in ([], ['--force', '--why=haste'], ['their', 'form']):
            holds(desk.error('listing', 'request', '1', *more, status=69), "'plaint outbox cancel 1'")
        equal(len(desk.json('outbox', 'list')['letters']), 1)
        desk.run('outbox', 'cancel', '1')
        desk.run('listing', 'request', '1')
        equal([r['id'] for r in desk.json('outbox', 'list')['letters'] if r['state'] == 'waiting'], [2])


@test
def asked_already():
    """whoever says how it was asked asks no second time"""
    with orange() as desk:
        desk.fix()
        got = desk.json('listing', 'request', '1', 'their', 'page', '--reference=R-1')
        equal((got['letter_id'], got['state'], got['events'][0]['text']), (None, 'requested', 'their page, reference R-1'))
        holds(got['events'][0]['letter'], 'with a stolen password')
        equal(desk.json('outbox', 'list')['letters'], [])


@test
def whole_or_not():
    """a letter that cannot be written leaves the listing as it was"""
    with Desk(SITE.replace('[mail]\nfrom=abuse@example.net\n', '')) as desk:
        desk.bounce('smtp-in.orange.fr', REFUSAL)
        desk.fix()
        holds(desk.error('listing', 'request', '1', status=78), '[mail] from is not set')
        holds(desk.error('listing', 'request', '1', '--to=nobody', status=78), '[mail] from')
        equal(desk.json('listing', 'show', '1')['state'], 'listed')
        equal(desk.json('ticket', 'show', '1')['state'], 'fixed')
        desk.run('listing', 'request', '1', 'by', 'telephone')


@test
def forms():
    """for a list with a form the letter is shown, to be pasted; mail= in its group sends it"""
    with Lists({'one.test': [('ip4set', POINTS + '192.0.2.25\n')]}) as lists:
        built_in = [z['zone'] for z in World().json('zone', 'list')['zones']]
        zone = f'[dns]\nservers={lists.servers}\n' + ''.join(f'[zone {z}]\nenabled=no\n' for z in built_in) + \
            '[zone one.test]\ntitle=One\nprocedure=the form\nrate=1000\n'
        for more, want in (('', 'What happened'), ('mail=off@one.test\n', 'Letter 1 to off@one.test')):
            with Desk(SITE + zone + more) as desk:
                equal(desk.json('listing', 'check')['listed'], 1)
                for state, words in (('open', []), ('contained', []), ('fixed', ['--proof=closed'])):
                    desk.run('ticket', 'move', '1', state, *words)
                desk.later(hours=3)
                text = desk.text('listing', 'request', '1')
                holds(text, 'One: the form', want)
                holds(desk.text('listing', 'show', '1'), 'Your answer:  127.0.0.2 listed', 'The repair was confirmed')


@test
def refused():
    """words that are not"""
    with orange() as desk:
        desk.error('listing', 'request', '1', '--print', '--lang=de', status=64)
        desk.error('listing', 'request', '7', '--print', status=66)
        holds(desk.error('listing', 'request', '1', status=69), "ticket 1 is 'new'")


main()
