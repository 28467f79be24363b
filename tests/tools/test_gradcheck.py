import math
import random

import numpy as np
import pytest
from helpers import arguments_of, at, changed, places
from mutations import RULES, mutated, off_by_a_thousandth

from autograd import (
    GradcheckError,
    NumberError,
    TransformError,
    Value,
    arctanh,
    exp,
    floor,
    grad,
    gradcheck,
    hypot,
    log,
    maximum,
    numerical_gradient,
    primitive,
    register_pytree_node,
    relu,
    sin,
    sqrt,
    where,
)
from autograd.operations.composites import EVERY


def as_function_of_its_numbers(op, arguments):
    """A primitive as a function of a list of its differentiable numbers, and those numbers."""

    def f(xs):
        full = arguments
        for place, x in zip(places(arguments), xs, strict=True):
            full = changed(full, place, x)
        return op(*full)

    return f, [at(arguments, place) for place in places(arguments)]


@pytest.mark.parametrize("op", EVERY.values(), ids=EVERY.keys())
def test_every_primitive_passes_to_second_order(op):
    for arguments in arguments_of(op, points=3):
        f, xs = as_function_of_its_numbers(op, arguments)
        gradcheck(f, xs, order=2, directions=1)


@pytest.mark.parametrize(("name", "i"), RULES)
def test_a_pullback_off_by_a_thousandth_fails(name, i):
    op = mutated(EVERY[name], i, off_by_a_thousandth)
    arguments = next(a for a in arguments_of(op, points=6) if not_flat(op, a, i))
    f, xs = as_function_of_its_numbers(op, arguments)
    with pytest.raises(GradcheckError, match="reverse mode gives"):
        gradcheck(f, xs)


def not_flat(op, arguments, i):
    """Whether the mutated argument receives something at this point (not so for half a where)."""
    leaves = [Value(x) if isinstance(x, float) else x for x in arguments]
    leaves = [[Value(e) for e in x] if isinstance(x, list) else x for x in leaves]
    op(*leaves).backward()
    received = leaves[i] if isinstance(leaves[i], list) else [leaves[i]]
    return any(v.grad != 0 for v in received)


@primitive(lambda g, z, x: g * wrong_second(x))
def cubed(x):
    """x³, whose rule is right but cannot be differentiated rightly itself."""
    return x * x * x


@primitive(lambda g, z, x: g * 5 * x)
def wrong_second(x):
    """3x², with a derivative of 5x."""
    return 3 * x * x


def test_a_wrong_second_derivative_fails_at_second_order_only():
    gradcheck(cubed, 1.5)
    with pytest.raises(GradcheckError, match=r"∂grad\(cubed\)\[0\]/∂x: reverse mode gives 7.5"):
        gradcheck(cubed, 1.5, order=2)


def test_the_message_says_where_which_argument_by_how_much_and_what_the_tolerance_means():
    wrong = mutated(EVERY["sin"], 0, lambda rule: lambda *seen: 1.25 * rule(*seen))

    def model(x, params):
        return x * wrong(params[1]["b"]) + params[0]

    with pytest.raises(GradcheckError) as caught:
        gradcheck(model, 2.0, [1.0, {"b": 0.0}])
    message = str(caught.value)
    assert message.startswith(
        "∂model/∂params[1]['b']: reverse mode gives 2.5, central differences 2."
    )
    assert "They differ by 0.5; the tolerance is 2.5e-06: rtol = 1e-06 of the larger" in message
    assert "ten times the uncertainty of the differences" in message


def test_the_places_in_arrays_and_results_are_named():
    wrong = mutated(EVERY["sin"], 0, lambda rule: lambda *seen: 2 * rule(*seen))
    with pytest.raises(GradcheckError, match=r"∂f\['b'\]\[1\]/∂W\[0, 1\]: reverse"):
        gradcheck(lambda W: {"b": [W[0, 0], wrong(W[0, 1])]}, np.ones((2, 2)))


def test_a_wrong_forward_mode_fails(monkeypatch):
    right = gradcheck.__globals__["jvp"]

    def twice(f, primals, tangents):
        out, tangent = right(f, primals, tangents)
        return out, 2 * tangent

    monkeypatch.setitem(gradcheck.__globals__, "jvp", twice)
    with pytest.raises(GradcheckError, match="forward mode gives"):
        gradcheck(sin, 1.0)


