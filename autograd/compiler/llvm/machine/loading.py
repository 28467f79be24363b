"""Objects made into functions, once the names that they call have addresses."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Sequence
from typing import Any

from .linking import Image, Unknown
from .symbols import address_of


class Loaded:
    """Functions of objects in memory, which live as long as this or one of `function`; objects may call
    each other. ``symbols`` are what they call besides. Raises OSError if something is not there.
    """

    def __init__(self, objects: Sequence[bytes], symbols: Collection[str]) -> None:
        self._code: Any
        try:
            self._code = Image(objects, address_of)
        except Unknown:
            from .codegen import Engine

            self._code = Engine(objects, symbols)

    def address(self, name: str) -> int:
        """Where a function begins."""
        address: int = self._code.address(name)
        return address

    def function(self, name: str, result: Any, *arguments: Any) -> Any:
        """A function to call through ctypes, without Python's lock."""
        found: Any = ctypes.CFUNCTYPE(result, *arguments)(self.address(name))
        found.loaded = self
        return found
