"""The shortcut: a compiled program called without a look at pytrees.

For arguments in plain containers a function is written that takes them apart, hands the leaves to a
builtin that checks and runs (`llvm.arrays`), and puts the answer together; where all arguments are
floats the builtin does everything (`llvm.call`). Whatever does not fit goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..rolling.rolled import Leaf, Rolled
from .containers import expression, is_plain, made, unpacking
from .recording import Recording
from .signature import Arguments, Results


def shortcut(
    recording: Recording,
    rolled: Rolled,
    kernel: Any,
    arguments: Arguments,
    slow: Callable[..., Any],
) -> Callable[..., Any] | None:
    """A fast way to call the program with positional arguments like these, if there is one."""
    args, kwargs = arguments.tree
    answer = _plain_answer(recording.results)
    if kwargs or arguments.are_packed or answer is None or not is_plain(args):
        return None
    if all(type(x) is float for x in args) and not recording.captured:
        found: Callable[..., Any] = kernel.builtin(len(args), answer[0], slow)
        return found
    run = _entry(recording, kernel)
    if run is None:
        return None
    names: dict[str, Any] = {"slow": slow, "empty": np.empty}
    lines, leaves = unpacking(args, "return slow(*t)", names)
    lines = ["if names: return slow(*t, **names)", *lines, f"out = empty({rolled.uniform_slots})"]
    return _written(
        "*t, **names", lines, leaves, "slow(*t)", answer[0], recording, rolled, run, names
    )


def bound(
    recording: Recording, rolled: Rolled, kernel: Any, arguments: Arguments, slow: Callable[[], Any]
) -> Callable[[], Any]:
    """The program with these arguments and one place for its numbers, else ``slow``."""
    answer, run = _plain_answer(recording.results), _entry(recording, kernel)
    if answer is None or run is None:
        return slow
    held = [x if x.ndim else float(x) for x in arguments.arrays]
    leaves = [f"leaf{k}" for k in range(len(held))]
    names = dict(zip(leaves, held, strict=True))
    names |= {"slow": slow, "out": np.empty(rolled.uniform_slots)}
    return _written("", [], leaves, "slow()", answer[0], recording, rolled, run, names)


def _plain_answer(results: Results) -> tuple[Any] | None:
    """The answer's form, a number for each leaf, if plain containers hold numbers and arrays."""
    answer = results.treedef.unflatten(range(len(results.parts)))
    simple = not any(part.per_sample or part.is_truth for part in results.parts)
    return (answer,) if simple and is_plain(answer) else None


def _entry(recording: Recording, kernel: Any) -> Any:
    """The builtin that takes the leaves, and what the function closes over."""
    shapes = [None if guard == () else guard for guard in recording.guards]
    return kernel.entry([*shapes, *(x.shape for x in recording.captured)], recording.fixed_samples)


def _written(
    parameters: str,
    lines: list[str],
    leaves: list[str],
    slow: str,
    answer: Any,
    recording: Recording,
    rolled: Rolled,
    run: Any,
    names: dict[str, Any],
) -> Callable[..., Any]:
    """The function that runs the program on leaves into ``out``, and puts the answer together."""
    results = recording.results
    held = [f"held{k}" for k in range(len(recording.captured))]
    names |= {"run": run, "nothing": NotImplemented}
    names |= dict(zip(held, recording.captured, strict=True))
    lines.append(f"if run({', '.join([*leaves, *held, 'out'])}) is nothing: return {slow}")
    for k, leaf in enumerate(rolled.outputs):
        if (leaf.space, leaf.base) != ("U", k):
            lines.append(f"out[{k}] = {_elsewhere(leaf, rolled, [*leaves, *held], recording)}")
    starts = np.cumsum([0, *(part.size for part in results.parts)])
    only_numbers = all(part.shape is None for part in results.parts)
    if only_numbers:
        lines.append(f"numbers = out[:{len(rolled.outputs)}].tolist()")

    def leaf_of(k: int) -> str:
        start, part = int(starts[k]), results.parts[k]
        if part.shape is None:
            return f"numbers[{start}]" if only_numbers else f"out.item({start})"
        return f"out[{start}:{start + part.size}].reshape({part.shape})"

    lines.append(f"return {expression(answer, leaf_of, names)}")
    return made("call", parameters, lines, names)


def _elsewhere(leaf: Leaf, rolled: Rolled, leaves: list[str], recording: Recording) -> str:
    """An output that nothing computed: a constant, an argument, or another output."""
    if leaf.space == "K":
        return f"float('{rolled.constants[leaf.base]!r}')"
    if leaf.space == "U":
        return f"out[{leaf.base}]"
    is_number = leaf.array < len(recording.guards) and recording.guards[leaf.array] == ()
    return leaves[leaf.array] if is_number else f"{leaves[leaf.array]}.flat[{leaf.base}]"
