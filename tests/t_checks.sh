#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# TAP: the style and layer checks can fail: each rule meets a small tree that breaks it, and only
# that rule complains.
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
bad=0
spdx='/* SPDX-License-Identifier: GPL-3.0-or-later */'

fresh() { # a tree without fault
    rm -rf "$tmp/tree"
    mkdir -p "$tmp/tree/base" "$tmp/tree/ingest/parse" "$tmp/tree/store" "$tmp/tree/tests/parse"
    cp "$here/../.clang-format" "$tmp/tree/"
    printf '%s\nint\nnine(void)\n{\n    return 9; /* goto system("//") */\n}\n' "$spdx" \
        >"$tmp/tree/base/a.c"
}
expect() { # LABEL CHECK "WORDS OF THE FAILING LINES"
    "$here/$2" "$tmp/tree" "$tmp/build" >"$tmp/out" 2>&1
    status=$?
    n=$((n + 1))
    failed=$(grep -c '^not ok' "$tmp/out")
    if [ "$3" = none ] && [ "$failed" = 0 ] && [ $status = 0 ]; then
        echo "ok $n - $1"
    elif [ "$3" != none ] && [ $status = 1 ] && grep -q "^not ok [0-9]* - .*$3" "$tmp/out" &&
        [ "$failed" = 1 ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        sed 's/^/# /' "$tmp/out"
        bad=1
    fi
}
breaks() { # CHECK FILE TEXT "WORDS"
    mkdir -p "$(dirname "$tmp/tree/$2")"
    printf '%s\n%s\n' "$spdx" "$3" >"$tmp/tree/$2"
    expect "$1 sees: $4" "$1" "$4"
    fresh
}
body() { printf 'int\neight(int x)\n{\n    %s\n}' "$1"; }
repeat() { awk -v n="$1" -v line="$2" 'BEGIN {while (n-- > 0) print line}'; }

fresh
expect 'a clean tree passes the style check' t_style.sh none
if command -v clang-format >/dev/null; then
    breaks t_style.sh base/b.c 'int eight(int x){return x;}' 'clang-format'
fi
breaks t_style.sh base/b.c "$(repeat 501 'extern int x;')" '500 lines'
breaks t_style.sh base/b.c "$(body "$(repeat 60 'x++;' | sed '2,$s/^/    /')")" '60 lines'
breaks t_style.sh base/b.c "$(body "$(printf 'goto out;\nout:\n    return x;')")" 'no goto'
breaks t_style.sh base/b.c "$(body 'return system("x");')" 'no strcpy'
breaks t_style.sh base/b.c "$(body 'strcpy(x, "/* */");')" 'no strcpy'
breaks t_style.sh base/b.c "$(body 'return x; // eight')" 'comments'
breaks t_style.sh base/b.c "$(printf '#ifdef X\nextern int x;\n#endif')" 'conditional compilation'
breaks t_style.sh base/b.c '/* TODO: later */' 'TODO'
breaks t_style.sh tests/parse/t_b.sh 'exit 0' 'may be run'
breaks t_style.sh sql/sqlite/0002-x.sql 'SELECT 1;' 'numbered'
breaks t_style.sh docs/place.md "see $tmp/tree/base" 'machine'
breaks t_style.sh base/config_keys.c '/* .key = "eight" */' 'configuration'
printf '/* nothing */\n' >"$tmp/tree/base/b.c"
expect 't_style.sh sees: SPDX' t_style.sh SPDX
fresh

expect 'a clean tree passes the layer check' t_layers.sh none
breaks t_layers.sh base/b.c '#include "store/store.h"' 'base includes only'
breaks t_layers.sh base/b.h '  #  include  "../store/store.h"' 'base includes only'
breaks t_layers.sh ingest/parse/b.c '#include "store/store.h"' 'parse includes only'
breaks t_layers.sh ingest/parse/b.c '#include <sqlite3.h>' 'parse leaves'
breaks t_layers.sh store/b.c '#include "ingest/parse/parse.h"' 'store includes only'
breaks t_layers.sh store/b.c '#include <gmime/gmime.h>' 'store leaves'
breaks t_layers.sh web/b.c '#include <sqlite3.h>' 'web leaves'
breaks t_layers.sh cli/b.c '#include "web/page.h"' 'cli includes only'
breaks t_layers.sh tests/parse/b.c '#include "store/store.h"' 'tests/parse includes only'
printf '%s\n#include "store/store.h"\n' "$spdx" >"$tmp/tree/ingest/parse/b_main.c"
printf '%s\n#include "ingest/parse/complaint_pack.h"\n' "$spdx" >"$tmp/tree/store/b.c"
expect 'composition roots and data headers are free' t_layers.sh none

archive() { # LAYER MEMBER CODE
    mkdir -p "$tmp/build"
    printf '%s\n' "$3" >"$tmp/$2.c"
    ${CC:-gcc} -c "$tmp/$2.c" -o "$tmp/$2.o" && ar rcs "$tmp/build/libplaint-$1.a" "$tmp/$2.o"
}
archive base text 'int text(void) {return 1;}'
archive parse complaint 'int text(void); int complaint(void) {return text();}'
archive parse message 'int complaint(void); int message(void) {return complaint();}'
archive store ticket 'int complaint(void); int ticket(void) {return complaint();}'
expect 'clean archives pass the layer check' t_layers.sh none
archive store ticket 'int message(void); int ticket(void) {return message();}'
expect 't_layers.sh sees: the store calls the parser' t_layers.sh 'libplaint-store.a needs'
archive store ticket 'int ticket(void) {return 1;}'
archive base text 'int ticket(void); int text(void) {return ticket();}'
expect 't_layers.sh sees: base calls the store' t_layers.sh 'libplaint-base.a needs'
archive base text 'int text(void) {return 1;}'
archive parse message 'long time(long *); int message(void) {return (int)time(0);}'
expect 't_layers.sh sees: the parser asks the clock' t_layers.sh 'asks no clock'
echo "1..$n"
exit $bad
