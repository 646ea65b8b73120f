# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS names on loopback, served by unbound."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

UNBOUND = shutil.which('unbound', path=os.environ['PATH'] + ':/usr/sbin')


class Names:
    """`with Names(['mx.test. A 192.0.2.25', …]) as names: names.servers`; put() changes all of them. A name
    of which nothing is said does not exist; one in BROKEN is refused. more: lines of unbound.conf."""

    def __init__(self, records, broken=(), more=''):
        self.dir = tempfile.mkdtemp(prefix='plaint-names-')
        self.broken, self.more = broken, more
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(('127.0.0.1', 0))
            self.port = free.getsockname()[1]
        self.servers = f'127.0.0.1:{self.port}'
        self.process = None
        self.records = records

    def write(self):
        with open(os.path.join(self.dir, 'conf'), 'w', encoding='ascii') as out:
            out.write(f'''server:
  interface: 127.0.0.1
  port: {self.port}
  username: ""
  chroot: ""
  directory: "{self.dir}"
  pidfile: ""
  use-syslog: no
  logfile: "{self.dir}/log"
  do-daemonize: no
  num-threads: 1
  module-config: "iterator"
  local-zone: "." static
  local-zone: "2.0.192.in-addr.arpa." static
  local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." static
''')
            for name in self.broken:
                out.write(f'  local-zone: "{name}" always_refuse\n')
            for record in self.records:
                out.write(f"  local-data: '{record}'\n")
            out.write(self.more + 'remote-control:\n  control-enable: no\n')

    def put(self, records):
        self.stop()
        self.records = records
        self.start()

    def start(self):
        self.write()
        self.process = subprocess.Popen([UNBOUND, '-d', '-c', os.path.join(self.dir, 'conf')],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
        raise AssertionError('unbound does not answer')

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)
