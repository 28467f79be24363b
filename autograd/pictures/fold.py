"""Folding: a graph too large to be seen is drawn with whole groups of nodes as one box each.

A *box* is a node itself where it is shown, the path of a group (outermost name first) where the
nodes made in it are folded, or REST, which holds what no group named.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any

from ..tools.groups import Path, paths
from ..value import Value

Box = Any
Boxes = dict[Value, Box]
REST = ()
"""The box of ungrouped nodes that are too far from the output to be shown."""


def fold(order: Sequence[Value], limit: int) -> Boxes:
    """The box of each node: at most ``limit`` boxes, as little folded as that allows."""
    if len(order) <= limit:
        return {node: node for node in order}
    made_in = paths(order)
    boxes: Boxes = {node: node for node in order}
    for depth in range(max(map(len, made_in.values())), 0, -1):
        boxes = {node: path[:depth] or node for node, path in made_in.items()}
        boxes[order[-1]] = order[-1]  # the output is always shown
        for most in (1, len(order)):
            _take_in_leaves(boxes, most)
            if len(set(boxes.values())) <= limit:
                return boxes
    return _nearest(boxes, order[-1], limit // 5)


def _take_in_leaves(boxes: Boxes, most: int) -> None:
    """A leaf, such as a weight, is folded with the group that uses it first, if so many use it."""
    users: dict[Value, dict[Box, None]] = defaultdict(dict)
    for node, box in boxes.items():
        for parent in node.parents:
            users[parent][box] = None
    for leaf, using in users.items():
        groups = (box for box in using if type(box) is tuple)
        if leaf.op is None and len(using) <= most:
            boxes[leaf] = next(groups, leaf)


def _nearest(boxes: Boxes, root: Value, limit: int) -> Boxes:
    """All but the groups and nodes nearest the root folded into one box, groups kept first."""
    near = sorted(_breadth_first(boxes, boxes[root]), key=lambda box: type(box) is not tuple)
    kept = {boxes[root], *near[:limit]}
    return {node: box if box in kept else REST for node, box in boxes.items()}


def _breadth_first(boxes: Boxes, first: Box) -> Iterator[Box]:
    """The boxes, those that the first one uses directly before those further away."""
    below: dict[Box, list[Box]] = defaultdict(list)
    for node, box in boxes.items():
        below[box] += [boxes[parent] for parent in node.parents]
    seen, queue = {first}, deque([first])
    while queue:
        yield (box := queue.popleft())
        for other in below[box]:
            if other not in seen:
                seen.add(other)
                queue.append(other)


def name_of(box: Path) -> str:
    """What a folded box is called."""
    return " / ".join(box) if box else "other nodes"


def summary(boxes: Boxes) -> str:
    """What was folded, in words; "" if nothing was."""
    sizes = Counter(box for box in boxes.values() if type(box) is tuple)
    if not sizes:
        return ""
    largest = [f"{name_of(box)} ({n:,})" for box, n in sizes.most_common(6)]
    more = [f"{len(sizes) - 6} more groups"] if len(sizes) > 6 else []
    text = f"{len(boxes):,} nodes. Folded: " + ", ".join(largest + more) + "."
    if REST in sizes:
        text += ' Nodes made under group("a name") are folded by that name.'
    return text
