"""Which version of our own files this process runs: the part of every key that editing them changes.

A file is known by its size and the time of its last change, as Python knows whether compiled bytecode
is up to date. If a file was changed after this package was loaded, then what runs is not what the file
says: there is no stamp, and nothing is kept or found.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Iterator

LOADED = time.time()
MARGIN = 1.0  # seconds by which a file system's clock may be behind
ROOT = functools.reduce(lambda path, _: os.path.dirname(path), range(4), __file__)
PACKAGES = [os.path.join(ROOT, name, "") for name in ("autograd", "nn")]


@functools.cache
def stamp() -> str | None:
    """The version of our files when it was first asked for. What is loaded later is of these files,
    or `stamp_now` is None.
    """
    return stamp_now()


def stamp_now() -> str | None:
    """Python's version, and the size and time of each file; None if one was changed since the start."""
    files = [*_files()]
    if max(changed for _, _, changed in files) > (LOADED - MARGIN) * 1e9:
        return None
    return f"{sys.version} {sys.flags.optimize} {sorted(files)}"


def _files() -> Iterator[tuple[str, int, int]]:
    """Path, size and time of last change of each of our files."""
    waiting = [*PACKAGES]
    while waiting:
        folder = waiting.pop()
        if not os.path.isdir(folder):
            continue
        for entry in os.scandir(folder):
            if entry.name.endswith(".py"):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
            elif "." not in entry.name and entry.name != "__pycache__":
                waiting.append(entry.path)
