"""The shortcut: a compiled program called without a look at pytrees.

For arguments in plain containers a function is written that takes them apart, hands the leaves to a
builtin that checks and runs (`llvm.arrays`), and puts the answer together; where all arguments are
floats the builtin does everything (`llvm.call`). Whatever does not fit goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .containers import expression, is_plain, made, unpacking
from .recording import Recording
from .rolled import Leaf, Rolled
from .signature import Arguments


def shortcut(
    recording: Recording,
    rolled: Rolled,
    kernel: Any,
    arguments: Arguments,
    slow: Callable[..., Any],
) -> Callable[..., Any] | None:
    """A fast way to call the program with positional arguments like these, if there is one."""
    args, kwargs = arguments.tree
    results = recording.results
    answer = results.treedef.unflatten(range(len(results.parts)))
    simple = not any(part.per_sample or part.is_truth for part in results.parts)
    if kwargs or arguments.are_packed or not (simple and is_plain(args) and is_plain(answer)):
        return None
    if all(type(x) is float for x in args) and not recording.captured:
        return kernel.builtin(len(args), answer, slow)
    shapes = [
        None if one else guard
        for one, guard in zip(arguments.numbers, recording.guards, strict=True)
    ]
    run = kernel.entry([*shapes, *(x.shape for x in recording.captured)], recording.fixed_samples)
    return _written(args, answer, recording, rolled, run, slow) if run else None


def _written(
    args: Any, answer: Any, recording: Recording, rolled: Rolled, run: Any, slow: Any
) -> Any:
    results = recording.results
    names: dict[str, Any] = {"run": run, "slow": slow, "empty": np.empty, "nothing": NotImplemented}
    lines, leaves = unpacking(args, "return slow(*t)", names)
    held = [f"held{k}" for k in range(len(recording.captured))]
    names |= dict(zip(held, recording.captured, strict=True))
    lines += [
        f"out = empty({rolled.uniform_slots})",
        f"if run({', '.join([*leaves, *held, 'out'])}) is nothing: return slow(*t)",
    ]
    for k, leaf in enumerate(rolled.outputs):
        if (leaf.space, leaf.base) != ("U", k):
            lines.append(f"out[{k}] = {_elsewhere(leaf, rolled, [*leaves, *held], recording)}")
    starts = np.cumsum([0, *(part.size for part in results.parts)])
    only_numbers = all(part.shape is None for part in results.parts)
    if only_numbers:
        lines.append(f"out = out[:{len(rolled.outputs)}].tolist()")

    def leaf_of(k: int) -> str:
        start, part = int(starts[k]), results.parts[k]
        if part.shape is None:
            return f"out[{start}]" if only_numbers else f"out.item({start})"
        return f"out[{start}:{start + part.size}].reshape({part.shape})"

    lines.append(f"return {expression(answer, leaf_of, names)}")
    return made("call", "*t, **names", ["if names: return slow(*t, **names)", *lines], names)


def _elsewhere(leaf: Leaf, rolled: Rolled, leaves: list[str], recording: Recording) -> str:
    """An output that nothing computed: a constant, an argument, or another output."""
    if leaf.space == "K":
        return f"float('{rolled.constants[leaf.base]!r}')"
    if leaf.space == "U":
        return f"out[{leaf.base}]"
    is_number = leaf.array < len(recording.numbers) and recording.numbers[leaf.array]
    return leaves[leaf.array] if is_number else f"{leaves[leaf.array]}.flat[{leaf.base}]"
