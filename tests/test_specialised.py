"""The closures made for speed do what the plain definitions do, to the bit."""

import random
import struct

import numpy as np
import pytest

import autograd as ag
from autograd import Value, value
from autograd.compiler.recording.kind import Recorded
from autograd.compiler.recording.recorder import Recorder
from autograd.operations import slopes
from autograd.operations.composites import EVERY
from autograd.primitive import Primitive

SLOPES = [*vars(slopes).values()]  # whose first argument is an order
OPERATIONS = [op for op in EVERY.values() if op not in SLOPES]
LEAVES = 5


def program(seed):
    """A random program: its operations, and which earlier numbers each takes."""
    rng = random.Random(seed)
    steps = []
    for count in range(LEAVES, LEAVES + 60):
        op = rng.choice(OPERATIONS)

        def operand(count=count):
            return rng.choice([rng.randrange(count), rng.randrange(count), 0.5, True])

        slots = [[operand() for _ in range(3)] if op.sequences else operand() for _ in op.pullbacks]
        steps.append((op, slots))
    return steps


def run(steps, apply, leaf=lambda i: 0.3 * i - 0.6):
    nodes = [Value(leaf(i)) for i in range(LEAVES)]

    def picked(slot):
        if type(slot) is list:
            return [picked(i) for i in slot]
        return nodes[slot] if type(slot) is int else slot

    for op, slots in steps:
        operands = [*map(picked, slots)]
        if op is ag.where and type(operands[0]) is int:  # -True, which is no truth
            operands[0] = bool(operands[0])
        nodes.append(apply(op, *operands))
    return nodes


def plainly(op, *operands):
    return value.apply(op, *operands) if len(operands) < 3 else value.apply(op, operands)


def test_every_form_of_operation_is_tried():
    tried = {(op.sequences, len(op.pullbacks)) for seed in range(40) for op, _ in program(seed)}
    assert tried == {(False, 1), (False, 2), (False, 3), (True, 1), (True, 2)}


def bits(number):
    return struct.pack("d", number) if number == number else "nan"  # its sign is no number's


@pytest.mark.parametrize("seed", range(40))
def test_the_closures_are_the_plain_definitions(seed, monkeypatch):
    steps = program(seed)
    fast = run(steps, lambda op, *xs: op(*xs))
    plain = run(steps, plainly)
    total = [ag.sum([v for v in nodes if type(v) is Value]) for nodes in (fast, plain)]
    total[0].backward()
    monkeypatch.setattr(Primitive, "pull", value.pull, raising=False)
    for v in value.topological_order(total[1]):
        if v.op:
            monkeypatch.setitem(vars(v.op), "pull", value.pull)
    total[1].backward()
    for v, w in zip(fast, plain, strict=True):
        assert type(v) is type(w)
        if type(v) is Value:
            assert bits(v.data) == bits(w.data)
            assert bits(v.grad) == bits(w.grad)
            assert v.op is w.op


@pytest.mark.parametrize("seed", range(20))
def test_the_closures_record_what_the_plain_definitions_record(seed, monkeypatch):
    def recorded(apply):
        recorder = Recorder()
        p = recorder.program
        nodes = run(program(seed), apply, lambda i: Recorded(recorder, p.input(0, i)))
        ag.sum([v for v in nodes if type(v) is Value]).backward(Recorded(recorder, p.constant(1.0)))
        return sorted(p.op)  # the order of sums is another

    fast = recorded(lambda op, *xs: op(*xs))
    monkeypatch.setattr(Primitive, "pull", value.pull, raising=False)
    for op in EVERY.values():
        monkeypatch.setitem(vars(op), "pull", lambda node: value.pull(node))
    assert fast == recorded(plainly)


@pytest.mark.parametrize("op", [ag.add, ag.sub, ag.mul, ag.div, ag.pow, ag.arctan2])
@pytest.mark.parametrize("c", [1.5, 0.0, -0.0, float("inf"), float("nan")])
def test_numpys_float64_is_the_float_that_it_is(op, c):
    for swap in (False, True):
        found = []
        for number in (c, np.float64(c)):
            x = Value(0.75)
            z = op(number, x) if swap else op(x, number)
            z.backward()
            found.append([*map(bits, (z.data, x.grad)), type(z.left if swap else z.right)])
        assert found[0] == found[1]
        assert found[0][-1] is float


def test_a_kind_of_the_users_that_derives_from_float_stays_what_it_is():
    class Money(float):
        __add__ = __radd__ = __mul__ = __rmul__ = lambda x, y: Money(float(x) * float(y))

    ag.register(Money, {})
    assert type((Value(2.0) * Money(3.0)).right) is Money
