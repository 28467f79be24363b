"""The printable program: labels where the caller has names, loops as loops."""

import numpy as np
import pytest
from recorded_programs import network, program_of, simulation, value_and_gradient

import autograd as ag
from autograd import jit, vmap
from autograd.compiler.programs.program import Program
from autograd.compiler.rolling.roll import roll
from autograd.compiler.source.text import Labels, program_text

NETWORK = Labels(["model.w", "model.b", "v", "X", "y"], [(16, 6), (16,), (16,), (6,), ()])


def test_a_network_reads_as_one_would_write_it():
    lines = [line.strip() for line in program_text(network(6, 16), NETWORK).splitlines()]
    assert "s[0 : 6] = X[t, :]" in lines
    assert "s6 = y[t]" in lines
    assert "s[9 + i] = tanh(dot(model.w[i, :], s[0 : 6]) + model.b[i])" in lines
    assert "u[1 + i + 6 * j] += s[25 + j] * s[i]" in lines
    assert lines[-1] == "return u0, *u[1 : 129]"
    assert len(lines) < 30


def test_answers_of_samples_and_tables_of_constants():
    each = jit(lambda xs, w: vmap(lambda x: (x * w, x))(xs))
    text = str(each.program(np.ones(3), 2.0))
    assert text.splitlines()[-1] == "return s[1], xs[t]"
    factors = [1.5, 2.5, 3.5, 4.5, 5.5]
    text = str(jit(lambda w: [w * k + ag.sin(w) for k in factors]).program(2.0))
    assert text.splitlines()[0] == f"K = {factors}"
    assert "u[i] = w * K[i] + u5" in text


def test_a_flat_program_is_three_address_code():
    program = Program()
    x, y, b = (program.input(k, 0) for k in range(3))
    program.outputs = [program.dot([x, y], [y, y]), program.dot([x], [y], b)]
    assert str(program).splitlines()[3:] == [
        "%3       = dot([%0, %1], [%1, %1])",
        "%4       = dot([%0], [%1], %2)",
        "return %3, %4",
    ]


def test_scalars_have_their_names_alone():
    f = value_and_gradient(lambda x, y: ag.where(x > 0, ag.sin(y) / x, y))
    text = program_text(roll(program_of(f, 2)), Labels(["x", "parameters.y"], [(), ()]))
    assert "u4 = sin(parameters.y) / x" in text.splitlines()
    assert "u0 = u4 if x > 0.0 else parameters.y" in text.splitlines()
    assert "arg" not in text
    assert text.splitlines()[-2:] == ["watch u1, u2", "return u0, u1, u2"]


SIMULATION = """\
u[2] = p[1]
u[3] = p[2]
for k in range(200):
    u[4 + 2 * k] = u[2 + 2 * k] + p[0] * u[3 + 2 * k]
    u[5 + 2 * k] = u[3 + 2 * k] - p[0] * sin(u[4 + 2 * k])
u0 = u[402]
u1 = u[403]
return u0, u1"""


def test_a_simulation_is_a_loop():
    assert program_text(simulation(200), Labels(["p"], [(3,)])) == SIMULATION


@pytest.mark.parametrize(
    ("base", "ways", "text"),
    [
        (7, [], "w[2, 1]"),
        (1, [("i", 3, 4)], "w[i, 1]"),
        (3, [("i", 1, 3), ("j", 3, 3)], "w[1 + j, i]"),
        (9, [("i", -3, 4)], "w[3 - i, 0]"),
        (0, [("i", 3, 4), (":", 1, 3)], "w[i, :]"),
        (1, [("i", 3, 4), (":", 1, 2)], "w[i, 1 : 3]"),
        (0, [("i", 1, 3), (":", 3, 4)], "w[:, i]"),
        (0, [("i", 6, 2), (":", 3, 2)], "w[2 * i : 2 + 2 * i, 0]"),
        (0, [("t", 12, 9)], "w[t, 0, 0]"),
        (0, [("i", 1, 12)], None),  # over the ends of rows
        (0, [(":", 1, 6)], None),
        (2, [("i", 2, 3)], None),
        (0, [("t", 5, 9)], None),  # not a row for each sample
    ],
)
def test_elements_of_a_matrix(base, ways, text):
    assert Labels(["w"], [(4, 3)]).element(0, base, ways) == text


def test_what_no_index_names_is_flat():
    labels = Labels(["w", "b", "v", "X", "y"], [(32, 3), (16,), (16,), (6,), ()])
    assert "dot(w.flat[6 * i : 6 + 6 * i], s[0 : 6])" in program_text(network(6, 16), labels)


@pytest.mark.parametrize(
    ("base", "step", "count", "element"),
    [
        (1, 1, 2, "w[0, 1 + i]"),
        (1, 1, 3, None),
        (5, -1, 3, "w[1, 2 - i]"),
        (4, -1, 3, None),
        (0, 3, 2, "w[i, 0]"),
        (0, 3, 3, None),
        (3, -3, 2, "w[1 - i, 0]"),
        (0, -3, 2, None),
    ],
)
def test_an_element_has_two_indices_unless_a_loop_runs_over_the_end_of_a_row(
    base, step, count, element
):
    assert Labels(["w"], [(2, 3)]).element(0, base, [("i", step, count)]) == element
