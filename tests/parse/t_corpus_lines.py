#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: real trace lines against the reference's parse, where the samples are at hand.

Every difference is explained once in corpus-lines.tsv (line id, member, why); a difference that is not there, and a
row that no longer happens, both fail. `t_corpus_lines.py --print` writes the differences as rows."""
import json, os, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
shared = os.environ.get('PLAINT_SHARED') or os.path.join(root, '..', 'shared')
lines = os.path.join(shared, 'samples', 'received', 'corpus-lines.jsonl')
plaint = os.path.join(os.environ.get('PLAINT_BUILD') or os.path.join(root, 'build'), 'plaint')
table = os.path.join(here, 'corpus-lines.tsv')


def norm(text):
    return (text or '').lower().strip('<>[]!').rstrip('.')


def differences(case, hop):
    ref = case['ref_spamassassin']
    skipped = not hop or hop['verdict'] == 'skipped'
    if ref['verdict'] != 'parsed':
        return ['ip'] if not skipped and hop['ip'] else []
    if skipped:
        return ['skipped']
    out = []
    for member in ('ip', 'rdns', 'helo', 'by', 'id', 'ident', 'envfrom', 'auth'):
        got = hop['envelope_from' if member == 'envfrom' else member]
        if member == 'auth':
            if bool(got) != bool(ref['auth']):
                out.append(member)
        elif norm(got) != norm(ref[member]):
            out.append(member)
    return out


def explained():
    with open(table, encoding='utf-8') as f:
        return [tuple(r.rstrip('\n').split('\t')) for r in f if r.strip() and not r.startswith('#')]


def hops(cases, folder):
    files = []
    for case in cases:
        files.append(os.path.join(folder, case['id'] + '.eml'))
        with open(files[-1], 'w', encoding='utf-8', errors='surrogateescape') as f:
            f.write('Received: ' + ' '.join(case['header'].split()) + '\nFrom: a@example.org\nSubject: x\n\ny\n')
    empty = os.path.join(folder, 'empty.conf')
    open(empty, 'w').close()
    told = {}
    for i in range(0, len(files), 50):
        out = subprocess.run([plaint, '-c', empty, 'explain', '--json', '--as=spam', '--'] + files[i:i + 50],
                             stdout=subprocess.PIPE, check=True).stdout
        for line in out.splitlines():
            result = json.loads(line)
            found = [h for incident in result['incidents'] for h in incident['hops']]
            told[os.path.basename(result['file'])[:-4]] = found[0] if found else None
    return told


def main():
    if not os.path.exists(lines):
        print('1..0 # SKIP no samples in', os.path.join('$PLAINT_SHARED', 'samples'))
        return 0
    with open(lines, encoding='utf-8') as f:
        cases = [json.loads(line) for line in f]
    with tempfile.TemporaryDirectory() as folder:
        told = hops(cases, folder)
    seen = [(c['id'], member) for c in cases for member in differences(c, told.get(c['id']))]
    if '--print' in sys.argv:
        for row in seen:
            print('\t'.join(row) + '\t')
        return 0
    rows = explained()
    known = [r[:2] for r in rows]
    new = [d for d in seen if d not in known]
    gone = [d for d in known if d not in seen]
    odd = [r for r in rows if len(r) != 3 or not r[2] or known.count(r[:2]) > 1]
    print('1..4')
    for n, what, bad in ((1, 'every line was told of', [c['id'] for c in cases if c['id'] not in told]),
                         (2, 'every difference is explained', new), (3, 'every explanation is needed', gone),
                         (4, 'a difference has one explanation', odd)):
        print(('ok' if not bad else 'not ok'), n, '-', what)
        for b in bad:
            print('#', b)
    return bool(new or gone or odd)


sys.exit(main())
