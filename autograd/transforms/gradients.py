"""Derivatives as functions: grad, vjp, jvp, jacobian, hessian, hvp, with JAX's meanings.

A transform calls the user's function on fresh variables, numbered above every older node, and
sweeps the graph that comes out. Adjoints and tangents belong to nodes. Where a node depends on
Values made before it began, formulas run on Values, so the result can be differentiated again: by
an outer transform, or by ``backward()``. That nests to any order, and one variable's perturbation is
never taken for another's. ``grad`` of the user's own Values is left alone.

Names: primals the point, tangents a direction there, cotangents a weight for each output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import TransformError
from ..kinds import kind as kinds
from ..kinds.kind import NOTHING, Number, is_number, shape_of
from ..value import Value
from .ravel import Raveled, assembled, is_array
from .tape import Tape, check_function, position, with_samples, wrapping

Nested = Any  # numbers, or nested lists, tuples, dicts, dataclasses, arrays and Modules of them


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Nested]]:
    """The function that returns f(*args) and its gradient, (f, ∂f/∂arg), at the cost of one sweep.

    ``argnums`` says which positional arguments are variables: the gradient has the form of that
    argument, or is a tuple of them. With ``has_aux`` f returns (result, anything) and the function
    ((result, anything), gradient). Keyword arguments are passed through.

    The function raises TransformError if f returns no single number, an argument holds none, or an
    argnum is out of range. Serves ``scipy.optimize.minimize(value_and_grad(f), x0, jac=True)``.

    >>> value_and_grad(lambda x, y: x * x * y)(3.0, 2.0)
    (18.0, 12.0)
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        tape = Tape(f, args, argnums, kwargs, has_aux, rows=True)
        _check_one_number(tape)
        (gradient,) = tape.pull([[1]])
        value = tape.values()
        return ((value, tape.aux) if has_aux else value), tape.inputs.unravel(gradient)

    return wrapping(value_and_gradient, f)


def _check_one_number(tape: Tape) -> None:
    out = tape.result
    if not is_number(out) or (is_array(out) and out.shape):
        raise TransformError(
            f"{tape.name} must return one number to have a gradient, got {out!r}; "
            f"jacobian() takes functions of several results"
        )
    if shape_of(out) not in ((), tape.samples):
        raise TransformError(
            f"{tape.name} returned a batch of shape {shape_of(out)}: return its mean() or sum(), or "
            f"take vmap(grad(f)) for one gradient a sample"
        )


def grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Nested]:
    """The gradient of f as a function of f's arguments: see `value_and_grad`, also for what it raises.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda p: p["a"] * p["b"][0])({"a": 2.0, "b": [5.0]})
    {'a': 5.0, 'b': [2.0]}
    """
    both = value_and_grad(f, argnums, has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return wrapping(gradient, f)


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """f(*primals), and the function that takes cotangents u, in f's form, to uᵀJ, one per primal.

    Raises NumberError for primals and results that are no numbers; the function, TransformError for
    cotangents that have not f's form.

    >>> out, pull = vjp(lambda x, y: (x * y, x + y), 3.0, 2.0)
    >>> out, pull((1.0, 10.0))
    ((6.0, 5.0), (12.0, 13.0))
    """
    check_function(f)
    if not primals:
        raise TransformError("vjp(f, *primals): give a primal for each argument of f, got none")
    argnums = tuple(range(len(primals)))
    tape = Tape(f, primals, argnums, {}, has_aux)
    out = tape.values()

    def pull(cotangents: Any) -> Any:
        seeds = tape.outputs.numbers_like(cotangents, "cotangents")
        (gradients,) = tape.pull([seeds])
        return tape.inputs.unravel(gradients)

    return (out, pull, tape.aux) if has_aux else (out, pull)


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> tuple[Any, ...]:
    """f(*primals), and its derivative along the tangents, J·t, which has the form of f's result.

    Forward mode from the same formulas: a primitive has one output, so what its pullbacks make of 1
    are its partial derivatives. Raises TransformError unless primals and tangents are tuples or lists,
    a number or nest of numbers for each argument, and of one form.

    >>> jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.0))
    (6.0, 2.0)
    """
    check_function(f)
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise TransformError(
                f"jvp(f, (x,), (t,)): {name} are a tuple or list, one for each argument; got {given!r}"
            )
    inputs = Raveled(tuple(primals), "primals", tied=True, arguments=True)
    directions = inputs.numbers_like(tuple(tangents), "tangents")
    tape = Tape(f, tuple(primals), tuple(range(len(primals))), {}, has_aux)
    (pushed,) = tape.push([directions])
    out = tape.values(), tape.outputs.unravel(pushed)
    return (*out, tape.aux) if has_aux else out


def jacobian(
    f: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    has_aux: bool = False,
    mode: str | None = None,
) -> Callable[..., Nested]:
    """The function that returns all partial derivatives ∂fᵢ/∂xⱼ: f's form, of the argument's form.

    For an array argument of shape T an array result of shape S gives an array of shape S + T.
    ``mode`` is "forward" (one pass for each variable), "reverse" (one for each result), or None: the
    one of fewer passes; under `jit` that of fewer operations, which it counts (forward for a result of
    samples, which are any number there). Raises as `grad` does, and ValueError for another mode.

    >>> jacobian(lambda v: [v[0] * v[1], v[0] + v[1]])([3.0, 2.0])
    [[2.0, 3.0], [1.0, 1.0]]
    """
    if mode not in (None, "forward", "reverse"):
        raise ValueError(f'mode is "forward", "reverse" or None, got {mode!r}')

    def derivative(*args: Any, **kwargs: Any) -> Any:
        tape = Tape(f, args, argnums, kwargs, has_aux)
        result = _matrix(tape, mode)
        return (result, tape.aux) if has_aux else result

    return wrapping(derivative, f)


def _matrix(tape: Tape, mode: str | None) -> Any:
    """The Jacobian, cut into blocks of results by blocks of variables."""
    rows = _rows(tape, mode)
    blocks = []
    for results, form in tape.outputs.spans():
        parts = []
        opened = filter(tape.is_open, tape.outputs.numbers[results])
        open_: Any = next(map(shape_of, opened), ())
        for variables, other in tape.inputs.spans():
            numbers = [x for row in rows[results] for x in tape.inputs.spread(row)[variables]]
            if open_:  # a batch of any number of samples, which go first
                parts.append(open_[0].stacked([with_samples(x, open_) for x in numbers], other))
                continue
            whole = None if form is None and other is None else (form or ()) + (other or ())
            parts.append(assembled(numbers, whole))
        blocks.append(tape.inputs.treedef.unflatten(parts))
    return tape.outputs.treedef.unflatten(blocks)


def _rows(tape: Tape, mode: str | None) -> list[list[Number]]:
    """The gradient of every result; where a program is recorded, by the way of fewer operations."""
    if any(map(tape.is_open, tape.outputs.numbers)):
        return _by_passes(tape, "forward")
    n, m = len(tape.inputs.numbers), len(tape.outputs.numbers)
    ways = ("reverse", "forward") if m < n else ("forward", "reverse")  # that of fewer passes first
    rows = _by_passes(tape, mode or ways[0])
    if mode is None and _cost(tape.variables) is not None:
        rows = _by_passes(tape, ways[1], _cost_of_rows(rows)) or rows
    return rows


def _by_passes(tape: Tape, way: str, most: float = math.inf) -> list[list[Number]]:
    """The gradient of every result, one pass after the other; none if they cost as much as ``most``.

    What some passes cost all cost at least: it is looked at after 1, 2, 4, … and the last of them.
    """
    one_pass = tape.pull if way == "reverse" else tape.push
    count = len((tape.outputs if way == "reverse" else tape.inputs).numbers)
    found: list[list[Number]] = []
    for k, vector in enumerate(_unit_vectors(count), 1):
        found += one_pass([vector])
        if most < math.inf and (k == count or k & (k - 1) == 0) and _cost_of_rows(found) >= most:
            return []
    return found if way == "reverse" else [list(row) for row in zip(*found, strict=True)]


def _cost(xs: Sequence[Number]) -> Any:
    """How many operations of a program numbers take; None where none is recorded."""
    numbers = [x.data if isinstance(x, Value) else x for x in xs]
    costs = (kinds.of(x).cost(numbers) for x in numbers)
    return next((c for c in costs if c is not None), None)


def _cost_of_rows(rows: Sequence[Sequence[Number]]) -> int:
    return _cost([x for row in rows for x in row]) or 0


def _unit_vectors(n: int) -> list[list[Number]]:
    """The rows of the identity matrix, with nothing at all where it has 0."""
    return [[1 if i == k else NOTHING for i in range(n)] for k in range(n)]


def hessian(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Nested]:
    """The function that returns all second derivatives ∂²f/∂xᵢ∂xⱼ, forward over reverse; of several
    results each has its own. Raises as `jacobian` does.

    >>> hessian(lambda v: v[0] ** 2 * v[1])([3.0, 2.0])
    [[4.0, 6.0], [6.0, 0.0]]
    >>> hessian(lambda x: [x**2, x**3])(1.0)
    [2.0, 6.0]
    """
    return jacobian(jacobian(f, argnums, has_aux, "reverse"), argnums, has_aux, "forward")


def hvp(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Nested]:
    """The function (x, v, *rest) -> H·v of the Hessian in f's argument x, without forming it.

    One gradient and one forward pass. Serves ``scipy.optimize.minimize(..., hessp=hvp(f))``. Raises as
    `grad` and `jvp` do.

    >>> hvp(lambda v: v[0] ** 2 * v[1])([3.0, 2.0], [1.0, 0.0])
    [4.0, 6.0]
    """
    check_function(f)

    def product(x: Any, v: Any, *rest: Any, **kwargs: Any) -> Any:
        place = position(argnums, 1 + len(rest))

        def gradient(y: Any) -> Any:
            return grad(f, place)(*rest[:place], y, *rest[place:], **kwargs)

        return jvp(gradient, (x,), (v,))[1]

    return product
