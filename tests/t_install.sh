#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# TAP: what `make install` puts where, with which modes, and that `make uninstall` takes all of it away.
cd "$(dirname "$0")/.." || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
build=${PLAINT_BUILD:-$PWD/build}
n=0
bad=0
ok() { # LABEL COMMAND...; its output is told when it fails
    label=$1
    shift
    n=$((n + 1))
    if "$@" >"$tmp/out" 2>&1; then
        echo "ok $n - $label"
    else
        echo "not ok $n - $label"
        sed 's/^/# /' "$tmp/out"
        bad=1
    fi
}
# A make of its own, whatever make runs this, with the strictest umask of an administrator.
run() { (umask 077 && env -u MAKEFLAGS -u MFLAGS make --no-print-directory O="$build" SAN="$PLAINT_SAN" DESTDIR="$tmp/root" "$@"); }
local=$tmp/root/usr/local
lda=$local/bin/plaint-ingest
nothing() { [ -z "$("$@" | tee /dev/stderr)" ]; }
links() { # every link of the installed README leads to an installed file
    grep -oE '\]\([^):#]+\)' "$local/share/doc/plaint/README.md" | tr -d ']()' | while read -r target; do
        [ -e "$local/share/doc/plaint/$target" ] || echo "$target"
    done
}

ok 'make install' run install
for file in bin/plaint bin/plaint-ingest bin/plaint-parse bin/plaint-watch libexec/plaint/plaint-intake libexec/plaint/postfix-log-query \
    libexec/plaint/postfix-lock-account \
    share/man/man1/plaint.1 share/man/man1/plaint-ingest.1 share/man/man1/plaint-parse.1 share/man/man1/plaint-watch.1 \
    share/man/man5/plaint.conf.5 share/doc/plaint/plaint.conf share/doc/plaint/docs/glossary.md \
    share/doc/plaint/contrib/postfix/master.cf.add share/bash-completion/completions/plaint; do
    ok "$file is there" test -s "$local/$file"
done
ok 'every folder and program is 755' nothing find "$local" \( -type d -o -path '*/bin/*' -o -path '*/libexec/*' \) ! -perm 755
ok 'every other file is 644' nothing find "$local" -type f ! -path '*/bin/*' ! -path '*/libexec/*' ! -perm 644
ok 'the links of the README lead to files' nothing links
ok 'no path of the place where it was built is in what an MTA starts' sh -c '! grep -qF "$1" "$2"' - "$build" "$lda"

chmod 2755 "$lda"
inode=$(stat -c %i "$lda")
ok 'make install again' run install
ok 'plaint-ingest stays setgid' test -g "$lda"
ok 'and is a new file, put there whole' test "$inode" != "$(stat -c %i "$lda")"
ok 'nothing half made is left' nothing find "$local" -name '*.new'

ok 'make uninstall' run uninstall
ok 'no file is left' nothing find "$tmp/root" -type f
ok 'nor a folder of its own' nothing find "$tmp/root" -name plaint
echo "1..$n"
exit $bad
