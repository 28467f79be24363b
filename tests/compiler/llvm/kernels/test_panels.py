"""Large matrices: panels of their rows meet all samples of a block, whichever way the rows lie."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from machines import avx2, avx512, runnable
from reference import execute

from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.kernels import panels
from autograd.compiler.llvm.kernels.kernel import Kernel
from autograd.compiler.llvm.kernels.shapes import wide
from autograd.compiler.programs.elements import DOUBLE, SINGLE
from autograd.compiler.rolling.rolled import Dot, Group, Leaf, Outputs, Rolled, Stage

MACHINES = pytest.mark.parametrize("machine", [*runnable()], ids=lambda m: f"{m.lanes}-lanes")


def product(rows, terms, by_columns, code=(-1, 2, "add"), swapped=False):
    """A matrix, stored by rows or by columns, times the inputs of a sample, and what is added; the
    outputs are sums over samples.
    """
    inner, stride = (1, rows) if by_columns else (terms, 1)
    matrix, slots, added = Leaf("A", 0, inner, array=0), Leaf("S", 0), Leaf("A", 0, 1, array=1)
    dot = Dot(terms, 1, 0, 1, stride) if swapped else Dot(terms, 0, 1, stride, 1)
    target = Leaf("S", terms, 1)
    first = Group(code, (matrix, slots, added), target, True, rows, dots=(dot,))
    total = Group((0,), (target,), Leaf("U", 0, 1), True, rows, total=True)
    inputs = [(2, k, terms) for k in range(terms)]
    rolled = Rolled([Stage(True, [first, total])], sample_inputs=inputs, uniform_slots=rows)
    rolled.sample_slots, rolled.outputs = (
        terms + rows,
        Outputs.of([Leaf("U", k) for k in range(rows)]),
    )
    return rolled


def given(rows, terms, n):
    rng = np.random.default_rng(n)
    return [rng.normal(size=shape) for shape in (rows * terms, rows, (n, terms))]


@MACHINES
@pytest.mark.parametrize("by_columns", [False, True])
@pytest.mark.parametrize("function", [False, True])
def test_products_with_a_large_matrix(machine, by_columns, function, monkeypatch):
    monkeypatch.setattr(panels, "MATRIX", 600)
    monkeypatch.setattr(panels, "PANEL", 420)  # of 31 rows: two of eleven, and nine in the last
    code = (-1, 2, "add", "tanh") if function else (-1, 2, "add")
    rolled = product(31, 20, by_columns, code, swapped=function)
    kernel = LLVMKernel(rolled, machine)
    assert ("%panel" in kernel.source) == by_columns
    for n in (1, 9, 33, 128, 150):
        arrays = given(31, 20, n)
        want, got = execute(rolled, arrays, n), kernel.run(arrays, n)[0]
        np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("element", [DOUBLE, SINGLE], ids=lambda e: e.name)
@pytest.mark.parametrize("target", [avx2(), avx512()], ids=["avx2", "avx512"])
def test_what_a_tile_adds_up_stays_in_registers(target, element):
    """No loop of multiplications writes to the stack."""
    rolled = product(256, 256, by_columns=True).of(element)
    rolled.stages[0].items.append(outer_product())
    rolled.uniform_slots += 64 * 64
    text = Kernel(rolled, wide(target.lanes_of(element), rolled), target.library).text()
    loops = [block for block in target.assembly(text).split(".LBB") if block.count("vfmadd") > 7]
    assert len(loops) > 2
    assert not [block for block in loops if "(%rsp)" in block.partition("\tj")[0]]


def outer_product():
    leaves = Leaf("S", 256, 0, 1), Leaf("S", 0, 1)
    return Group((0, 1, "mul"), leaves, Leaf("U", 256, 1, 64), True, 64, 64, total=True)


def test_a_matrix_that_the_cache_holds_is_read_by_tile_after_tile():
    small, large = product(64, 64, by_columns=False), product(256, 256, by_columns=False)
    for rolled, expected in ((small, False), (large, True)):
        (group, _) = rolled.stages[0].items
        assert panels.in_panels(group, wide(4, rolled)) == expected
