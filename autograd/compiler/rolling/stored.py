"""A rolled program as text, for the disk, and back.

What a call asks of a program is little: the *head*. The stages, which only code generation and people
read, are the *body*: it is taken apart when somebody asks for them. Numbers keep every bit.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import Any

from .rolled import Dot, Group, Leaf, Loop, Rolled, Stage


def body(rolled: Rolled) -> bytes:
    """The stages."""
    stages = [(stage.per_sample, [_item(item) for item in stage.items]) for stage in rolled.stages]
    return json.dumps(stages).encode()


def head(rolled: Rolled) -> dict[str, Any]:
    """All the rest."""
    names = {field.name for field in fields(rolled)} - {"stages", "digest", "read"}
    return {name: getattr(rolled, name) for name in sorted(names)} | {"kept": sorted(rolled.kept)}


def digest(rolled: Rolled) -> str:
    """The hash of a program: equal programs have equal ones."""
    if rolled.digest:
        return rolled.digest
    text = json.dumps(head(rolled)).encode()
    return hashlib.sha256(text + b"\0" + body(rolled)).hexdigest()


def restored(head: dict[str, Any], body: bytes, digest: str) -> Rolled:
    """The program of a head and a body, which is read when it is asked for."""
    rolled = Rolled(**head, digest=digest, read=lambda: stages(body))
    rolled.kept = set(rolled.kept)
    rolled.sample_inputs = [(a, b, c) for a, b, c in rolled.sample_inputs]
    rolled.outputs, rolled.watch = _leaves(rolled.outputs), _leaves(rolled.watch)
    del rolled.stages
    return rolled


def stages(body: bytes) -> list[Stage]:
    """The stages of a body."""
    return [Stage(one, [_made(item) for item in items]) for one, items in json.loads(body)]


def _item(item: Group | Loop) -> tuple[Any, ...]:
    if isinstance(item, Loop):
        return item.count, [_item(group) for group in item.body], item.per_sample
    return tuple([getattr(item, name) for name in Group.__slots__])


def _made(item: list[Any]) -> Group | Loop:
    if len(item) != len(Group.__slots__):
        count, groups, per_sample = item
        return Loop(count, tuple(map(_made, groups)), per_sample)  # type: ignore[arg-type]
    code, leaves, target, per_sample, count, outer, dots, total = item
    dots = tuple([Dot(*dot) for dot in dots])
    leaves = tuple(_leaves(leaves))
    return Group(tuple(code), leaves, Leaf(*target), per_sample, count, outer, dots, total)


def _leaves(leaves: list[Any]) -> list[Leaf]:
    return [Leaf(*leaf) for leaf in leaves]
