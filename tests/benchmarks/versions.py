"""This version beside an earlier one, row by row: no row may become more than a tenth slower.

    python tests/benchmarks/versions.py

checks an earlier commit out into a temporary directory and runs the same programs on both, in turns,
each a process of its own. A time is the least of the rounds: what the program costs when nothing
else runs. The commit is 31a1133, the engine before its redesign, unless another is given, or a folder.
"""

import argparse
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from contest import QUICK, ROOT, Contestant, describe_machine, hold, table, times
from moons import EPOCHS

MOST = 1.1
TURNS = 3  # of a row that is slower
TRANSFORMS = ("lotka_volterra", "arm", "likelihood", "rosenbrock", "particle", "saddle")


def rows(quick):
    """Module, contestant, size and parts of every row, with its title."""
    chains, samples = ((20,), 10) if quick else ((20, 2_000, 34_000), 100)
    for n in chains:
        yield f"forward, {n:,} nodes", ("chain", "parts ours", n), ["forward"]
        yield f"forward and backward, {n:,} nodes", ("chain", "parts ours", n), ["both"]
    yield "no_grad, 20 nodes", ("chain", "parts ours", 20), ["no_grad"]
    yield "a chain freed too", ("chain", "time ours", chains[-1]), []
    for neuron in ("plain", "dot"):
        yield f"moons, eager, {neuron}", ("moons", neuron, samples), []
    for backend in ("eager", "batch"):  # of whose steps `EPOCHS` are one call
        yield f"moons, fit {backend}", ("moons", backend, samples), []
    yield "a transformer-like program", ("transformer", "ours", 1 if quick else 6), []
    for name in TRANSFORMS:
        from peers import ROWS

        size = ROWS[name].small if quick else ROWS[name].size
        yield ROWS[name].title, ("peers", f"ours scalars {name}", size), []
    for name in ("grad", "grad of grad", "hessian", "hvp"):
        yield name, ("sweeps", name, 8), []
    for n in (10,) if quick else (10, 1_000, 10_000):
        for name in ("vmap(grad)", "masked sweep", "masked second sweep"):
            yield f"{name}, {n:,} samples", ("sweeps", name, n), []
    yield "a descent differentiated", ("nesting", "descent", 2 if quick else 100), []


def compare(earlier, rounds, chosen, quick):
    """Every row by both versions."""
    found = []
    for title, program, parts in rows(quick):
        if not any(part in title for part in chosen or [""]):
            continue
        before = now = float("inf")
        for _ in range(TURNS):  # what else the machine does makes a row slower, and never faster
            both = [Contestant(*program, path=path) for path in (earlier, ROOT)]
            hold(both, rounds * (EPOCHS if "fit" in title else 1), tolerance=1e-9)
            before, now = (min(t, c.fastest(*parts)) for t, c in zip((before, now), both))
            if now <= MOST * before:
                break
        verdict = "yes" if now <= MOST * before else "no"
        found.append(
            (title, f"{before * 1e6:.1f} µs", f"{now * 1e6:.1f} µs", times(now / before), verdict)
        )
        print(title, file=sys.stderr, flush=True)
    table("Time now over time before", ["", "before", "now", "ratio", f"≤ {MOST} ×"], found)


def checked_out(commit, folder):
    """Where the files of a commit of this repository are; of a folder, there."""
    if Path(commit).is_dir():
        return Path(commit)
    command = ["git", "-C", ROOT, "archive", "--format=zip", commit, "autograd", "nn"]
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        raise SystemExit(
            f"no commit {commit!r} in {ROOT}: a whole clone is needed\n{done.stderr.decode()}"
        )
    ZipFile(BytesIO(done.stdout)).extractall(folder)
    return Path(folder)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="parts of titles, default all")
    parser.add_argument("--earlier", metavar="COMMIT or FOLDER", default="31a1133")
    parser.add_argument("--rounds", type=int, default=40, help="default 40")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    options = parser.parse_args()
    describe_machine()
    with tempfile.TemporaryDirectory() as folder:
        earlier = checked_out(options.earlier, folder)
        compare(earlier, 1 if options.quick else options.rounds, options.rows, options.quick)


if __name__ == "__main__":
    main()
