"""Every operation has an instruction, and each computes what the engine does."""

import math

import numpy as np
import pytest
from machines import runnable

from autograd import KindError
from autograd.compiler.elements import DOUBLE, SINGLE
from autograd.compiler.llvm import scipys
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.instructions import C_NAMES, TABLE, instruct_abreast
from autograd.compiler.llvm.ir import Code
from autograd.compiler.llvm.lanes import Numbers
from autograd.compiler.llvm.symbols import address_of
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
    kernel = LLVMKernel(program("iv", False))
    for x in (0.0, 0.5, -2.0, 40.0, math.nan):
        got = kernel.run([np.array([n]), np.array([x])], 0)[0][0]
        assert agree(got, FUNCTIONS["iv"](n, x), "iv")


def program(op, per_sample):
    space = [Leaf("S", k) if per_sample else Leaf("A", 0, array=k) for k in range(ARITY[op])]
    target = Leaf("S", 2) if per_sample else Leaf("U", 0)
    group = Group((*range(ARITY[op]), op), tuple(space), target, per_sample)
    rolled = Rolled([Stage(per_sample, [group])], uniform_slots=1, outputs=Outputs.of([target]))
    if per_sample:
        rolled.sample_slots, rolled.sample_inputs = 3, [(0, 0, 1), (1, 0, 1)]
    return rolled


def agree(got, want, op, element=DOUBLE):
    want = element.rounded(want)
    if math.isnan(want) or math.isinf(want) or want == 0:
        return repr(float(got)) == repr(float(want))
    scale = max(1, want) if op == "gammaln" else want
    return abs(got - want) <= 4 * float(np.spacing(element.dtype.type(abs(scale))))


@both_widths
@pytest.mark.parametrize("op", NUMBERS)
def test_one_number_as_the_engine_computes_it(op, element):
    kernel = LLVMKernel(program(op, False).of(element))
    for x in points(element):
        for y in points(element) if ARITY[op] == 2 else [0.0]:
            want = FUNCTIONS[op](*[x, y][: ARITY[op]])
            got = kernel.run([np.array([v], element.dtype) for v in (x, y)], 0)[0][0]
            assert agree(got, want, op, element), (x, y, got, want)


@both_widths
@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("op", NUMBERS)
def test_many_numbers_as_the_engine_computes_them(op, machine, element):
    x, y = (np.ravel(a).astype(element.dtype) for a in np.meshgrid(*[points(element)] * 2))
    kernel = LLVMKernel(program(op, True).of(element), machine)
    got = kernel.run([x, y], len(x))[0][0]
    for a, b, z in zip(x, y, got, strict=True):
        want = FUNCTIONS[op](*[float(a), float(b)][: ARITY[op]])
        assert agree(z, want, op, element), (a, b, z, want)


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
