"""The closures made for speed do what the plain definitions do, to the bit."""

import random
import struct

import pytest

import autograd as ag
from autograd import PRIMITIVES, Value, value
from autograd.primitive import Primitive

ONE = [op for op in PRIMITIVES.values() if len(op.pullbacks) == 1 and not op.sequences]
TWO = [op for op in PRIMITIVES.values() if len(op.pullbacks) == 2 and not op.sequences]
LEAVES = 5


def program(seed):
    """A random program: its operations, and which earlier numbers each takes."""
    rng = random.Random(seed)
    steps = []
    for count in range(LEAVES, LEAVES + 60):
        op = rng.choice(rng.choice([ONE, TWO]))
        operands = [
            rng.choice([rng.randrange(count), rng.randrange(count), 0.5, True])
            for _ in op.pullbacks
        ]
        steps.append((op, operands))
    return steps


def run(steps, apply):
    nodes = [Value(0.3 * i - 0.6) for i in range(LEAVES)]
    for op, operands in steps:
        picked = [nodes[i] if type(i) is int else i for i in operands]
        nodes.append(apply(op, *picked))
    return nodes


def bits(number):
    return struct.pack("d", number) if number == number else "nan"  # its sign is no number's


@pytest.mark.parametrize("seed", range(40))
def test_the_closures_are_the_plain_definitions(seed, monkeypatch):
    steps = program(seed)
    fast = run(steps, lambda op, *xs: op(*xs))
    plain = run(steps, value.apply)
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
