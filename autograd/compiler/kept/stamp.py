"""Which files this process runs: the part of every key on disk that a change of our own code changes.

A file is known by its size and the time of its last change, as Python knows whether the bytecode beside
it is that file's. A file that was changed after this package was loaded is not what runs: then there is
no stamp, and nothing is kept or found.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Iterator

LOADED = time.time()
MARGIN = 1.0  # seconds that clocks of file systems may be behind
ROOT = functools.reduce(lambda path, _: os.path.dirname(path), range(4), __file__)
PACKAGES = [os.path.join(ROOT, name, "") for name in ("autograd", "nn")]


@functools.cache
def stamp() -> str | None:
    """What `now` said when it was first asked: what is loaded later is either of those files, or of
    newer ones, and then `now` says None.
    """
    return now()


def now() -> str | None:
    """Python's version and ours, file by file; None if a file was changed since it was loaded."""
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