def test_an_error_that_no_coordinate_shows_is_seen_along_directions(monkeypatch):
    check = gradcheck.__globals__["_Check"]
    monkeypatch.setattr(check, "partial_derivatives", lambda self: None)
    wrong = mutated(EVERY["sin"], 0, off_by_a_thousandth)
    with pytest.raises(GradcheckError, match="f along random direction 0"):
        gradcheck(lambda x: wrong(x), 1.0)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: sin(x) + 1, 1e-10),
        (lambda x: sin(1e4 * x), 1.0),
        (lambda x: (x - 1) ** 3, 1.0),
        (lambda x: 1e8 + x * x, 1.0),
        (lambda x: x**20, 1.0),
        (lambda x: x * 0.0 + 3.0, 1.0),
        (lambda x: 3.0, 1.0),
        (lambda x: exp(-1 / (x * x + 1e-3)), 0.1),
        (sin, math.pi / 2),
        (arctanh, 0.999999),
        (log, 1e-100),
        (log, 1e100),
        (relu, 1e-10),
        (exp, 700.0),
        (floor, 0.999999),
        (lambda x: where(x > 0, log(x), 0.0), 1e-8),
        (lambda x: x * x, 0.0),
        (lambda x: 1e-200 * x, 1.0),
    ],
)
def test_a_smooth_function_passes_however_hard(f, x):
    gradcheck(f, x, order=2)


def test_random_compositions_pass_at_random_points():
    generator = random.Random(1)
    functions = [EVERY[name] for name in ("sin", "tanh", "exp", "arctan", "square", "erf")]
    for _ in range(20):
        u, v, w = generator.choices(functions, k=3)
        scale = 10 ** generator.uniform(-3, 0)
        gradcheck(
            lambda x, y, u=u, v=v, w=w: u(v(x) * w(y)) - x / (2 + y * y),
            scale * generator.uniform(-1, 1),
            generator.uniform(-1, 1),
            directions=1,
        )


def test_nests_arrays_and_several_results_are_checked():
    gradcheck(lambda p, x: [p["w"] @ x, p["b"] * x[0]], {"w": np.ones(3), "b": 2.0}, np.arange(3.0))
    gradcheck(lambda x, n: x**n, 2, 3, order=2)


class Line:
    """As much of a Module as a transform looks at: its parameters are Values."""

    def __init__(self, w, b):
        self.w, self.b = w, b


register_pytree_node(
    Line, lambda line: ({".w": line.w, ".b": line.b}, None), lambda _, parts: Line(*parts)
)


def test_the_parameters_of_a_module_are_checked_and_named():
    gradcheck(
        lambda line, x: sin(line.w[0] * x + line.b), Line([Value(2.0)], Value(1.0)), 0.3, order=2
    )
    wrong = mutated(EVERY["sin"], 0, off_by_a_thousandth)
    with pytest.raises(GradcheckError, match=r"∂f/∂line\.w\[0\]: reverse"):
        gradcheck(lambda line: wrong(line.w[0]) * line.b, Line([Value(2.0)], Value(1.0)))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_every_order_up_to_the_one_asked_for_is_checked(order):
    gradcheck(lambda x, y: sin(x * y) * x, 0.7, 1.3, order=order)


def test_a_kink_a_jump_and_the_end_of_the_domain_are_errors_that_say_so():
    with pytest.raises(
        GradcheckError, match=r"both sides of the point differ by 1: relu has a kink"
    ):
        gradcheck(relu, 0.0)
    with pytest.raises(GradcheckError, match=r"do not settle.*kink, a jump or noise"):
        gradcheck(floor, 1.0)
    with pytest.raises(GradcheckError, match=r"∂grad\(f\)\[0\]/∂x: the slopes.*differ by 4"):
        gradcheck(lambda x: x + x * abs(x), 0.0, order=2)
    with pytest.raises(GradcheckError, match="sqrt is not finite on both sides"):
        gradcheck(sqrt, 0.0)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (EVERY["abs"], 0.0),
        (lambda x: abs(x - 1) + x * x, 1.0),
        (lambda x: maximum(x, 2 - x), 1.0),
        (lambda x: hypot(x, 0.0 * x), 0.0),
        (lambda v: np.max(v), np.array([1.0, 1.0])),
    ],
)
def test_a_kink_where_the_mean_of_both_slopes_is_answered_is_an_error_too(f, x):
    with pytest.raises(GradcheckError, match="slopes on both sides"):
        gradcheck(f, x)


