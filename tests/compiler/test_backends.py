"""Every backend computes what the engine does: each primitive, each edge, on numbers and samples, in
float64 and, where a backend has it, in float32: within so many roundings of its own width.
"""

import math
import operator
from functools import cache, partial, reduce
from itertools import islice
from typing import NamedTuple

import numpy as np
import pytest
from edges import ROWS, SECOND
from helpers import arguments_of, mapped
from recorded_programs import (
    assert_within_ulps,
    of_numbers,
    program_of,
    value_and_gradient,
)

import autograd as ag
from autograd.compiler.calls.compiled import build
from autograd.compiler.programs.elements import DOUBLE, SINGLE, Element
from autograd.compiler.programs.program import Program
from autograd.compiler.rolling.roll import roll
from autograd.operations.composites import EVERY

SAMPLES = [0, 1, 7, 100]
LOSES = {
    "tanh": "its slope is 1 - z², which has the roundings of 1",
    "mills": "its slope is -r(x + r), which has the roundings of x",
}
"""Formulas that cancel. The engine's own numbers lose the same bits; what is compared with float64 is
right to roundings of 1 there, not of the result.
"""


class Backend(NamedTuple):
    """A backend, and what it computes on."""

    name: str
    element: Element

    @property
    def rounded(self):
        """Four roundings of 1."""
        return 4 * float(np.finfo(self.element.dtype).eps)

    def build(self, rolled, count):
        """A kernel of a rolled program."""
        return build(rolled.of(self.element), count, self.name)

    def round(self, arguments):
        """Arguments that can be given."""
        return mapped(self.element.rounded, arguments)


BACKENDS = {
    "llvm": Backend("llvm", DOUBLE),
    "numpy": Backend("numpy", DOUBLE),
    "python": Backend("python", DOUBLE),
    "llvm float32": Backend("llvm", SINGLE),
    "numpy float32": Backend("numpy", SINGLE),
}


@pytest.fixture(params=BACKENDS)
def backend(request):
    """One backend after the other."""
    return BACKENDS[request.param]


class Compiled:
    """f's programs by a backend: the plain one, or the masked one where that one met a nan."""

    def __init__(self, backend, f, count, per_sample=False):
        self.backend, self.f, self.count, self.per_sample = backend, f, count, per_sample
        self.kernels = {}

    def __call__(self, xs, n=0):
        arrays = [np.ascontiguousarray(x, self.backend.element.dtype) for x in xs]
        found, seen = self.kernel(False).run(arrays, n)
        return self.kernel(True).run(arrays, n)[0] if seen else found

    def kernel(self, masked):
        if masked not in self.kernels:
            program = program_of(self.f, self.count, masked, self.per_sample)
            self.kernels[masked] = self.backend.build(roll(program), self.count)
        return self.kernels[masked]


def one_after_another(functions):
    """Functions of so many numbers each as one of all their arguments, that answers all they answer."""

    def f(*xs):
        xs = iter(xs)
        return [z for function, count in functions for z in function(*islice(xs, count))]

    return f


def test_every_primitive_forward_and_backward(backend):
    """All in one program."""
    each = [
        (op, *of_numbers(op, backend.round(arguments)))
        for op in EVERY.values()
        for arguments in arguments_of(op, points=3)
    ]
    numbers = [x for _, _, xs in each for x in xs]
    both = one_after_another([(value_and_gradient(f), len(xs)) for _, f, xs in each])
    results = iter(Compiled(backend, both, len(numbers))(numbers))
    for op, f, xs in each:
        expected = value_and_gradient(f)(*xs)
        found = [*islice(results, len(expected))]
        if op.name == "gammaln":  # CPython's, and SciPy's, lose digits near its zeros, at 1 and 2
            np.testing.assert_allclose(found[0], expected[0], atol=backend.rounded)
            found[0] = expected[0]
        if backend.element == SINGLE and op.name in LOSES:
            close = backend.rounded
            np.testing.assert_allclose(
                found, expected, rtol=close, atol=close, err_msg=LOSES[op.name]
            )
        else:
            assert_within_ulps(found, expected, dtype=backend.element.dtype, of=op.name)


def batch(f):
    """A function of samples whose derivatives are taken sample by sample."""

    def both(*xs):
        gradient = ag.grad(lambda *xs: ag.sum(f(*xs)), tuple(range(len(xs))))(*xs)
        return [x.data if isinstance(x, ag.Value) else x for x in (f(*xs), *gradient)]

    return both


@cache
def sampled(op, element):
    """A primitive as a function of numbers, and samples of them: the same for backends of one width."""
    every = [mapped(element.rounded, arguments) for arguments in arguments_of(op, max(SAMPLES))]
    points = [of_numbers(op, arguments) for arguments in every]
    return points[0][0], np.array([xs for _, xs in points], dtype=float).T


def test_every_primitive_on_any_number_of_samples(backend):
    """All in one program."""
    each = [sampled(op, backend.element) for op in EVERY.values()]
    every = np.concatenate([xs for _, xs in each])
    f = one_after_another([(batch(f), len(xs)) for f, xs in each])
    compiled = Compiled(backend, f, len(every), per_sample=True)
    for n in SAMPLES:
        found = iter(compiled(every[:, :n], n))
        for op in EVERY.values():
            # the slope of mills is -r(x + r), r up to 2.3
            close = backend.rounded * (2 if op.name == "mills" else 1)
            for y in expected_of(op, backend.element, n, backend.name == "python"):
                np.testing.assert_allclose(
                    np.broadcast_to(next(found), n), y, rtol=close, atol=close, err_msg=op.name
                )


