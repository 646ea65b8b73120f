#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# train.sh [SIZE]: makes store/mail.dict, the dictionary that evidence and the details
# of incidents are compressed with; build first. A store keeps the one it was written with, so a new one harms no old
# store.
set -e
cd "$(dirname "$0")/../.."
plaint=${PLAINT_BUILD:-build}/plaint
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 contrib/dictionary/mails.py 3000 "$folder/mail"
# Half the world is ours, a quarter the complainants': every verdict and cause has its samples.
printf '[site]\nnetworks=0.0.0.0/1\n[receivers]\nnetworks=128.0.0.0/2\n' >"$folder/site.conf"
: >"$folder/none.conf"
for conf in site none; do
    find "$folder/mail" -type f | sort | xargs "$plaint" -c "$folder/$conf.conf" explain --json -- |
        python3 contrib/dictionary/traces.py "$folder/trace/$conf"
done
zstd -q -f --train -r "$folder/mail" -r "$folder/trace" --maxdict="${1:-112640}" -o store/mail.dict
