"""Objects put into memory and joined: what a linker does, for those that LLVM writes for x86-64.

An object in ELF's format has sections (code, constants, variables), symbols, which name places in its
sections or functions elsewhere, and relocations: places where the distance to a symbol belongs. All are
tables of records of one form, so NumPy reads and computes them.

Sections stand one after the other in an *image*: code and constants first, then slots, then, on pages
of their own, variables. A *slot* holds the address of a symbol that objects share or that is elsewhere,
and before it a jump to there: code reaches two gigabytes, and libraries may be farther away.

LLVM's own engine does this for every format and processor (see `loading`). But to load LLVM takes as
long as all else that is done in a process which finds its code on disk.

Tool Interface Standard, ELF-64 Object File Format (1998); System V Application Binary Interface, AMD64
Architecture Processor Supplement, section 4.4 (relocations).
"""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def _record(fields: str) -> Any:
    """A table's form: the names of fields, and the bytes of each."""
    return np.dtype([(field[:-1], f"<i{field[-1]}") for field in fields.split()])


X86_64 = b"\x7fELF\x02\x01", 62
"""How an object with 64-bit little-endian tables begins, and the processor's number."""
SECTION = _record("name4 type4 flags8 address8 offset8 size8 link4 info4 align8 each8")
SYMBOL = _record("name4 info1 other1 section2 value8 size8")
RELOCATION = _record("offset8 type4 symbol4 addend8")
CONTENT, SYMBOLS, RELOCATIONS, ZEROS = 1, 2, 4, 8  # types of sections
WRITE, ALLOCATED = 1, 2  # flags of sections
PC32, PLT32, GOTPCREL, GOTPCRELX, REX_GOTPCRELX = 2, 4, 9, 41, 42  # types of relocations
TO_SYMBOL, TO_ADDRESS = (PC32, PLT32), (GOTPCREL, GOTPCRELX, REX_GOTPCRELX)
SLOT, ADDRESS = 16, 8  # bytes of a slot, and where in it the address is
JUMP = b"\xff\x25\x02\0\0\0\0\0"  # jmp [rip + 2]
REACH = 2**31 - 1
NOWHERE = -1


class Unknown(Exception):  # noqa: N818  (LLVM's own engine takes it then)
    """An object of another format or processor, or with something that is not understood."""


class Object:
    """The tables of an object, and where its sections and symbols are in an image."""

    def __init__(self, content: bytes) -> None:
        if (content[:6], int.from_bytes(content[18:20], "little")) != X86_64:
            raise Unknown("no object of x86-64 in ELF's format")
        first, count = (int.from_bytes(content[a:b], "little") for a, b in ((40, 48), (60, 62)))
        self.content = content
        self.sections = np.frombuffer(content, SECTION, count, first)
        (table,) = self.sections[self.sections["type"] == SYMBOLS]
        self.symbols = self.records(table, SYMBOL)
        self.names = self._names(int(self.sections["offset"][table["link"]]))
        self.places = np.full(count, NOWHERE)

    def records(self, section: Any, kind: Any) -> Any:
        """The table in a section."""
        return np.frombuffer(
            self.content, kind, int(section["size"]) // kind.itemsize, int(section["offset"])
        )

    def _names(self, start: int) -> dict[str, int]:
        """Its symbols but for those that nobody else can name."""
        found = {}
        for k in np.flatnonzero(self.symbols["info"] >> 4).tolist():
            first = start + int(self.symbols["name"][k])
            found[self.content[first : self.content.index(b"\0", first)].decode()] = k
        return found

    def place(self, at: int, writable: bool) -> int:
        """Give a place to its variables, or to all other sections that are needed when it runs (tables
        for exceptions are not); answers where the last one ends.
        """
        for k, x in enumerate(self.sections):
            needed = x["type"] in (CONTENT, ZEROS) and x["flags"] & ALLOCATED
            if needed and bool(x["flags"] & WRITE) == writable:
                self.places[k] = at = _aligned(at, int(x["align"]))
                at += int(x["size"])
        return at

    def copy(self, memory: Any) -> None:
        """Put its sections where they belong."""
        for x, place in zip(self.sections, self.places.tolist(), strict=True):
            if place != NOWHERE and x["type"] == CONTENT:
                memory[place : place + int(x["size"])] = self.records(x, np.dtype("u1"))

    def positions(self) -> Any:
        """Where its symbols are."""
        section = self.symbols["section"]
        inside = (section > 0) & (section < len(self.sections))
        place = self.places[np.where(inside, section, 0)]
        return np.where(place == NOWHERE, NOWHERE, place + self.symbols["value"])

    def relocate(self, memory: Any, symbols: Any, addresses: Any) -> None:
        """Write distances to its symbols, or to where their addresses are."""
        for x in self.sections[self.sections["type"] == RELOCATIONS]:
            table, base = self.records(x, RELOCATION), self.places[x["info"]]
            if base == NOWHERE:
                continue
            by_address = np.isin(table["type"], TO_ADDRESS)
            target = np.where(by_address, addresses[table["symbol"]], symbols[table["symbol"]])
            known = by_address | np.isin(table["type"], TO_SYMBOL)
            if not known.all() or (target == NOWHERE).any():
                raise Unknown(f"relocations of the types {np.unique(table['type'])}")
            place = base + table["offset"]
            distance = target + table["addend"] - place
            words = np.ndarray(len(memory) - 3, "<i4", memory, strides=(1,))  # at every byte
            words[place] = distance


