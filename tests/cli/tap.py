# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP for the scripts beside this file, and running our programs in a world of their own."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('PLAINT_BUILD', os.path.join(TOP, 'build'))
PLAINT = os.path.join(BUILD, 'plaint')
INGEST = os.path.join(BUILD, 'plaint-ingest')
PARSE = os.path.join(BUILD, 'plaint-parse')
NOW = '2026-11-24T08:00:00Z'

_tests = []


def test(function):
    """Every function so marked is one test; its docstring says what it shows."""
    _tests.append(function)
    return function


def main():
    bad = 0
    print(f'1..{len(_tests)}')
    for n, function in enumerate(_tests, 1):
        name = (function.__doc__ or function.__name__).strip().split('\n')[0].rstrip('.')
        try:
            function()
            print(f'ok {n} - {name}')
        except Exception:  # pylint: disable=broad-except
            bad = 1
            print(f'not ok {n} - {name}')
            for line in traceback.format_exc().splitlines():
                print('#', line.encode('ascii', 'backslashreplace').decode())
        sys.stdout.flush()
    sys.exit(bad)


def equal(got, want):
    assert got == want, f'got {got!r}\nwant {want!r}'


def holds(text, *words):
    for word in words:
        assert word in text, f'{word!r} is not in\n{text}'


class World:
    """A folder with a configuration and a store, and plaint in it."""

    def __init__(self, conf=''):
        self.dir = tempfile.mkdtemp(prefix='plaint-test-')
        self.conf = os.path.join(self.dir, 'plaint.conf')
        with open(self.conf, 'w', encoding='utf-8') as out:
            out.write(conf + f'\n[store]\nurl=sqlite:{self.dir}/plaint.db\n')
        self.env = {'PATH': os.environ['PATH'], 'HOME': self.dir, 'LC_ALL': 'C.UTF-8',
                    'SUDO_USER': 'anna', 'PLAINT_NOW': NOW, 'TERM': 'xterm'}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS'):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, name, data=None):
        path = os.path.join(self.dir, name)
        if data is not None:
            with open(path, 'wb') as out:
                out.write(data if isinstance(data, bytes) else data.encode())
        return path

    def run(self, *words, status=0, stdin=b'', program=PLAINT, env=None):
        """Runs it, checks the exit status, and gives (stdout, stderr) as bytes."""
        done = subprocess.run([program, '-c', self.conf, *words], input=stdin, capture_output=True,
                              env={**self.env, **(env or {})}, timeout=120, check=False)
        assert done.returncode == status, \
            f'{words}: status {done.returncode}, want {status}\n{done.stdout!r}\n{done.stderr!r}'
        return done.stdout, done.stderr

    def text(self, *words, **more):
        return self.run(*words, **more)[0].decode('utf-8')

    def error(self, *words, status, **more):
        """stderr of a run that must fail, which is one line; stdout must be empty."""
        out, err = self.run(*words, status=status, **more)
        equal(out, b'')
        text = err.decode('utf-8')
        assert text.startswith('plaint: ') and text.count('\n') == 1, text
        return text[len('plaint: '):-1]

    def json(self, *words, **more):
        return json.loads(self.run(*words, '--json', **more)[0])

    def ingest(self, *files):
        self.run(*files, program=INGEST)


def on_terminal(words, env, columns):
    """What a command prints on a terminal of so many columns."""
    import fcntl
    import pty
    import struct
    import termios
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack('HHHH', 40, columns, 0, 0))
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=child, stderr=child, env=env)
    os.close(child)
    out = b''
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # EIO: the other side is closed
            break
        if not chunk:
            break
        out += chunk
    os.close(parent)
    return process.wait(), out.replace(b'\r\n', b'\n')
