"""vmap: a function of one sample, run once for all samples of an array.

Inside, every number that was mapped is a Value of a batch, though the function sees one sample.
A nested vmap puts one more axis in front. Outside, results are arrays again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import context
from ..errors import TransformError
from ..kinds import kind as kinds
from ..kinds.conditions import Condition
from ..kinds.kind import Number, shape_of
from ..operations.samples import samples_of, stack, to_shape
from ..protocols.python import closed_over
from ..value import Value, topological_order
from .axes import Part, joined, parts
from .nesting import live_nodes, variable
from .one_by_one import are_single, samples_of_part, stacked
from .pytree import flatten, tree_map
from .ravel import Raveled, array_of_frame, assembled, is_array, made_since
from .tape import called, returned, wrapping


class _NoClosedOverArrays(context.Observer):
    """Refuses arrays of floats that a mapped function closes over: samples, or one for all?"""

    def made(self, node: Value) -> None:
        if context.running.get().sweeping:
            return
        for x in node.operands:
            if type(x) is Value or type(x) is float:
                continue
            if is_array(x) or type(x) is Condition or shape_of(x):
                raise closed_over(x)


def vmap(
    f: Callable[..., Any],
    in_axes: int | tuple[Any, ...] | list[Any] | None = 0,
    out_axes: Any = 0,
) -> Callable[..., Any]:
    """The function that maps f along an axis of its array arguments, at once for all samples.

    ``in_axes`` is the axis of every positional argument's arrays, or a sequence of one for each;
    None passes an argument to every sample as it is, and keyword arguments are passed so. In the
    place of an axis may stand a container of axes like the argument: ``({"w": None, "x": 0},)``.
    ``out_axes`` says so of the result, where the samples go; None is for what is the same for all.
    A transform called inside f is taken for each sample.

    Raises TransformError for axes or lengths that do not fit, BatchError for an array of floats
    that f closes over.

    >>> import numpy as np
    >>> from autograd import grad
    >>> vmap(grad(lambda x: x * x))(np.array([1.0, 2.0, 3.0]))
    array([2., 4., 6.])
    """

    def mapped(*args: Any, **kwargs: Any) -> Any:
        axes = [in_axes] * len(args) if isinstance(in_axes, int) or in_axes is None else in_axes
        if not isinstance(axes, (tuple, list)) or len(axes) != len(args):
            raise TransformError(
                f"in_axes is {in_axes!r} for {len(args)} positional arguments: give an axis or None "
                f"for all of them, or a sequence of one for each"
            )
        given = [
            part
            for i, (x, its) in enumerate(zip(args, axes, strict=True))
            for part in parts(x, its, f"argument {i}", "in_axes")
        ]
        name = f"the result of {getattr(f, '__name__', f)}"

        def run(seen: Iterator[Any]) -> Any:
            every = [joined(x, its, seen) for x, its in zip(args, axes, strict=True)]
            return called(f, every, kwargs)

        if are_single(given):
            n = _count(given, single=True)
            each = [samples_of_part(part, n) for part in given]
            runs = [run(map(next, each)) for _ in range(max(n, 1))]
            every = [parts(out, out_axes, name, "out_axes") for out in runs]
            results = [stacked(of_one, n) for of_one in zip(*every, strict=True)]
            return joined(runs[0], out_axes, iter(results))
        inner = (_count(given), *context.running.get().samples)
        since = next(context.serials)
        with context.transforming(since, samples=inner):
            seen = iter([_seen(part, inner) for part in given])
            with _NoClosedOverArrays().watching():
                out = run(seen)
        found = parts(out, out_axes, name, "out_axes")
        return joined(out, out_axes, iter([_gathered(part, inner, since) for part in found]))

    return wrapping(mapped, f)


def _count(given: Sequence[Part], *, single: bool = False) -> Any:
    """The number of samples, which all mapped arrays must agree on."""
    counts: dict[Any, str] = {}
    for tree, axis, path in given:
        if axis is None:
            continue
        leaves = [] if single else flatten(tree)[0]
        lazy = [x for x in leaves if hasattr(x, "mapped")]
        counts |= {x.samples(axis): path for x in lazy}
        others = [x for x in leaves if not hasattr(x, "mapped")] if lazy else tree
        for shape in Raveled(others, path).shapes:
            if shape is None or not -len(shape) <= axis < len(shape):
                raise TransformError(
                    f"{path} holds {'a single number' if shape is None else f'shape {shape}'}, "
                    f"which has no axis {axis} to map: in_axes=None passes it to every sample"
                    + "; samples are an array, np.array(...)"
                    * isinstance(tree, (list, tuple))
                )
            counts[shape[axis]] = path
    many: Any = next((n for n in counts if not isinstance(n, int)), None)
    if many is not None and len(counts) == 2:  # `jit` records: beside an array that is closed over
        counts = {n: path for n, path in counts.items() if n is many or not many.can_be(n)}
    if len(counts) != 1:
        raise TransformError(
            f"vmap needs one number of samples, the arrays have {counts or 'none'}"
        )
    return next(iter(counts))


def _seen(part: Part, inner: tuple[int, ...]) -> Any:
    """A part of an argument as f sees it."""
    if part.axis is None:
        return tree_map(_as_variables, part.tree)
    return _mapped(part.tree, part.axis, inner, part.path)


def _as_variables(x: Any) -> Any:
    """An array that is the same for all samples as one of objects, which is not taken for samples."""
    if hasattr(type(x), "rows"):  # each of its elements is one already
        return x
    x = array_of_frame(x)
    if not is_array(x):
        return x
    from ..kinds.variables import Variables

    return x.astype(object).view(Variables)


def _mapped(tree: Any, axis: int, inner: tuple[int, ...], name: str) -> Any:
    """One sample of a tree of arrays as f sees it: each number a Value that holds a batch."""
    import numpy as np

    leaves, treedef = flatten(tree)
    if any(hasattr(x, "mapped") for x in leaves):
        pairs = [x.mapped(axis) for x in leaves]
        return treedef.unflatten([assembled([*map(variable, ns)], shape) for ns, shape in pairs])
    raveled = Raveled(tree, name)
    blocks = []
    for span, shape in raveled.spans():
        array = np.moveaxis(assembled(raveled.numbers[span], shape), axis, 0)
        rows = array.reshape(len(array), math.prod(array.shape[1:]))
        columns = [_batch(x, inner) for x in rows.T.tolist()]
        blocks.append(assembled(columns, array.shape[1:] or None))
    return raveled.treedef.unflatten(blocks)


def _batch(numbers: list[Number], inner: tuple[int, ...]) -> Value:
    """One number of a mapped array: a Value with a sample for each of the list."""
    import numpy as np

    if any(isinstance(x, Value) or hasattr(x, "recorder") for x in numbers):
        return variable(stack([to_shape(variable(x), inner[1:]) for x in numbers]))
    if not isinstance(inner[0], int):
        many: Any = inner[0]
        return variable(many.held(np.array(numbers, dtype=float)))
    column = np.array(numbers, dtype=float).reshape(-1, *[1] * (len(inner) - 1))
    return variable(np.broadcast_to(column, inner))


def _gathered(part: Part, inner: tuple[int, ...], since: int) -> Any:
    """A part of the result as arrays, with the samples along its axis; with None one for all."""
    out, axis = Raveled(part.tree, part.path), part.axis
    new = [v for v in out.numbers if made_since(v, since)]
    live = live_nodes(topological_order(*new, since=since), since)

    def each(v: Number) -> list[Number]:
        if not made_since(v, since) or kinds.shape_of(v) == inner[1:]:
            return [v if not made_since(v, since) or v in live else returned(v.data)] * inner[0]
        if v in live:
            return samples_of(to_shape(v, inner))
        return [*map(returned, kinds.to_shape(v.data, inner))]

    def whole(v: Number, shape: tuple[Any, ...]) -> Number:
        v = v if not made_since(v, since) or v in live else v.data
        return to_shape(v, shape) if isinstance(v, Value) else kinds.to_shape(kinds.leaf(v), shape)

    blocks = []
    for span, shape in out.spans():
        firsts = [n for v in out.numbers[span] for n in kinds.shape_of(v)[:1]]
        many: Any = next((n for n in [*firsts, inner[0]] if not isinstance(n, int)), None)
        if many is not None:  # `jit` records: samples of an argument, or beside its numbers
            if axis != 0:
                raise TransformError(f"under jit samples go along the first axis: {axis} is not 0")
            every = [whole(v, (many, *inner[1:])) for v in out.numbers[span]]
            blocks.append(many.stacked(every, shape))
            continue
        columns = [each(v) for v in out.numbers[span]]
        if axis is None:
            _check_same(out.numbers[span], inner, part)
            blocks.append(assembled([column[0] for column in columns], shape))
            continue
        rows = [x for row in zip(*columns, strict=True) for x in row]
        blocks.append(_at_axis(assembled(rows, (inner[0], *(shape or ()))), axis, part))
    return out.treedef.unflatten(blocks)


def _check_same(numbers: Sequence[Number], inner: tuple[int, ...], part: Part) -> None:
    if any(len(kinds.shape_of(x)) == len(inner) for x in numbers if isinstance(x, Value)):
        raise TransformError(
            f"{part.path} is another for each sample: out_axes=None is for what is the same for all"
        )


def _at_axis(array: Any, axis: int, part: Part) -> Any:
    """An array whose first axis, of the samples, is put in another place."""
    import numpy as np

    if not -array.ndim <= axis < array.ndim:
        raise TransformError(
            f"{part.path} has {array.ndim} axes, that of the samples among them: no axis {axis}"
        )
    return np.moveaxis(array, 0, axis)
