"""What the engine asks of recorded numbers: the table that makes them a kind.

Functions of numbers are instructions of the same name. `logsumexp`, and what SciPy computes less well
than we like, is written with others, as it is on floats; a nan is looked for when the program runs.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

from ...kinds import numeric
from ...kinds import special as functions
from ...kinds.kind import by_operators, names, plain, register
from ...kinds.masks import Masked
from ...operations import choices
from ..programs.program import BINARY, UNARY
from ..rolling.passes import needed
from .recorded import Recorded, Truth, choose, lift, record
from .samples import Samples


def _to_shape(x: Any, shape: tuple[Any, ...]) -> Any:
    """The sum over samples, or the same number for every sample."""
    if type(x) is Truth:
        x = x.count()
    if len(shape) > len(x.shape) and x.recorder.one_by_one:
        return x.recorder.listed([x] * shape[0])
    if len(shape) > len(x.shape):  # a primitive was given n as a number: it is the samples again
        return Recorded(x.recorder, x.instruction, (x.recorder.samples,) * len(shape))
    if len(shape) == len(x.shape):
        return x
    program = x.recorder.program
    if not program.per_sample[x.instruction]:
        return Recorded(x.recorder, x.instruction) * x.recorder.samples.number()
    return Recorded(x.recorder, program.add("total", x.instruction))


def _is_nan(x: Any) -> bool:
    """Plain: the program is to look whether it is, when it runs. Masked: it may be."""
    if not x.recorder.masked:
        x.recorder.program.watch.append(x.instruction)
    return x.recorder.masked  # type: ignore[no-any-return]


def _logsumexp(xs: Sequence[Any]) -> Any:
    """top + log1p of what all but one of the largest add: each of those adds 1 if there are others."""
    top = reduce(numeric.maximum, xs)
    terms = [numeric.exp(x - top) for x in xs]  # which the softmax takes too
    largest = reduce(operator.add, [numeric.where(x == top, 1.0, 0.0) for x in xs])
    rest = [numeric.where(x == top, 0.0, z) for x, z in zip(xs, terms, strict=True)]
    return top + numeric.log1p(reduce(operator.add, rest, largest - 1))


def _softmax(g: Any, xs: Sequence[Any], z: Any) -> Sequence[Any]:
    """As on floats, the largest stands for z."""
    answer: Sequence[Any] = by_operators["softmax"](g, xs, reduce(numeric.maximum, xs))
    return answer


def _unbroadcast_each(cs: Sequence[Any], xs: Sequence[Any]) -> Sequence[Any]:
    """What weights receive, the sums over samples; what has its operand's shape stays."""
    if {*map(type, cs), *map(type, xs)} != {Recorded}:
        return cs
    if all(c.shape == x.shape for c, x in zip(cs, xs, strict=True)):
        return [*cs]
    p = cs[0].recorder.program
    ids = [c.instruction for c in cs]
    if any(x.shape for x in xs) or not all(map(p.per_sample.__getitem__, ids)):
        return cs
    return [Recorded(cs[0].recorder, p.add("total", i)) for i in ids]


def _dot(ws: Sequence[Any], xs: Sequence[Any]) -> Any:
    if {*map(type, ws), *map(type, xs)} == {Recorded}:
        shape = next((v.shape for v in (*ws, *xs) if v.shape), ())
        left, right = ([v.instruction for v in vs] for vs in (ws, xs))
        return Recorded(ws[0].recorder, ws[0].recorder.program.dot(left, right), shape)
    every = [*ws, *xs]
    some = next((v for v in every if type(v) is Recorded), None)
    if some is None or not all(type(v) is Recorded or isinstance(v, float) for v in every):
        return by_operators["dot"](ws, xs)
    return _dot(*([lift(some.recorder, v) for v in vs] for vs in (ws, xs)))


def _central(x: Any) -> Any:
    """Φ(x) for x ≥ -1: where x is small by erf, elsewhere by the other tail (as SciPy's does)."""
    t = x * math.sqrt(0.5)
    return numeric.where(x < 1, 0.5 + 0.5 * numeric.erf(t), 1 - 0.5 * numeric.erfc(t))


_normal = functions.Normal(_central, functions.erfcx)


_polygamma = functions.reflected(partial(record, "digamma"), functions.polygamma_by_sums)


def cost(xs: Sequence[Any]) -> int:
    """How many instructions these numbers need, each counted once."""
    every = [n for x in xs for n in getattr(x, "numbers", [x])]
    recorded = [x for x in every if type(x) is Recorded]
    return (
        needed(recorded[0].recorder.program, [x.instruction for x in recorded]) if recorded else 0
    )


def _chosen(i: Any, xs: Sequence[Any]) -> Any:
    """The number at a recorded place: nan where there is none."""
    if not hasattr(i, "recorder"):
        return choices.choose.value(i, xs)
    return reduce(lambda z, k: numeric.where(i == k, xs[k], z), range(len(xs)), math.nan)


MOVES: dict[Any, Callable[..., Any]] = {choices.choose: _chosen}
"""By primitive, what moves instructions where its formula is NumPy's (`sample_lists` knows others)."""


def evaluate(op: Any, *operands: Any) -> Any:
    """What a primitive's own formula answers, unless it moves instructions."""
    return MOVES.get(op, op.value)(*operands)


def _only(c: Any, g: Any) -> Masked:
    return Masked(g, c != 0 if type(c) is Recorded else c)


_functions: dict[str, Callable[..., Any]] = {
    **{op: partial(record, op) for op in sorted((UNARY | BINARY) & names)},
    "where": choose,
    "only": _only,
    "to_shape": _to_shape,
    "like": lambda n, x: Recorded(x.recorder, x.recorder.program.constant(float(n))),
    "is_nan": _is_nan,
    "is_finite": lambda x: True,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "gaussian": functions.compensated_gaussian,
    "ndtr": _normal.ndtr,
    "log_ndtr": _normal.log_ndtr,
    "mills": _normal.mills,
    "digamma": partial(_polygamma, 0),
    "polygamma": _polygamma,
    "iv": functions.bessel(partial(record, "iv"), functions.i0, functions.i1),
    "dot": _dot,
    "unbroadcast_each": _unbroadcast_each,
    "cost": cost,
    "evaluate": evaluate,
}
register(Recorded, _functions, priority=4)
plain.add(Recorded)
register(Samples, {"constant": Samples.number, "variable": Samples.number}, priority=5)
register(Truth, _functions | {"variable": Truth.count}, priority=5)
