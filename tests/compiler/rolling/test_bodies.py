"""Loops in loops: what is alike within a turn is one group, and every result keeps its bits."""

import random

import numpy as np
import pytest
from reference import execute, interpret
from test_simulations import leaves, loops, recorded

from autograd import dot, exp, jit, mean, sigmoid, sin, tanh, value_and_grad
from autograd.compiler.calls.compiled import build
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.rolling.roll import roll


def rows_of(loop):
    return sum(group.count * group.outer for group in loop.body)


def turns(seed, width, steps=6):
    """A function of weights and a state, that goes through steps of a random kind."""
    draw = random.Random(seed)
    layers = [draw.choice(["shift", "turned", "shared", "dots", "own"]) for _ in range(3)]
    shifts = [draw.randrange(width) for _ in layers]
    functions = [draw.choice([sin, tanh, sigmoid, lambda x: 0.5 * x]) for _ in layers]

    def f(weights, state):
        x = [*state]
        for _ in range(steps):
            for kind, shift, function in zip(layers, shifts, functions, strict=True):
                moved = x[shift:] + x[:shift]
                if kind == "shift":
                    x = [function(a - 0.3 * b) for a, b in zip(x, moved, strict=True)]
                elif kind == "turned":
                    x = [function(a * b) for a, b in zip(x, moved[::-1], strict=True)]
                elif kind == "shared":
                    x = [function(a + x[0] * exp(-x[shift])) for a in x]
                elif kind == "dots":
                    x = [function(dot(weights[k : k + width], x)) for k in range(width)]
                else:
                    x = [function(w * a) for w, a in zip(weights, x, strict=False)]
        return mean(x[0]) if not isinstance(x[0], float) else x[0]

    return f


@pytest.mark.parametrize("samples", [(), (1,)], ids=["numbers", "samples"])
@pytest.mark.parametrize("width", [3, 9, 33])
@pytest.mark.parametrize("seed", range(3))
def test_random_turns_keep_every_bit(seed, width, samples):
    f, n = turns(seed, width), 11 if samples else 0
    program = recorded(value_and_grad(f, 0), [2 * width, width], samples)
    rolled, rng = roll(program), np.random.default_rng(seed)
    given = [rng.normal(size=2 * width), rng.normal(size=(n, width) if samples else width)]
    want = interpret(program, given, n)
    for x, y in zip(execute(rolled, given, n), want, strict=True):
        np.testing.assert_array_equal(x, y)
    for name in ("llvm", "numpy", "python"):
        for x, y in zip(build(rolled, 2, name).run(given, n)[0], want, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-12)


def lstm(cells, steps):
    """Long short-term memory (Hochreiter and Schmidhuber 1997, with a forget gate), weights of a gate
    after another."""

    def f(weights, xs):
        h, c = [0.0] * cells, [0.0] * cells
        for t in range(steps):
            z = [
                dot(weights[k * cells : (k + 1) * cells], h) + weights[-1 - k] * xs[t]
                for k in range(4 * cells)
            ]
            i, f, o, g = (z[k * cells : (k + 1) * cells] for k in range(4))
            c = [sigmoid(f[k]) * c[k] + sigmoid(i[k]) * tanh(g[k]) for k in range(cells)]
            h = [sigmoid(o[k]) * tanh(c[k]) for k in range(cells)]
        return mean(h[0])

    return f


def test_a_turn_of_a_recurrent_network_is_as_long_whatever_its_width():
    found = []
    for cells in (8, 16):
        f = lstm(cells, 12)
        program = recorded(value_and_grad(f, 0), [4 * cells * (cells + 1), 12], (1,))
        there, back = loops(roll(program))
        found.append((len(there.body), len(back.body)))
        assert rows_of(back) > 20 * cells
    assert found[0] == found[1]
    assert sum(found[0]) < 40


def test_its_gradient():
    f, rng = lstm(8, 6), np.random.default_rng(0)
    weights, xs = rng.normal(size=4 * 8 * 9) / 3, rng.normal(size=(5, 6))
    program = recorded(value_and_grad(f, 0), [len(weights), 6], (1,))
    found = LLVMKernel(roll(program)).run([weights, xs], 5)[0]
    eager = value_and_grad(f)([*weights.tolist()], [*xs.T])
    np.testing.assert_allclose(found, leaves(list(eager)), rtol=1e-9, atol=1e-12)


