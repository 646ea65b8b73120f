#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exit statuses: one table for all programs, whatever is wrong; and errors are one short line."""
import os
import re
import subprocess

from tap import INGEST, PARSE, PLAINT, World, equal, holds, main, on_terminal, test

NAMES = {PLAINT: 'plaint: ', INGEST: 'plaint-ingest: ', PARSE: 'plaint-parse: '}
MAIL = b'From: a@b.example\nSubject: x\n\nbody\n'
CASES = (  # program, its words (%s: the test's folder), status, what is said
    (PLAINT, ['tiket'], 64, 'no command'),
    (PLAINT, ['-x'], 64, "no option '-x'"),
    (PLAINT, ['--\x1b[2J\n' + 'x' * 5000], 64, 'no option'),
    (PLAINT, ['ticket', 'show'], 64, 'too few words'),
    (PLAINT, ['ticket', 'list', '--limit=0'], 64, '1 to 500'),
    (PLAINT, ['ticket', 'list', '--frob'], 64, "no option '--frob'"),
    (INGEST, ['--frob', 'x'], 64, "unknown option --frob: see 'plaint-ingest --help'"),
    (INGEST, ['--maildir'], 64, 'missing argument'),
    (PARSE, ['--frob'], 64, "unknown option --frob: see 'plaint-parse --help'"),
    (PARSE, ['--as=ham'], 64, 'complaint or spam'),
    (PARSE, ['x'], 64, 'no operands'),
    (PLAINT, ['ticket', 'show', 'x'], 65, "'x' is no ticket number"),
    (PLAINT, ['explain', '%s'], 65, 'is a folder'),
    (INGEST, ['%s'], 65, 'is a folder'),
    (PLAINT, ['explain', '%s/none'], 66, 'No such file'),
    (PLAINT, ['explain', '%s/mail/x'], 66, 'Not a directory'),
    (PLAINT, ['ticket', 'show', '99'], 66, 'no ticket 99'),
    (INGEST, ['%s/none'], 66, 'No such file'),
    (INGEST, [''], 66, 'No such file'),
    (INGEST, ['--maildir=%s/none'], 66, 'No such file'),
    (PLAINT, ['-c', '%s/none', 'status'], 78, 'No such file'),
    (INGEST, ['-c', '%s/none', '%s/mail'], 78, 'No such file'),
    (PARSE, ['-c', '%s/none'], 78, 'No such file'),
    (PLAINT, ['-c', '%s/bad', 'status'], 78, 'bad:2: '),
    (INGEST, ['-c', '%s/bad', '%s/mail'], 78, 'bad:2: '),
    (PARSE, ['-c', '%s/bad'], 78, 'bad:2: '),
    (PLAINT, ['-c', '%s/url', 'status'], 78, '[store] url: '),
    (INGEST, ['-c', '%s/url', '%s/mail'], 78, '[store] url: '),
)
# What prints something, and has then to say that it could not.
PRINTS = ([PLAINT, 'help'], [PLAINT, '--version'], [PLAINT, 'help', '--man', 'plaint'], [PLAINT, 'config', 'example'],
          [PLAINT, 'config', 'check', '--json'], [PLAINT, 'ticket', 'list'], [PLAINT, 'ticket', 'note', '1', 'x'],
          [PLAINT, 'explain', '%s/mail'], [PLAINT, 'explain', '--json', '%s/mail'], [PLAINT, 'reparse', '--dry-run'],
          [INGEST, '--help'], [INGEST, '%s/mail'], [PARSE, '--help'], [PARSE], [PARSE, '--parts'])


def desk():
    world = World('[site]\nnetworks=192.0.2.0/24\n')
    world.run('init')
    world.run('ticket', 'new', '--machine=192.0.2.7')
    world.path('mail', MAIL)
    world.path('bad', '[site]\nnetwroks=x\n')
    world.path('url', '[store]\nurl=mysql:x\n')
    return world


def start(world, words, **more):
    env = dict(world.env, PLAINT_CONFIG=world.conf)
    if PARSE in words:  # ends in its sandbox, where the leak checker cannot run
        env['ASAN_OPTIONS'] = 'detect_leaks=0'
    return subprocess.run([w.replace('%s', world.dir) for w in words], env=env, timeout=60, check=False,
                          stderr=subprocess.PIPE, **more)


@test
def table():
    """what is wrong has one status, whichever program meets it, and one line that names it"""
    with desk() as world:
        for program, words, status, says in CASES:
            done = start(world, [program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            text = done.stderr.decode()
            equal((program, words, done.returncode), (program, words, status))
            assert text.startswith(NAMES[program]) and text.count('\n') == 1 and len(text) < 400, text
            assert not re.search('[\x00-\x09\x0b-\x1f\x7f]', text), ascii(text)
            holds(text, says)


@test
def delivery():
    """the same in a delivery is 75, and no word of it"""
    with desk() as world:
        for words in (['--frob'], ['-c', '%s/none'], ['-c', '%s/bad'], ['-c', '%s/url'], ['-f', '--help', '--frob'],
                      ['-a', 'file', '--frob'], ['-f', '', '-a'], ['--sender', '--maildir=x', '--frob']):
            done = start(world, [INGEST, *words], input=MAIL, stdout=subprocess.PIPE)
            equal((words, done.returncode, done.stdout), (words, 75, b''))
            assert re.fullmatch('plaint-ingest: wrong [a-z ]+; please try again later\n', done.stderr.decode()), done
        status, shown = on_terminal([INGEST, '-c', world.path('bad')], world.env, 80)
        equal(status, 75)
        holds(shown.decode(), 'bad:2: ')


@test
def output():
    """output that cannot be written is 74"""
    with desk() as world:
        for words in PRINTS:
            with open('/dev/full', 'wb') as full:
                done = start(world, words, stdin=subprocess.DEVNULL, stdout=full)
            closed = start(world, ['sh', '-c', '"$@" >&-', 'sh', *words], stdin=subprocess.DEVNULL)
            equal((words, done.returncode, closed.returncode), (words, 74, 74))
            for text in (done.stderr, closed.stderr):
                assert text.count(b'\n') == 1 and b'cannot write the output: ' in text, (words, text)
        equal(world.json('status')['messages'], 1)


@test
def nothing_open():
    """with standard input, output and error closed a command fails, and harms nothing"""
    with desk() as world:
        for words in ([PLAINT, 'explain', '-'], [PLAINT, 'explain', '%s/mail'], [PLAINT, 'ticket', 'note', '1'],
                      [PLAINT, 'ticket', 'note', '1', 'x'], [PLAINT, 'ticket', 'list'], [PARSE], [INGEST]):
            done = start(world, ['sh', '-c', '"$@" >&- 2>&- <&-', 'sh', *words])
            equal((words, done.returncode in (65, 74, 75)), (words, True))
        equal(len(world.json('ticket', 'show', '1')['notes']), 1)


@test
def told():
    """plaint(1) lists the statuses"""
    with World() as world:
        page = world.text('help', '--man', 'plaint').split('.SH EXIT STATUS')[1]
        equal(re.findall(r'^(\d+)$', page, re.M), ['64', '65', '66', '69', '70', '74', '75', '77', '78'])


main()
