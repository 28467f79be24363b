"""micrograd's documented example, its import exchanged for ours and nothing else."""

import pytest

from autograd import Value


def example(Value):
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return a, b, g


def test_the_documented_example_gives_the_documented_numbers():
    a, b, g = example(Value)
    assert f"{g.data:.4f}" == "24.7041"
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_it_agrees_with_micrograd_itself_to_the_last_digits():
    engine = pytest.importorskip("micrograd.engine")
    for ours, theirs in zip(example(Value), example(engine.Value), strict=True):
        assert ours.data == pytest.approx(theirs.data, rel=1e-14)
        assert ours.grad == pytest.approx(theirs.grad, rel=1e-14)


def test_a_node_is_shown_as_micrograd_shows_it():
    x = Value(3.0)
    (x * 2).backward()
    assert repr(x) == "Value(data=3.0, grad=2.0)"


def test_a_parameter_that_no_pass_reached_can_be_updated():
    w = Value(1.5)
    w.data -= 0.1 * w.grad
    assert w.data == 1.5


def test_the_neuron_of_the_documented_network_learns():
    w, b = [Value(0.5), Value(-0.25)], Value(0.0)
    losses = []
    for _ in range(20):
        out = sum((wi * xi for wi, xi in zip(w, (1.0, -2.0), strict=True)), b).tanh()
        loss = (out - 0.5) ** 2
        for p in (*w, b):
            p.grad = 0.0
        loss.backward()
        for p in (*w, b):
            p.data -= 0.1 * p.grad
        losses.append(loss.data)
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1 * losses[0]