def elman(W, u, b, xs):
    """A recurrent network whose turn is nothing but its neurons (J. L. Elman 1990)."""
    h = [0.0] * len(b)
    for x in xs:
        h = [
            tanh(sum((w * z for w, z in zip(row, h, strict=True)), start) + v * x)
            for row, v, start in zip(W, u, b, strict=True)
        ]
    return sum(h)


def diffusion(u, _, k, steps):
    """Heat on a ring: all of its cells are alike."""
    for _ in range(len(steps)):
        u = [x + k[0] * (u[i - 1] - 2 * x + u[(i + 1) % len(u)]) for i, x in enumerate(u)]
    return sum(x * x for x in u)


RNG = np.random.default_rng(0)
TURNS = {
    elman: (
        RNG.normal(size=(16, 16)) / 4,
        RNG.normal(size=16),
        RNG.normal(size=16),
        RNG.normal(size=9),
    ),
    diffusion: (RNG.normal(size=37), 0.0, np.array([0.1]), np.zeros(9)),
}


@pytest.mark.parametrize("name", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("f", TURNS)
def test_turns_of_nothing_but_what_is_alike_are_turns_of_a_loop(f, name):
    """There and back: few lines, whatever the width and the number of turns."""
    given, gradient = TURNS[f], value_and_grad(f, argnums=(0, 2))
    g = jit(gradient, backend=name)
    (value, found), (expected, want) = g(*given), gradient(*given)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    for x, y in zip(found, want, strict=True):
        np.testing.assert_allclose(np.array(x), np.array(y, dtype=float), rtol=1e-10, atol=1e-12)
    assert len(loops(g._last().rolled)) == 2
    assert str(g.program(*given)).count("\n") < 60


def potential(f, steps=9):
    """Jacobi's method on a square whose edge is 0: of other forms are the first turn and an edge."""
    u, cells = [[0.0] * len(f) for _ in f], range(1, len(f) - 1)
    for _ in range(steps):
        new = [[0.0] * len(f) for _ in f]
        for i in cells:
            for j in cells:
                around = u[i - 1][j] + u[i + 1][j] + u[i][j - 1] + u[i][j + 1]
                new[i][j] = 0.25 * (around - f[i][j])
        u = new
    return sum(x * x for row in u for x in row)


def test_cells_lie_in_their_order_with_those_at_the_edge():
    """So that all within are one group of every turn, there and back."""
    f, given = value_and_grad(potential), RNG.normal(size=(12, 12))
    g = jit(f)
    (value, found), (expected, want) = g(given), f(given)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(found, np.array(want, dtype=float), rtol=1e-10, atol=1e-12)
    there, back = loops(g._last().rolled)
    assert max(group.count * group.outer for group in there.body) == 8 * 8
    assert max(group.count * group.outer for group in back.body) >= 8 * 8


def heat(k, u, steps=7):
    """On a square whose edges meet, by NumPy."""
    for _ in range(steps):
        beside = [np.roll(u, shift, axis) for shift in (1, -1) for axis in (0, 1)]
        u = u + k * (sum(beside) - 4 * u)
    return (u * u).sum()


def pairs(m, x, steps=6):
    """Points that draw each other."""
    for _ in range(steps):
        away = x[:, None, :] - x[None, :, :]
        distance = np.sqrt((away * away).sum(axis=-1) + 0.1)
        x = x - m * (away / distance[:, :, None]).sum(axis=1)
    return (x * x).sum()


GRIDS = {
    "heat": (heat, RNG.normal(size=(17, 17)), 150),
    "pairs": (pairs, RNG.normal(size=(11, 3)), 550),
}


@pytest.mark.parametrize("name", GRIDS)
def test_a_large_turn_is_loops_over_its_inside_and_over_its_edges(name):
    """Of thousands of expressions: an edge's are not alike, nor is a point's distance from itself."""
    f, x, most = GRIDS[name]
    g = jit(value_and_grad(f, argnums=(0, 1)))
    (value, found), (expected, want) = g(0.1, x), value_and_grad(f, argnums=(0, 1))(0.1, x)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    for a, b in zip(found, want, strict=True):
        np.testing.assert_allclose(np.array(a), np.array(b, dtype=float), rtol=1e-9, atol=1e-11)
    assert str(g.program(0.1, x)).count("\n") < most
