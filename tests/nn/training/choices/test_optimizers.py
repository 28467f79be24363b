"""Optimisers against PyTorch's numbers (torch 2.13, float64), and how they are used."""

import math

import numpy as np
import pytest

from autograd import NOTHING, Value, jit
from nn import MLP
from nn.schedules import constant, cosine, linear_warmup, step_decay
from nn.training.choices.optimizer import Optimizer, clip_grad_norm_
from nn.training.choices.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

START = [1.0, -2.0, 0.5]


def function(a, b, c):
    return (a * b - 1) ** 2 + (b - c) ** 2 * 3 + (a + c) ** 4 / 10


def kept_as(number):
    w = Value(0.0)
    w.data = number
    return w


def descend(params, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        function(*params).backward()
        optimizer.step()
    return [p.data for p in params]


PYTORCH = [  # where PyTorch's optimiser of the same arguments is after five steps
    (SGD, {"lr": 0.05}, [0.0004667057868499811, -0.588335589012973, -0.5866444521920948]),
    (
        SGD,
        {"lr": 0.05, "momentum": 0.9},
        [-0.8313517730384749, -0.380647730981124, 0.34681962302004266],
    ),
    (
        SGD,
        {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        [-1.35042897232638, -0.3636726995243301, 0.04095091208356565],
    ),
    (
        SGD,
        {"lr": 0.05, "weight_decay": 0.1},
        [-0.0017960582934424462, -0.5736890800719697, -0.5722843608216044],
    ),
    (Adagrad, {"lr": 0.1}, [0.7096646306321115, -1.698900587886226, 0.19698143412881336]),
    (
        Adagrad,
        {"lr": 0.1, "weight_decay": 0.1, "eps": 0.01},
        [0.7097226367539559, -1.69887268011363, 0.19718776219797174],
    ),
    (RMSprop, {"lr": 0.1}, [-0.367483963063257, -0.8135684192933332, -0.7380849968725055]),
    (
        RMSprop,
        {"lr": 0.1, "alpha": 0.9, "weight_decay": 0.1, "eps": 0.01},
        [0.24133859914932998, -1.173976890544138, -0.3466514546846605],
    ),
    (Adam, {}, [0.9950007661033721, -1.995000498224372, 0.495000463592073]),
    (
        Adam,
        {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.1, "eps": 0.01},
        [0.5153912014175279, -1.5092260251315506, 0.00824629673671956],
    ),
    (AdamW, {}, [0.9949508776783266, -1.994900606271209, 0.49497556918983987]),
    (
        AdamW,
        {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.3},
        [0.4114666701199468, -1.2599784210802922, -0.030037141854131463],
    ),
]
LATER = [case[:2] for case in PYTORCH]


@pytest.mark.parametrize(("kind", "settings", "expected"), PYTORCH)
def test_five_steps_are_pytorchs(kind, settings, expected):
    params = [Value(x) for x in START]
    reached = descend(params, kind(params, **settings), 5)
    np.testing.assert_allclose(reached, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("kind", "settings"), LATER)
def test_an_optimiser_restored_from_its_state_goes_on_bit_for_bit(kind, settings):
    params = [Value(x) for x in START]
    descend(params, first := kind(params, **settings), 4)
    copies = [Value(p.data) for p in params]
    second = kind(copies, **settings)
    second.load_state_dict(first.state_dict())
    assert descend(copies, second, 4) == descend(params, first, 4)


def test_state_dict_has_pytorchs_names_and_is_a_copy():
    params = [Value(x) for x in START]
    descend(params, optimizer := Adam(params), 1)
    state = optimizer.state_dict()
    assert list(state) == ["step", "exp_avg", "exp_avg_sq"]
    before = state["exp_avg"].copy()
    state["exp_avg"][:] = 7.0
    np.testing.assert_array_equal(optimizer.state_dict()["exp_avg"], before)
    names = [[*k([Value(1.0)]).state_dict()][1:] for k in (SGD, Adagrad, RMSprop)]
    assert names == [[], ["sum"], ["square_avg"]]


def test_a_state_that_does_not_fit_is_an_error_and_changes_nothing():
    optimizer = Adam([Value(1.0)])
    good = Adam([Value(1.0)]).state_dict()
    with pytest.raises(KeyError, match=r"Adam keeps.*exp_avg.*given.*'sum'"):
        optimizer.load_state_dict(Adagrad([Value(1.0)]).state_dict())
    with pytest.raises(ValueError, match=r"exp_avg_sq has shape \(1,\).*given \(2,\)"):
        optimizer.load_state_dict({**good, "step": 7, "exp_avg_sq": np.zeros(2)})
    for step in (-1, 1.5, "a"):
        with pytest.raises((ValueError, TypeError), match=f"step is .* given {step!r}"):
            optimizer.load_state_dict({**good, "step": step})
    with pytest.raises(ValueError, match="exp_avg must hold numbers"):
        optimizer.load_state_dict({**good, "step": 7, "exp_avg": ["a"]})
    assert optimizer.steps == 0


def test_zero_grad_puts_gradients_back_to_nothing():
    params = [Value(x) for x in START]
    function(*params).backward()
    SGD(params).zero_grad()
    assert all(p.grad is NOTHING for p in params)


def test_a_parameter_that_no_gradient_reached_stays_but_still_decays():
    params = [Value(1.0), Value(2.0)]
    (params[0] * 3).backward()
    SGD(params, lr=0.1).step()
    assert [p.data for p in params] == [0.7, 2.0]
    SGD(params[1:], lr=0.1, weight_decay=1.0).step()
    assert params[1].data == 1.8


def test_parameters_stay_plain_floats():
    params = [Value(x) for x in START]
    assert [type(x) for x in descend(params, Adam(params), 2)] == [float] * 3


@pytest.mark.parametrize("kind", [SGD, Adagrad, RMSprop, Adam, AdamW])
def test_every_optimiser_finds_the_bottom_of_a_bowl(kind):
    params = [Value(3.0), Value(-2.0)]
    optimizer = kind(params, lr=linear_warmup(cosine(0.3, 400), 10))
    for _ in range(400):
        optimizer.zero_grad()
        ((params[0] - 1) ** 2 + params[1] ** 2).backward()
        optimizer.step()
    assert [p.data for p in params] == pytest.approx([1, 0], abs=0.02)


# -------------------------------------------------------------------------------------- schedules


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (constant(0.2), [0.2] * 8),
        (step_decay(0.2, every=3, factor=0.5), [0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05]),
        (  # CosineAnnealingLR(T_max=10, eta_min=0.01)
            cosine(0.2, 10, 0.01),
            [
                0.2,
                0.1953503690480396,
                0.18185661446562001,
                0.16083959896778496,
                0.13435661446562,
                0.105,
                0.07564338553437999,
                0.04916040103221506,
            ],
        ),
        (  # LinearLR(start_factor=1/4, total_iters=3)
            linear_warmup(0.2, 4),
            [0.05, 0.1, 0.15000000000000002, 0.2, 0.2, 0.2, 0.2, 0.2],
        ),
    ],
)
def test_a_schedule_is_pytorchs(schedule, expected):
    assert [schedule(step) for step in range(8)] == pytest.approx(expected, abs=1e-15)


