"""One run of a function on fresh variables, and sweeps over the graph that it made.

What every transform does: lift the arguments to variables, call, then pull cotangents back or push
tangents forward. Both use the primitives' pullback formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from .. import context
from ..adjoints import adjoints, contributions
from ..errors import TransformError
from ..kinds import kind as kinds
from ..kinds.kind import NOTHING, Number, is_array_of_values, leaf, like, shape_of
from ..kinds.masks import Masked, data_and_mask, instantiate, masked, plus, unbroadcast
from ..operations.samples import samples_of, to_shape
from ..protocols.hints import advise
from ..value import Value, propagate, topological_order
from .nesting import live_nodes, variable
from .pytree import tree_map
from .ravel import Raveled, array_of_frame, assembled, is_array, made_since

Function = TypeVar("Function", bound=Callable[..., Any])


class Tape:
    """The record of a run: trees of ``inputs`` and ``outputs``, the ``variables`` that f was given."""

    def __init__(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        argnums: int | tuple[int, ...],
        kwargs: dict[str, Any],
        has_aux: bool = False,
        rows: bool = False,
    ) -> None:
        self.name = getattr(f, "__name__", repr(f))
        state = context.running.get()
        self.samples = state.samples
        several = isinstance(argnums, (tuple, list))
        wanted: Any = argnums if several else (argnums,)
        chosen = [position(i, len(args)) for i in wanted]
        if len({*chosen}) < len(chosen):
            raise TransformError(f"argnums {argnums!r} names an argument twice")
        picked = tuple(args[i] for i in chosen) if several else args[chosen[0]]
        rows = rows and not self.samples and state.tape == math.inf  # no transform around
        self.inputs = Raveled(picked, f"argument {argnums}", True, several, rows=rows)
        if not self.inputs.shapes:  # an empty array has a shape, and an empty gradient
            raise TransformError(f"argument {argnums} of {self.name} holds no number: {picked!r}")
        numbers = [with_samples(x, self.samples) for x in self.inputs.numbers]
        self.recording = state.recording and not self.inputs.has_rows
        self.since = next(context.serials)
        with context.transforming(self.since, recording=True, tape=self.since):
            self.variables = [variable(x) for x in numbers]
            fresh = self.inputs.unravel(self.variables)
            full = list(args)
            for i, x in zip(chosen, fresh if several else [fresh], strict=True):
                full[i] = x
            out = called(f, full, kwargs)
        self.aux: Any = None
        if has_aux:
            out, aux = self._result_and_aux(out)
            self.aux = tree_map(self.returned_value, aux)
        self.result = out
        each = self._apart if all(shape_of(x) == self.samples for x in numbers) else None
        self.outputs = Raveled(out, f"the result of {self.name}", each=each)
        if not self.outputs.shapes:
            raise TransformError(f"{self.name} returned no number, but {out!r}")

    def _result_and_aux(self, out: Any) -> Any:
        if not isinstance(out, tuple) or len(out) != 2:
            raise TransformError(f"with has_aux {self.name} returns (result, aux), got {out!r}")
        return out

    def is_open(self, x: Number) -> bool:
        """Whether x is a batch whose number of samples is not known yet, for `jit` is recording."""
        shape = shape_of(x)
        return len(shape) > len(self.samples) and not isinstance(shape[0], int)

    def _apart(self, v: Any) -> Any:
        """A result without batches: one that f made of arrays of floats is an array of results."""
        v = array_of_frame(v)
        if is_array_of_values(v):
            rows = [self._apart(x) for x in v.ravel().tolist()]
            inner = next((row.shape for row in rows if is_array(row)), None)
            if inner is None:
                return v
            numbers = [
                x for row in rows for x in (row.ravel() if is_array(row) else [row] * inner[0])
            ]
            return assembled(numbers, v.shape + inner)
        shape = shape_of(v)
        if is_array(v) or len(shape) != len(self.samples) + 1 or self.is_open(v):
            return v
        return assembled(samples_of(v) if isinstance(v, Value) else [*v], shape[:1])

    @cached_property
    def order(self) -> list[Value]:
        """The graph between variables and results, in topological order."""
        roots = [v for v in self.outputs.numbers if made_since(v, self.since)]
        return topological_order(*roots, since=self.since)

    @cached_property
    def live(self) -> set[Value]:
        """The nodes that depend on Values from outside: their derivatives can be differentiated again.
        Under `no_grad` there are none, nor where `jit` records rows, to which such Values are constant.
        """
        return self._live(self.order)

    def _live(self, order: Sequence[Value]) -> set[Value]:
        return live_nodes(order, self.since) if self.recording else set()

    def returned_value(self, v: Any) -> Any:
        """A Value of the function as its caller gets it: a plain number unless it depends on more."""
        if is_array_of_values(v):
            v = array_of_frame(v)
            return assembled([self.returned_value(x) for x in v.ravel().tolist()], v.shape)
        if not made_since(v, self.since):
            return v
        graph = topological_order(v, since=self.since)
        return v if v in self._live(graph) else returned(v.data)

    def values(self) -> Any:
        """The function's result as its caller gets it."""
        return self.outputs.unravel(
            [
                returned(v.data) if made_since(v, self.since) and v not in self.live else v
                for v in self.outputs.numbers
            ]
        )

    def pull(self, rows: Sequence[Sequence[Number]]) -> list[list[Number]]:
        """For each row of cotangents, one for a result, what every variable receives."""
        return [self._pull_one(row) for row in rows]

    def _pull_one(self, row: Sequence[Number]) -> list[Number]:
        seeds: dict[Value, Number] = {}
        for v, g in zip(self.outputs.numbers, row, strict=True):
            if g is not NOTHING and made_since(v, self.since):
                seed = _seed(g, v)
                seeds[v] = seeds[v] + seed if v in seeds else seed
        if self.live or not all(type(g) is type(v.z) for v, g in seeds.items()):
            found = adjoints(self.order, seeds, self.live) if seeds else {}
            with context.setting(sweeping=True):
                return [_received(found.get(v, NOTHING), v) for v in self.variables]
        try:
            if all(type(v.z) is float for v in seeds):
                propagate(self.order, seeds)
            else:  # an array that formulas meet holds samples
                with context.setting(sweeping=True):
                    propagate(self.order, seeds)
            return [_received(v.grad, v) for v in self.variables]
        finally:
            for node in self.order:
                node.grad = NOTHING

    @cached_property
    def _partials(self) -> list[tuple[Any, list[tuple[Value, Number]]]]:
        """Each node with its partial derivatives: what its pullbacks make of 1."""
        with kinds.quiet(), context.setting(sweeping=True):
            return [(node, self._partials_of(node)) for node in self.order if node.op]

    def _partials_of(self, node: Value) -> list[tuple[Value, Number]]:
        if node.op and node.op.linear:
            return []
        ones = contributions(node, _one(node), node in self.live, self._own)
        return [(v, c) for v, c, _ in ones if c is not NOTHING]

    @cached_property
    def _own(self) -> set[Value]:
        return set(self.order)

    def push(self, columns: Sequence[Sequence[Number]]) -> list[list[Number]]:
        """For each column of tangents, one for a variable, the tangent of every result."""
        return [self._push_one(column) for column in columns]

    def _push_one(self, column: Sequence[Number]) -> list[Number]:
        tangents: dict[Value, Number] = {
            v: _seed(t, v) for v, t in zip(self.variables, column, strict=True) if t is not NOTHING
        }
        with kinds.quiet(), context.setting(sweeping=True):
            for node, partials in self._partials:
                total = _through(node, tangents) if node.op.linear else NOTHING
                for v, partial in partials:
                    tangent = tangents.get(v, NOTHING)
                    if tangent is not NOTHING:
                        term = tangent * partial if type(tangent) is Masked else partial * tangent
                        total = term if total is NOTHING else plus(total, term)
                if not type(total) is type(node.z) is float:
                    total = _of_shape(unbroadcast(total, node.z), shape_of(node.z))
                if total is not NOTHING:
                    tangents[node] = total
        if context.running.get().observers:
            context.announce("pushed", tangents, self.outputs.numbers)
        with context.setting(sweeping=True):
            pairs = [(v, _of_shape(like(0, v), shape_of(v))) for v in self.outputs.numbers]
            found = [tangents.get(v, zero) if type(v) is Value else zero for v, zero in pairs]
            return [returned(instantiate(tangent)) for tangent in found]


