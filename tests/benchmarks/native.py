"""Native code against its peers, each in its best form: one table of ratios of one run on one core.

    python tests/benchmarks/native.py [--quick] [--peers PYTHON] [--rows network scalar …]

Every contestant is a process of its own, held to one core (but for the row of threads); they take
turns, and the least time that each ever needed counts. Ours compares each gradient with the eager
engine's, and every peer's result is compared with ours, to 1e-8. (Finite differences are right to
1e-4.) A peer that is not installed is "missing": name an interpreter that has JAX, PyTorch, CasADi
and ddx-ad with ``--peers``.
"""

import argparse
import contextlib
import os
import sys
from statistics import median

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before any contestant is born

from contest import HERE, QUICK, Contestant, agree, describe_machine, table  # noqa: E402

NETWORKS = ["2-16-16-1", "4-32-32-1", "4-64-64-1", "64-128-10"]
BATCHES = ["1", "8", "64", "1024"]
SECOND = ["40", "1900", "30000", "2-16-16-1", "64-32-10"]
"""Straight lines of so many operations, and networks, that a second process finds on disk."""
CLOSE = {"differences": 1e-4, "float32": 1e-4}  # a peer, or a part
NANOSECONDS = {"2-16-16-1": (38, 34), "4-32-32-1": (100, 92), "4-64-64-1": (300, 290)}
NANOSECONDS["64-128-10"] = (470, 444)
"""Of a sample at batch 1024, on a core whose peak is `PEAK`: what must be, and what is aimed at."""
PEAK = 136e9


class Here(Contestant):
    """A contestant of a quick run, in this process: times mean nothing there, so what one has imported
    may serve the others.
    """

    def __init__(self, name, peer):
        from rivals import contestant

        self.name, self.steps, self.missing = name, [], None
        try:
            self.run = contestant(name, 0)
        except ModuleNotFoundError as error:
            if not peer:
                raise
            self.missing = error.name

    def step(self):
        self.steps.append(self.run())

    def close(self):
        pass


def held(row, detail, peers, options):
    """The contestants of a row by name, after some rounds of turns."""
    run = {"ours": one("ours", row, detail, sys.executable, options)}
    for peer in peers:
        python = sys.executable if peer in ("numpy", "differences") else options.peers
        run[peer] = one(peer, row, detail, python, options)
    present = {name: c for name, c in run.items() if not c.missing}
    for _ in range(1 if options.quick else options.rounds):
        for name, c in present.items():
            c.step()
            if name != "ours":
                compared(run["ours"], name, c)
    for c in run.values():
        c.close()
    return run


def one(who, row, detail, python, options):
    """A contestant of a row, run by an interpreter."""
    name, peer, here = f"{who} {row} {detail}", who != "ours", python == sys.executable
    if options.quick and here:
        return Here(name, peer)
    size, path = 0 if options.quick else options.milliseconds, HERE.parent.parent if here else HERE
    return Contestant("rivals", name, size, python, path, peer)


def compared(ours, name, peer):
    """Refuse a peer's results that differ from ours, part by part."""
    parts = [part for part in peer.results() if part in ours.results()]
    for part in parts:
        tolerance = CLOSE.get(part, CLOSE.get(name, 1e-8))
        agree("ours", ours.results()[part], name, peer.results()[part], tolerance)


def least(contestant, part):
    """The shortest time of a part, None of a peer that is missing."""
    return None if contestant.missing else min(s["seconds"][part] for s in contestant.steps)


