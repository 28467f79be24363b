"""A rolled program as text, for the disk, and back.

What a call asks of a program is little: the *head*. The *body*, a text for each stage, is what only
code generation and people read: it is taken apart when somebody asks for it. Numbers keep every bit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from ..programs.elements import element_of
from ..rolling.rolled import Dot, Group, Leaf, Loop, Outputs, Rolled, Stage, Words
from .hashing import hashed

STILL, ONE = Leaf("", 0)[2:], (1, 1, (), False)
"""The rest of a leaf that does not move, and of a group of one instance: they are not written."""


def head(rolled: Rolled) -> dict[str, Any]:
    """A program but for the items of its stages."""
    plain = {**vars(rolled)}
    plain["stages"] = [stage.per_sample for stage in rolled.stages]
    plain["outputs"] = [len(rolled.outputs), [*rolled.outputs.per_sample.items()]]
    return plain | {"element": rolled.element.name}


def body(rolled: Rolled) -> list[bytes]:
    """The items of each stage, beside the leaves and the codes that they name by number."""
    return [_written(stage.items) for stage in rolled.stages]


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


def _written(items: Sequence[Group | Loop]) -> bytes:
    """Items as text. (NumPy's integers are written as Python's.)"""
    leaves: dict[Leaf, int] = {}
    codes: dict[Words, int] = {}

    def row(item: Group | Loop) -> list[Any]:
        if isinstance(item, Loop):
            return [[item.count, [*map(row, item.body)], item.per_sample]]
        code, of, target, per_sample, *rest = item
        names = [leaves.setdefault(leaf, len(leaves)) for leaf in (target, *of)]
        more = [] if tuple(rest) == ONE else [rest]
        return [codes.setdefault(code, len(codes)), per_sample, *names, *more]

    rows = [*map(row, items)]
    places = [leaf[:2] if leaf[2:] == STILL else leaf for leaf in leaves]
    return json.dumps([rows, places, [*codes]], default=int).encode()


def _items(text: bytes) -> list[Group | Loop]:
    rows, leaves, codes = json.loads(text)
    leaves, codes = _leaves(leaves), [*map(tuple, codes)]

    def made(row: list[Any]) -> Group | Loop:
        if type(row[0]) is list:
            count, groups, per_sample = row[0]
            return Loop(count, tuple(map(made, groups)), per_sample)  # type: ignore[arg-type]
        count, outer, dots, total = row.pop() if type(row[-1]) is list else ONE
        code, per_sample, target, *of = row
        dots = tuple([Dot(*dot)._replace(start=tuple(dot[-2])) for dot in dots])
        some = tuple([leaves[k] for k in of])
        return Group(codes[code], some, leaves[target], per_sample, count, outer, dots, total)

    return [*map(made, rows)]


def _leaves(leaves: list[Any]) -> list[Leaf]:
    return [Leaf(*leaf) for leaf in leaves]
