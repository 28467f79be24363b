"""The cache on disk: entries found by a key, the hash of everything that their content follows from.

An entry is a file in the user's cache directory, named by its key (of which our own files are a part,
see `own_files`). It is written under another name and then renamed, so several processes may write at
once, and a reader sees all of it or nothing.

Machine code from an entry is run, so it must be trustworthy: a regular file of this user's, in a
directory of this user's, that nobody else may write to, which holds exactly the bytes whose hash it
begins with, for the key that is asked for. Any other file is ignored. If an entry cannot be read or
written, everything works as without a cache, and only time is lost. The content is plain data, a
head in JSON and bytes; nothing is unpickled or evaluated.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from .hashing import HASH, hashed
from .own_files import stamp, stamp_now

ENTRIES = 512  # at most; when there are more, the oldest quarter is deleted
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
Content = tuple[Any, list[bytes]]
"""What an entry holds: a head of plain data, and bytes."""


def directory() -> str:
    """Where entries are: where `platformdirs` says. On Linux its rule is applied here, for importing it
    takes longer than reading an entry.
    """
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if sys.platform == "linux" and os.path.isabs(caches):
        return os.path.join(caches, "chainrule", "native")
    import platformdirs

    return os.path.join(platformdirs.user_cache_dir("chainrule", appauthor=False), "native")


def key_of(*parts: str) -> bytes | None:
    """The key of these parts and our own files; None if those were changed since they were loaded."""
    ours = stamp()
    return None if ours is None else hashed("\0".join([ours, *parts]).encode())


def read(key: bytes) -> Content | None:
    """The content of an entry, or None if there is none that may be used."""
    folder = directory()
    try:
        if not _is_ours(os.stat(folder), stat.S_ISDIR):
            return None
        handle = os.open(
            os.path.join(folder, key.hex()), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
        )
    except OSError:  # not there, or a link
        return None
    with os.fdopen(handle, "rb") as file:
        if not _is_ours(os.fstat(handle), stat.S_ISREG):
            return None
        content = file.read()
    seal, rest = content[:HASH], memoryview(content)[HASH:]  # which is no copy
    if hashed(rest) != seal or rest[:HASH] != key:
        return None
    line = content.index(b"\n", 2 * HASH)
    head, lengths = json.loads(content[2 * HASH : line])
    ends = accumulate(lengths, initial=line + 1)
    return head, [content[start:end] for start, end in pairwise(ends)]


def _is_ours(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether it is this user's, of the right kind, and nobody else may write to it."""
    if not is_kind(found.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows: a user's directories are closed to others by default
        return True
    return found.st_uid == os.getuid() and not found.st_mode & OTHERS_WRITE


def write(key: bytes, head: Any, parts: Sequence[bytes]) -> None:
    """Write an entry, if that is possible, and our files are still those that this process runs."""
    import tempfile

    if stamp_now() is None:
        return
    line = json.dumps([head, [*map(len, parts)]], default=int).encode()
    rest = b"".join([key, line, b"\n", *parts])
    with contextlib.suppress(OSError):  # a full or read-only disk costs time, nothing else
        folder = directory()
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashed(rest) + rest)
            os.replace(temporary, os.path.join(folder, key.hex()))
        except OSError:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        _drop_the_oldest()


def _drop_the_oldest() -> None:
    """If there are too many entries, delete a quarter: then few writes have to ask for their ages."""
    entries = [*os.scandir(directory())]
    if len(entries) > ENTRIES:
        ages = {}
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                ages[entry.path] = entry.stat().st_mtime
        for path in sorted(ages, key=ages.__getitem__)[: len(ages) - ENTRIES * 3 // 4]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
