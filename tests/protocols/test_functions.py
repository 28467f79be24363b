"""Every public function of NumPy that takes an array: right on Values, or an error of ours.

On an array of variables under grad, on a batch, and under vmap, sample by sample. The oracle is
central differences of the plain NumPy function.
"""

import inspect
import re

import numpy as np
import pytest
from helpers import differences

from autograd import GradientLostError, Value, grad, hessian, jacobian, jit, vmap
from autograd.protocols.functions import FUNCTIONS, name_of
from autograd.protocols.structure import BY_NUMPY
from autograd.protocols.ufuncs import PAIRS, UFUNCS

pytestmark = pytest.mark.filterwarnings("ignore:numpy.fix is deprecated")  # since NumPy 2.5

V = np.array([1.25, 3.5, 2.125])  # and samples in other orders
ROWS = np.array([V, [0.75, 0.5, 2.5], [3.25, 1.5, 0.625]])
M = V[:, None] * np.array([1.0, -0.5, 0.25]) + np.eye(3)

OTHERS = {  # of functions that are no function of one array alone: what the walk calls
    "append": lambda v: np.append(v, v[:1]),
    "arctan2": lambda v: np.arctan2(v, 2.0),
    "array_split": lambda v: np.array_split(v, 2)[1],
    "average": lambda v: np.average(v, weights=v * v),
    "block": lambda v: np.block([v, v]),
    "broadcast_arrays": lambda v: np.broadcast_arrays(v, np.ones((2, 1)))[0],
    "broadcast_to": lambda v: np.broadcast_to(v, (2, 3)),
    "choose": lambda v: np.choose([0, 1, 0], [v, 2 * v]),
    "clip": lambda v: np.clip(v, 1.0, 3.0),
    "column_stack": lambda v: np.column_stack([v, v]),
    "compress": lambda v: np.compress([True, False, True], v),
    "concatenate": lambda v: np.concatenate([v, [1.0], v]),
    "convolve": lambda v: np.convolve(v, v * v),
    "copysign": lambda v: np.copysign(v, -v),
    "correlate": lambda v: np.correlate(v, [1.0, 2.0]),
    "cross": lambda v: np.cross(v, v[::-1]),
    "delete": lambda v: np.delete(v, 1),
    "digitize": lambda v: np.digitize(v, [1.0, 2.0]),
    "dot": lambda v: np.dot(v, v),
    "dsplit": lambda v: np.dsplit(v.reshape(1, 1, 3), 3)[1],
    "dstack": lambda v: np.dstack([v, v]),
    "einsum": lambda v: np.einsum("i,j->ij", v, v),
    "expand_dims": lambda v: np.expand_dims(v, 0),
    "extract": lambda v: np.extract([True, False, True], v),
    "float_power": lambda v: np.float_power(v, 1.5),
    "floor_divide": lambda v: np.floor_divide(v, 0.8) * v,
    "fmax": lambda v: np.fmax(v, 2.0),
    "fmin": lambda v: np.fmin(v, 2.0),
    "fmod": lambda v: np.fmod(v, 0.8),
    "full_like": lambda v: np.full_like(v, v[0]),
    "heaviside": lambda v: np.heaviside(v - 2, 0.5) * v,
    "hsplit": lambda v: np.hsplit(v, 3)[1],
    "hstack": lambda v: np.hstack([v, v]),
    "hypot": lambda v: np.hypot(v, 2.0),
    "inner": lambda v: np.inner(v, v),
    "insert": lambda v: np.insert(v, 1, 5.0),
    "interp": lambda v: np.interp(v, [0.0, 1.0, 2.0, 5.0], [1.0, 3.0, 2.0, 0.0]),
    "kron": lambda v: np.kron(v, v[:2]),
    "ldexp": lambda v: np.ldexp(v, 2),
    "linspace": lambda v: np.linspace(v, 2 * v[0], 4),
    "logaddexp": lambda v: np.logaddexp(v, 1.0),
    "logaddexp2": lambda v: np.logaddexp2(v, 1.0),
    "logspace": lambda v: np.logspace(v[0] / 9, v[1] / 9, 4),
    "tan": lambda v: np.tan(v / 4),
    "arcsin": lambda v: np.arcsin(v / 4),
    "arccos": lambda v: np.arccos(v / 4),
    "arccosh": lambda v: np.arccosh(v + 1),
    "arctanh": lambda v: np.arctanh(v / 4),
    "maximum": lambda v: np.maximum(v, 2.0),
    "minimum": lambda v: np.minimum(v, 2.0),
    "matmul": lambda v: np.matmul(v, v),
    "matrix_transpose": lambda v: np.matrix_transpose(v.reshape(3, 1)),
    "matvec": lambda v: np.matvec(M, v),
    "vecmat": lambda v: np.vecmat(v, M),
    "vecdot": lambda v: np.vecdot(v, v),
    "meshgrid": lambda v: np.meshgrid(v, v)[0],
    "moveaxis": lambda v: np.moveaxis(v.reshape(3, 1), 0, 1),
    "multiply": lambda v: np.multiply(v, v),
    "add": lambda v: np.add(v, v),
    "subtract": lambda v: np.subtract(1.0, v),
    "divide": lambda v: np.divide(1.0, v),
    "remainder": lambda v: np.remainder(v, 0.8),
    "power": lambda v: np.power(v, v),
    "divmod": lambda v: np.divmod(v, 0.8)[1],
    "modf": lambda v: np.modf(v)[0] * v,
    "outer": lambda v: np.outer(v, v),
    "partition": lambda v: np.partition(v, 1) * [0.0, 1.0, 0.0],
    "percentile": lambda v: np.percentile(v, 30),
    "quantile": lambda v: np.quantile(v, [0.1, 0.5]),
    "nanquantile": lambda v: np.nanquantile(v, 0.5),
    "pad": lambda v: np.pad(v, 1, "reflect"),
    "permute_dims": lambda v: np.permute_dims(v.reshape(3, 1)),
    "polyadd": lambda v: np.polyadd(v, v[:2]),
    "polyder": lambda v: np.polyder(v),
    "polyint": lambda v: np.polyint(v),
    "polymul": lambda v: np.polymul(v, v[:2]),
    "polysub": lambda v: np.polysub(v, v[:2]),
    "polyval": lambda v: np.polyval(v, v[0]),
    "repeat": lambda v: np.repeat(v, 2),
    "reshape": lambda v: np.reshape(v, (3, 1)),
    "resize": lambda v: np.resize(v, 5),
    "roll": lambda v: np.roll(v, 1),
    "rollaxis": lambda v: np.rollaxis(v.reshape(3, 1), 1),
    "rot90": lambda v: np.rot90(v.reshape(3, 1)),
    "select": lambda v: np.select([v > 3, v > 1], [v * v, 2 * v], 7.0),
    "split": lambda v: np.split(v, 3)[2],
    "stack": lambda v: np.stack([v, v * v], axis=1),
    "swapaxes": lambda v: np.swapaxes(v.reshape(3, 1), 0, 1),
    "take": lambda v: np.take(v, [0, 0, 2]),
    "take_along_axis": lambda v: np.take_along_axis(v, np.argsort(v), 0),
    "tensordot": lambda v: np.tensordot(v, v, 1),
    "tile": lambda v: np.tile(v, 2),
    "trapezoid": lambda v: np.trapezoid(v, v * v),
    "unstack": lambda v: np.unstack(v)[1],
    "vdot": lambda v: np.vdot(v, v),
    "vsplit": lambda v: np.vsplit(v.reshape(3, 1), 3)[1],
    "vstack": lambda v: np.vstack([v, v]),
    "where": lambda v: np.where(v > 2, v * v, v),
    "fliplr": lambda v: np.fliplr(v.reshape(1, 3)),
    "diagonal": lambda v: np.diagonal(np.outer(v, v)),
    "trace": lambda v: np.trace(np.outer(v, v)),
    "linalg.diagonal": lambda v: np.linalg.diagonal(np.outer(v, v)),
    "linalg.trace": lambda v: np.linalg.trace(np.outer(v, v)),
    "linalg.matrix_transpose": lambda v: np.linalg.matrix_transpose(np.outer(v, [1.0, 2.0])),
    "linalg.cross": lambda v: np.linalg.cross(v, v[::-1]),
    "linalg.cholesky": lambda v: np.linalg.cholesky(np.outer(v, v) + np.eye(3)),
    "linalg.det": lambda v: np.linalg.det(np.outer(v, v) + M),
    "linalg.inv": lambda v: np.linalg.inv(np.outer(v, v) + M),
    "linalg.slogdet": lambda v: np.linalg.slogdet(np.outer(v, v) + M)[1],
    "linalg.solve": lambda v: np.linalg.solve(np.outer(v, v) + M, v),
    "linalg.matmul": lambda v: np.linalg.matmul(np.outer(v, v), M),
    "linalg.matrix_norm": lambda v: np.linalg.matrix_norm(np.outer(v, v)),
    "linalg.matrix_power": lambda v: np.linalg.matrix_power(np.outer(v, v), 3),
    "linalg.multi_dot": lambda v: np.linalg.multi_dot([v, M, v]),
    "linalg.outer": lambda v: np.linalg.outer(v, v),
    "linalg.tensordot": lambda v: np.linalg.tensordot(v, v, axes=1),
    "linalg.vecdot": lambda v: np.linalg.vecdot(v, v),
    "copyto": lambda v: _filled(np.copyto, v, v),
    "place": lambda v: _filled(np.place, v, [True, False, True], v),
    "put": lambda v: _filled(np.put, v, [0, 2], v),
    "putmask": lambda v: _filled(np.putmask, v, [True, False, True], v * v),
    "put_along_axis": lambda v: _filled(np.put_along_axis, v, np.array([1, 0]), v[:2], 0),
    "fill_diagonal": lambda v: _filled(np.fill_diagonal, np.outer(v, v), 1.0),
    "searchsorted": lambda v: np.searchsorted([1.0, 2.0], v),
    "argpartition": lambda v: v[np.argpartition(v, 0)].sum(),
    "argmax": lambda v: v[np.argmax(v)] ** 2,
    "argmin": lambda v: v[np.argmin(v)] ** 2,
    "argsort": lambda v: v[np.argsort(v)] ** 2,
}