def test_cosine_stays_at_its_final_rate():
    assert cosine(0.2, 10, 0.01)(10) == cosine(0.2, 10, 0.01)(10_000) == 0.01


def test_an_optimiser_follows_a_schedule_step_by_step():
    w = Value(0.0)
    optimizer = SGD([w], lr=linear_warmup(step_decay(1.0, 3, 0.5), 2))
    moves = []
    for _ in range(5):
        before, w.grad = w.data, -1.0
        optimizer.step()
        moves.append(w.data - before)
    assert moves == [0.5, 1.0, 1.0, 0.5, 0.5]


# --------------------------------------------------------------------------------------- clipping


def test_clipping_is_pytorchs():
    params = [Value(x) for x in START]
    function(*params).backward()
    assert clip_grad_norm_(params, 2.0) == pytest.approx(29.774905541411883, rel=1e-14)
    expected = [0.8967282554813327, -1.410583772667265, 1.0982402230052277]
    assert [p.grad for p in params] == pytest.approx(expected, rel=1e-14)


def test_gradients_within_the_norm_are_left_alone():
    params = [Value(0.0), Value(0.0)]
    params[0].grad, params[1].grad = 3.0, 4.0
    assert clip_grad_norm_(params, 5.1) == 5.0
    assert [p.grad for p in params] == [3.0, 4.0]


