# SPDX-License-Identifier: GPL-3.0-or-later
"""Private Postfix instances on loopback: nothing can leave them, and they are stopped whatever happens."""
import os
import pwd
import re
import shutil
import smtplib
import socket
import subprocess
import time

POSTFIX = shutil.which('postfix') or '/usr/sbin/postfix'

MAIN = {
    'compatibility_level': '3.6',
    'command_directory': '/usr/sbin',
    'daemon_directory': '/usr/lib/postfix/sbin',
    'mail_owner': 'postfix',
    'setgid_group': 'postdrop',
    'inet_interfaces': '127.0.0.1',  # where it listens is in master.cf
    'inet_protocols': 'ipv4',
    # takes all and bounces it; what error: leads to is refused before it is taken
    'default_transport': 'dead:',
    'relay_transport': 'dead:',
    'local_recipient_maps': '',
    'alias_maps': '',
    'default_privs': 'nobody',
    'smtpd_peername_lookup': 'no',
    'disable_dns_lookups': 'yes',
    'queue_run_delay': '2s',
    'minimal_backoff_time': '2s',
    'maximal_backoff_time': '3s',
    'message_size_limit': '20000000',
    'mailbox_size_limit': '30000000',
}
SERVICES = '''pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
dead unix - n n - - pipe flags= user=nobody argv=/bin/false
retry unix - - n - - error
proxymap unix - - n - - proxymap
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
showq unix n - n - - showq
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
'''


def available():
    return os.geteuid() == 0 and os.path.exists(POSTFIX) and os.path.exists('/usr/lib/postfix/sbin/master')


def free_port(address='127.0.0.1'):
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


def answers(address, port):
    """Somebody listens there."""
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False


def wait_until(condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


class Postfix:
    """An instance in a folder that does not exist yet; more of main.cf, and of master.cf.
    `with Postfix(folder, {…}) as mta: mta.address, mta.port, mta.log()`"""

    def __init__(self, folder, main, master='', address='127.0.0.1', hostname='mx1.example.net',
                 port=None):
        self.folder, self.address, self.port = folder, address, port or free_port(address)
        self.etc = os.path.join(folder, 'etc')
        self.log_file = os.path.join(folder, 'mail.log')
        for sub in ('etc', 'queue', 'data'):
            os.makedirs(os.path.join(folder, sub))
        os.chown(os.path.join(folder, 'data'), pwd.getpwnam('postfix').pw_uid, -1)
        settings = {**MAIN, 'queue_directory': f'{folder}/queue', 'data_directory': f'{folder}/data',
                    'maillog_file': self.log_file, 'maillog_file_prefixes': folder,
                    'myhostname': hostname, **main}
        with open(os.path.join(self.etc, 'main.cf'), 'w', encoding='utf-8') as out:
            out.write(''.join(f'{key} = {value}\n' for key, value in settings.items()))
        with open(os.path.join(self.etc, 'master.cf'), 'w', encoding='utf-8') as out:
            out.write(f'{address}:{self.port} inet n - n - 4 smtpd\n{SERVICES}{master}')

    def add(self, name, text):
        """Appended to main.cf or master.cf."""
        with open(os.path.join(self.etc, name), 'a', encoding='utf-8') as out:
            out.write(text)

    def run(self, command):
        return subprocess.run([POSTFIX, '-c', self.etc, command], capture_output=True, check=False)

    def connect(self, timeout=30):
        return smtplib.SMTP(self.address, self.port, timeout=timeout)

    def listening(self):
        try:
            self.connect(5).quit()
            return True
        except OSError:
            return False

    def log(self):
        if not os.path.exists(self.log_file):
            return ''
        with open(self.log_file, encoding='utf-8', errors='replace') as text:
            return text.read()

    def queued(self):
        """The recipients of every mail that it ever took, as its log has them."""
        return re.findall(r'/(?:error|retry|pipe|virtual|local|smtp)\[\d+\]: \w+: to=<([^>]*)>', self.log())

    def took(self):
        """How many mails it ever took."""
        return len(re.findall(r'/cleanup\[\d+\]: \w+: message-id=', self.log()))

    def __enter__(self):
        started = self.run('start')
        if not wait_until(self.listening, 20):
            self.__exit__()
            raise AssertionError(started.stderr.decode() + self.log())
        return self

    def __exit__(self, *_):
        self.run('stop')
        wait_until(lambda: not self.listening(), 10)
