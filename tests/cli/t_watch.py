#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""plaint-watch: what is due is done once, by however many watchers, and a kill loses nothing."""
import collections
import os
import signal
import socket
import subprocess
import threading
import time

from lists import CLEAN, POINTS, Lists, conf
from tap import BUILD, World, equal, holds, main, test

WATCH = os.path.join(BUILD, 'plaint-watch')
LATER = {'PLAINT_NOW': '2026-11-24T08:21:00Z'}


class Slow:
    """Passes questions on to a server, each answer a little later, and counts them by name."""

    def __init__(self, servers, delay):
        self.to = ('127.0.0.1', int(servers.split(':')[1]))
        self.delay = delay
        self.asked = collections.Counter()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.servers = f'127.0.0.1:{self.socket.getsockname()[1]}'
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, client = self.socket.recvfrom(512)
            threading.Thread(target=self.answer, args=(query, client), daemon=True).start()

    def answer(self, query, client):
        name, i = [], 12
        while query[i]:
            name.append(query[i + 1:i + 1 + query[i]].decode())
            i += 1 + query[i]
        self.asked['.'.join(name), query[i + 2]] += 1
        time.sleep(self.delay)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.settimeout(5)
            out.sendto(query, self.to)
            self.socket.sendto(out.recv(4096), client)

    def relays(self):
        """How often the relay was looked up, test points left out."""
        return {name: n for (name, kind), n in self.asked.items()
                if name.startswith('25.2.0.192.') or name.startswith('5.2.0.0.')}


