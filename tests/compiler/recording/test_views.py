"""Parts of arrays: which other shapes a program serves is no more than those for which it is right."""

import random

import numpy as np
import pytest

from autograd import Value, jit, value_and_grad, vmap
from autograd.compiler.recording.lazy_arrays import ArgumentArray
from autograd.compiler.recording.recorder import SAMPLES

VIEWS = {
    "[:2]": lambda x: x[:2],
    "[1:]": lambda x: x[1:],
    "[:-1]": lambda x: x[:-1],
    "[-1:]": lambda x: x[-1:],
    "[::-1]": lambda x: x[::-1],
    "[::2]": lambda x: x[::2],
    "[0:]": lambda x: x[0:],
    "[0]": lambda x: x[0],
    "[-1]": lambda x: x[-1],
    "[..., 0]": lambda x: x[..., 0],
    "[..., :1]": lambda x: x[..., :1],
    "[:, 0]": lambda x: x[:, 0],
    "[None]": lambda x: x[None],
    "[:, None]": lambda x: x[:, None],
    "[[0]]": lambda x: x[[0]],
    "[[0, 1]]": lambda x: x[[0, 1]],
    ".T": lambda x: x.T,
    "rows": lambda x: [*x][0],  # noqa: RUF015  (an IndexError of none)
    "2x": lambda x: x * 2,
    "with its first": lambda x: x + x[0],
}
ENDS = {
    "a sum over samples": lambda x: (Value(1.0) * x).sum(),
    "vmap": vmap(lambda x: x * 2),
    "vmap along the last axis": vmap(lambda x: x * 2, in_axes=-1),
    "a sum": lambda x: np.sum(x * 1.5),
    "a sum along": lambda x: np.sum(x * 1.5, axis=0),
}
SHAPES = [(0,), (1,), (2,), (3,), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]


def outcome(f, x):
    try:
        return np.asarray(f(x), float), None
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        return None, error


@pytest.mark.parametrize("seed", range(20))
def test_a_program_serves_only_shapes_for_which_it_is_right(seed):
    chance, rng = random.Random(seed), np.random.default_rng(seed)
    for _ in range(10):
        views = chance.choices([*VIEWS], k=chance.randint(1, 3))
        end = chance.choice([*ENDS])

        def f(x, views=views, end=end):
            for name in views:
                if not np.ndim(x):
                    raise TypeError("a number has no parts")
                x = VIEWS[name](x)
            return ENDS[end](x)

        g = jit(f, backend="python")
        for shape in chance.choices(SHAPES, k=6):
            x = rng.normal(size=shape)
            (want, error), (found, refused) = outcome(f, x), outcome(g, x)
            if error is None and refused is None:
                np.testing.assert_allclose(found, want, err_msg=f"{views}, {end}, {shape}")
                assert found.shape == want.shape
            assert error or not refused, (views, end, shape, refused)


def first_column(x):
    x = x.T
    while x.ndim > 1:
        x = [*x][0]  # noqa: RUF015
    return x


@pytest.mark.parametrize("shape", [(1,), (1, 1), (2, 1), (1, 2), (1, 1, 1), (0, 1)])
@pytest.mark.parametrize(
    "f",
    [
        vmap(lambda x: np.sum(x) * 2),
        lambda x: (Value(1.0) * first_column(x)).sum(),
    ],
)
def test_one_sample_fixes_no_number_of_samples(f, shape):
    g = jit(f, backend="python")
    g(np.ones(shape))
    g(np.ones((5, *shape[1:])))
    assert [c.interface.guards[0][0] for c in g._compiled] == [SAMPLES]


def test_what_is_computed_of_itself_again_and_again_is_looked_at_once(monkeypatch):
    """After k squarings of what no derivative asks for an operand can be reached in 2ᵏ ways."""
    asked, is_whole, led_by = [], ArgumentArray.is_whole, ArgumentArray.led_by
    monkeypatch.setattr(ArgumentArray, "is_whole", lambda x: asked.append(x) or is_whole(x))
    monkeypatch.setattr(
        ArgumentArray, "led_by", lambda x, *axis: asked.append(x) or led_by(x, *axis)
    )

    def f(x):
        for _ in range(9):
            x = 0.5 * (x * x)
        return x[1:] * len(x) if x.dtype == float else x

    x = np.linspace(0.9, 1.1, 5)
    np.testing.assert_allclose(jit(f)(x), f(x), rtol=1e-12)
    assert len(asked) < 100


@pytest.mark.parametrize("join", [np.stack, np.vstack, np.concatenate, np.column_stack])
@pytest.mark.parametrize("argnums", [0, 1])
def test_an_array_is_joined_by_its_rows(join, argnums):
    f = value_and_grad(lambda w, x: np.sum(np.sin(join(x))) * w[0], argnums=argnums)
    w, x = np.array([1.0, 2.0]), np.arange(6.0).reshape(3, 2)
    (value, slopes), (expected, theirs) = jit(f)(w, x), f(w, x)
    assert value == pytest.approx(expected)
    assert slopes == pytest.approx(theirs)
