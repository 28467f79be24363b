"""The engine against micrograd and a lean engine, and what a node costs.

    python tests/benchmarks/engine.py

prints ratios measured in one run. Every contestant is a process of its own, they take turns, and the
garbage collector is on, as users have it. Times are means over the rounds, after one to warm up.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from statistics import median
from time import perf_counter

from contest import QUICK, ROOT, Contestant, describe_machine, hold, milliseconds, table, times


def moons(rounds, samples):
    """Seconds a step of micrograd's demo."""
    peer = Contestant("moons", "micrograd", samples, peer=True)
    plain, dot = (Contestant("moons", name, samples) for name in ("plain", "dot"))
    hold([peer, plain, dot], rounds, tolerance=1e-9)
    if peer.missing:
        print("\nmicrograd is missing: python -m pip install micrograd")
        return
    goals = {"plain": ("8 ×", "15 ×"), "dot": ("45 ×", "60 ×")}
    rows = [("micrograd", milliseconds(peer.seconds()), times(1), "", "")]
    for ours in (plain, dot):
        ratio = times(peer.seconds() / ours.seconds())
        rows.append((f"ours, {ours.name}", milliseconds(ours.seconds()), ratio, *goals[ours.name]))
    title = f"micrograd's moons demo, {samples} samples, net 2-16-16-1: a training step"
    table(title, ["", "a step", "faster", "must ≥", "aim"], rows)


def transformer(rounds, layers):
    """Our engine against the lean one on sums and products."""
    ours, lean = run = [Contestant("transformer", name, layers) for name in ("ours", "lean")]
    hold(run, rounds, tolerance=1e-9)
    rows = []
    for title, parts in (
        ("all", ()),
        ("forward", ["forward"]),
        ("backward", ["backward"]),
        ("freeing the graph", ["freeing"]),
    ):
        both = ours.seconds(*parts), lean.seconds(*parts)
        goals = ("1 ×", "1.8 ×") if title == "all" else ("", "")
        rows.append((title, *map(milliseconds, both), times(both[1] / both[0]), *goals))
    title = f"A transformer-like program of sums and products, {_nodes(layers):,} nodes"
    table(title, ["", "ours", "lean", "faster", "must ≥", "aim"], rows)


def _nodes(layers):
    """How many nodes the program makes, counted."""
    from transformer import program

    made = 0

    class Counted:
        def __add__(self, other):
            nonlocal made
            made += 1
            return self

        __radd__ = __mul__ = __rmul__ = __add__

    program(lambda _: Counted(), layers)[1]()
    return made


def small(rounds, sizes):
    """Graphs of few nodes, where every call counts, and what `no_grad` costs beside making a graph."""
    rows = []
    for n in sizes:
        ours = Contestant("chain", "parts ours", n)
        peers = [Contestant("chain", "parts micrograd", n, peer=True)] * (n < 1000)  # it recurses
        hold([*peers, ours], rounds)
        forward, both, unrecorded = (ours.seconds(p) for p in ("forward", "both", "no_grad"))
        ratio = [p.missing or times(p.seconds("both") / both) for p in peers] or ["–"]
        row = [f"{x * 1e6:.1f} µs" for x in (forward, both)]
        rows.append((f"{n:,}", *row, *ratio, times(unrecorded / forward)))
    table(
        "Small graphs of sums and products",
        ["nodes", "built", "and run back", "faster than micrograd", "no_grad to built"],
        rows,
    )


def memory(nodes):
    """Bytes and tracked objects a node."""
    peer = Contestant("chain", "memory micrograd", nodes, peer=True)
    ours = Contestant("chain", "memory ours", nodes)
    hold([peer, ours], rounds=1)
    rows = []
    for name, c, must, aim in (("micrograd", peer, "", ""), ("ours", ours, "200", "140")):
        cells = ["missing", ""] if c.missing else [f"{x:.2f}" for x in c.results()]
        rows.append((name, *cells, must, aim))
    table(
        f"Memory a node, by tracemalloc, and objects that the collector tracks ({nodes:,} nodes)",
        ["", "bytes", "objects", "bytes must ≤", "aim"],
        rows,
    )


def growth(rounds, largest):
    """Time a node in a short and in a long chain."""
    sizes = largest // 100, largest
    rows = []
    for task, collector, must in (("time", "on", "1.5 ×"), ("uncollected", "off", "")):
        run = [Contestant("chain", f"{task} ours", n) for n in sizes]
        hold(run, rounds)
        each = [c.seconds() / n for c, n in zip(run, sizes)]
        rows.append(
            (collector, *(f"{e * 1e6:.3f} µs" for e in each), times(each[1] / each[0]), must)
        )
    head = ["collector", *(f"{n:,} nodes" for n in sizes), "ratio", "must ≤"]
    table("A chain built, differentiated and freed: the time a node", head, rows)


def importing(rounds):
    """How long a fresh interpreter takes for the import, and what it loads."""
    programs = {
        "bare": "pass",
        "ours": "import autograd, sys; sys.exit('numpy' in sys.modules)",
    }
    seconds = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as compiled:  # as installed: pip writes bytecode
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(rounds + 1):  # the first compiles
            for name, code in programs.items():
                start = perf_counter()
                done = subprocess.run([sys.executable, "-c", code], env=environment)
                seconds[name].append(perf_counter() - start)
                if done.returncode:
                    raise SystemExit("import autograd failed, or imported NumPy")
    bare, ours = (median(s[1:]) for s in seconds.values())
    table(
        "import autograd, in a fresh interpreter less a bare one (medians); NumPy is not imported",
        ["bare interpreter", "with autograd", "the import", "must <"],
        [(milliseconds(bare), milliseconds(ours), milliseconds(ours - bare), "50.00 ms")],
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="steps to average (default 20)")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    describe_machine()
    moons(rounds, samples=10 if options.quick else 100)
    transformer(rounds, layers=1 if options.quick else 6)
    small(rounds, sizes=(20,) if options.quick else (20, 2_000))
    memory(nodes=1_000 if options.quick else 100_000)
    growth(rounds, largest=10_000 if options.quick else 1_000_000)
    importing(rounds)


if __name__ == "__main__":
    main()
