# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS lists on loopback, served by rbldnsd."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

RBLDNSD = shutil.which('rbldnsd', path=os.environ['PATH'] + ':/usr/sbin')

# name -> (data set type, its lines); $ is the value of listed addresses
POINTS = ':127.0.0.2:listed, see https://lists.test/why?$\n127.0.0.2\n'
POINTS6 = ':127.0.0.2:listed\n::ffff:7f00:2\n'  # rbldnsd does not read ::ffff:127.0.0.2

# The built-in lists are on the net: none is asked.
BUILT_IN = ['zen.spamhaus.org', 'bl.spamcop.net', 'b.barracudacentral.org', 'dnsbl-1.uceprotect.net',
            'dnsbl-2.uceprotect.net', 'dnsbl-3.uceprotect.net', 'ips.backscatterer.org', 'psbl.surriel.com',
            'bl.mailspike.net', 'all.s5h.net', 'dnsbl.dronebl.org', 'bl.0spam.org', 'bl.spameatingmonkey.net',
            'bl.ipv6.spameatingmonkey.net', 'all.spamrats.com', 'dnsrbl.swinog.ch', 'bl.score.senderscore.com',
            'bip.virusfree.cz']
SITE = '''[site]
networks=192.0.2.0/24;2001:db8::/32
watch=14d
check=no
[relay mx1]
names=mx1.example.net
addresses=192.0.2.25;2001:db8::25
roles=mx
[zone one.test]
families=v4;v6
rate=1000
[zone two.test]
removal=automatic
wait=24h
rate=1000
'''
CLEAN = [('ip4set', POINTS), ('ip6trie', POINTS6)]


def conf(lists):
    return f'[dns]\nservers={lists.servers}\n' + SITE + ''.join(f'[zone {z}]\nenabled=no\n' for z in BUILT_IN)


class Lists:
    """`with Lists({'bl.test': [('ip4set', text), …]}) as lists: lists.servers`; text may be changed
    by lists.put(), and rbldnsd reads it again at once."""

    def __init__(self, zones):
        self.dir = tempfile.mkdtemp(prefix='plaint-lists-')
        os.chmod(self.dir, 0o755)
        self.zones = zones
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(('127.0.0.1', 0))
            self.port = free.getsockname()[1]
        self.servers = f'127.0.0.1:{self.port}'
        self.process = None

    def file(self, zone, n):
        return f'{zone}.{n}'

    def put(self, zone, n, text):
        with open(os.path.join(self.dir, self.file(zone, n)), 'w', encoding='ascii') as out:
            out.write('$SOA 60 ns.test. hostmaster.test. 0 60 60 60 60\n$TTL 30\n' + text)
        if self.process:
            os.utime(os.path.join(self.dir, self.file(zone, n)), (0, time.time() + 5))
            self.process.send_signal(1)

    def __enter__(self):
        for zone, data in self.zones.items():
            for n, (_, text) in enumerate(data):
                self.put(zone, n, text)
        self.start()
        return self

    def start(self):
        sets = [f'{zone}:{kind}:{self.file(zone, n)}' for zone, data in self.zones.items()
                for n, (kind, _) in enumerate(data)]
        user = ['-u', 'rbldns'] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(
            [RBLDNSD, '-n', *user, '-w', self.dir, '-b', f'127.0.0.1/{self.port}', '-c', '0', *sets],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()

    def stop(self):
        """Nobody answers, until start()."""
        self.process.terminate()
        self.process.wait()
        self.process = None

    def wait(self):
        """Until it answers."""
        query = b'\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01x\0\0\x01\0\x01'
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.1)
            for _ in range(100):
                try:
                    client.sendto(query, ('127.0.0.1', self.port))
                    client.recv(512)
                    return
                except OSError:
                    time.sleep(0.05)
        raise AssertionError('rbldnsd does not answer')

    def __exit__(self, *_):
        if self.process:
            self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)
