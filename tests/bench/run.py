#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make bench: our figures as ratios against peers, in one run.

    run.py BUILD [parse|hops|write|bulk|lda|customers|report|lookups]      N=20000 mails, ROUNDS=5, KEEP=1 keeps the folder

Rounds are interleaved (peer, ours, peer, ours, …), each in a fresh process; a figure is the median
of the rounds with its lowest and highest, a ratio the median of the rounds' ratios (each of ours
against the peer that ran just before it). Floors stand beside. Nothing here is a test: a busy
machine changes figures, less so ratios; "below" says so and the exit status stays 0.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import namedtuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from lists import POINTS, RBLDNSD, Lists  # noqa: E402

BUILD = sys.argv[1]
ONLY = sys.argv[2] if len(sys.argv) > 2 else None
N = int(os.environ.get("N", 20000))
ROUNDS = int(os.environ.get("ROUNDS", 5))
SEED = 20260101

SITE = """
[store]
url=sqlite:{folder}/{name}.db
[site]
domains=example.net
networks=192.0.2.0/24;2001:db8::/32
[relay mx1]
names=mx1.example.net
addresses=192.0.2.10
roles=mx
[relay out1]
names=out1.example.net
addresses=192.0.2.25
roles=smarthost;msa
[relay out2]
names=out2.example.net
addresses=192.0.2.26
roles=smarthost;msa
[relay out3]
names=out3.example.net
addresses=192.0.2.27
roles=smarthost;msa
[receivers]
networks=198.51.100.0/24
"""

Line = namedtuple("Line", "what figure spread ratio ratio_spread floor verdict")
lines = []


def run(*argv, **kwargs):
    done = subprocess.run([str(a) for a in argv], stdout=subprocess.PIPE, text=True, **kwargs)
    if done.returncode != 0:
        sys.exit(f"bench: {argv[0]} failed with {done.returncode}")
    return dict(p.split("=", 1) for p in done.stdout.split() if "=" in p)


def program(name):
    return os.path.join(BUILD, name if name.startswith("plaint") else "bench/" + name)


def source(name):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), name)


def number(x):
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.2f}"


def add(what, values, unit, ratios=None, floor=None, most=None):
    """values: of each round; floor: least of the ratios' median, most: largest of the values'."""
    median = statistics.median(values)
    judged = statistics.median(ratios) if ratios else median
    verdict = ""
    if floor is not None:
        verdict = "PASS" if judged >= floor else "below"
    if most is not None:
        verdict = "PASS" if judged <= most else "above"
    limit = f">= {floor}" if floor is not None else f"<= {most}" if most is not None else ""
    lines.append(Line(
        what, f"{number(median)} {unit}",
        f"{number(min(values))}..{number(max(values))}" if len(values) > 1 else "",
        f"{statistics.median(ratios):.2f}" if ratios else "",
        f"{min(ratios):.2f}..{max(ratios):.2f}" if ratios else "", limit, verdict))


def rate(result):
    return int(result["mails"]) / float(result["seconds"])


