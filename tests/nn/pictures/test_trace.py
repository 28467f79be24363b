"""Traces: z, a and δ of every unit."""

import numpy as np
import pytest

from nn import MLP, Dropout, Layer, PReLU, Sequential, trace
from nn.module import Module


def test_a_trace_holds_z_and_a_of_every_unit_and_delta_after_backward():
    model = MLP(2, [2, 1], "tanh", seed=0)
    table = trace(model, [1.0, -2.0])
    assert [(u.layer, u.unit) for u in table] == [(0, 0), (0, 1), (1, 0)]
    assert len(table) == 3
    assert table.output.data == model([1.0, -2.0]).data
    assert all(u.delta == 0.0 for u in table)
    (0.5 * (table.output - 1.0) ** 2).backward()
    hidden, output = table[:2], table[2]
    assert output.delta == output.a.data - 1.0
    for j, u in enumerate(hidden):  # δⱼ = (1 - zⱼ²) wⱼ δ, zⱼ the unit's output
        w = model.layers[1].weight[0][j].data
        assert u.delta == pytest.approx((1 - u.a.data**2) * w * output.delta, rel=1e-14)
        assert u.a.data == u.z.tanh().data


def test_the_text_is_a_table_of_a_row_a_unit():
    table = trace(Layer(1, 2, init=lambda *_: 0.5), [3.0])
    assert repr(table) == (
        "layer  unit    z    a  δ\n    0     0  1.5  1.5  0\n    0     1  1.5  1.5  0"
    )


def test_a_batch_shows_its_first_samples():
    whole, more = (
        trace(Layer(1, 1, "linear", init=lambda *_: 1.0), np.arange(n)[:, None]) for n in (3.0, 4.0)
    )
    assert ["…" in repr(table) for table in (whole, more)] == [False, True]
    table = trace(Layer(1, 1, "linear", init=lambda *_: 1.0), np.arange(5.0)[:, np.newaxis])
    table.output.mean().backward()
    assert repr(table).splitlines()[1].split("  ")[-3:] == ["0 1 2 …", "0 1 2 …", "0.2 0.2 0.2 …"]


def test_modules_without_a_weighted_sum_show_their_outputs_alone():
    model = Sequential(Layer(1, 2, "linear", seed=0), PReLU(), Dropout(0.5)).eval()
    table = trace(model, [1.0])
    assert [u.z is None for u in table] == [False, False, True, True, True, True]
    assert [u.delta is None for u in table] == [False, False, True, True, True, True]
    assert "None" not in repr(table)


def test_a_model_without_layers_is_an_error():
    with pytest.raises(TypeError, match="a model with layers, got Module"):
        trace(Module(), [1.0])
