"""The process in which `--check` runs one student's file: limits first, then the file, then a verdict.

Started as ``python -m autograd.tools.student_process FILE DESCRIPTOR SECONDS``. What the file prints
goes nowhere; the verdict goes through the descriptor as JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from .check_engine import EngineReport, check_engine
from .engine_answers import raised

MEMORY = 1 << 30  # bytes
WRITTEN = 1 << 20  # bytes of a file
PROCESSES = ("os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec", "subprocess.Popen")


def main(path: Path, descriptor: int, seconds: int) -> None:
    """Check the engine of a file, and tell the verdict."""

    def tell(verdict: dict[str, Any]) -> None:
        with os.fdopen(descriptor, "w", encoding="utf-8") as channel:
            json.dump(verdict, channel)

    def watch(event: str, _: tuple[Any, ...]) -> None:
        if event in PROCESSES:  # at the first: an exception could be caught, and tried again
            tell(off("importing it", f"it started a process ({event})", "an engine needs none"))
            os._exit(0)

    _limit(seconds)
    sys.addaudithook(watch)
    tell(_verdict(path))
    os._exit(0)  # threads and exit handlers of the file do not count


def _limit(seconds: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def off(case: str, found: str, why: str) -> dict[str, Any]:
    """The verdict on a file that came to no case, or whose first miss this is."""
    return {"right": 0, "asked": 0, "case": case, "point": "", "found": found, "why": why}


def _verdict(path: Path) -> dict[str, Any]:
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))
    doing, why = "importing it", "the file must run from top to bottom on its own"
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), vars(module))  # noqa: S102  (its purpose)
        engine = _engine(module)
        if engine is None:
            why = "call it Value, or let one class alone have backward()"
            return off(doing, "no class Value was found", why)
        doing, why = "running it", "an engine computes, and ends no program"
        return _summary(check_engine(engine))
    except BaseException as error:  # noqa: BLE001  (SystemExit and KeyboardInterrupt too)
        return off(doing, raised(error), why)


def _engine(module: ModuleType) -> type | None:
    """The class Value, else the only one with backward()."""
    classes = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and thing.__module__ == module.__name__
    ]
    found = [c for c in classes if c.__name__ == "Value"] or [
        c for c in classes if hasattr(c, "backward")
    ]
    return found[0] if len(found) == 1 else None


def _summary(report: EngineReport) -> dict[str, Any]:
    asked = len(report.right) + len(report.misses)
    first = report.misses[0]._asdict() if report.misses else off("", "", "")
    return {**first, "right": len(report.right), "asked": asked}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
