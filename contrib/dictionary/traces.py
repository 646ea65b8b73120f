#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From `plaint explain --json` on standard input: each incident's detail, the JSON that a store keeps
packed (store/incident.c), as a file each: traces.py FOLDER."""
import json
import os
import sys

folder = sys.argv[1]
members = ("hops", "causes", "urls", "category_why", "from", "rcpt")
os.makedirs(folder, exist_ok=True)
for n, line in enumerate(sys.stdin):
    for incident in json.loads(line)["incidents"][:1]:
        detail = {name: incident[name] for name in members}
        with open(os.path.join(folder, f"{n:05}.json"), "w") as out:
            json.dump(detail, out, separators=(",", ":"), ensure_ascii=False)