def _filled(function, array, *args):
    target = np.zeros_like(array) + 0 * array
    function(target, *args)
    return target


# what answers truths, places, shapes or text, or is piecewise constant: it has no derivative
BINARY = """
    allclose array_equal isclose may_share_memory shares_memory equal not_equal less less_equal greater
    greater_equal logical_and logical_or logical_xor
""".split()
BITWISE = ["bitwise_and", "bitwise_or", "bitwise_xor"]
ANSWERS = {
    **{name: lambda v, name=name: getattr(np, name)(v, v[0]) for name in BINARY},
    **{name: lambda v, name=name: getattr(np, name)(v > 1, v < 3) for name in BITWISE},
    "invert": lambda v: np.invert(v > 1),
    "diag_indices_from": lambda v: np.diag_indices_from(np.outer(v, v)),
    "tril_indices_from": lambda v: np.tril_indices_from(np.outer(v, v)),
    "triu_indices_from": lambda v: np.triu_indices_from(np.outer(v, v)),
    "can_cast": lambda v: np.can_cast(v.dtype, object),
    "result_type": lambda v: np.result_type(v, object),
    "einsum_path": lambda v: np.einsum_path("i,i", v, v)[0][1],
    "digitize": lambda v: np.digitize(v, [1.0, 2.0]),
    "searchsorted": lambda v: np.searchsorted([1.0, 2.0], v),
}
ALONE = """
    all any argwhere count_nonzero flatnonzero iscomplex iscomplexobj isneginf isposinf isreal isrealobj
    ndim nonzero ones_like shape size zeros_like isnan isfinite isinf signbit logical_not sign floor
    ceil trunc rint round around fix
""".split()
ANSWERS |= {name: getattr(np, name) for name in ALONE}
CONSTANT = {"argwhere", "flatnonzero", "nonzero", "iscomplex", "isreal", "shape"}
TEXT = {"array2string", "array_repr", "array_str", "empty_like"}