# ----------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SGD([]), ValueError, "needs parameters"),
        (lambda: Adam([Value(1.0), 2.0]), TypeError, "Values, .* given one float"),
        (lambda: SGD([Value(1.0) * 2]), ValueError, "not a result of mul"),
        (lambda: SGD([Value(np.ones(3))]), ValueError, "holds a float"),
        (lambda: SGD([w := Value(1.0), w]), ValueError, "twice"),
        (lambda: SGD([Value(1.0)], lr=-0.1), ValueError, "lr .* given -0.1"),
        (lambda: SGD([Value(1.0)], lr=math.nan), ValueError, "lr .* given nan"),
        (lambda: SGD([Value(1.0)], lr=constant(-1.0)), ValueError, "lr .* given -1"),
        (lambda: SGD([Value(1.0)], momentum=-1), ValueError, "momentum .* given -1"),
        (lambda: SGD([Value(1.0)], weight_decay=-1), ValueError, "weight_decay .* given -1"),
        (lambda: SGD([Value(1.0)], nesterov=True), ValueError, "nesterov=True needs"),
        (lambda: Adam([Value(1.0)], betas=(0.9, 1.0)), ValueError, r"betas .*\(0.9, 1.0\)"),
        (lambda: AdamW([Value(1.0)], eps=-1e-8), ValueError, "eps .* given -1e-08"),
        (lambda: RMSprop([Value(1.0)], alpha=-1), ValueError, "alpha .* given -1"),
        (lambda: RMSprop([Value(1.0)], alpha=2), ValueError, r"alpha .*\[0, 1\), given 2"),
        (lambda: Adam([Value(1.0)], betas=(0.9, 0.99, 0.999)), ValueError, "betas is a pair"),
        (lambda: Adam([Value(1.0)], betas=0.9), TypeError, "betas is a pair .* given 0.9"),
        (
            lambda: SGD([Value(1.0)], lr="fast"),
            TypeError,
            "lr is a finite number ≥ 0, given 'fast'",
        ),
        (
            lambda: SGD([Value(1.0)], lr=Value(0.1)),
            TypeError,
            r"lr is a finite number ≥ 0, given Value\(data=0.1",
        ),
        (
            lambda: SGD([Value(1.0)], lr=np.array([0.1, 0.2])),
            TypeError,
            r"lr is a finite number ≥ 0, given array",
        ),
        (lambda: SGD([kept_as(np.float32(1))]), ValueError, r"a float, given np.float32\(1.0\)"),
        (lambda: step_decay(0.1, every=2.5), TypeError, "every is a whole number ≥ 1, given 2.5"),
        (lambda: Optimizer([Value(1.0)], lr=0.1), TypeError, "abstract"),
        (lambda: clip_grad_norm_([Value(1.0)], 0.0), ValueError, "max_norm .* given 0"),
        (lambda: step_decay(0.1, every=0), ValueError, "every .* given 0"),
        (lambda: cosine(0.1, 0), ValueError, "steps .* given 0"),
        (lambda: linear_warmup(0.1, 0), ValueError, "steps .* given 0"),
    ],
)
def test_a_mistake_is_an_error_that_names_it(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_step_clips_the_gradient_to_its_norm():
    w = Value(0.0)
    optimizer = SGD([w], lr=1.0)
    optimizer.max_norm = 1.0
    w.grad = 100.0
    optimizer.step()
    assert w.data == pytest.approx(-1.0, abs=1e-6)
    w.grad = 0.5
    optimizer.step()
    assert w.data == pytest.approx(-1.5, abs=1e-6)


@pytest.mark.parametrize("number", [np.float64(3.0), 3, True])
def test_a_parameter_that_was_set_to_another_real_number_holds_a_float(number):
    p = Value(0.0)
    p.data = number  # as one does with the elements of an array
    optimizer = SGD([p], lr=0.5)
    assert type(p.data) is float
    p.grad = 2.0
    optimizer.step()
    assert p.data == number - 1.0


@pytest.mark.parametrize("most", [math.nan, 0.0, -1.0])
def test_a_norm_that_is_none_is_an_error_of_the_step(most):
    optimizer = SGD([Value(0.0)], lr=1.0)
    optimizer.max_norm = most
    with pytest.raises(ValueError, match=f"max_norm is a number > 0, given {most}"):
        optimizer.step()


def test_none_in_grad_counts_as_zero():
    p, q = Value(1.0), Value(2.0)
    optimizer = SGD([p, q], lr=0.5)
    optimizer.max_norm = 1.0
    p.grad, q.grad = None, 4.0
    optimizer.step()
    assert (p.data, q.data) == (1.0, pytest.approx(1.5, abs=1e-6))


def test_a_model_in_the_place_of_its_parameters_is_told():
    for given, kind in ((MLP(1, [1]), "MLP"), (Value(1.0), "Value"), (None, "NoneType")):
        with pytest.raises(TypeError, match=rf"such as model.parameters\(\), given one {kind}"):
            Adam(given)


def test_an_optimiser_of_ones_own_defines_update_not_step():
    with pytest.raises(TypeError, match=r"Own is to define _update\(self, w, g, rate\)"):

        class Own(Optimizer):
            def step(self):
                for p in self.params:
                    p.data -= self.lr * p.grad


def test_an_optimiser_whose_init_calls_no_other_is_told():
    class Own(Optimizer):
        def __init__(self, params, lr):
            self.params, self.lr = params, lr

        def _update(self, w, g, rate):
            return w - rate * g

    with pytest.raises(
        AttributeError, match=r"Own has no steps: .* super\(\).__init__\(params, lr\)"
    ):
        Own([Value(1.0)], 0.1).step()


@pytest.mark.parametrize("moved", [None, 1.0, np.zeros(3)])
def test_an_update_that_returns_no_vector_of_parameters_is_told(moved):
    class Own(Optimizer):
        def _update(self, w, g, rate):
            return moved

    w = Value(1.0)
    with pytest.raises(TypeError, match="returns the moved parameters, 1 numbers; that of Own"):
        Own([w], 0.1).step()
    assert w.data == 1.0


def test_models_in_the_place_of_their_parameters_are_told():
    a, b = MLP(1, [1]), MLP(1, [1])
    for wrong in ([a, b], [a.parameters(), b.parameters()]):
        with pytest.raises(TypeError, match=r"a.parameters\(\) \+ b.parameters.*; given one"):
            Adam(wrong)
    assert len(Adam(a.parameters() + b.parameters()).params) == 4


def test_an_update_is_recorded_for_whole_arrays():
    """A question after a shape by NumPy's own function would record every weight by itself."""
    optimizer = SGD([Value(0.0) for _ in range(300)], lr=0.5)
    moved = jit(lambda w, g: optimizer.moved(w, g, 0.5))
    assert moved(np.ones(300), np.ones(300)).tolist() == [0.5] * 300
    assert moved.stats.operations["recorded"] < 50
