"""What is kept on disk, so that the next process need not do what this one has done.

An entry is a file in the user's cache directory, named by the hash of everything that its content
follows from (our own files too, see `stamp`). It is written beside its place and
moved there in one step, so that several processes may write at once and a reader
sees all of it or nothing.

Machine code from a file is run, so a file must earn it. It is left alone unless it is a regular file of
this user's, in a directory of this user's, that nobody else may write to, and holds exactly the bytes
whose hash it begins with, for the key that is asked for. Where that fails, or there is no room to
write, all is done as if there were no cache: nothing but time is lost. The content is plain data (a
head in JSON, and bytes); nothing in it is unpickled or evaluated.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .hashing import HASH, hashed
from .stamp import now, stamp

ENTRIES = 512  # kept at most; the oldest quarter goes where there are more
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
Content = tuple[Any, list[bytes]]
"""What an entry holds: a head of plain data, and bytes."""


def directory() -> str:
    """Where entries are: where `platformdirs` says. Linux's rule is short, and to load what knows the
    others takes longer than to load a program.
    """
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if sys.platform == "linux" and os.path.isabs(caches):
        return os.path.join(caches, "chainrule", "native")
    import platformdirs

    return os.path.join(platformdirs.user_cache_dir("chainrule", appauthor=False), "native")


def key_of(*parts: str) -> bytes | None:
    """The hash of all that an entry follows from; None where our own files have changed meanwhile."""
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
    return _taken_apart(content, 2 * HASH)


def _is_ours(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether it is this user's, of the right kind, and nobody else may write to it."""
    if not is_kind(found.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows: a user's directories are closed to others by default
        return True
    return found.st_uid == os.getuid() and not found.st_mode & OTHERS_WRITE


def write(key: bytes, head: Any, parts: Sequence[bytes]) -> None:
    """Keep an entry, if there is room and right to, and this process still runs our files."""
    import tempfile

    if now() is None:
        return
    rest = key + _put_together(head, parts)
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


def _put_together(head: Any, parts: Sequence[bytes]) -> bytes:
    """The bytes of a head and parts: a line that says how long each is, and all of them."""
    texts = [json.dumps(head, default=int).encode(), *parts]
    return b"\n".join([json.dumps([*map(len, texts)]).encode(), b"".join(texts)])


def _taken_apart(content: bytes, start: int) -> Content:
    end = content.index(b"\n", start)
    parts, lengths, start = [], content[start:end], end + 1
    for length in json.loads(lengths):
        parts.append(content[start : start + length])
        start += length
    return json.loads(parts[0]), parts[1:]


def _drop_the_oldest() -> None:
    """Of too many entries a quarter goes, so that few writes ask how old each is."""
    entries = [*os.scandir(directory())]
    if len(entries) > ENTRIES:
        ages = {}
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                ages[entry.path] = entry.stat().st_mtime
        for path in sorted(ages, key=ages.__getitem__)[: len(ages) - ENTRIES * 3 // 4]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
