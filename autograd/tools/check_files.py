"""``python -m autograd --check FOLDER_OR_FILE…``: `check_engine` on every student's file.

This is the one place where others' code is run. Each file gets a process of its own, with limits on
its time, its memory and what it writes, and none on what it may read: run it where that is no harm.
"""

# ruff: noqa: T201  (a command line prints)

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .atomic_write import write_file

ROOT = Path(__file__).parents[2]
COLUMNS = ("student", "right", "asked", "case", "point", "found", "why")


def main(arguments: Sequence[str]) -> int:
    """Print a diagnosis a file; 0 if all are right, 1 if not, 2 for what is not understood."""
    given = _parser().parse_args(arguments)
    if os.name != "posix":
        print("autograd: --check limits memory and time as POSIX systems can", file=sys.stderr)
        return 2
    missing = [path for path in given.check if not path.exists()]
    if missing:
        print(f"autograd: --check found no file or folder {str(missing[0])!r}", file=sys.stderr)
        return 2
    rows = []
    for student, path in _files(given.check):
        rows.append({"student": student, **check_file(path, given.timeout)})
        print(_line(rows[-1]), flush=True)
    if not rows:
        print("autograd: --check found no file that ends in .py", file=sys.stderr)
        return 2
    if given.csv:
        try:
            _write(given.csv, rows)
        except OSError as error:
            print(f"autograd: {error}", file=sys.stderr)
            return 2
    return int(any(_is_off(row) for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m autograd",
        description="Check every student's engine with check_engine, and print one diagnosis each. "
        "It RUNS the files, each in a process of its own with limits of time and memory.",
    )
    parser.add_argument("--check", type=Path, nargs="+", required=True, metavar="FOLDER_OR_FILE")
    parser.add_argument("--timeout", type=_seconds, default=10, help="seconds a file may take")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the diagnoses as a table")
    return parser


def _seconds(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 1 to 3600")
    return int(text)


def _files(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Every file with the student's name: the file's, below the folder that was given."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*.py")):
                yield str(file.relative_to(path).with_suffix("")), file
        else:
            yield path.stem, path


def check_file(path: Path, timeout: int) -> dict[str, Any]:
    """The verdict on a file: cases asked and right, and the first miss, with empty texts if none."""
    command = [sys.executable, "-m", f"{__package__}.student_process", str(path.resolve())]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as told:
        process = subprocess.Popen(  # noqa: S603  (running others' code is its purpose)
            [*command, str(told.fileno()), str(timeout)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            pass_fds=[told.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout)
        finally:
            late = process.poll() is None
            _end(process)
        told.seek(0)
        return _read(told.read(), late=late, code=process.returncode, timeout=timeout)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and all of its session."""
    with contextlib.suppress(ProcessLookupError):  # it has ended, and left nobody behind
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(told: bytes, *, late: bool, code: int, timeout: int) -> dict[str, Any]:
    nothing = {"right": 0, "asked": 0, "case": "running it", "point": ""}
    if late or code == -signal.SIGXCPU:
        found, why = f"no end after {timeout} seconds", "a loop or a recursion does not end"
        return {**nothing, "found": found, "why": why}
    try:
        verdict = json.loads(told)
        return {column: verdict[column] for column in COLUMNS[1:]}
    except (ValueError, TypeError, KeyError):
        found = f"it ended with the code {code} and said nothing"
        why = "an engine must not end the program"
        return {**nothing, "found": found, "why": why}


def _is_off(row: dict[str, Any]) -> bool:
    return bool(row["found"])


def _line(row: dict[str, Any]) -> str:
    if not _is_off(row):
        return _plain(f"{row['student']}: right, all {row['asked']} cases")
    place = f"{row['case']} at {row['point']}" if row["point"] else row["case"]
    count = f" ({row['right']} of {row['asked']} cases right)" if row["asked"] else ""
    return _plain(f"{row['student']}: {place}: {row['found']}; {row['why']}{count}")


def _plain(text: str) -> str:
    """One line: what a file says must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    write_file(path, file.getvalue().encode())


def _cell(value: Any) -> Any:
    """A text as spreadsheets show it: none of it is taken for a formula."""
    text = _plain(str(value))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
