"""Every backend computes what the engine does: each primitive, each edge, on numbers and samples."""

import math

import numpy as np
import pytest
from helpers import arguments_of
from recorded_programs import (
    KINKS,
    assert_within_ulps,
    of_numbers,
    program_of,
    value_and_gradient,
)

import autograd as ag
from autograd import PRIMITIVES
from autograd.compiler.llvm import backend as llvm
from autograd.compiler.llvm.instructions import SCIPYS
from autograd.compiler.roll import roll
from autograd.compiler.source import numpy_backend, python_backend
from autograd.errors import KindError

BACKENDS = {"llvm": llvm, "numpy": numpy_backend, "python": python_backend}
SAMPLES = [0, 1, 7, 100]
ROUNDED = 4 * np.finfo(float).eps


@pytest.fixture(params=BACKENDS)
def backend(request):
    """One backend after the other."""
    return BACKENDS[request.param]


def answers(backend, f, xs, n=0):
    """f's results: by the plain program, or by the masked one where that one met a nan."""
    per_sample = n != 0 or np.ndim(xs[0]) == 1
    arrays = [np.ascontiguousarray(x, dtype=float) for x in xs]
    for masked in (False, True):
        program = program_of(f, len(xs), masked, per_sample)
        found, seen = backend.build(roll(program), len(xs)).run_watching(arrays, n)
        if not seen:
            return found
    return found


def is_refused(backend, f, count):
    """Whether a backend has not the function that a program needs, and says so."""
    return backend is llvm and bool(SCIPYS & {*program_of(f, count).op})


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=lambda op: op.name)
def test_every_primitive_forward_and_backward(op, backend):
    for arguments in arguments_of(op, points=3):
        f, xs = of_numbers(op, arguments)
        both = value_and_gradient(f)
        if is_refused(backend, both, len(xs)):
            with pytest.raises(KindError, match="SciPy"):
                answers(backend, both, xs)
        else:
            assert_within_ulps(answers(backend, both, xs), both(*xs))


def batch(f):
    """A function of samples whose derivatives are taken sample by sample."""

    def both(*xs):
        gradient = ag.grad(lambda *xs: ag.sum(f(*xs)), tuple(range(len(xs))))(*xs)
        return [x.data if isinstance(x, ag.Value) else x for x in (f(*xs), *gradient)]

    return both


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=lambda op: op.name)
@pytest.mark.parametrize("n", SAMPLES)
def test_every_primitive_on_samples(op, n, backend):
    points = [of_numbers(op, arguments) for arguments in arguments_of(op, points=max(n, 1))]
    f = points[0][0]
    xs = np.array([x for _, x in points], dtype=float).T[:, :n]
    if is_refused(backend, batch(f), len(xs)):
        return
    found = answers(backend, batch(f), xs, n)
    for x, y in zip(found, expected_of(backend, f, xs), strict=True):
        np.testing.assert_allclose(np.broadcast_to(x, n), y, rtol=ROUNDED, atol=ROUNDED)


def expected_of(backend, f, xs):
    """The engine's own answers: of floats for a backend of floats, else of a batch, whose functions
    are other libraries'; so an adjoint like 1 - z² differs by roundings of 1.
    """
    if backend is python_backend:
        rows = [value_and_gradient(f)(*sample) for sample in xs.T.tolist()]
        return np.array(rows, float).reshape(len(rows), 1 + len(xs)).T
    return np.broadcast_arrays(*ag.vmap(value_and_gradient(f))(*xs), xs[0])[:-1]


@pytest.mark.parametrize("name", KINKS)
def test_every_edge(name, backend):
    f, points = KINKS[name]
    for xs in points:
        both = value_and_gradient(f)
        np.testing.assert_allclose(answers(backend, both, xs), both(*xs), rtol=1e-15)


@pytest.mark.parametrize("name", KINKS)
def test_every_edge_among_samples(name, backend):
    f, points = KINKS[name]
    xs = np.array([*points, *points[::-1]] * 3, dtype=float).T
    found = answers(backend, batch(f), xs, xs.shape[1])
    for x, y in zip(found, expected_of(python_backend, f, xs), strict=True):
        np.testing.assert_allclose(np.broadcast_to(x, len(y)), y, rtol=1e-15)


def test_an_inner_gradient_of_a_branch_not_taken_is_masked_too(backend):
    def f(x):
        inner = ag.grad(lambda v: ag.where(v > 0, ag.log(v), v))(x)
        return [ag.where(inner == inner, inner, 5.0)]

    assert answers(backend, f, [0.0]) == f(0.0) == [1.0]


def test_a_nan_of_the_users_own_stays(backend):
    f = value_and_gradient(lambda x: ag.sqrt(x) * ag.sqrt(x))
    assert math.isnan(answers(backend, f, [0.0])[1])