def written(seconds):
    """A time with a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


class Table:
    """Rows of ratios: a peer's time over ours, beside what must be and what is aimed at."""

    def __init__(self):
        self.rows, self.missing = [], {}

    def add(self, title, run, part="call", must=1.0, aim=2.0, of=None, per=1):
        """A row: ours in ``part``, of each peer its part ``of``; times are for one of ``per``."""
        ours = least(run["ours"], part)
        others = {name: least(c, of or part) for name, c in run.items() if name != "ours"}
        self.missing |= {name: c.missing for name, c in run.items() if c.missing}
        ratios = {name: t / ours for name, t in others.items() if t is not None}
        cells = [
            f"{name} {ratios[name]:.2f}" if name in ratios else f"{name} missing" for name in others
        ]
        worst = min(ratios.values(), default=None)
        verdict = "?" if worst is None else "yes" if worst > must else "no"
        best = "?" if worst is None else f"{worst:.2f} ×"
        row = title, written(ours / per), best, f"{must:g} ×", f"{aim:g} ×", verdict
        self.keep((*row, ", ".join(cells)))

    def limit(self, title, found, must, aim, unit=""):
        """A row whose number must be small."""
        said, small, smaller = (f"{x:.3g}{unit}" for x in (found, must, aim))
        verdict = "yes" if found <= must else "no"
        self.keep((title, said, "", f"≤ {small}", f"≤ {smaller}", verdict, ""))

    def least(self, title, found, must, aim):
        """A row whose ratio must be large."""
        verdict = "yes" if found >= must else "no"
        self.keep((title, f"{found:.2f} ×", "", f"≥ {must:g} ×", f"≥ {aim:g} ×", verdict, ""))

    def share(self, title, found, aim=None):
        """A row whose part of something should be large, where an aim is set."""
        limits = ("", "") if aim is None else (f"≥ {aim:.0%}", "yes" if found >= aim else "no")
        self.keep((title, f"{found:.0%}", "", "", *limits, ""))

    def part(self, title, found, whole):
        """A row that says what is a part of the row above, and what is left."""
        rest = f"{found / whole:.0%}, without it {written(whole - found)} of {written(whole)}"
        self.keep((title, written(found), "", "", "", "", rest))

    def keep(self, row):
        """A row is there to stay; whoever waits sees it at once."""
        self.rows.append(row)
        print(*row, sep=" | ", file=sys.stderr, flush=True)

    def show(self):
        """Print it."""
        head = ["", "ours", "best peer", "must", "aim", "met", "each peer's time over ours"]
        table("A peer's time over ours, the best peer's and each one's", head, self.rows)
        for name, package in self.missing.items():
            print(f"    {name}: {package} is missing")


# ---------------------------------------------------------------------------------------------- rows


def multiply_adds(detail):
    """Of the products of matrices and vectors that a sample's gradient takes; an addition is one too.

    Each weight is used going forward, for its own gradient, and but for the first layer's for the
    adjoint of what it multiplied.
    """
    sizes = [int(k) for k in detail.split("-")]
    each = [a * b for a, b in zip(sizes, sizes[1:])]
    return 2 * (3 * sum(each) - each[0])


def network(t, options):
    """Loss and all gradients of small networks; times are a sample's. What the core does at most is
    measured in turns with them, for it changes.
    """
    for detail in NETWORKS[:1] if options.quick else NETWORKS:
        run = held("network", detail, ["numpy", "jax", "torch"], options)
        for n in BATCHES[:2] if options.quick else BATCHES:
            t.add(f"{detail}, batch {n}, bound", run, n, per=int(n))
            t.add(f"{detail}, batch {n}, called", run, f"{n} call", of=n, per=int(n))
        if "1024" in run["ours"].results():
            (operations,), peak = run["ours"].results()["peak"], least(run["ours"], "peak")
            most = operations / peak
            speed = f"{most / 1e9:.1f} GFLOP/s"
            t.keep((f"{detail}, fused multiply-adds meanwhile", speed, "", "", "", "", ""))
            seconds = least(run["ours"], "1024") / 1024
            title = f"{detail}, a sample of 1024 at {PEAK / 1e9:.0f} GFLOP/s"
            t.limit(title, seconds * 1e9 * most / PEAK, *NANOSECONDS[detail], " ns")
            aim = 0.7 if "64" in detail else None
            t.share(f"{detail}, of peak", multiply_adds(detail) / seconds / most, aim)


def single(t, options):
    """float32, beside JAX's and beside our own float64; times are a sample's."""
    for detail in [NETWORKS[0], "40"] if options.quick else [*NETWORKS, "120"]:
        run = held("single", detail, ["jax"], options)
        large, title = (1000, 8) if options.quick else (1_000_000, 1024), f"float32, {detail}"
        n = large["-" in detail]
        t.add(f"{title}, batch {n:,}", run, "float32", per=n)
        double, ours = (least(run["ours"], part) for part in ("float64", "float32"))
        t.least(f"{title}, over float64", double / ours, 1.6, 2)


def wide(t, options):
    """A network that BLAS was made for."""
    detail = "4-64-4" if options.quick else "64-512-512-10"
    run = held("network", detail, ["jax"], options)
    n = "8" if options.quick else "1024"
    t.add(f"{detail}, batch {n}, bound", run, n, aim=1.5, per=int(n))


def scalar(t, options):
    """Value and gradient of a scalar program by one plain call."""
    for detail in ["40"] if options.quick else ["40", "120", "1900"]:
        run = held("scalar", detail, ["casadi", "casadi_c", "ddx"], options)
        t.add(f"scalar program of {detail} operations", run)


def samples(t, options):
    """The same over many samples; times are a sample's."""
    n = 1000 if options.quick else 1_000_000
    for detail in ["40"] if options.quick else ["40", "120"]:
        run = held("samples", detail, ["numpy", "jax"], options)
        title = f"{detail} operations, {n:,} samples"
        for peer, must, aim in (("numpy", 10, 20), ("jax", 3, 6)):
            pair = {"ours": run["ours"], peer: run[peer]}
            t.add(f"{title}, over {peer}", pair, must=must, aim=aim, per=n)


