"""Arrays: what is taken as data, and what is refused with the way out."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from nn import MLP, accuracy, cross_entropy, fit, mse_loss, predict, standardize
from nn.data.arrays import as_pairs, as_samples, plain

X, y = np.arange(8.0).reshape(4, 2), np.arange(4.0)
MASKED = np.ma.masked_array(X, X > 6)


class Metres(np.ndarray):
    """An array with units."""


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            [1.0, 2.0],
            r"\(n, d\).*\(2,\); one sample: X.reshape\(1, -1\); samples of one number: X.res",
        ),
        ([], r"one sample or more, given one of shape \(0,\)"),
        ([["a", "b"]], r"X must hold numbers, given 'a' at \[0, 0\]"),
        (
            np.array([[1, "cat"], [2, "dog"]], object),
            r"X must hold numbers, given 'cat' at \[0, 1\]",
        ),
        ([[1, 2], [3, None]], r"X must hold numbers, given None at \[1, 1\]"),
        ([[1, 2], [3, -(10**400)]], r"X holds a number beyond all floats at \[1, 1\]"),
        (iter([[1.0]]), "X must hold numbers, given a list_iterator$"),
        (csr_array(X), r"X must hold numbers, given a csr_array: its .toarray\(\) does"),
        ([[1.0], [np.nan]], "X is nan in sample 1"),
    ],
)
def test_what_are_no_samples_is_named(X, message):
    with pytest.raises(ValueError, match=message):
        as_samples(X)


@pytest.mark.parametrize(
    "call",
    [
        lambda: as_pairs(MASKED, y),
        lambda: as_pairs(X, np.ma.masked_array(y, y > 2)),
        lambda: fit(MLP(2, [1]), MASKED, y, loss=mse_loss, progress=False),
        lambda: fit(MLP(2, [1]), X, np.ma.masked_array(y), loss=mse_loss, progress=False),
        lambda: predict(MLP(2, [1]), MASKED),
        lambda: MLP(2, [1])(MASKED),
        lambda: standardize(MASKED),
        lambda: mse_loss([1.0, 2.0], np.ma.masked_array([1.0, 2.0])),
        lambda: cross_entropy([1.0, 2.0], np.ma.masked_array(1)),
        lambda: accuracy([1.0, 2.0], np.ma.masked_array([1, 1])),
    ],
)
def test_a_masked_array_is_refused_with_what_to_do(call):
    with pytest.raises(TypeError, match=r"is a masked array.*leave those samples out.*filled\(0\)"):
        call()


@pytest.mark.parametrize("kind", [np.matrix, Metres])
def test_an_array_with_an_arithmetic_of_its_own_is_refused(kind):
    with pytest.raises(TypeError, match=rf"X is a {kind.__name__}.*np.asarray\(X\)"):
        as_samples(X.view(kind))
    with pytest.raises(TypeError, match=kind.__name__):
        fit(MLP(2, [1]), X.view(kind), y, loss=mse_loss, progress=False)


def test_an_array_in_a_file_is_an_array(tmp_path):
    file = np.memmap(tmp_path / "X", float, "w+", shape=(4, 2))
    file[:] = X
    assert plain("X", file).tolist() == X.tolist()
    assert predict(MLP(2, [1], seed=0), file).tolist() == predict(MLP(2, [1], seed=0), X).tolist()


def test_a_frame_of_truths_beside_numbers_holds_numbers():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.5, 2.0], "b": [True, False]})
    X = standardize(frame)
    assert X.tolist() == [[-1.0, 1.0], [1.0, -1.0]]
