"""`nn.fit` against micrograd's demo, and against PyTorch: a step on the moons, the same weights.

    python tests/benchmarks/training.py

prints ratios measured in one run, as `engine.py` does. A step of ours is a fifth of a whole call of
`fit` for five epochs, with all that it checks and writes down.
"""

import argparse

from contest import QUICK, Contestant, describe_machine, hold, milliseconds, table, times

GOALS = {"eager": ("40 ×", "60 ×"), "batch": ("300 ×", "450 ×"), "torch": ("", "")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20, help="steps to average (default 20)")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    options = parser.parse_args()
    rounds, samples = (1, 10) if options.quick else (options.rounds, 100)
    describe_machine()
    peer = Contestant("moons", "micrograd", samples, peer=True)
    others = [Contestant("moons", name, samples, peer=name == "torch") for name in GOALS]
    hold([peer, *others], rounds, tolerance=1e-9)
    if peer.missing:
        print("\nmicrograd is missing: python -m pip install micrograd")
        return
    rows = [("micrograd", milliseconds(peer.seconds()), times(1), "", "")]
    for c in others:
        if c.missing:
            rows.append((c.name, "missing", "", "", ""))
            continue
        ratio = times(peer.seconds() / c.seconds())
        rows.append((c.name, milliseconds(c.seconds()), ratio, *GOALS[c.name]))
    title = f"micrograd's moons demo, {samples} samples, net 2-16-16-1: a training step"
    table(title, ["", "a step", "faster", "must ≥", "aim"], rows)


if __name__ == "__main__":
    main()