def public():
    for module in (np, np.linalg):
        for name in dir(module):
            function = getattr(module, name)
            if isinstance(function, np.ufunc):
                yield function.__name__, function
            elif hasattr(function, "_implementation") and function.__module__.startswith("numpy"):
                yield name_of(function), function


PUBLIC = dict(public())
HERE = (
    FUNCTIONS.keys()
    | BY_NUMPY
    | UFUNCS.keys()
    | PAIRS.keys()
    | {"vecdot", "matvec", "vecmat", "matmul"}
)
DERIVED = sorted((PUBLIC.keys() & HERE) - ANSWERS.keys() - TEXT)


def call_of(name):
    return OTHERS.get(name, PUBLIC[name])


def close(ours, theirs):
    assert np.shape(ours) == np.shape(theirs)
    assert np.asarray(ours, dtype=float) == pytest.approx(
        np.asarray(theirs, dtype=float), rel=1e-6, abs=1e-7
    )


@pytest.mark.parametrize("name", DERIVED)
def test_on_an_array_of_variables(name):
    f = call_of(name)
    close(jacobian(f)(V), differences(f, V))


def takes_a_batch(name):
    """Whether the call asks NumPy alone, and not the array itself, which a Value is not."""
    return name not in OTHERS or not re.search(r"v\[|v\.|_filled", inspect.getsource(OTHERS[name]))


