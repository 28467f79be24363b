"""Data sets made here: scikit-learn's moons, and the exclusive or."""

import numpy as np
import pytest

from nn import make_moons, make_xor


@pytest.mark.parametrize("n", [2, 50, 51, 7])
def test_moons_are_scikit_learns(n):
    from sklearn.datasets import make_moons as expected

    moons, labels = make_moons(n, noise=0.0)
    other, other_labels = expected(n, noise=0.0, shuffle=False)
    for label in (0, 1):
        moon, other_moon = moons[labels == label], other[other_labels == label]
        np.testing.assert_allclose(moon, other_moon, atol=1e-12)


def test_noise_blurs_the_made_data():
    for make in (make_moons, make_xor):
        clear, labels = make(400, noise=0.0)
        blurred, same = make(400, noise=0.2, seed=1)
        assert (blurred - clear).std() == pytest.approx(0.2, rel=0.1)
        np.testing.assert_array_equal(labels, same)


def test_xor_is_one_where_exactly_one_input_is():
    corners, labels = make_xor(8)
    assert [int(a != b) for a, b in corners] == labels.tolist()


def test_a_moon_of_no_points_is_an_error():
    with pytest.raises(ValueError, match="n is a whole number ≥ 1, given 0"):
        make_moons(0)