def gradients(t, options):
    """What a gradient costs over its function, both ours."""
    for row, title in (("mixture", "25 Gaussians, d = 10"), ("bundle", "bundle adjustment")):
        run = held(row, "-", ["jax"], options)
        function, gradient = (least(run["ours"], part) for part in ("function", "gradient"))
        t.limit(f"{title}: gradient over function", gradient / function, 2.5, 1.8)
        t.add(f"{title}: gradient", run, "gradient")


def simulations(t, options):
    """Time steps written as Python loops."""
    for detail in ("pendulum", "lorenz"):
        run = held("flow", detail, ["jax"], options)
        t.add(f"{detail}, 200 steps of RK4, gradient", run, must=2, aim=4)
    run = held("simulation", "-", ["differences", "jax"], options)
    t.add("40 × 10 Jacobian of 400 steps", run, aim=5)


def first(t, options):
    """The first call in a fresh process, imports included."""
    run = held("first", "-", ["jax"], options)
    t.add("first call, 337 parameters", run, "cold", aim=1)
    cold, warm = (least(run["ours"], part) for part in ("cold", "warm"))
    t.limit("the same, in seconds", cold, 0.15, 0.08, " s")
    t.part("of that, Python, NumPy and LLVM without us", least(run["ours"], "cold, bare"), cold)
    t.limit("a second process, over the first", warm / cold, 0.05, 0.05)
    t.part("of that, Python and NumPy without us", least(run["ours"], "warm, bare"), warm)
    for detail in SECOND[:1] if options.quick else SECOND:
        run = held("second", detail, [], options)["ours"]
        for of, said in (("", "from the import on"), (", whole", "the whole process")):
            found = least(run, f"second{of}") / least(run, f"first{of}")
            t.limit(f"{detail}: a second process, {said}, over the first", found, 0.05, 0.05)
    count = "3000" if options.quick else "300000"
    run = held("length", count, [], options)
    (bytes_each, *_), seconds = run["ours"].results()["first"], least(run["ours"], "first")
    t.limit(f"compiling {int(count):,} operations, each", seconds * 1e6, 60, 60, " µs")
    t.limit("memory, each", bytes_each, 1000, 1000, " B")
    run = held("weights", "64-512-512-10", [], options)
    t.limit("first call, 301,066 weights", least(run["ours"], "first"), 2, 2, " s")


@contextlib.contextmanager
def all_cores():
    """Let processes that begin meanwhile run on every core."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    os.sched_setaffinity(0, CORES)
    try:
        yield
    finally:
        os.sched_setaffinity(0, {max(CORES)})


def threads(t, options):
    """Two threads on a large batch, beside what two processes reach: both over one thread, which is
    timed between them. What machines share changes from moment to moment, so each turn has ratios of
    its own, and the middle ones count.
    """
    with all_cores():
        size = 0 if options.quick else options.milliseconds
        alone, shared, *pair = (
            Contestant("rivals", f"ours threads {k}", size) for k in (1, 2, 1, 1)
        )
    found, reached = [], []
    for _ in range(1 if options.quick else 3 * options.rounds):
        shared.step()
        alone.step()
        compared(alone, "two threads", shared)
        for c in pair:
            c.start()
        for c in pair:
            c.wait()
        one, two, *both = (c.steps[-1]["seconds"]["call"] for c in (alone, shared, *pair))
        found.append(one / two)
        reached.append(2 * one / max(both))
    for c in (alone, shared, *pair):
        c.close()
    ours, theirs = median(found), median(reached)
    verdict = "yes" if ours >= 0.9 * theirs else "no"
    said = f"one thread {written(least(alone, 'call'))}, two processes reach {theirs:.2f} ×"
    title = "4-32-32-1, batch 65,536, two threads over one"
    row = f"{ours:.2f} ×", f"{0.9 * theirs:.2f} ×", f"{theirs:.2f} ×", verdict, said
    t.keep((title, written(least(shared, "call")), *row))


ROWS = [network, single, wide, scalar, samples, gradients, simulations, first, threads]
ROWS = {f.__name__: f for f in ROWS}
CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=QUICK)
    parser.add_argument("--rounds", type=int, default=4, help="turns of everyone (default 4)")
    parser.add_argument(
        "--milliseconds", type=int, default=60, help="of a turn, for each part (default 60)"
    )
    parser.add_argument(
        "--peers",
        metavar="PYTHON",
        default=os.environ.get("PEERS", sys.executable),
        help="interpreter that has the peers (default $PEERS, else this one)",
    )
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), help="default all")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(CORES)})
    describe_machine()
    t = Table()
    for name in options.rows:
        ROWS[name](t, options)
    t.show()


if __name__ == "__main__":
    main()
