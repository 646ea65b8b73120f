#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# train.sh [SIZE]: makes store/mail.dict, the dictionary that evidence is compressed with. A store
# keeps the one it was written with, so a new one harms no old store.
set -e
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 contrib/dictionary/mails.py 3000 "$folder"
zstd -q -f --train -r "$folder" --maxdict="${1:-65536}" -o store/mail.dict