def test_a_random_function_is_an_error():
    generator = random.Random(0)
    with pytest.raises(GradcheckError, match="noise"):
        gradcheck(lambda x: x * generator.random(), 1.0)


def test_a_derivative_that_is_nan_fails():
    with pytest.raises(GradcheckError, match="reverse mode gives nan"):
        gradcheck(lambda x: sqrt(x * x) ** 2, 0.0)


def test_no_gradient_of_the_users_values_is_touched():
    x = Value(2.0)
    x.grad = 5.0
    gradcheck(lambda v: v * v, x)
    assert x.grad == 5.0


def test_calls_that_make_no_sense_are_refused():
    with pytest.raises(TypeError, match="needs an argument of f"):
        gradcheck(sin)
    with pytest.raises(TypeError, match="order >= 1"):
        gradcheck(sin, 1.0, order=0)
    with pytest.raises(TransformError, match="hold no number"):
        gradcheck(lambda x: 1.0, [])
    with pytest.raises(TransformError, match="returned no number, but None"):
        gradcheck(lambda x: None, 1.0)
    with pytest.raises(NumberError, match=r"params\[1\] is 'no'"):
        gradcheck(lambda params: params[0], [1.0, "no"])


# ------------------------------------------------------------------------------ numerical_gradient


@pytest.mark.parametrize("x", [0.0, 1e-3, 1.0, -20.0])
def test_the_numerical_gradient_has_eight_digits(x):
    assert numerical_gradient(math.sin, x) == pytest.approx(math.cos(x), rel=1e-8)


def test_the_numerical_gradient_has_the_form_of_its_argument():
    found = numerical_gradient(
        lambda p: p["a"] * p["b"][0] + (p["c"] ** 2).sum(),
        {"a": 2, "b": (3.0, None), "c": np.array([[1.0, 2.0]])},
    )
    assert found["a"] == pytest.approx(3.0)
    assert found["b"] == (pytest.approx(2.0), None)
    assert found["c"] == pytest.approx(np.array([[2.0, 4.0]]))


def test_the_numerical_gradient_agrees_with_grad():
    def f(v):
        return sin(v[0] * v[1]) + exp(v[1])

    assert numerical_gradient(f, [0.3, 0.7]) == pytest.approx(grad(f)([0.3, 0.7]), rel=1e-9)


def test_the_numerical_gradient_of_several_results_is_refused():
    with pytest.raises(TransformError, match="a function of one number, got"):
        numerical_gradient(lambda x: [x, x], 1.0)


def test_a_function_is_checked_that_is_written_with_the_methods_of_values():
    gradcheck(lambda x, y: (x * y).tanh() + x.relu(), 0.5, 0.3, order=2)
    with pytest.raises(GradcheckError, match="gives 0, central differences 4"):
        gradcheck(lambda x: x.detach() ** 2 + 0 * x, 2.0)


def test_the_numerical_gradient_runs_a_function_of_plain_numbers_and_says_so():
    with pytest.raises(AttributeError) as caught:
        numerical_gradient(lambda x: x.tanh(), 0.5)
    (note,) = caught.value.__notes__
    assert "tanh(x), or np.tanh(x), takes all, x.tanh() a Value alone" in note


@pytest.mark.parametrize("wrong", [lambda g, z, x: 3 * x * x, lambda g, z, x: g * g * 3 * x * x])
def test_a_pullback_that_is_right_for_an_adjoint_of_1_alone_fails(wrong):
    @primitive(wrong)
    def cube(x):
        return x * x * x

    assert grad(cube)(2.0) == 12.0
    with pytest.raises(GradcheckError, match=r"g = 1 sends 12, g = 2 sends .*multiply by g"):
        gradcheck(cube, 2.0)
