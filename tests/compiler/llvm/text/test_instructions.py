"""Every operation has an instruction, and each computes what the engine does."""

import math

import numpy as np
import pytest
from machines import runnable

from autograd import KindError
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.machine.symbols import address_of
from autograd.compiler.llvm.text import scipys
from autograd.compiler.llvm.text.instructions import C_NAMES, TABLE, instruct_abreast
from autograd.compiler.llvm.text.ir import Code
from autograd.compiler.llvm.text.lanes import Numbers
from autograd.compiler.programs.elements import DOUBLE, SINGLE
from autograd.compiler.programs.functions import FUNCTIONS
from autograd.compiler.programs.program import ARITY, CONDITIONS, OF_ORDER
from autograd.compiler.rolling.rolled import Group, Leaf, Outputs, Rolled, Stage

POINTS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 3.0, 0.3, -7.25, 40.0, -1000.0, 0.999999]
POINTS += [math.inf, -math.inf, math.nan]
EXTREME = {DOUBLE: [1e-300, 1e300, 5e-324], SINGLE: [1e-38, 1e38, 1e-45]}
NUMBERS = sorted(FUNCTIONS.keys() - CONDITIONS - OF_ORDER - {"select"})
MACHINES = [*runnable()]
both_widths = pytest.mark.parametrize("element", [DOUBLE, SINGLE], ids=lambda e: e.name)


def points(element):
    """Numbers of a width, ordinary and not."""
    return [element.rounded(x) for x in POINTS + EXTREME[element]]


def test_the_table_is_complete():
    assert {*TABLE} | {*C_NAMES} | {*scipys.NAMES} <= {*ARITY}
    assert FUNCTIONS.keys() <= {*TABLE} | {*C_NAMES} | {*scipys.NAMES}


def test_without_scipys_function_it_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(scipys.NAMES, "erfcx", "nothing")
    scipys.address_of.cache_clear()
    with pytest.raises(KindError, match="no erfcx of doubles: .*backend='numpy'"):
        address_of("scipy.erfcx")


@pytest.mark.parametrize("n", [2.0, 3.0, -2.0, 7.0])
def test_an_integer_order_is_the_first_operand(n):
    kernel = LLVMKernel(program(["iv"], False))
    for x in (0.0, 0.5, -2.0, 40.0, math.nan):
        got = kernel.run([np.array([n]), np.array([x])], 0)[0][0]
        assert agree(got, FUNCTIONS["iv"](n, x), "iv")


def program(ops, per_sample):
    """A program of operations, each of one or both of two inputs."""
    space, first = ("S", 2) if per_sample else ("U", 0)
    inputs = [Leaf("S", k) if per_sample else Leaf("A", 0, array=k) for k in range(2)]
    groups = [
        Group((*range(ARITY[op]), op), tuple(inputs[: ARITY[op]]), Leaf(space, k), per_sample)
        for k, op in enumerate(ops, start=first)
    ]
    rolled = Rolled([Stage(per_sample, groups)], uniform_slots=len(ops))
    rolled.outputs = Outputs.of([group.target for group in groups])
    if per_sample:
        rolled.sample_slots, rolled.sample_inputs = first + len(ops), [(0, 0, 1), (1, 0, 1)]
    return rolled


def agree(got, want, op, element=DOUBLE):
    want = element.rounded(want)
    if math.isnan(want) or math.isinf(want) or want == 0:
        return repr(float(got)) == repr(float(want))
    scale = max(1, abs(want)) if op in ("gammaln", "digamma") else want  # beside their zeros
    return abs(got - want) <= 4 * float(np.spacing(element.dtype.type(abs(scale))))


def disagreeing(x, y, results, element):
    """Each operation whose result is not the engine's, with its operands and both."""
    wanted = [(op, got, FUNCTIONS[op](*[x, y][: ARITY[op]])) for op, got in results.items()]
    return [(op, x, y, *both) for op, *both in wanted if not agree(*both, op, element)]


@both_widths
def test_one_number_as_the_engine_computes_it(element):
    kernel = LLVMKernel(program(NUMBERS, False).of(element))
    for x in points(element):
        for y in points(element):
            found = kernel.run([np.array([v], element.dtype) for v in (x, y)], 0)[0]
            assert not disagreeing(x, y, dict(zip(NUMBERS, found, strict=True)), element)


@both_widths
@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
def test_many_numbers_as_the_engine_computes_them(machine, element):
    x, y = (np.ravel(a).astype(element.dtype) for a in np.meshgrid(*[points(element)] * 2))
    kernel = LLVMKernel(program(NUMBERS, True).of(element), machine)
    found = kernel.run([x, y], len(x))[0]
    for a, b, *results in zip(x.tolist(), y.tolist(), *found, strict=True):
        assert not disagreeing(a, b, dict(zip(NUMBERS, results, strict=True)), element)


def lines_of(places):
    """What tanh of some vectors is written as."""
    code = Code()
    n = Numbers(code, 4)
    xs = [n.load(f"%x{k}") for k in range(places)]
    first = len(code.lines)
    instruct_abreast(n, lambda *_: None, "tanh", xs)
    return code.lines[first:]


def test_long_functions_of_several_places_are_written_in_turns():
    """Each begins before any has ended, and no line is added."""
    one, four = lines_of(1), lines_of(4)
    assert len(four) == 4 * len(one)
    begun = [k for k, line in enumerate(four) if "fcmp ogt" in line]
    ended = [k for k, line in enumerate(four) if "fdiv" in line]
    assert len(begun) == len(ended) == 4
    assert max(begun) < min(ended)