def _through(node: Value, tangents: Mapping[Value, Number]) -> Number:
    """The tangent of a linear operation's result: the operation applied to the tangents."""
    op: Any = node.op
    if not any(v in tangents for v in node.parents):
        return NOTHING
    rest = () if node.right is None else (node.right,)
    if type(node.left) is Value:
        t, mask = _tangent_and_mask(node.left, tangents)
        whole = mask is True
    else:
        pairs = [_tangent_and_mask(v, tangents) for v in node.left]
        t, mask = [t for t, _ in pairs], [m for _, m in pairs]
        whole = all(m is True for m in mask)
    return op(t, *rest) if whole else masked(op(t, *rest), op(mask, *rest) != 0)


def _of_shape(t: Number, shape: tuple[Any, ...]) -> Number:
    """A tangent with a number for each sample, over which sums go; repeated if it is one for all."""
    if t is NOTHING or shape_of(t) == shape:
        return t
    data, mask = data_and_mask(t)
    data = to_shape(data, shape)
    return data if mask is True else masked(data, kinds.to_shape(mask * 1.0, shape) != 0)


def _tangent_and_mask(v: Any, tangents: Mapping[Value, Number]) -> tuple[Any, Any]:
    """The tangent of an operand, of as many samples as that has, and the mask of where it is one."""
    if type(v) is not Value:
        return 0.0, True
    t, mask = data_and_mask(tangents.get(v, NOTHING))
    shape = shape_of(v.z)
    if t is NOTHING:
        mask = False
    if shape and mask is not True:
        mask = kinds.to_shape(mask * 1.0, shape) != 0
    return to_shape(t, shape), mask


