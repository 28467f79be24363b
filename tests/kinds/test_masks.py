"""A branch not taken sends nothing: through every primitive, sample by sample, in every mode."""

import math

import numpy as np
import pytest
from helpers import arguments_of, at, changed, close, gradients, places, stacked

import autograd as a
from autograd import Value, value
from autograd.operations.composites import EVERY

STACKABLE = [*EVERY.values()]
EVERY = pytest.mark.parametrize("op", STACKABLE, ids=[op.name for op in STACKABLE])


@EVERY
def test_adjoints_with_a_mask_pass_through_every_rule(op):
    """log u at 0 makes the plain sweep's gradients nan, so that the rules run on masked adjoints."""
    samples = arguments_of(op)[:4]
    taken = np.array([True, False, True, False])
    u = Value(np.where(taken, 2.0, 0.0))
    batch = stacked(samples)
    where = places(samples[0])

    def f(*arguments):
        return a.where(taken, op(*arguments) * a.log(u), 0.0)

    z, received = gradients(f, batch, where)
    for i, arguments in enumerate(samples):
        value, expected = gradients(op, arguments, where)
        assert close(z[i], value * math.log(2) if taken[i] else 0.0, 1e-13)
        for c, e in zip(received, expected, strict=True):
            assert close(c[i] if np.ndim(c) else c, e * math.log(2) if taken[i] else 0.0, 1e-13)
        assert close(u.grad[i], value / 2 if taken[i] else 0.0, 1e-13)


@EVERY
def test_and_where_a_shared_number_gathers_them(op):
    samples = arguments_of(op)[:4]
    taken = np.array([True, False, True, False])
    for place in places(samples[0]):
        shared = at(samples[0], place)
        alike = [changed(arguments, place, shared) for arguments in samples]
        batch = changed(stacked(alike), place, Value(shared))
        u = Value(np.where(taken, 2.0, 0.0))
        a.where(taken, op(*batch) * a.log(u), 0.0).backward()
        leaf = at(batch, place)
        expected = sum(
            gradients(op, arguments, [place])[1][0] * math.log(2)
            for arguments, t in zip(alike, taken, strict=True)
            if t
        )
        assert close(leaf.grad, expected, 1e-12)


@EVERY
def test_an_untaken_operation_on_one_number_is_not_run(op):
    arguments = arguments_of(op)[0]
    where = places(arguments)
    _, received = gradients(
        lambda *xs: a.where(False, op(*xs) * a.log(Value(0.0)), 1.0), arguments, where
    )
    assert received == [0.0] * len(where)


def test_masks_are_not_used_where_nothing_is_nan(monkeypatch):
    runs = []
    for name, masked in (("sweep", False), ("adjoints", True)):
        original = getattr(value, name)
        monkeypatch.setattr(value, name, lambda *a, f=original, m=masked: runs.append(m) or f(*a))
    x = Value(np.array([-1.0, 2.0]))
    a.where(x > 0, x.exp(), 0.0).sum().backward()
    assert runs == [False]
    x = Value(np.array([0.0, 2.0]))
    a.where(x > 0, x.log(), 0.0).sum().backward()
    assert runs == [False, False, True]
    x = Value(np.array([0.0, 2.0]))
    (x.log() * 0).sum().backward()  # a nan, and no branch
    assert runs == [False, False, True, False]


def test_leaves_accumulate_once_through_a_rerun():
    x, w = Value(np.array([0.0, 2.0])), Value(3.0)
    (x * 5).sum().backward()
    for _ in range(2):
        (a.where(x > 0, x.log(), 0.0) * w).sum().backward()
    assert x.grad.tolist() == [5.0, 5.0 + 2 * 1.5]
    assert w.grad == pytest.approx(2 * math.log(2))


BRANCHES = {
    "where": lambda x: a.where(x > 0, a.log(x), x * 2),
    "where, else": lambda x: a.where(x <= 0, x * 2, a.log(x)),
    "two deep": lambda x: a.where(x > 0, a.where(x > 1, a.sqrt(x - 1), a.log(x)), 3 * x),
    "maximum": lambda x: a.maximum(a.log(abs(x)), a.where(x > 0, -5 + x, 0 * x + 7)),
    "relu inside": lambda x: a.where(x > 0, a.relu(a.log(x)) + a.sqrt(x), 2 * x),
    "relu outside": lambda x: a.relu(a.where(x > 0, a.log(x) + 2, x)),
    "clip": lambda x: a.clip(a.where(x > 0, a.log(x), x), -0.5, 0.5),
    "sequences": lambda x: a.where(x > 0, a.dot([a.log(x), 2], [x, a.sqrt(x)]), a.prod([x, x, 2])),
    "logsumexp": lambda x: a.where(x > 0, a.logsumexp([a.log(x), a.sqrt(x), 1]), x),
    "twice": lambda x: a.where(x > 0, a.log(x), x) * a.where(x > 0, a.sqrt(x), 1 - x),
    "power": lambda x: a.where(x > 0, x**x, x) + a.where(x > 0, x**0.5, 0),
}
POINTS = [-2.0, -0.5, 0.0, 0.3, 0.8, 1.0, 1.7, 4.0]


@pytest.mark.parametrize("name", BRANCHES)
def test_a_batch_is_its_samples_in_every_mode(name):
    f = BRANCHES[name]
    x = np.array(POINTS)
    v = Value(x)
    f(v).backward()
    modes = {
        "first": a.grad(f),
        "forward": lambda p: a.jvp(f, (p,), (1.0,))[1],
        "second": a.grad(a.grad(f)),
        "forward over reverse": lambda p: a.jvp(a.grad(f), (p,), (1.0,))[1],
        "third": a.grad(a.grad(a.grad(f))),
    }
    for mode, derivative in modes.items():
        found = a.vmap(derivative)(x)
        expected = [derivative(p) for p in POINTS]
        for p, c, e in zip(POINTS, found, expected, strict=True):
            assert close(c, e, 1e-12), (mode, p, c, e)
            if mode == "first":
                assert close(v.grad[POINTS.index(p)], e, 1e-12)


@pytest.mark.parametrize("name", BRANCHES)
def test_first_derivatives_are_finite_away_from_the_kinks_of_a_taken_branch(name):
    for p in (-2.0, -0.5, 0.3, 0.8, 1.7, 4.0):
        assert math.isfinite(a.grad(BRANCHES[name])(p))


def test_a_nest_of_maps_keeps_nothing_sent_apart():
    x = np.array([[0.0, 1.0], [2.0, 0.0]])
    f = lambda v: a.where(v > 0, a.log(v), 0.0)
    found = a.vmap(a.vmap(a.grad(f)))(x)
    assert np.asarray(found).tolist() == [[0.0, 1.0], [0.5, 0.0]]


def test_a_primitive_that_mixes_samples_of_which_some_took_another_branch_is_refused():
    @a.primitive(lambda g, z, x: g[::-1].copy())
    def turned(x):
        return x[::-1].copy()

    x = Value(np.array([-1.0, 2.0, 3.0]))
    once = a.grad(lambda u: a.where(x * u > 0, turned(x * u), 0.0).mean())
    with pytest.raises(a.PrimitiveError, match="turned mixes the samples of a batch"):
        a.grad(lambda t: once(t))(1.0)