class Image:
    """Objects joined in memory, which is theirs for as long as this lives. ``elsewhere`` answers the
    address of a function that none of them has.
    """

    def __init__(self, contents: Sequence[bytes], elsewhere: Callable[[str], int]) -> None:
        objects = [*map(Object, contents)]
        names = dict.fromkeys(name for x in objects for name in x.names)
        first = _aligned(_placed(objects, 0, writable=False), SLOT)
        variables = _aligned(first + SLOT * len(names), mmap.PAGESIZE)
        size = _placed(objects, variables, writable=True)
        if size > REACH:
            raise Unknown(f"{size} bytes")
        slots = {name: first + SLOT * k for k, name in enumerate(names)}
        self._mapped = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        memory = np.frombuffer(self._mapped, np.uint8)
        self.start = int(memory.ctypes.data)
        self.functions = _joined(objects, memory, slots)
        for name, slot in slots.items():
            inside = self.functions.get(name)
            address = elsewhere(name) if inside is None else self.start + inside
            content = JUMP + address.to_bytes(SLOT - ADDRESS, "little")
            memory[slot : slot + SLOT] = np.frombuffer(content, np.uint8)
        _protect(self.start, variables)

    def address(self, name: str) -> int:
        """Where a function begins."""
        return self.start + self.functions[name]


def _aligned(at: int, size: int) -> int:
    return -(-at // max(size, 1)) * max(size, 1)


def _placed(objects: Sequence[Object], at: int, writable: bool) -> int:
    for x in objects:
        at = x.place(at, writable)
    return at


def _joined(objects: Sequence[Object], memory: Any, slots: dict[str, int]) -> dict[str, int]:
    """Put objects into their places, each with its distances to the others; where the symbols are."""
    positions = [x.positions() for x in objects]
    found = {
        name: int(at[k])
        for x, at in zip(objects, positions, strict=True)
        for name, k in x.names.items()
        if at[k] != NOWHERE
    }
    for x, symbols in zip(objects, positions, strict=True):
        addresses = np.full(len(symbols), NOWHERE)
        for name, k in x.names.items():
            symbols[k] = found.get(name, slots[name])
            addresses[k] = slots[name] + ADDRESS
        x.copy(memory)
        x.relocate(memory, symbols, addresses)
    return found


def _protect(start: int, size: int) -> None:
    """Let memory be run, and not written any more."""
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if protect(start, size, mmap.PROT_READ | mmap.PROT_EXEC):
        number = ctypes.get_errno()
        raise OSError(number, f"this system does not let memory be run: {os.strerror(number)}")
