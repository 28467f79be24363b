"""A contest: contestants take turns round by round, must agree, and are compared by mean times."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from statistics import mean

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
QUICK = "one round of small programs: shows that all runs and agrees, its times mean nothing"


class Contestant:
    """A process that runs one step at a time. ``missing`` names a package that a peer does not find;
    our own must find theirs.
    """

    def __init__(self, module, name, size, python=sys.executable, path=ROOT, peer=False):
        environment = {**os.environ, "PYTHONPATH": str(path)}
        command = [python, HERE / "contestant.py", module, name, str(size)]
        self.name, self.steps = name, []
        self.process = subprocess.Popen(
            command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.missing = self._answer()["missing"]
        if self.missing and not peer:
            raise SystemExit(f"{name} does not find {self.missing}")

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended, status {self.process.wait()}: see above")
        return json.loads(line)

    def step(self):
        """Run one step, and keep its seconds by part and its results."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.steps.append(self._answer())
        return self.steps[-1]["results"]

    def seconds(self, *parts):
        """The mean over the steps, of the whole or of some parts."""
        return mean(self._each(parts))

    def fastest(self, *parts):
        """The least over the steps, of the whole or of some parts."""
        return min(self._each(parts))

    def _each(self, parts):
        return [sum(s["seconds"][p] for p in parts or s["seconds"]) for s in self.steps]

    def results(self):
        """What the last step found."""
        return self.steps[-1]["results"]

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def hold(contestants, rounds, tolerance=None):
    """Let contestants take turns; the first round warms up and is not counted, unless it is the only
    one. With a tolerance SystemExit if their results differ by more in any round.
    """
    present = [c for c in contestants if not c.missing]
    for number in range(rounds + (rounds > 1)):
        found = [c.step() for c in present]
        if tolerance is not None:
            for c, results in zip(present[1:], found[1:]):
                agree(present[0].name, found[0], c.name, results, tolerance)
        if number == 0 and rounds > 1:
            for c in present:
                c.steps.clear()
    for c in contestants:
        c.close()


def agree(name, results, other_name, others, tolerance):
    """SystemExit unless two lists of numbers are equal, relative to the larger of 1 and themselves."""
    alike = len(results) == len(others) and all(
        abs(x - y) <= tolerance * max(1, abs(x)) for x, y in zip(results, others)
    )
    if not alike:
        raise SystemExit(f"results differ: {name} {results[:5]}…, {other_name} {others[:5]}…")


def table(title, head, rows):
    """Print a table with its columns aligned, the first to the left."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells)]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        first, *rest = zip(row, widths)
        print(
            "  ", first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest), sep="  "
        )
        if number == 0:
            print("  ", *("-" * width for width in widths), sep="  ")
    sys.stdout.flush()


def times(x):
    """A ratio, written."""
    return f"{x:.3g} ×"


def milliseconds(seconds):
    """A time, written."""
    return f"{seconds * 1e3:.2f} ms"


def describe_machine():
    """Print what the numbers depend on besides the programs."""
    load = (
        ", ".join(f"{x:.2f}" for x in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python} on {_cpu()}, {os.cpu_count()} cores; load {load}")


def _cpu():
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(": ")[2]
    return platform.processor() or platform.machine()
