"""A recorder of a user: a kind whose operators write down a program, both ways, to run again."""

import math
import operator
from functools import reduce

import pytest

import autograd as a
from autograd import register, value_and_grad
from autograd.kinds import numeric

# ------------------------------------------------------------------ the recorder: forty lines

RUN = {
    name: getattr(operator, name)
    for name in "add sub mul truediv pow neg lt le gt ge eq ne".split()
}
RUN |= {"exp": math.exp, "log": math.log, "log1p": math.log1p, "maximum": max, "minimum": min}
RUN |= {"where": lambda c, x, y: x if c else y, "relu": lambda x: max(x, 0.0)}
RUN |= {"sum": lambda xs: reduce(operator.add, xs), "scale": lambda g, xs: [g * x for x in xs]}
RUN |= {"dot": lambda ws, xs: reduce(operator.add, map(operator.mul, ws, xs))}
RUN |= {"item": operator.getitem, "only": lambda c, g: g if c else 0.0, "not": operator.not_}


class Tape(list):
    def run(self, inputs, result):
        """The program once more, on other numbers."""
        values = [*inputs]
        read = lambda x: values[x.i] if isinstance(x, Line) else x
        for name, operands in self:
            operands = [
                [*map(read, x)] if isinstance(x, (list, tuple)) else read(x) for x in operands
            ]
            values.append(RUN[name](*operands))
        return read(result)


class Line:
    def __init__(self, tape, i):
        self.tape, self.i = tape, i

    def __bool__(self):
        raise TypeError("a recorded number has no value yet")


def writes(name):
    def write(*operands):
        flat = [
            x for slot in operands for x in (slot if isinstance(slot, (list, tuple)) else [slot])
        ]
        tape = next(x.tape for x in flat if isinstance(x, Line))
        tape.append((name, operands))
        return Line(tape, tape.inputs + len(tape) - 1)

    return write


def items(line, n):
    return [writes("item")(line, i) for i in range(n)]


for _name in "add sub mul truediv pow neg lt le gt ge eq ne".split():
    setattr(Line, f"__{_name}__", writes(_name))
    setattr(Line, f"__r{_name}__", lambda x, y, name=_name: writes(name)(y, x))
Line.__hash__ = object.__hash__
Line.__and__ = Line.__rand__ = lambda c, d: writes("where")(c, d, False)
Line.__or__ = lambda c, d: writes("where")(c, True, d)
TABLE = {
    name: writes(name) for name in "exp log log1p maximum minimum where relu sum dot only".split()
}
TABLE["scale"] = lambda g, xs: items(writes("scale")(g, xs), len(xs))
TABLE |= {"like": lambda n, x: float(n), "is_finite": lambda x: True, "is_nan": lambda x: False}
TABLE["logsumexp"] = lambda xs: numeric.log(numeric.sum([numeric.exp(x) for x in xs]))
register(Line, TABLE, priority=4)


def recorded(f, n):
    tape = Tape()
    tape.inputs = n
    value, gradient = value_and_grad(f)([Line(tape, i) for i in range(n)])
    return tape, [value, *gradient]


# ------------------------------------------------------------------------------------- its tests


def layer(p):
    hidden = [a.relu(a.dot(p[k : k + 3], [1.0, p[5], p[6]])) for k in (0, 1)]
    top = a.maximum(p[3], p[4] * p[0])
    chosen = a.where(p[5] > p[6], a.log(p[5] * p[5] + 1), p[6] / 3)
    return a.logsumexp([*hidden, top]) + a.sum([chosen, 2.0, *hidden]) ** 2


POINTS = [
    [0.5, -1.0, 2.0, 0.25, -0.75, 1.5, 0.5],
    [-0.5, 1.0, -2.0, -0.25, 0.75, 0.5, 1.5],
    [3.0, 0.1, 0.2, 5.0, 0.3, -1.0, -2.0],
]


def test_what_was_recorded_once_is_right_everywhere():
    tape, results = recorded(layer, 7)
    for point in POINTS:
        value, gradient = value_and_grad(layer)(point)
        ran = [tape.run(point, x) for x in results]
        assert ran == pytest.approx([value, *gradient], rel=1e-13)


@pytest.mark.parametrize(
    ("f", "forward"),
    [
        (lambda p: a.dot([1.0, *p], [2.0, 0.5, *p[1:]]), "dot"),
        (lambda p: a.dot([1.0, 2.0, p[0]], [3.0, 4.0, 5.0]), "dot"),
        (lambda p: a.sum([1.0, 2.0, *p]), "sum"),
        (lambda p: a.sum([*p, 1.0]), "sum"),
    ],
)
def test_a_sequence_reaches_it_whole_wherever_its_own_numbers_stand(f, forward):
    tape, results = recorded(f, 3)
    names = [name for name, _ in tape]
    assert names.count(forward) == 1
    whole = next(operands for name, operands in tape if name == forward)
    assert {*map(len, whole)} == {3 if len(whole[0]) == 3 else len(whole[0])}
    for point in ([0.5, 2.0, -1.0], [1.0, 0.0, 3.0]):
        expected, gradient = value_and_grad(f)(point)
        ran = [tape.run(point, x) for x in results]
        assert ran == pytest.approx([expected, *gradient])


def test_an_adjoint_of_a_dot_is_scaled_as_a_whole():
    tape, _ = recorded(lambda p: a.exp(a.dot(p[:2], [p[2], 1.0])), 3)
    assert [name for name, _ in tape].count("scale") == 2
