#!/bin/sh
# run.sh BUILD: makes an abuse desk in BUILD/demo, ingests the sample mailbox beside this script into
# it and shows what came of it. Safe to run again: the desk is made afresh.
set -eu
build=$1
here=$(cd "$(dirname "$0")" && pwd)
desk=$build/demo
plaint="$build/plaint -c $desk/plaint.conf"
export PLAINT_NOW="${PLAINT_NOW:-2026-11-24T08:00:00Z}" # the morning after the last mail

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m'); plain=$(printf '\033[0m')
else bold=; plain=; fi
title() { printf '\n%s%s%s\n\n' "$bold" "$1" "$plain"; }

rm -rf "$desk"
mkdir -p "$desk"
{ cat "$here/plaint.conf"; printf '\n[store]\nurl=sqlite:%s/plaint.db\n' "$desk"; } > "$desk/plaint.conf"
$plaint init > /dev/null
$plaint customer import "$here/customers.csv" > /dev/null

mails=$(grep -c '^From ' "$here/abuse.mbox")
title "$mails mails in the mailbox of abuse@ and postmaster@ of Example Net, a small provider:"
"$build/plaint-ingest" -c "$desk/plaint.conf" "$here/abuse.mbox"

title 'They became these tickets, one for each machine or account that must be stopped:'
$plaint ticket list --sort=size

title 'And these were filed without a ticket:'
$plaint complaint list

first=$($plaint ticket list cause:customer-host --sort=size --limit=1 --json | grep -o '"id":[0-9]*' | head -n 1 | tr -cd 0-9)
title 'One of them, in full:'
$plaint ticket show "${first:-1}"

title 'Two providers refuse mail of ours, as its bounces tell. The report for a director says:'
$plaint report delisting | sed '/^Delisted in the period/,$d'

shown=${build#"$PWD"/}
title 'Now you:'
cat <<END
  alias plaint='$shown/plaint -c $shown/demo/plaint.conf'
  plaint ticket list state:new cause:compromised-account
  plaint ticket show 2
  plaint ticket move 2 open
  plaint ticket undo 2
  plaint listing show 1
  plaint report activity --since=2026-11-01 --format=html > report.html
  plaint explain contrib/demo/abuse.mbox | less -R
  plaint help
END