@pytest.mark.parametrize("name", [*filter(takes_a_batch, DERIVED)])
def test_on_a_batch_which_is_the_array_of_its_samples(name):
    f = call_of(name)
    weights = np.cos(np.arange(np.size(f(V)))).reshape(np.shape(f(V)))
    batch = Value(V)
    result = f(batch)
    close(numbers(result), f(V))
    total = np.sum(result * weights)
    total.backward()
    close(batch.grad, np.tensordot(weights, differences(f, V), weights.ndim))


def numbers(x):
    if isinstance(x, Value):
        return x.data
    return np.array([getattr(v, "data", v) for v in np.ravel(x).tolist()]).reshape(np.shape(x))


@pytest.mark.parametrize("name", DERIVED)
def test_under_vmap_sample_by_sample(name):
    f = call_of(name)
    close(vmap(f)(ROWS), [f(row) for row in ROWS])
    close(vmap(jacobian(f))(ROWS), [differences(f, row) for row in ROWS])


@pytest.mark.slow
@pytest.mark.parametrize("name", DERIVED)
def test_forwards_twice_and_within_two_vmaps(name):
    f = call_of(name)
    weights = np.cos(np.arange(np.size(f(V)))).reshape(np.shape(f(V)))

    def total(v):
        return np.sum(f(v) * weights)

    def slope(v):
        return np.asarray(grad(total)(v), dtype=float)

    close(jacobian(f, mode="forward")(V), differences(f, V))
    assert np.allclose(hessian(total)(V), differences(slope, V), rtol=1e-5, atol=1e-6)
    scales = np.array([1.0, 1.1])
    nested = vmap(lambda s: vmap(grad(lambda v: total(v * s)))(ROWS))(scales)
    close(nested, [[s * slope(row * s) for row in ROWS] for s in scales])


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_what_has_no_derivative_answers_as_numpy_does(name):
    seen = []
    assert grad(lambda v: seen.append(ANSWERS[name](v)) or v.sum())(V).tolist() == [1, 1, 1]
    (ours,), theirs = seen, ANSWERS[name](V)
    assert np.array_equal(numbers(ours), theirs)


@pytest.mark.parametrize("name", sorted({*ALONE} - CONSTANT))
def test_what_has_no_derivative_answers_for_each_sample(name):
    answers = vmap(lambda v: ANSWERS[name](v - 1) + 0.0 * v[0])(ROWS)
    assert np.array_equal(answers, [ANSWERS[name](row - 1) + 0.0 for row in ROWS])


@pytest.mark.parametrize("name", sorted(TEXT))
def test_what_writes_text_or_makes_space(name):
    seen = []
    grad(lambda v: seen.append(PUBLIC[name](v)) or v.sum())(V)
    assert np.shape(seen[0]) == (3,) if name == "empty_like" else "Value(data=1.25" in seen[0]


UNLIKE = {  # what is refused, and asks for more than one array
    "linalg.lstsq": lambda v: np.linalg.lstsq(M, v),
    "linalg.tensorsolve": lambda v: np.linalg.tensorsolve(M, v),
    "apply_along_axis": lambda v: np.apply_along_axis(np.sum, 0, v),
    "apply_over_axes": lambda v: np.apply_over_axes(np.sum, v, [0]),
    "piecewise": lambda v: np.piecewise(v, [[True, False, True]], [1.0]),
    "polyfit": lambda v: np.polyfit(v, v, 1),
    "astype": lambda v: np.astype(v, int),
    "geomspace": lambda v: np.geomspace(v[0], v[1]),
    "min_scalar_type": lambda v: np.min_scalar_type(v),
    "unravel_index": lambda v: np.unravel_index(v, (3, 3)),
    "ravel_multi_index": lambda v: np.ravel_multi_index(v, (3, 3, 3)),
    "histogramdd": lambda v: np.histogramdd(v.reshape(3, 1)),
    "busday_offset": lambda v: np.busday_offset(v, 1),
    "ix_": lambda v: np.ix_(v),
    "save": lambda v: np.save("/dev/null", v),
    "savetxt": lambda v: np.savetxt("/dev/null", v),
    "savez": lambda v: np.savez("/dev/null", v),
    "savez_compressed": lambda v: np.savez_compressed("/dev/null", v),
    "common_type": lambda v: np.common_type(v),
    "nanpercentile": lambda v: np.nanpercentile(v, 50),
    "nanquantile": lambda v: np.nanquantile(v, 0.5),
}
TWO = """
    array_equiv histogram2d intersect1d isin setdiff1d setxor1d union1d polydiv gcd lcm left_shift
    right_shift nextafter busday_count
""".split()
UNLIKE |= {name: lambda v, name=name: getattr(np, name)(v, v) for name in TWO}