@cache
def expected_of(op, element, n, of_floats):
    """The engine's own answers: of floats for a backend of floats, else of a batch, whose functions
    are other libraries'; so an adjoint like 1 - z² differs by roundings of 1.
    """
    f, every = sampled(op, element)
    xs = every[:, :n]
    if of_floats:
        rows = [value_and_gradient(f)(*sample) for sample in xs.T.tolist()]
        return np.array(rows, float).reshape(len(rows), 1 + len(xs)).T
    return np.broadcast_arrays(*ag.vmap(value_and_gradient(f))(*xs), xs[0])[:-1]


EDGES = {}
for row in ROWS:
    EDGES.setdefault(row[0], []).append(row)
"""Of each function its rows: one program of it serves them all."""


@pytest.mark.parametrize("name", EDGES)
def test_every_edge(name):
    for who, backend in BACKENDS.items():
        _, f, at, *_ = EDGES[name][0]
        compiled = Compiled(backend, value_and_gradient(f), len(at))
        for _, _, at, value, derivatives in EDGES[name]:
            np.testing.assert_allclose(
                compiled([float(x) for x in at]),
                [value, *derivatives],
                rtol=backend.rounded,
                err_msg=f"{who} at {at}",
            )


@pytest.mark.parametrize("name", EDGES)
def test_every_edge_among_samples(name):
    rows = EDGES[name] * 5
    f, xs = rows[0][1], np.array([at for _, _, at, _, _ in rows], dtype=float).T
    expected = [*zip(*[(value, *derivatives) for *_, value, derivatives in rows], strict=True)]
    for who, backend in BACKENDS.items():
        found = Compiled(backend, batch(f), len(xs), per_sample=True)(xs, len(rows))
        for x, y in zip(found, expected, strict=True):
            np.testing.assert_allclose(
                np.broadcast_to(x, len(rows)), y, rtol=backend.rounded, err_msg=who
            )


@pytest.mark.parametrize(
    ("f", "at", "second"), [row[1:] for row in SECOND], ids=[row[0] for row in SECOND]
)
def test_second_derivatives_where_conventions_differ(f, at, second, backend):
    def both(x):
        return [ag.grad(ag.grad(f))(x), ag.jvp(ag.grad(f), (x,), (1.0,))[1]]

    found = Compiled(backend, both, 1)([float(at)])
    close = 1000 * backend.rounded if backend.element == DOUBLE else 3 * backend.rounded
    np.testing.assert_allclose(found, [second, second], rtol=close, atol=close)


def test_an_inner_gradient_of_a_branch_not_taken_is_masked_too(backend):
    def f(x):
        inner = ag.grad(lambda v: ag.where(v > 0, ag.log(v), v))(x)
        return [ag.where(inner == inner, inner, 5.0)]

    assert Compiled(backend, f, 1)([0.0]) == f(0.0) == [1.0]


def test_a_nan_of_the_users_own_stays(backend):
    f = value_and_gradient(lambda x: ag.sqrt(x) * ag.sqrt(x))
    assert math.isnan(Compiled(backend, f, 1)([0.0])[1])


@pytest.mark.parametrize("n", SAMPLES)
def test_samples_that_read_a_sum_over_samples(backend, n):
    p = Program()
    x = p.input(0, 0, 1, per_sample=True)
    p.outputs = [p.add("mul", x, p.add("total", x))]
    xs = np.linspace(0.1, 1, n, dtype=backend.element.dtype)
    (found,) = backend.build(roll(p), 1).run([xs], n)[0]
    np.testing.assert_allclose(found, xs * xs.sum(), rtol=10 * backend.rounded)


@pytest.mark.parametrize("exponent", [0.5, 2, -1, 1, 1.0, 1.5, -0.5, 0])
@pytest.mark.parametrize("backend", ["the engine", "llvm", "numpy", "python"])
def test_powers_of_samples_are_those_of_floats(backend, exponent):
    f = ag.value_and_grad(lambda x: x**exponent)
    x = np.array([-np.inf, -0.0, 0.0, -4.0, 4.0, np.inf, np.nan])
    many = ag.vmap(f) if backend == "the engine" else ag.jit(ag.vmap(f), backend=backend)
    with np.errstate(all="ignore"):
        for got, want in zip(many(x), zip(*map(f, x.tolist()), strict=True), strict=True):
            np.testing.assert_array_equal(got, want)
            known = ~np.isnan(want)
            np.testing.assert_array_equal(np.signbit(got)[known], np.signbit(want)[known])


@pytest.mark.parametrize("backend", ["the engine", "llvm", "python"])  # NumPy's @ begins at 0
@pytest.mark.parametrize("terms", [1, 3, 20])
def test_a_sum_of_products_that_are_minus_zero_is_minus_zero(backend, terms):
    compiled = (lambda f: f) if backend == "the engine" else partial(ag.jit, backend=backend)
    w, rows = np.full(terms, -0.0), np.ones((3, terms))

    def by_hand(w, x):
        return reduce(operator.add, [a * b for a, b in zip(w, x, strict=True)])

    for f in (lambda w, x: ag.dot([*w], [*x]), by_hand):
        of_samples = ag.vmap(f, in_axes=(None, 0))
        for z in (compiled(f)(w, rows[0]), *compiled(of_samples)(w, rows)):
            assert (z, math.copysign(1, z)) == (0, -1)
