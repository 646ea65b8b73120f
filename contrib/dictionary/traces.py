#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From `plaint explain --json` on standard input: each incident's hops and causes, the JSON that a
store keeps packed, as a file each: traces.py FOLDER."""
import json
import os
import sys

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for n, line in enumerate(sys.stdin):
    for incident in json.loads(line)["incidents"][:1]:
        for what in ("hops", "causes"):
            if incident[what]:
                with open(os.path.join(folder, f"{n:05}-{what}.json"), "w") as out:
                    json.dump(incident[what], out, separators=(",", ":"), ensure_ascii=False)
