#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# TAP: the rules of HACKING.md that a machine can check, over the tracked and the new files.
# `t_style.sh [ROOT]`; tests/t_checks.sh shows that it can fail.
cd "${1:-$(dirname "$0")/..}" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

if [ -e .git ]; then
    git -c safe.directory='*' ls-files -co --exclude-standard
else
    find . -type f ! -path './build*' | sed 's|^\./||'
fi | sort >"$tmp/tracked"
while IFS= read -r file; do
    [ -f "$file" ] && printf '%s\n' "$file"
done <"$tmp/tracked" >"$tmp/files"
grep -E '\.[ch]$' "$tmp/files" >"$tmp/c"

n=0
bad=0
verdict() { # LABEL; the findings are in $tmp/found
    n=$((n + 1))
    if [ -s "$tmp/found" ]; then
        echo "not ok $n - $1"
        head -50 "$tmp/found" | sed 's/^/# /'
        bad=1
    else
        echo "ok $n - $1"
    fi
}

# One pass over the sources: comments and literals are blanked out, so that words in them are free.
cat >"$tmp/read.pl" <<'PERL'
use strict;
use warnings;
my $rule = shift;
my %banned = map { $_ => 1 } qw(strcpy strcat sprintf vsprintf gets system popen strtok alloca);
my %rules = (
    goto => sub { my ($f, $i, $l) = @_; print "$f:$i: goto\n" if $l =~ /\bgoto\b/ },
    banned => sub {
        my ($f, $i, $l) = @_;
        while ($l =~ /\b(\w+)\s*\(/g) { print "$f:$i: $1\n" if $banned{$1} }
    },
    comments => sub { my ($f, $i, $l) = @_; print "$f:$i: // comment\n" if $l =~ m{//} },
    ifdef => sub {
        my ($f, $i, $l) = @_;
        return if $f !~ /\.c$/ || $f =~ m{^tests/};
        print "$f:$i: $l\n" if $l =~ /^\s*#\s*(if|ifdef|ifndef|elif)\b/ && $l !~ /PLAINT_(SAN|TEST)/;
    },
);
while (my $file = <STDIN>) {
    chomp $file;
    open my $in, '<', $file or next;
    my $text = do { local $/; <$in> };
    $text =~ s{(/\*.*?\*/)|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')}
              {defined $1 ? $1 =~ s/[^\n]/ /gr : '""'}gse;
    my $line = 0;
    for (split /\n/, $text, -1) { $rules{$rule}->($file, ++$line, $_) }
}
PERL
code() { perl "$tmp/read.pl" "$1" <"$tmp/c" >"$tmp/found"; }

if command -v clang-format >/dev/null && [ -f .clang-format ]; then
    xargs -r clang-format --dry-run -Werror <"$tmp/c" 2>&1 | grep 'error:' >"$tmp/found"
    verdict 'clang-format would change nothing'
else
    n=$((n + 1))
    echo "ok $n - clang-format would change nothing # SKIP no clang-format, or no .clang-format"
fi

xargs -r wc -l <"$tmp/c" | awk '$1 > 500 && $2 != "total" {print $2 ": " $1 " lines"}' >"$tmp/found"
verdict 'no file is longer than 500 lines'

# In a definition the name stands at the start of a line; it ends at a brace in the first column.
xargs -r awk 'FNR == 1 {name = ""}
    /^[a-z_][A-Za-z0-9_]*\(/ && !/;$/ {name = $0; sub(/\(.*/, "", name); start = FNR}
    /^}/ && name != "" {
        if (FNR - start + 1 > 60) print FILENAME ":" start ": " name " has " FNR - start + 1 " lines"
        name = ""
    }' <"$tmp/c" >"$tmp/found"
verdict 'no function is longer than 60 lines'

xargs -r awk 'FNR == 1 && $0 != "/* SPDX-License-Identifier: GPL-3.0-or-later */" {print FILENAME}' \
    <"$tmp/c" >"$tmp/found"
verdict 'every C file begins with its SPDX line'

code goto
verdict 'no goto'
code banned
verdict 'no strcpy, strcat, sprintf, gets, strtok, alloca, system or popen'
code comments
verdict 'comments are /* */'
code ifdef
verdict 'no conditional compilation in a .c file'

xargs -r grep -nE '\bTODO\b' <"$tmp/c" /dev/null | grep -vE 'TODO ?\(?#[0-9]+' >"$tmp/found"
verdict 'a TODO carries the number of an issue'

# A key of the configuration that nobody reads is a promise not kept.
if [ -f base/config_keys.c ]; then
    sed -n 's/.*\.key = "\([a-z-]*\)".*/\1/p' base/config_keys.c | sort -u | while IFS= read -r key; do
        grep '\.c$' "$tmp/c" | grep -v '^base/config_keys\.c$\|^tests/' | xargs -r grep -qF "\"$key\"" ||
            echo "base/config_keys.c: nobody reads '$key'"
    done
fi >"$tmp/found"
verdict 'every key of the configuration is read'

grep -E '(^|/)t_[a-z_]*\.(sh|py)$' "$tmp/files" | while IFS= read -r file; do
    [ -x "$file" ] || echo "$file: chmod +x"
done >"$tmp/found"
verdict 'every script of tests may be run'

# One that takes another's number, when two branches meet, leaves a store that cannot be opened.
grep -E '^sql/[a-z]+/[0-9]{4}-' "$tmp/files" |
    awk -F'[/-]' '$3 + 0 != ++n[$2] {print $0 ": its number should be " n[$2]}' >"$tmp/found"
verdict 'migrations are numbered one after the other'

# This checkout's own place, its owner's home and anybody's must not be in a tracked file.
here=$(pwd)
above=${here%/*}
{
    printf '%s\n' "$here"
    case $above in
    '' | /tmp | /var/tmp | /usr/src | /opt | /srv | /home | /root) ;;
    *) printf '%s/\n' "$above" ;;
    esac
    case ${HOME:-/} in / | /root) ;; *) printf '%s/\n' "$HOME" ;; esac
} >"$tmp/places"
tr '\n' '\0' <"$tmp/files" | xargs -0r grep -InF -f "$tmp/places" -- /dev/null >"$tmp/found"
verdict 'no file names the machine it was written on'

echo "1..$n"
exit $bad