@pytest.mark.parametrize("name", sorted(PUBLIC.keys() - HERE))
def test_everything_else_names_the_way_out(name):
    f = UNLIKE.get(name, PUBLIC[name])
    for transform in (grad(f), vmap(f)):
        with pytest.raises(
            GradientLostError, match=rf"np\.{name} .*(autograd's|np\.|reshape|list)"
        ):
            transform(ROWS if transform is not grad(f) and transform.__name__ == "mapped" else V)


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda v: np.matmul(v, 2.0), ValueError, "np.matmul takes an array of 1 or more"),
        (lambda v: np.tensordot(v, M[:2], 1), ValueError, "their lengths do not match"),
        (lambda v: np.linalg.norm(v, "fro"), ValueError, "a vector has no norm 'fro'"),
        (lambda v: np.average(v, weights=[1.0, 2.0]), ValueError, r"\(2,\) for an array .* \(3,\)"),
        (
            lambda v: np.average(v * M, 0, [1.0, 2.0]),
            ValueError,
            r"\(2,\) for an array of .*\(3, 3\)",
        ),
        (
            lambda v: np.cumulative_sum(v * M),
            ValueError,
            "give the axis of an array of 2 dimensions",
        ),
        (lambda v: np.pad(v, 1, "mean"), GradientLostError, "computes none; got 'mean'"),
        (lambda v: np.pad(v, 1, "reflect", reflect_type="odd"), GradientLostError, "computes none"),
    ],
)
def test_what_does_not_fit_is_named(f, error, says):
    with pytest.raises(error, match=says):
        grad(lambda v: np.sum(f(v)))(V)


@pytest.mark.parametrize(
    ("f", "says"),
    [
        (lambda v: np.hypot.reduce(v, where=v > 1), "np.hypot.reduce .* no where= under vmap"),
    ],
)
def test_what_vmap_cannot_tell_is_named(f, says):
    with pytest.raises(GradientLostError, match=says):
        vmap(f)(ROWS)


def test_rounding_to_decimals_is_numpys_and_has_no_slope():
    f = lambda v: np.round(v * 1.234, 2) + np.dot(2.0, v)
    close(vmap(f)(ROWS), [f(row) for row in ROWS])
    assert grad(lambda v: np.sum(f(v)))(V).tolist() == [2.0, 2.0, 2.0]


EDGES = np.array([0.5, 1.0, 1.0, 2.5])
TIED = np.array([[0.5, 1.0, np.nan], [3.0, 0.0, 2.5]])


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("transform", [lambda f: f, vmap], ids=["", "vmap"])
@pytest.mark.parametrize("mapped", ["jit", "vmap"])
def test_places_that_are_not_known_yet_are_sums_of_conditions(right, transform, mapped):
    side = "right" if right else "left"
    for f in (
        lambda v: np.searchsorted(EDGES, v, side) + 0.0,
        lambda v: np.searchsorted(EDGES[1:] + np.isnan(v) * 0, v, side) + 0.0,
        lambda v: np.digitize(v, EDGES, right) + 0.0,
        lambda v: np.digitize(v, EDGES[::-1], right) + 0.0,
    ):
        run = jit(transform(f), backend="python") if mapped == "jit" else vmap(f)
        expected = [f(row) for row in TIED]
        found = run(TIED) if mapped == "vmap" or transform is vmap else [run(row) for row in TIED]
        assert np.array_equal(found, expected)


def test_places_take_no_sorter_where_they_are_not_known_yet():
    with pytest.raises(ValueError, match=r"without sorter; got 'middle'"):
        vmap(lambda v: np.searchsorted(EDGES, v, "middle"))(TIED)
