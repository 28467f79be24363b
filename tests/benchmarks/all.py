"""Every benchmark, one after the other, written to RESULTS.md: README quotes from there alone.

    python tests/benchmarks/all.py

runs every script of this folder. The file is written when all of them have ended well; with names of
scripts only those run, and their tables replace the ones that the file has.
"""

import argparse
import ast
import re
import subprocess
import sys
from pathlib import Path

from contest import HERE, QUICK

NO_BENCHMARKS = {"all.py", "contestant.py"}
HEAD = """# Measured

Written by `python tests/benchmarks/all.py`; every section by the script that it names. Ratios are of
runs side by side, one contestant after the other, round by round. Times are those of one machine.
"""


def scripts():
    """The names of the scripts that measure something."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.py"))}
    return [n for n, s in sources.items() if "__main__" in s and n not in NO_BENCHMARKS]


def section(name, quick):
    """What a script prints, under its name and the first line of its docstring."""
    command = [sys.executable, HERE / name, *["--quick"] * quick]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stdout}{done.stderr}")
    said = ast.get_docstring(ast.parse((HERE / name).read_text(encoding="utf-8")))
    return f"## {name}\n\n{said.splitlines()[0]}\n\n```\n{done.stdout.strip()}\n```\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scripts", nargs="*", metavar="SCRIPT", help="default all of the folder")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md", metavar="FILE")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    options = parser.parse_args()
    before = options.output.read_text(encoding="utf-8") if options.output.exists() else ""
    found = {s.split()[1]: s for s in re.split(r"^(?=## )", before, flags=re.MULTILINE)[1:]}
    for name in options.scripts or scripts():
        print(name, flush=True)
        found[name] = section(name, options.quick)
    text = "\n".join([HEAD, *(found[name].rstrip() + "\n" for name in sorted(found))])
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
