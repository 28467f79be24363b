"""A rolled program as text, for the disk, and back.

What a call asks of a program is little: the *head*. The *body*, a text for each stage, is what only
code generation and people read: it is taken apart when somebody asks for it. Numbers keep every bit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from ..elements import element_of
from ..kept.hashing import hashed
from .rolled import Dot, Group, Leaf, Loop, Outputs, Rolled, Stage

STILL, ONE = Leaf("", 0)[2:], (1, 1, (), False)
"""The rest of a leaf that does not move, and of a group of one instance: they are not written."""


def head(rolled: Rolled) -> dict[str, Any]:
    """A program but for the items of its stages."""
    plain = {**vars(rolled)}
    plain["stages"] = [stage.per_sample for stage in rolled.stages]
    plain["outputs"] = [len(rolled.outputs), [*rolled.outputs.per_sample.items()]]
    return plain | {"element": rolled.element.name}


def body(rolled: Rolled) -> list[bytes]:
    """The items of each stage. (NumPy's integers are written as Python's.)"""
    return [
        json.dumps([*map(_plain, stage.items)], default=int).encode() for stage in rolled.stages
    ]


def digest(rolled: Rolled, body: Sequence[bytes]) -> str:
    """The hash of a program: equal programs have equal ones."""
    text = json.dumps(head(rolled) | {"digest": ""}, sort_keys=True, default=int)
    return hashed(b"\0".join([text.encode(), *body])).hex()


def name_of(rolled: Rolled) -> str:
    """The hash of a program, which is known of one that is kept."""
    return rolled.digest or digest(rolled, body(rolled))


def restored(head: dict[str, Any], body: Sequence[bytes]) -> Rolled:
    """The program of a head and a body."""
    rolled = Rolled(**head)
    rolled.element = element_of(head["element"])
    rolled.sample_inputs = [(a, b, c) for a, b, c in head["sample_inputs"]]
    count, per_sample = head["outputs"]
    rolled.outputs = Outputs(count, {k: Leaf(*leaf) for k, leaf in per_sample})
    rolled.watch = _leaves(head["watch"])
    pairs = zip(head["stages"], body, strict=True)
    rolled.stages = [Stage(kind, read=partial(_items, text)) for kind, text in pairs]
    return rolled


def _items(text: bytes) -> list[Group | Loop]:
    return [*map(_made, json.loads(text))]


def _plain(item: Group | Loop) -> tuple[Any, ...]:
    if isinstance(item, Loop):
        return item.count, [*map(_plain, item.body)], item.per_sample
    leaves = [leaf[:2] if leaf[2:] == STILL else leaf for leaf in (item.target, *item.leaves)]
    rest = item.count, item.outer, item.dots, item.total
    return item.code, leaves, item.per_sample, *([] if rest == ONE else [rest])


def _made(item: list[Any]) -> Group | Loop:
    if type(item[0]) is int:
        count, groups, per_sample = item
        return Loop(count, tuple(map(_made, groups)), per_sample)  # type: ignore[arg-type]
    code, leaves, per_sample, *rest = item
    target, *leaves = _leaves(leaves)
    count, outer, dots, total = rest[0] if rest else ONE
    dots = tuple([Dot(*dot)._replace(start=tuple(dot[-2])) for dot in dots])
    return Group(tuple(code), tuple(leaves), target, per_sample, count, outer, dots, total)


def _leaves(leaves: list[Any]) -> list[Leaf]:
    return [Leaf(*leaf) for leaf in leaves]
