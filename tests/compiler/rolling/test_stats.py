"""What a program's size says, counted by hand."""

import numpy as np
from recorded_programs import recorded

import autograd as ag
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.passes import instructions, operations
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Dot, Group, Leaf, Loop, Rolled, Stage
from autograd.compiler.rolling.size import Size, size


def chain(*xs):
    total = xs[0] * xs[1]
    for k in range(2, len(xs), 2):
        total = total + xs[k] * xs[k + 1]
    return [total]


def test_operations_of_a_flat_program():
    assert operations(recorded(lambda x, y: [ag.sin(x * y) + x * y], 2)) == 3  # x·y is one
    program = recorded(chain, 12, per_sample=True)
    assert operations(program) == operations(with_dots(program)) == 11
    assert "dot" in with_dots(program).op


def test_what_each_pass_leaves():
    """Six products and five sums are one dot; a choice of two numbers that are compared is two."""
    program = recorded(chain, 12, per_sample=True)
    assert instructions(program) == 11
    assert instructions(with_dots(program)) == 1
    counts = {}
    roll(recorded(lambda x, y: [ag.where(x > y, x, y), ag.where(x > y, y, x) * 2], 2), counts)
    assert counts == {
        "running sums": 4,
        "repeats": 4,
        "own conditions": 5,
    }  # each choice compares by itself


def test_a_jitted_function_tells_its_passes():
    f = ag.jit(lambda x: chain(*x)[0], backend="python")
    x = np.arange(12.0)
    assert f(x) == chain(*x)[0]
    kept = ["needed", "stored conditions", "dots", "running sums", "repeats", "own conditions"]
    assert [*f.stats.passes] == kept
    assert [*f.stats.passes.values()] == [11, 11, 1, 1, 1, 1]
    assert f.stats.operations == {"recorded": 11, "needed": 11}
    assert f.stats.size.groups == 1


def test_the_size_of_a_rolled_program():
    x, s, u = Leaf("A", 0, 1, array=0), Leaf("S", 0, 0, 1), Leaf("U", 0, 1, 3)
    step = Group((0, 1, "mul"), (x, Leaf("K", 0)), u, per_sample=False, count=3)
    dots = (Dot(4, 0, 1, 1, 1),)
    rows = Group((-1, 2, "add"), (x, x, x), u, per_sample=False, count=2, dots=dots)
    product = Group((0, 1, "mul"), (s, s), u, per_sample=True, count=2, outer=3, total=True)
    one = Group((0, "neg"), (s,), Leaf("S", 1), per_sample=True)
    stages = [Stage(False, [Loop(5, (step,), False), rows]), Stage(True, [product, one])]
    rolled = Rolled(stages, constants=[2.0], uniform_slots=9, sample_slots=2)
    assert size(rolled) == Size(
        groups=4,
        loops=4,
        flops=5 * 3 + 2 * (7 + 1),
        flops_per_sample=6 * 2 + 1,
        bytes=80,
        bytes_per_sample=16,
    )