def start(world, *words, **env):
    return subprocess.Popen([WATCH, '-c', world.conf, *words], env={**world.env, **env},
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def once(world, status=0, **more):
    out, err = world.run('--once', program=WATCH, status=status, **more)
    equal(out, b'')
    return err.decode()


def wait_for(what, seconds=20):
    for _ in range(20 * seconds):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError('it does not happen')


def two_lists():
    return Lists({'one.test': CLEAN, 'two.test': [('ip4set', POINTS)]})


@test
def one_turn():
    """--once does what is due, says so in a line, and says nothing when nothing is"""
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        equal(once(world), 'plaint-watch: lookups: 3 looked up: 0 listed, 3 clean, 0 unknown\n')
        equal(once(world), '')
        equal(world.run('watch', '--once'), (b'', b''))
        with open(world.conf, 'a', encoding='utf-8') as out:
            out.write('[mail]\nfrom=abuse@example.net\nsend=yes\nsendmail=/bin/true\n')
        world.run('outbox', 'test', 'a@example.org')
        equal(once(world), 'plaint-watch: letters: 1 sent, 0 again later, 0 given up\n')


@test
def shared():
    """two watchers at once look up nothing twice"""
    with two_lists() as lists:
        slow = Slow(lists.servers, 0.2)
        lists.servers = slow.servers
        with World(conf(lists)) as world:
            world.run('init')
            watchers = [start(world, '--once') for _ in range(2)]
            said = b''.join(watcher.communicate(timeout=60)[1] for watcher in watchers)
            equal([watcher.returncode for watcher in watchers], [0, 0])
            holds(said.decode(), '3 looked up')
            equal(sorted(slow.relays().values()), [1, 1, 1])


@test
def killed():
    """kill -9 in the middle of lookups: they are done after the lease, and what is recorded is not asked again"""
    with two_lists() as lists:
        slow = Slow(lists.servers, 0.4)
        lists.servers = slow.servers
        with World(conf(lists)) as world:
            world.run('init')
            watcher = start(world, '--once')
            wait_for(lambda: len(slow.relays()) == 3)
            watcher.send_signal(signal.SIGKILL)
            watcher.communicate()
            equal(once(world), '')  # the lease lasts
            holds(once(world, env=LATER), '3 looked up: 0 listed, 3 clean')
            before = dict(slow.asked)
            equal(once(world, env=LATER), '')
            equal(dict(slow.asked), before)  # nor are the lists proved for nothing


@test
def failing():
    """a task that fails is told and does not hold up the others"""
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        with open(world.conf, 'a', encoding='utf-8') as out:
            out.write('[mail]\nfrom=abuse@example.net\nsend=yes\nsendmail=/bin/true\n')
        world.run('outbox', 'test', 'a@example.org')
        subprocess.run(['sqlite3', os.path.join(world.dir, 'plaint.db'), 'DROP TABLE outbox_attempt'], check=True)
        said = once(world, status=70)
        holds(said, 'plaint-watch: error: letters: ', 'lookups: 3 looked up')


@test
def slow():
    """letters that take long do not hold up the others for longer than a turn"""
    with two_lists() as lists, World(conf(lists)) as world:
        world.run('init')
        program = world.path('sendmail', '#!/bin/sh\nexec sleep 11\n')
        os.chmod(program, 0o755)
        with open(world.conf, 'a', encoding='utf-8') as out:
            out.write(f'[mail]\nfrom=abuse@example.net\nsend=yes\nsendmail={program}\n')
        for n in range(4):
            world.run('outbox', 'test', f'a{n}@example.org')
        watcher = start(world)
        wait_for(lambda: looked_up(world), 35)
        watcher.send_signal(signal.SIGTERM)
        holds(watcher.communicate(timeout=20)[1].decode(), 'letters: 2 sent', 'lookups: 3 looked up')


@test
def service():
    """it tells systemd, reads the configuration again at SIGHUP, and stops at SIGTERM"""
    for abstract in (False, True):
        with two_lists() as lists, World(conf(lists)) as world:
            world.run('init')
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            name = f'@plaint-{os.getpid()}' if abstract else world.path('notify')
            listener.bind(name.replace('@', '\0'))
            told = []
            threading.Thread(target=lambda: all(told.append(listener.recv(100)) is None for _ in iter(int, 1)),
                             daemon=True).start()
            watcher = start(world, NOTIFY_SOCKET=name, WATCHDOG_USEC='60000000')
            wait_for(lambda: looked_up(world))
            with open(world.conf, 'a', encoding='utf-8') as out:
                out.write('[nonsense]\n')
            watcher.send_signal(signal.SIGHUP)
            time.sleep(0.5)
            with open(world.conf, encoding='utf-8') as text:
                whole = text.read().replace('[nonsense]\n', '')
            world.path('plaint.conf', whole)
            watcher.send_signal(signal.SIGHUP)
            time.sleep(0.5)
            watcher.send_signal(signal.SIGTERM)
            said = watcher.communicate(timeout=20)[1].decode()
            equal(watcher.returncode, 0)
            holds(said, 'lookups: 3 looked up', 'the configuration stays as it was', 'was read again')
            wait_for(lambda: told[-1] == b'STOPPING=1')
            equal(told[0], b'READY=1')
            assert b'WATCHDOG=1' in told, told


@test
def stopped():
    """SIGTERM ends the site's check in the middle of a relay test, which is not recorded; systemd hears all the time"""
    desk = ('[site]\nnetworks=127.0.0.77/32\n[relay a]\nnames=a.test\naddresses=127.0.0.77\n'
            '[relay-test]\nsource=127.0.0.200\npace=500\n[dns]\nservers=127.0.0.77:9\n')
    with World(desk) as world, socket.socket() as mta, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        try:
            mta.bind(('127.0.0.77', 25))
        except PermissionError:
            return print('# only root can listen at port 25')
        mta.listen()
        threading.Thread(target=talk, args=(mta,), daemon=True).start()
        world.run('init')
        listener.bind(world.path('notify'))
        listener.settimeout(30)
        watcher = start(world, NOTIFY_SOCKET=world.path('notify'), WATCHDOG_USEC='60000000')
        wait_for(lambda: b'RCPT' in HEARD)
        told = [listener.recv(100) for _ in range(12)]
        assert b'WATCHDOG=1' in told[6:], told
        watcher.send_signal(signal.SIGTERM)
        said = watcher.communicate(timeout=5)[1].decode()
        equal(watcher.returncode, 0)
        holds(said, 'site: the relay test was stopped')
        equal(world.json('relay', 'list')['tests'], [])


HEARD = set()


def talk(mta):
    """A server that takes everything."""
    client = mta.accept()[0]
    client.sendall(b'220 a.test\r\n')
    for line in client.makefile('rb'):
        HEARD.add(line[:4])
        client.sendall(b'250 ok\r\n')


def looked_up(world):
    rows = subprocess.run(['sqlite3', os.path.join(world.dir, 'plaint.db'),
                           'SELECT count(*) FROM lookup WHERE checked_at IS NOT NULL'],
                          capture_output=True, check=False).stdout
    return rows.strip() == b'3'


@test
def wrong():
    """without a desk, or with operands, it ends with words"""
    with World() as world:
        holds(world.run(status=66, program=WATCH)[1].decode(), 'plaint-watch: ')
        world.run('init')
        holds(world.run('x', status=64, program=WATCH)[1].decode(), 'no operands')
        holds(world.run('--help', program=WATCH)[0].decode(), '--once')


main()