def position(argnum: int, count: int) -> int:
    """Where among so many positional arguments an argnum points; a negative one counts from the end."""
    if not isinstance(argnum, int) or not -count <= argnum < count:
        raise TransformError(
            f"argnums {argnum!r} of {count} positional arguments; a name is no number"
        )
    return argnum % count


def with_samples(x: Number, shape: tuple[Any, ...]) -> Number:
    """A number of as many samples: within `vmap` a variable has one for each."""
    x = x if isinstance(x, Value) else leaf(x)
    if len(shape_of(x)) >= len(shape):
        return x
    return to_shape(x, shape) if isinstance(x, Value) else kinds.to_shape(x, shape)


def _seed(g: Number, v: Value) -> Number:
    """A cotangent or tangent for a node, of as many samples."""
    return kinds.unbroadcast(g, v.z) if isinstance(g, Value) else kinds.seed(g, v.z)


def _one(node: Value) -> Number:
    """The adjoint 1: what the formulas make of it are the partial derivatives."""
    return 1.0 if type(node.z) is float else like(1, node.z)


def called(f: Callable[..., Any], args: Sequence[Any], kwargs: Any) -> Any:
    """f's result; an error that comes from what a transform gave f gets a note (`advise`)."""
    try:
        return f(*args, **kwargs)
    except (TypeError, AttributeError, IndexError) as error:
        advise(error, args)
        raise


def returned(x: Number) -> Number:
    """A number as the caller sees it: within `vmap`, one per sample is a Value."""
    return x if isinstance(x, Value) or not shape_of(x) else variable(x)


def _received(g: Number, v: Value) -> Number:
    """The adjoint of a variable, 0 where nothing arrived."""
    return returned(kinds.unbroadcast(like(0, v.z) if g is NOTHING else instantiate(g), v.z))


def check_function(f: Any) -> None:
    """TypeError for what cannot be called."""
    if not callable(f):
        raise TypeError(f"a transform takes a function, got {f!r} of type {type(f).__name__}")


def wrapping(transformed: Function, f: Any) -> Function:
    """A function made of f, of which ``help`` and ``inspect.signature`` then show f's arguments."""
    check_function(f)
    transformed.__dict__["__wrapped__"] = f
    return transformed
