#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong and hostile words for every command: a short line that names the thing, and no harm done."""
import re
import subprocess

from tap import PLAINT, World, equal, holds, main, test

LONG = 'a' * 120_000  # near the longest that Linux passes as one word
HOSTILE = ('', ' ', LONG, '99999999999999999999', '-1', '0', '1.5', 'é', 'a\nb', b'\xff\xfe', '\x1b[31mx', "'", '"',
           '\\', '%s%n', '--', '-', '\u202ex', '=', '1=1', '٣')
COMMANDS = (  # where the hostile word goes
    ['%'], ['ticket', '%'], ['help', '%'], ['help', '--man', '%'], ['-c', '%', 'status'], ['%', 'status'],
    ['ticket', 'show', '%'], ['ticket', 'show', '1', '--incidents', '--limit', '%'],
    ['ticket', 'show', '1', '--incidents', '--after', '%'], ['ticket', 'list', '%'],
    ['ticket', 'list', 'state:%'], ['ticket', 'list', 'since:%'], ['ticket', 'list', 'relay:%'],
    ['ticket', 'list', 'assignee:%'], ['ticket', 'list', '--sort', '%'], ['ticket', 'list', '--after', '%'],
    ['complaint', 'list', '%'], ['complaint', 'show', '%'], ['ticket', 'new', '%'],
    ['ticket', 'new', '--machine', '%'], ['ticket', 'new', '--account', '%'], ['ticket', 'new', '--domain', '%'],
    ['ticket', 'new', '--customer', '%', 'x'], ['ticket', 'new', '--complaint', '%'],
    ['ticket', 'new', '--kind', '%', 'x'], ['ticket', 'new', '--cause', '%', 'x'], ['ticket', 'note', '1', '%'],
    ['ticket', 'note', '%', 'x'], ['ticket', 'assign', '1', '%'], ['ticket', 'assign', '%', 'me'],
    ['ticket', 'set', '1', '%'], ['ticket', 'set', '1', 'customer=%'], ['ticket', 'set', '1', 'title=%'],
    ['ticket', 'set', '1', 'cause=%'], ['ticket', 'set', '1', 'relay=%'], ['ticket', 'set', '1', '%=x'],
    ['ticket', 'move', '1', '%'], ['ticket', 'move', '%', 'open'], ['ticket', 'move', '1', 'open', '--note', '%'],
    ['ticket', 'move', '1', 'rejected', '--reason', '%'], ['ticket', 'merge', '%', '1'], ['ticket', 'merge', '1', '%'],
    ['ticket', 'split', '1', '%'], ['ticket', 'undo', '%'], ['explain', '%'], ['explain', '--as', '%', '-'],
    ['reparse', '--dry-run', '--since', '%'], ['config', 'check', '%'], ['config', 'show', '--%'], ['status', '%'],
    ['init', '%'])
SAYS = (  # words, status, what is said
    (['complaint', 'show', 'x'], 65, "'x' is no complaint number: 'plaint complaint list' shows them"),
    (['ticket', 'new', '--complaint=x'], 65, "'x' is no complaint number"),
    (['ticket', 'split', '1', 'x'], 65, "'x' is no incident number: 'plaint ticket show ID --incidents' shows them"),
    (['ticket', 'assign', '1', ' '], 65, "to whom? A name, 'me', or 'none' for nobody"),
    (['ticket', 'assign', '1', 'a' * 201], 65, "'name' is longer than 200 bytes"),
    (['ticket', 'set', '1', 'customer=' + LONG], 65, "'customer' is longer than 500 bytes"),
    (['ticket', 'set', '1', 'cause=x'], 65, "no cause 'x', only "),
    (['ticket', 'set', '1', 'cause=open-realy'], 65, "no cause 'open-realy', did you mean 'open-relay'?"),
    (['ticket', 'set', '1', '=x'], 65, "no name to set '', only relay, "),
    (['ticket', 'new', LONG], 65, "'title' is longer than 500 bytes"),
    (['ticket', 'new', '--account= '], 64, 'a ticket about what?'),
    (['ticket', 'new', ' '], 64, 'a ticket about what?'),
    (['ticket', 'show', '1', '--limit=5'], 64, '--limit and --after go with --incidents'),
    (['ticket', 'list', 'is:me'], 65, "is: no word 'me', only "),
    (['ticket', 'list', 'colour:red'], 65, "no filter 'colour', only "),
    (['ticket', 'list', LONG], 65, 'longer than 2000 bytes'),
    (['help', '--man=x'], 66, 'only plaint, plaint-ingest, plaint-parse, plaint-watch and plaint.conf'),
    (['explain', 'a\nb\x1b[31m'], 66, "cannot read 'a b [31m'"),
    (['-c', 'a\nb\x1b[31m', 'status'], 78, "'a b [31m'"),
)


def fill(word, hostile):
    return word.encode().replace(b'%', hostile if isinstance(hostile, bytes) else hostile.encode())


def start(world, words):
    return subprocess.run([PLAINT, *words], env=dict(world.env, PLAINT_CONFIG=world.conf), cwd=world.dir, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)


def desk():
    world = World('[site]\nnetworks=192.0.2.0/24\n')
    world.run('init')
    world.run('ticket', 'new', '--machine=192.0.2.7')
    return world


@test
def says():
    """what is wrong is named, and the way out"""
    with desk() as world:
        for words, status, say in SAYS:
            done = start(world, words)
            equal((words[:4], done.returncode, done.stdout), (words[:4], status, b''))
            holds(done.stderr.decode(), say)


@test
def every_command():
    """whatever the word, a command succeeds, or fails with a status of the table and one short clean line"""
    with desk() as world:
        for n, command in enumerate(COMMANDS):
            for hostile in (LONG, *HOSTILE[n % 4::4]):  # a quarter each: every run is a process
                words = [fill(word, hostile) for word in command]
                done = start(world, words)
                what = (command, hostile if hostile != LONG else 'LONG')
                assert done.returncode in (0, 64, 65, 66, 69, 78), (what, done)
                err = done.stderr.decode()
                assert (done.returncode == 0) == (err == ''), (what, done)
                assert err == '' or err.startswith('plaint: ') and err.count('\n') == 1 and len(err) < 700, (what, err)
                for text in (err, done.stdout.decode()):
                    assert not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]', text), (what, ascii(text[:300]))
                assert len(done.stdout) < 20_000 or command[0] == '%' or 'help' in command, (what, len(done.stdout))
        for ticket in world.json('ticket', 'list', '--all', '--limit=500')['tickets']:
            for name in ('title', 'account', 'domain', 'customer', 'assignee'):
                text = ticket.get(name)
                assert text is None or 0 < len(text) <= 500 and text == text.strip(), (name, ascii(text))


main()
