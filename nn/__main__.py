"""``python -m nn digits``: train on real data and print what was reached."""

from __future__ import annotations

import argparse
import os
import sys
import time

from .results import RESULTS


def main() -> None:
    """Run the results that are named, all by default."""
    parser = argparse.ArgumentParser(prog="python -m nn", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(RESULTS)}")
    names = parser.parse_args().names or list(RESULTS)
    unknown = [name for name in names if name not in RESULTS]
    if unknown:
        parser.error(f"no result is called {unknown[0]!r}; choose from {', '.join(RESULTS)}")
    for name in names:
        start = time.perf_counter()
        numbers = ", ".join(f"{what} {number:.4f}" for what, number in RESULTS[name]().items())
        print(f"{name}: {numbers} ({time.perf_counter() - start:.1f} s)")  # noqa: T201


def command() -> str | None:
    """`main` as a program: that nobody reads on, or that a device is full, is one line."""
    try:
        main()
        print(end="", flush=True)  # noqa: T201
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the rest is not written
        return f"nn: {error}"
    return None


if __name__ == "__main__":
    sys.exit(command())
