"""The transforms against HIPS autograd and JAX, eager on all sides; how nesting and checkpoint grow.

    python tests/benchmarks/transforms.py

prints ratios measured in one run: the time of a peer over ours, at float64, JAX without jit. The
scalar code is the same for everyone; beside it are the peers' array forms of the same functions,
over our scalar code. Every contestant is a process of its own, they take turns, the garbage
collector is on, results must agree to 1e-8. Times are means over the rounds, after one to warm up.

HIPS autograd has the import name of this package, so it lives in an environment of its own, which
is made in the temporary directory unless one is given.
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import arrays
from contest import (
    HERE,
    QUICK,
    Contestant,
    agree,
    describe_machine,
    hold,
    milliseconds,
    table,
    times,
)
from nesting import SEGMENT
from peers import ROWS

HIPS = "autograd==1.9.1"


def hips_python():
    """The interpreter of an environment that has HIPS autograd, made if it is not there."""
    home = Path(tempfile.gettempdir()) / "chainrule-benchmarks-hips"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        print(f"making an environment for {HIPS} in {home}", flush=True)
        venv.create(home, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", HIPS], check=True)
    return str(python)


def race(names, rounds, quick, pythons):
    """Every row by every peer, beside ours."""
    rows = [_compared(name, rounds, quick, pythons) for name in names]
    title = "A peer's time over ours; for the same scalar code must > 1 ×, aim ≥ 10 ×"
    table(title, ["", "ours", "HIPS", "JAX", "HIPS arrays", "JAX arrays"], rows)
    for peer, python in pythons.items():
        print(f"    {peer}: {python or 'left out'}")


def _compared(name, rounds, quick, pythons):
    row = ROWS[name]
    size = row.small if quick else row.size
    ours = Contestant("peers", f"ours scalars {name}", size)
    forms = ("scalars", "arrays") if hasattr(arrays, name) else ("scalars",)
    others = {
        (peer, form): Contestant("peers", f"{peer} {form} {name}", size, python, HERE, peer=True)
        for form in forms
        for peer, python in pythons.items()
        if python
    }
    hold([ours, *others.values()], rounds, tolerance=1e-8)

    def cell(peer, form):
        if form not in forms:
            return "–"
        other = others.get((peer, form))
        return "missing" if not other or other.missing else times(other.seconds() / ours.seconds())

    cells = [cell(peer, form) for form in ("scalars", "arrays") for peer in pythons]
    return row.title, milliseconds(ours.seconds()), *cells


def nesting(rounds, steps):
    """Time of the derivative of a gradient descent, of more and more steps."""
    run = [Contestant("nesting", "descent", n) for n in steps]
    hold(run, rounds)
    each = [c.seconds() / n for c, n in zip(run, steps)]
    rows = [
        (n, milliseconds(c.seconds()), f"{e * 1e6:.1f} µs", times(e / each[0]))
        for n, c, e in zip(steps, run, each)
    ]
    table(
        "A gradient of gradients: the derivative of a gradient descent by its start (linear: 1 ×)",
        ["steps", "all", "a step", "to the first"],
        rows,
    )


def checkpointing(segments):
    """The most memory that the gradient of a chain needs, its graph kept and recomputed."""
    rows = []
    for n in segments:
        kept, made_again = run = [Contestant("nesting", x, n) for x in ("kept", "checkpointed")]
        hold(run, rounds=1)
        (gradient, peak), (other_gradient, smaller) = kept.results(), made_again.results()
        agree("kept", [gradient], "checkpointed", [other_gradient], tolerance=0)
        sizes = [f"{size / 1e6:.3f} MB" for size in (peak, smaller)]
        rows.append((n, *sizes, times(peak / smaller)))
    table(
        f"checkpoint: peak memory (tracemalloc) of a chain of segments of {SEGMENT:,} operations",
        ["segments", "kept", "checkpointed", "less"],
        rows,
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="steps to average (default 20)")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), help="default all")
    parser.add_argument("--hips", metavar="PYTHON", help="interpreter with HIPS autograd, or none")
    parser.add_argument(
        "--jax", metavar="PYTHON", default=sys.executable, help="interpreter with JAX, or none"
    )
    options = parser.parse_args()
    pythons = {"HIPS": options.hips or hips_python(), "JAX": options.jax}
    pythons = {peer: None if python == "none" else python for peer, python in pythons.items()}
    rounds = 1 if options.quick else options.rounds
    describe_machine()
    race(options.rows, rounds, options.quick, pythons)
    nesting(rounds, steps=(2, 4) if options.quick else (100, 200, 400))
    checkpointing((1, 4) if options.quick else (1, 4, 16, 64))


if __name__ == "__main__":
    main()
