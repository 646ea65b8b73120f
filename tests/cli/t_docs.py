#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents list is what the code has."""
import glob
import os
import re

from tap import TOP, World, equal, main, test


def read(name):
    with open(os.path.join(TOP, name), encoding='utf-8') as text:
        return text.read()


def rows(name):
    """First cells of a document's tables, those that are in backticks."""
    return re.findall(r'^\| `([^`]+)`', read(name), re.M)


@test
def problems():
    """docs/problems.md has every problem that the code names, and no other"""
    code = ''.join(read(f) for f in glob.glob(TOP + '/ingest/**/*.c', recursive=True))
    named = set(re.findall(r'complaint_add_problem\(\s*[^,()]+,\s*"([a-z0-9-]+)"', code))
    assert len(named) > 15, named
    told = rows('docs/problems.md')
    equal(told, sorted(told))
    equal(set(told), named)


def enumeration(name):
    table = re.search(r'\b' + name + r'\[[A-Z_]+\] = \{(.*?)\};', read('ingest/parse/complaint.c'), re.S)
    return re.findall(r'"([a-z0-9-]+)"', table.group(1))


@test
def words():
    """docs/glossary.md and docs/explain.md have every cause, verdict, format and category"""
    equal(rows('docs/glossary.md'), enumeration('cause_names'))
    for name in ('verdict_names', 'category_names'):
        for word in enumeration(name):
            assert f'`{word}`' in read('docs/glossary.md'), word
    for word in enumeration('format_names'):
        assert f'`{word}`' in read('docs/explain.md'), word


@test
def links():
    """every link from one document to another leads to a file"""
    for name in ['README.md', 'HACKING.md', 'CHANGELOG.md'] + [
            os.path.relpath(f, TOP) for f in glob.glob(TOP + '/docs/*.md') + glob.glob(TOP + '/contrib/*/*.md')]:
        for target in re.findall(r'\]\(([^)#:]+)\)', read(name)):
            path = os.path.join(TOP, os.path.dirname(name), target)
            assert os.path.exists(path), f'{name}: {target}'


def recipe(name):
    """The lines of a file in contrib/postfix that are for Postfix."""
    return [line for line in read('contrib/postfix/' + name).splitlines() if not line.startswith('#')]


@test
def recipes():
    """README.md and plaint-ingest(1) tell Postfix what contrib/postfix does, which a test runs"""
    with World() as world:
        for text in (read('README.md'), world.text('help', 'ingest')):
            told = [line.strip() for line in text.splitlines()]
            for line in recipe('master.cf.add') + recipe('main.cf.add'):
                assert line.strip() in told, f'{line}\n{text}'


@test
def hacking_is_short():
    """HACKING.md has at most 120 lines"""
    assert read('HACKING.md').count('\n') <= 120


main()
