"""The engine's own gradients, recorded, compiled and called as a builtin, are the eager ones."""

import pytest

from autograd import exp, log, maximum, relu, sigmoid, sin, tanh, value_and_grad, where
from autograd.compiler.llvm.call import builtin
from autograd.compiler.program import ARITY, CONDITIONS
from autograd.compiler.recorder import Recorded, Recorder, lift
from autograd.compiler.rolled import Group, Leaf, Rolled, Stage


def unrolled(program):
    """A uniform program as groups of one instruction each; conditions stand where they are used."""
    rolled = Rolled(constants=[*program.constants])
    place = {i: k for k, i in enumerate(program.outputs)}
    rolled.uniform_slots = len(program.outputs)
    stage = Stage(False)
    at = {}

    def code(i, leaves):
        if program.op[i] in CONDITIONS:
            return [w for j in program.operands(i) for w in code(j, leaves)] + [program.op[i]]
        leaves.append(at[i])
        return [len(leaves) - 1]

    for i, op in enumerate(program.op):
        if op == "const":
            at[i] = Leaf("K", program.a[i])
        elif op == "input":
            at[i] = Leaf("A", program.b[i], array=program.a[i])
        elif op not in CONDITIONS:
            assert ARITY[op], op
            slot = place.get(i, rolled.uniform_slots)
            rolled.uniform_slots += slot == rolled.uniform_slots
            leaves = []
            words = [w for j in program.operands(i) for w in code(j, leaves)]
            at[i] = Leaf("U", slot)
            stage.items.append(Group((*words, op), tuple(leaves), at[i], False))
    rolled.stages = [stage]
    rolled.outputs = [at[i] for i in program.outputs]
    return rolled


def compiled(f, arguments):
    """value_and_grad(f) of floats as a builtin."""
    recorder = Recorder()
    xs = [Recorded(recorder, recorder.program.input(k, 0), ()) for k in range(arguments)]
    value, gradients = value_and_grad(f, tuple(range(arguments)))(*xs)
    results = [lift(recorder, x).instruction for x in (value, *gradients)]
    recorder.program.outputs = results
    tree = (0, tuple(range(1, arguments + 1)))
    return builtin(unrolled(recorder.program), arguments, tree, lambda *_: pytest.fail("slow"))


def long(x, y):
    z = x * y
    for k in range(300):  # more than one part
        z = [z * y + 0.3, z - x * 0.1, z / (1.5 + z * z)][k % 3] + (
            sin(x) * 0.5 if k % 40 == 0 else 0
        )
    return exp(-z * z) + tanh(z)


FUNCTIONS = [
    lambda x, y: x * y + sin(x),
    lambda x, y: tanh(x) * exp(y) - log(x * x + 1) / sigmoid(y),
    lambda x, y: where(x > y, log(x), y * y) + relu(x - y) * maximum(x, 2 * y),
    lambda x, y: (x**3 + abs(y)) ** 0.5,
    long,
]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_recorded_and_compiled_gradients_are_the_eager_ones(f):
    g = compiled(f, 2)
    for point in ((0.3, 0.7), (1.7, 0.2), (2.5, 2.5), (0.01, 1e3)):
        value, gradients = value_and_grad(f, (0, 1))(*point)
        got, got_gradients = g(*point)
        assert got == pytest.approx(value, rel=1e-12)
        assert got_gradients == pytest.approx(gradients, rel=1e-11, abs=1e-300)
