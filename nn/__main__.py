"""``python -m nn digits``: train on real data and print what was reached."""

from __future__ import annotations

import argparse
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


if __name__ == "__main__":
    main()
