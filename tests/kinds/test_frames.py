"""pandas' Series and frames are taken wherever arrays are; other kinds of array are refused."""

import inspect
import operator

import numpy as np
import pytest

from autograd import NumberError, Value, grad, jacobian, value_and_grad, vjp, vmap

pd = pytest.importorskip("pandas")
S = pd.Series([1.0, 2.0], index=["a", "b"])
F = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})


def test_a_series_is_a_batch():
    assert Value(S).data.tolist() == [1, 2]
    for z in (Value(2.0) * S, S * Value(2.0)):
        assert z.data.tolist() == [2, 4]


def test_transforms_take_frames():
    assert grad(lambda x: (x * x).sum())(S).tolist() == [2, 4]
    assert grad(lambda x: (x * x).sum())(F).tolist() == [[2, 6], [4, 8]]
    assert vjp(lambda x: 3 * x, S)[1](S)[0].tolist() == [3, 6]
    assert vmap(lambda row, w: row @ w, in_axes=(0, None))(F, S).tolist() == [7, 10]
    with pytest.raises(NumberError, match=r"\(2, 2\)"):
        Value(F)


def test_results_may_be_frames():
    x = np.array([1.0, 2.0])
    for mode in ("forward", "reverse"):
        assert jacobian(lambda x: pd.Series(x * 2), mode=mode)(x).tolist() == [[2, 0], [0, 2]]
    assert vjp(lambda x: pd.DataFrame({"a": x, "b": 3 * x}), x)[1](np.ones((2, 2)))[0].tolist() == [
        4,
        4,
    ]
    value, aux = value_and_grad(lambda x: (x.sum(), pd.Series(x)), has_aux=True)(x)[0]
    assert (value, aux.tolist()) == (3, [1, 2])


@pytest.mark.parametrize(
    ("array", "way"),
    [
        (np.ma.array([1.0, 2.0], mask=[0, 1]), r"x\.filled"),
        (np.ones((1, 2)).view(np.matrix), "np.asarray"),
    ],
)
def test_an_array_that_computes_otherwise_is_refused(array, way):
    for take in (Value, lambda x: Value(2.0) * x, grad(lambda x: x.sum()), vmap(lambda x: x)):
        with pytest.raises(NumberError, match=way):
            take(array)


MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])


@pytest.mark.parametrize("operate", "add sub mul truediv pow mod floordiv gt le eq matmul".split())
def test_np_ma_computes_with_no_value_from_the_left_either(operate):
    """np.ma's own operators ask for ``_data`` first, and for no protocol."""
    operate = getattr(operator, operate)
    for x in (Value(2.0), Value(np.ones(3))):
        with pytest.raises(NumberError, match=r"x\.filled"):
            operate(MASKED, x)
    for f in (lambda v: operate(MASKED, v), lambda v: operate(v, MASKED)):
        with pytest.raises(NumberError, match=r"x\.filled"):
            grad(lambda v, f=f: np.sum(f(v)))(np.ones(3))


def test_numpys_functions_take_no_masked_array_beside_variables():
    for f in (np.dot, np.maximum, lambda v, m: np.concatenate([v, m])):
        with pytest.raises(NumberError, match=r"x\.filled"):
            grad(lambda v, f=f: np.sum(f(v, MASKED)))(np.ones(3))
    with pytest.raises(NumberError, match=r"x\.filled"):
        MASKED.copy()[0] = Value(1.0)


def test_what_np_ma_asks_for_is_no_name_that_a_user_meets():
    assert "_data" not in dir(Value(1.0))
    assert inspect.getmembers(Value(1.0))


def test_a_memory_map_is_an_array(tmp_path):
    array = np.memmap(tmp_path / "x", dtype=float, mode="w+", shape=(2,))
    assert grad(lambda x: (x + 1).sum())(array).tolist() == [1, 1]


def test_empty_arrays_have_empty_gradients():
    assert grad(lambda x: x.sum())(np.zeros((0, 3))).shape == (0, 3)
    found = grad(lambda p: p["a"].sum() + p["b"] ** 2)({"a": np.zeros(0), "b": 2.0})
    assert found["a"].shape == (0,)
    assert found["b"] == 4
