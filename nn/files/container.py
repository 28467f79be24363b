"""The file: arrays in safetensors, and beside them, as JSON in the header, what they are of.

Nothing is ever unpickled: a file holds names and numbers, and reading it runs no code of its author.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from autograd import write_file

from ..extras import from_extra

FORMAT = "chainrule 2"


class ModelFileError(ValueError):
    """A file is truncated, no model of ours, or of another shape than it says."""


def write(path: str | os.PathLike[str], arrays: dict[str, np.ndarray], notes: Any) -> None:
    """Arrays and notes as a file, which is there whole or as it was before."""
    with from_extra():
        from safetensors.numpy import save

    write_file(path, save(arrays, {"format": FORMAT, "notes": json.dumps(notes)}))


def read(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What `write` wrote; ModelFileError for anything else.

    The library refuses a header whose arrays are not the bytes that follow it, no more and no less.
    """
    with from_extra():
        from safetensors import SafetensorError, safe_open

    open(path, "rb").close()  # noqa: PTH123  (a file that is not there, or not ours, says so itself)
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no dict)
    except SafetensorError as error:
        raise ModelFileError(f"{path} is no safetensors file, or a part of one: {error}") from error
    if header.get("format") != FORMAT:
        raise ModelFileError(
            f"{path} was not written by save(): its format is {header.get('format')!r}, "
            f"not {FORMAT!r}; arrays alone go in by model.load_state_dict"
        )
    try:
        notes = json.loads(header["notes"])
    except (KeyError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path} has no notes that can be read: {error}") from error
    return arrays, notes
