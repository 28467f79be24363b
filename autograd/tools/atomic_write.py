"""An atomic write: a file is whole or as it was, whatever happens and whoever else writes there."""

from __future__ import annotations

import contextlib
import os
import stat


def write_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write data to a file, so that the file is there whole, or as it was before.

    The data go to a new file beside it, of a random name that nobody can have prepared a link
    under; it takes the file's place when it is on the disk. A link stays a link, and a file keeps
    its permissions. Raises OSError, naming the path, where that cannot be, and for a path that is
    there and is no regular file, such as a folder, a pipe or a device.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(folder + "/a.txt", b"whole")
    ...     os.listdir(folder)
    ['a.txt']
    """
    mode = _mode_of(path)
    target = os.path.realpath(path)
    part = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.part")
    try:
        with open(part, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(part, mode)
        os.replace(part, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(part)
        if isinstance(error, OSError) and error.filename:  # that of the part
            error.filename = os.fspath(path)
        raise


def _mode_of(path: str | os.PathLike[str]) -> int | None:
    """The permissions of a file, None where there is none; OSError for what is no regular file."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise OSError(f"{os.fspath(path)} is no regular file: give the path of a file")
    return stat.S_IMODE(mode)
