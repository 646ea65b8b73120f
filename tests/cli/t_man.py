#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help, man pages and completion: all there, silent under `man --warnings`, true to the programs."""
import os
import re
import shutil
import subprocess

from tap import BUILD, INGEST, PARSE, World, equal, holds, main, test

PAGES = ('plaint', 'plaint-ingest', 'plaint-parse', 'plaint-watch', 'plaint.conf')


def page(world, name):
    return world.text('help', '--man', name)


@test
def silent():
    """man --warnings says nothing about any page, in C and in UTF-8"""
    with World() as world:
        for name in PAGES:
            path = world.path(name + '.roff', page(world, name))
            for locale in ('C', 'C.UTF-8'):
                done = subprocess.run(['man', '--warnings', '-E', 'UTF-8', '-l', path],
                                      capture_output=True, check=False,
                                      env={**world.env, 'LC_ALL': locale, 'MANPAGER': 'cat',
                                           'MANROFFSEQ': '', 'MANWIDTH': '80'})
                equal((name, done.returncode, done.stderr), (name, 0, b''))
                assert len(done.stdout.splitlines()) > 20, name


@test
def warnings_are_seen():
    """... and a broken page would be noticed"""
    with World() as world:
        path = world.path('broken', page(world, 'plaint') + '.nosuchmacro x\n')
        done = subprocess.run(['man', '--warnings', '-l', path], capture_output=True, check=False,
                              env={**world.env, 'MANPAGER': 'cat'})
        assert done.stderr != b''


@test
def commands_have_help():
    """every command has a summary in `help`, a page of its own, and a section in plaint(1)"""
    with World() as world:
        everything = world.text('help')
        man = page(world, 'plaint')
        commands = world.json('help')
        assert len(commands) >= 19
        for command in commands:
            name = command['name']
            holds(everything, '  ' + name)
            holds(man, '.SS "plaint ' + name)
            by_help = world.text('help', *name.split())
            equal(by_help, world.text(*name.split(), '--help'))
            holds(by_help, command['summary'], 'usage: plaint ' + name)
            for option in command['options']:
                holds(by_help, '--' + option['name'], option['summary'])
                holds(man, option['name'].replace('-', '\\-'))


@test
def groups_and_programs_have_help():
    """`help ticket` lists its commands, `help ingest` explains the program"""
    with World() as world:
        holds(world.text('help', 'ticket'), 'ticket list', 'ticket undo')
        holds(world.text('help', 'ingest'), 'Postfix', '--maildir')
        holds(world.error('help', 'tiket', status=64), "did you mean 'ticket")


def options_of(text):
    return set(re.findall(r'--([a-z][a-z-]+)', text)) - {'help-all'}


@test
def programs_agree():
    """the options told of plaint-ingest, plaint-parse and plaint-watch are those that they have"""
    with World() as world:
        for program, word in ((INGEST, 'ingest'), (PARSE, 'parse'),
                              (os.path.join(BUILD, 'plaint-watch'), 'watch')):
            done = subprocess.run([program, '--help'], capture_output=True, check=True, env=world.env)
            told = options_of(world.text('help', word).split('\nOptions\n')[1])
            equal((word, told), (word, options_of(done.stdout.decode())))


@test
def keys_are_told():
    """plaint.conf(5) and `config example` name every key of `config show`"""
    with World('[relay mx1]\nnames=mx1.example.net\n') as world:
        man = page(world, 'plaint.conf')
        example = world.text('config', 'example')
        keys = re.findall(r'^(?:# default: |#)?([a-z-]+)=', world.text('config', 'show'), re.M)
        assert len(keys) > 3
        for key in keys:
            holds(man, '\\fB' + key.replace('-', '\\-') + '\\fR')
            holds(example, key + '=')


@test
def completion():
    """bash takes the completion script, and it completes commands, options and values"""
    if not shutil.which('bash'):
        return
    with World() as world:
        script = world.path('completion', world.text('help', '--completion'))
        for words, want in (('plaint tick', 'ticket'), ('plaint ticket un', 'undo'),
                            ('plaint ticket move --reas', '--reason='),
                            ('plaint ticket list --sort = op', 'opened'),
                            ('plaint explain --a', '--as=')):
            typed = words.split(' ')
            code = (f'. {script}; COMP_WORDS=({" ".join(typed)}); COMP_CWORD={len(typed) - 1}; '
                    'compopt() { :; }; _plaint; printf "%s\\n" "${COMPREPLY[@]}"')
            done = subprocess.run(['bash', '-c', code], capture_output=True, check=True, env=world.env)
            equal((words, done.stdout.decode().split()), (words, [want]))


@test
def made():
    """`make man` has put the same pages into the build folder, if it was run"""
    with World() as world:
        for name in PAGES:
            path = os.path.join(BUILD, 'man', name + ('.5' if name.endswith('conf') else '.1'))
            if os.path.exists(path) and os.path.getmtime(path) > os.path.getmtime(BUILD + '/plaint'):
                with open(path, encoding='ascii') as have:
                    equal(have.read(), page(world, name))


main()
