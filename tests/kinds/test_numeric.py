"""Functions of numbers: the float path, the tables, and IEEE where Python's math raises."""

import math

import mpmath
import numpy as np
import pytest
from helpers import close

from autograd.kinds import kind as registry
from autograd.kinds import numeric

inf, nan = math.inf, math.nan
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 3.0, 710.0, -746.0, 1e300, -1e300]
SPECIAL += [5e-324, inf, -inf, nan]

UNARY = """
    exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh tanh
    arcsinh arccosh arctanh floor ceil sign
""".split()
BINARY = "fmod arctan2 hypot maximum minimum".split()


@pytest.mark.parametrize("name", [*UNARY, "round"])
def test_a_float_is_answered_as_numpy_answers(name):
    ours = getattr(numeric, name)
    theirs = getattr(np, {"round": "rint"}.get(name, name))
    for x in SPECIAL:
        if abs(x) == 1e300 and name in ("sin", "cos", "tan"):
            continue  # their argument reductions differ by more than a rounding
        with np.errstate(all="ignore"):
            expected = float(theirs(x))
        assert close(ours(x), expected, 1e-15), x
        assert type(ours(x)) is float


@pytest.mark.parametrize("name", [*BINARY, "pow", "mod"])
def test_two_floats_are_answered_as_numpy_answers(name):
    ours = getattr(numeric, name)
    theirs = getattr(np, {"pow": "power"}.get(name, name))
    for x in SPECIAL:
        for y in SPECIAL:
            if (name, x, y) == ("pow", -inf, 0.5):
                continue  # C's pow says inf, NumPy takes the square root
            with np.errstate(all="ignore"):
                expected = float(theirs(x, y))
            assert close(ours(x, y), expected, 1e-15), (x, y)


@pytest.mark.parametrize("name", [*UNARY, "round", "erf", "erfc", "sigmoid", "relu"])
def test_the_kinds_of_float_agree(name):
    ours = getattr(numeric, name)
    for x in SPECIAL:
        if abs(x) == 1e300:
            continue  # mpmath would compute e to that power
        with np.errstate(all="ignore"):
            array = ours(np.array([x, 0.25]))[0]
        assert close(ours(x), float(array), 1e-14), (x, array)
        assert close(ours(x), float(ours(mpmath.mpf(x))), 1e-14), x


def mpmath_knows(name, x, y):
    """It has no -0, and leaves powers and angles of infinities undecided where C decides them."""
    if any(v == 0 and math.copysign(1, v) < 0 for v in (x, y)):
        return False
    return name not in ("pow", "arctan2") or not (math.isinf(x) or math.isinf(y))


@pytest.mark.parametrize("name", [*BINARY, "pow", "mod"])
def test_the_kinds_of_float_agree_on_two_numbers(name):
    ours = getattr(numeric, name)
    few = [x for x in SPECIAL if abs(x) not in (1e300, 5e-324, 710.0, 746.0)]
    for x in few:
        for y in few:
            if (name, x, y) == ("pow", -inf, 0.5):
                continue  # C's pow says inf, NumPy takes the square root
            expected = ours(x, y)
            with np.errstate(all="ignore"):
                found = [
                    float(ours(np.array([x]), np.array([y]))[0]),
                    float(ours(np.array([x]), y)[0]),
                ]
            if mpmath_knows(name, x, y):
                found.append(float(ours(mpmath.mpf(x), mpmath.mpf(y))))
            assert all(close(expected, z, 1e-14) for z in found), (x, y, expected, found)


@pytest.mark.parametrize("name", [*UNARY, "erf", "erfc", "sigmoid", "relu", "round"])
def test_integers_and_booleans_are_floats(name):
    ours = getattr(numeric, name)
    for x in (0, 1, True, np.float64(1.0), np.int64(1)):
        assert close(float(ours(x)), ours(float(x)), 1e-15)


def test_a_function_of_what_is_no_number_says_so():
    with pytest.raises(TypeError, match="exp takes numbers, got 'a'"):
        numeric.exp("a")


def test_logsumexp_survives_large_and_small_numbers():
    for kind in (float, mpmath.mpf, lambda x: np.array([x, x])):
        for xs, expected in (
            ([1000.0, 1000.0], 1000 + math.log(2)),
            ([-1000.0, -1000.0], -1000 + math.log(2)),
            ([0.0, -800.0], 0.0),
            ([inf, 1.0], inf),
            ([-inf, -inf], -inf),
            ([-inf, 2.0], 2.0),
            ([nan, 2.0], nan),
            ([2.0, nan], nan),
            ([0.0, -50.0], math.exp(-50)),
            ([3.0], 3.0),
        ):
            with np.errstate(all="ignore"):
                found = numeric.logsumexp([kind(x) for x in xs])
            assert close(float(np.ravel(found)[0]), expected, 1e-15), xs


def test_a_sum_takes_a_sequence_or_a_batch():
    assert numeric.sum([1.0, 2.0]) == 3.0
    assert numeric.sum(np.array([1.0, 2.0])) == 3.0
    assert numeric.sum([]) == 0.0


def test_every_function_of_the_float_table_has_a_name_to_register():
    assert {"exp", "maximum", "where", "logsumexp", "like"} <= registry.names


def test_a_table_is_found_for_a_subclass():
    class Metres(float):
        pass

    assert numeric.exp(Metres(0.0)) == 1.0
    assert registry.is_number(Metres(1.0))
    assert not registry.is_number("1")
