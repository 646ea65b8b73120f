#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# TAP: memcheck on the LDA, its parsing child included: no error, no leak, a stored message.
cd "$(dirname "$0")/../.." || exit 1
build=${PLAINT_BUILD:-build}
if [ -n "$PLAINT_SAN" ]; then echo "1..0 # SKIP valgrind and sanitizers exclude each other"; exit 0; fi
if ! command -v valgrind >/dev/null; then echo "1..0 # SKIP no valgrind"; exit 0; fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
printf '[store]\nurl=sqlite:%s/plaint.db\n[site]\nnetworks=192.0.2.0/24\n' "$tmp" >"$tmp/plaint.conf"
"$build/plaint" -c "$tmp/plaint.conf" init >/dev/null || exit 1
cat >"$tmp/mail" <<'EOF'
From: fbl@example.org
To: abuse@example.net
Subject: =?utf-8?q?Beschwerde_=C3=BCber_Spam?=
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Un abus, tr=E8s cher.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1.0
Version: 1
Source-IP: 192.0.2.77

--b
Content-Type: message/rfc822

Received: from h.example.net (h.example.net [192.0.2.77]) by mx.example.org with ESMTP id 1;
	Fri, 2 Jan 2026 03:00:00 +0000
From: a@h.example.net
Content-Type: text/html

<p>Buy <a href="http://shop.example/">here</a></p>

--b--
EOF
run() { # ARGUMENTS...; the sandbox is off: valgrind makes calls of its own
    PLAINT_TEST_HOOKS=1 PLAINT_TEST_SANDBOX=off G_SLICE=always-malloc timeout 200 \
        valgrind -q --trace-children=yes --child-silent-after-fork=no --error-exitcode=99 \
        --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
        --suppressions=tests/intake/valgrind.supp --log-file="$tmp/log.%p" "$@"
}
n=0
verdict() { # STATUS LABEL
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"
    else echo "not ok $n - $2"; cat "$tmp"/log.* | head -60 | sed 's/^/# /'; fi
}
bad=0
run "$build/plaint-intake" -c "$tmp/plaint.conf" -f fbl@example.org -a abuse@example.net <"$tmp/mail"
status=$?; verdict $status "an LDA delivers"; [ $status = 0 ] || bad=1
cat "$tmp"/log.* >"$tmp/all"; [ ! -s "$tmp/all" ]
status=$?; verdict $status "memcheck has nothing to say of it, nor of its child"; [ $status = 0 ] || bad=1
[ "$(sqlite3 "$tmp/plaint.db" "SELECT count(*) FROM complaint WHERE format = 'arf'")" = 1 ]
status=$?; verdict $status "the complaint is stored, parsed by the child"; [ $status = 0 ] || bad=1
printf 'From a Thu Jan  1 00:00:00 2026\n' | cat - "$tmp/mail" >"$tmp/box"
rm -f "$tmp"/log.*
run "$build/plaint-intake" -c "$tmp/plaint.conf" "$tmp/box" >/dev/null
status=$?; cat "$tmp"/log.* >"$tmp/all"; [ $status = 0 ] && [ ! -s "$tmp/all" ]
status=$?; verdict $status "an import, too"; [ $status = 0 ] || bad=1
rm -f "$tmp"/log.*
run "$build/plaint-parse" --parts -c "$tmp/plaint.conf" <"$tmp/mail" >/dev/null
status=$?; cat "$tmp"/log.* >"$tmp/all"; [ $status = 0 ] && [ ! -s "$tmp/all" ]
status=$?; verdict $status "and plaint-parse"; [ $status = 0 ] || bad=1
echo "1..$n"; exit $bad
