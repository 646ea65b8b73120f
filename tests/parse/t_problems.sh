#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# TAP: every problem that the code names is a row of docs/problems.md, and every row is named.
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cat base/*.c ingest/*/*.c ingest/*.c | tr '\n' ' ' |
    grep -oE 'complaint_add_problem\([^"]*"[a-z0-9-]+"' | grep -oE '"[a-z0-9-]+"' | tr -d '"' |
    sort -u >"$tmp/code"
sed -n 's/^| `\([a-z0-9-]*\)` |.*/\1/p' docs/problems.md | sort -u >"$tmp/docs"
bad=0
if [ -s "$tmp/code" ] && ! comm -23 "$tmp/code" "$tmp/docs" | grep .; then echo "ok 1 - all are documented"
else echo "not ok 1 - these are not in docs/problems.md"; bad=1; fi
if ! comm -13 "$tmp/code" "$tmp/docs" | grep .; then echo "ok 2 - all that are documented exist"
else echo "not ok 2 - no code names these"; bad=1; fi
echo 1..2
exit $bad