class Bench:
    def __init__(self, folder):
        self.folder = folder

    def config(self, name):
        """A configuration with a store of its own that does not exist yet."""
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(self.db(name) + ending):
                os.unlink(self.db(name) + ending)
        path = os.path.join(self.folder, name + ".conf")
        with open(path, "w") as out:
            out.write(SITE.format(folder=self.folder, name=name))
        return path

    def db(self, name):
        return os.path.join(self.folder, name + ".db")

    def mbox(self, count):
        path = os.path.join(self.folder, f"{count}.mbox")
        if not os.path.exists(path):
            with open(path, "wb") as out:
                subprocess.run([program("gen"), str(count), str(SEED)], stdout=out, check=True)
        return path

    def walk(self, mbox):
        return run(program("walk"), mbox)

    def make_store(self, config):
        """The same empty store `plaint init` makes."""
        empty = os.path.join(self.folder, "empty.mbox")
        open(empty, "w").close()
        run(program("write"), empty, config)

    # -- (a) ------------------------------------------------------------------------------------
    def parse(self):
        mbox, config = self.mbox(N), self.config("parse")
        peers, ours, seen = [], [], {}
        for _ in range(ROUNDS):
            peers.append(rate(self.walk(mbox)))
            seen = run(program("parse"), mbox, config)
            ours.append(rate(seen))
        add("GMime full walk (peer)", peers, "msgs/s")
        add("whole parse in process", ours, "msgs/s", [o / p for o, p in zip(ours, peers)], 0.6)
        print("  parsed as:", " ".join(f"{k}={v}" for k, v in seen.items() if k != "seconds"))
        self.instructions(mbox, config)

    def instructions(self, mbox, config):
        if not shutil.which("valgrind"):
            print("  no valgrind: instructions not counted")
            return
        many = min(1000, N)
        counts = {}
        for name, extra in (("walk", []), ("parse", [config])):
            totals = [self.callgrind(program(name), mbox, *extra, n) for n in (1, many)]
            counts[name] = (totals[1] - totals[0]) / (many - 1)
        add("  instructions a message, peer", [counts["walk"]], "Ir")
        add("  instructions a message, parse", [counts["parse"]], "Ir",
            [counts["walk"] / counts["parse"]])

    def callgrind(self, *argv):
        log = os.path.join(self.folder, "callgrind.log")
        run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
            "--log-file=" + log, *argv)
        with open(log) as text:
            for line in text:
                if "Collected :" in line:
                    return int(line.split(":")[1])
        sys.exit("bench: callgrind printed no count")

    # -- trace fields ---------------------------------------------------------------------------
    def hops(self):
        """CPU seconds on both sides: one core, whatever else runs."""
        mbox, config = self.traces(min(N, 4000), 3, 12), self.config("hops")
        peer = [] if not self.has_spamassassin() else ["perl", source("spamassassin.pl"), mbox]
        peers, ours, seen = [], [], {}
        for _ in range(ROUNDS):
            if peer:
                seen = run(*peer)
                peers.append(int(seen["hops"]) / float(seen["seconds"]))
            result = run(program("hops"), mbox, config, N, 5)
            ours.append(int(result["hops"]) / float(result["seconds"]))
        if peer:
            print("  the peer read", seen["relays"], "of", seen["hops"], "trace fields as relays")
            add("SpamAssassin, extract_message_metadata (peer)", peers, "hops/s")
        print("  ours:", " ".join(f"{k}={v}" for k, v in result.items() if k != "seconds"))
        add("trace read and attributed", ours, "hops/s",
            [o / p for o, p in zip(ours, peers)] or None, 20 if peer else None)
        self.hops_of_one_mail(config, int(result["limit"]))
        self.hop_instructions(mbox, config)

    def has_spamassassin(self):
        if subprocess.run(["perl", "-MMail::SpamAssassin", "-e", "1"],
                          stderr=subprocess.DEVNULL).returncode == 0:
            return True
        print("  no package spamassassin: no peer, and no ratio")
        return False

    def traces(self, count, least, most):
        path = os.path.join(self.folder, f"traces-{count}-{least}-{most}.mbox")
        with open(path, "wb") as out:
            subprocess.run([sys.executable, source("gen_hops.py"), str(count), str(SEED),
                            str(least), str(most)], stdout=out, check=True)
        return path

    def hops_of_one_mail(self, config, limit):
        """10, 100, … and at last base/limits.h's received_lines: the cost of one stays the same."""
        sizes = [n for n in (10, 100, 1000, 10000) if n < limit] + [limit]
        mboxes = {n: self.traces(20, n, n) for n in sizes}
        times = {n: [] for n in sizes}
        for _ in range(ROUNDS):
            for n in sizes:
                result = run(program("hops"), mboxes[n], config, N, 10000 // n)
                times[n].append(float(result["seconds"]) * 1e9 / int(result["hops"]))
        for n in sizes:
            add(f"  one of {n} in a mail" + (" (the limit)" if n == limit else ""), times[n], "ns")
        add("  the same, most hops to 10, fastest rounds", [min(times[limit]) / min(times[10])], "",
            most=1.5)

    def hop_instructions(self, mbox, config):
        if not shutil.which("valgrind"):
            print("  no valgrind: instructions not counted")
            return
        once, twice = (self.callgrind(program("hops"), mbox, config, 500, n) for n in (1, 2))
        hops = int(run(program("hops"), mbox, config, 500)["hops"])
        add("  instructions a hop", [(twice - once) / hops], "Ir")

    # -- the write side --------------------------------------------------------------------------
    def write(self):
        mbox = self.mbox(N)
        peers, ours = [], []
        for _ in range(ROUNDS):
            peers.append(rate(self.walk(mbox)))
            ours.append(rate(run(program("write"), mbox, self.config("write"))))
        add("write side alone, batches of 1,000", ours, "msgs/s",
            [o / p for o, p in zip(ours, peers)])

    # -- (b) ------------------------------------------------------------------------------------
    def bulk(self):
        mbox = self.mbox(N)
        peers, ours, cpus, memory = [], [], [], []
        for _ in range(ROUNDS):
            peers.append(float(run(program("run"), "once", program("walk"), mbox)["seconds"]))
            result = self.ingest(mbox)
            ours.append(float(result["seconds"]))
            cpus.append(float(result["cpu"]))
            memory.append(result)
        add("bulk: walk, whole process (peer)", [N / s for s in peers], "msgs/s")
        add("bulk: plaint-ingest FILE", [N / s for s in ours], "msgs/s",
            [p / o for p, o in zip(peers, ours)], 0.35)
        add("  CPU a message, all processes", [c * 1e6 / N for c in cpus], "us")
        self.store_size(mbox)
        self.memory(N, memory)
        big = 5 * N
        self.memory(big, [self.ingest(self.mbox(big))])

    def ingest(self, mbox):
        config = self.config("bulk")
        self.make_store(config)
        return run(program("run"), "once", program("plaint-ingest"), "-c", config, mbox)

    def store_size(self, mbox):
        """After the import, its last connection closed: the WAL is in the file."""
        left = [e for e in ("-wal", "-shm") if os.path.exists(self.db("bulk") + e)]
        size, raw = os.path.getsize(self.db("bulk")), int(self.walk(mbox)["bytes"])
        add("bytes in the store a message", [size / N], "bytes")
        add("  of raw mail" + (f" ({' '.join(left)} left)" if left else ""), [size / raw], "",
            most=0.9)

    def memory(self, count, results):
        for key, what, most in (("rss_kb", "sum of resident sets", 64),
                                ("pss_kb", "shared pages once", None)):
            add(f"peak memory, {count:,} mails, {what}", [int(r[key]) / 1024 for r in results],
                "MB", most=most)

    # -- (c) ------------------------------------------------------------------------------------
    def lda(self):
        """300 mails each, a process for each mail, in turns of 300 / ROUNDS."""
        mbox, config = self.mbox(min(N, 2000)), self.config("lda")
        self.make_store(config)
        peer_db = os.path.join(self.folder, "peer.db")
        run(program("lda"), "--init", peer_db)
        share = max(300 // ROUNDS, 1)
        peers, ours = [], []
        for i in range(ROUNDS):
            peers.append(rate(run(program("run"), "each", mbox, i * share, share,
                                  program("lda"), peer_db)))
            ours.append(rate(run(program("run"), "each", mbox, i * share, share,
                                 program("plaint-ingest"), "-c", config, "-f",
                                 "bounces@provider.example.com", "-a", "abuse@example.net")))
        add("LDA: bare GMime + SQLite program (peer)", peers, "msgs/s")
        add("LDA: plaint-ingest, a process a mail", ours, "msgs/s",
            [o / p for o, p in zip(ours, peers)], 0.5)

    # -- whose an address was ---------------------------------------------------------------------
    def customers(self):
        """NETWORKS: 1 million when only this is asked for (six minutes to fill), else a tenth; LEASES: ten
        times as many. The pages are in the system's cache, not in ours."""
        networks = int(os.environ.get("NETWORKS", 1000000 if ONLY else 100000))
        leases = int(os.environ.get("LEASES", 10 * networks))
        url = "sqlite:" + self.db("customers")
        seen = run(program("customers"), url, networks, leases, 200000)
        add(f"import, {networks:,} networks, {leases:,} leases",
            [(networks + leases) / float(seen["seconds"])], "rows/s")
        add("  bytes on disk a row",
            [os.path.getsize(self.db("customers")) / (networks + leases)], "bytes")
        add("  on disk", [os.path.getsize(self.db("customers")) / 1e6], "MB")
        add("whose an address was, median", [float(seen["median_us"])], "us", most=50)
        add("  99 of 100 in", [float(seen["p99_us"])], "us")

    # -- the delisting report ---------------------------------------------------------------------
    def report(self):
        seen = run(program("report"), "sqlite:" + self.db("report"), 100000, 1000000)
        add("delisting report, 100,000 listings, 1,000,000 runs of answers", [float(seen["seconds"])], "s", most=1)

    # -- DNS lists --------------------------------------------------------------------------------
    def lookups(self):
        """A /22 in 20 lists on loopback, eight addresses listed in the first: the engine, a first sweep, and
        a later one that finds what the first has found."""
        zones = [f"z{n}.test" for n in range(20)]
        listed = "".join(f"192.168.{n // 2}.{n}\n" for n in range(8))
        data = {zone: [("ip4set", POINTS + (listed if zone == "z0.test" else ""))] for zone in zones}
        if not RBLDNSD:
            print("  no package rbldnsd: nothing to ask")
            return
        with Lists(data) as lists:
            peers, ours, memory = [], {"probe": [], "first": [], "later": []}, []
            for _ in range(ROUNDS):
                config = self.lookup_config(zones, lists.servers)
                peers.append(looked_up(run(program("dns"), lists.port, len(zones))))
                for what, extra in (("probe", ["probe"]), ("first", ["sweep"]), ("later", ["sweep", 48])):
                    result = run(program("lookup"), config, *extra)
                    if (result["lookups"], result["found"]) != ("20480", "8"):
                        sys.exit(f"bench: {what}: {result}")
                    ours[what].append(looked_up(result))
                    memory.append(int(result["rss_kb"]) / 1024)
        add("20,480 look-ups: bare c-ares loop (peer)", peers, "/s")
        for what, words, floor in (("probe", "asked, proved and judged", 0.7),
                                   ("first", "a first sweep, leased and recorded", None),
                                   ("later", "a later sweep, leased and recorded", None)):
            add(f"  {words}", ours[what], "/s", [o / p for o, p in zip(ours[what], peers)], floor)
        add("  peak memory", memory, "MB", most=64)

    def lookup_config(self, zones, servers):
        path = self.config("lookups")
        built_in = json.loads(subprocess.run(
            [program("plaint"), "-c", path, "zone", "list", "--json"], stdout=subprocess.PIPE, check=True).stdout)
        with open(path, "w") as out:
            out.write(f"[store]\nurl=sqlite:{self.db('lookups')}\n[dns]\nservers={servers}\n[relay range]\naddresses=192.168.0.0/22\n")
            for row in built_in["zones"]:
                out.write(f"[zone {row['zone']}]\nenabled=no\n")
            for zone in zones:
                out.write(f"[zone {zone}]\nfamilies=v4\ncodes=127.0.0.2 listed\nrate=10000\n")
        return path


def looked_up(result):
    return int(result["lookups"]) / float(result["seconds"])


def table():
    head = Line("what", "median", "lowest..highest", "ratio", "lowest..highest", "wanted", "")
    rows = [head] + lines
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))).rstrip())


def machine():
    with open("/proc/cpuinfo") as text:
        model = next((l.split(":")[1].strip() for l in text if l.startswith("model name")), "?")
    return f"{model}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"


def main():
    parts = ["parse", "hops", "write", "bulk", "lda", "customers", "report", "lookups"]
    if ONLY and ONLY not in parts:
        sys.exit(f"bench: no part '{ONLY}': {', '.join(parts)}")
    folder = tempfile.mkdtemp(prefix="plaint-bench-")
    print(f"{N:,} complaints of about 6 KB (70 % ARF, 15 % attached, 15 % inline; six inner trace "
          f"fields), seed {SEED}, {ROUNDS} interleaved rounds\non {machine()}; ratio: ours to the "
          f"peer of the same round, in speed", flush=True)
    try:
        bench = Bench(folder)
        for part in parts:
            if ONLY in (None, part):
                print(f"- {part}", flush=True)
                getattr(bench, part)()
        table()
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


main()
