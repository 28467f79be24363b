"""Sums over samples: every sample counts once, and sums stay in registers within a block."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from machines import runnable

from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.rolling.rolled import Group, Leaf, Outputs, Rolled, Stage


def products():
    """The sum of x, that of x·y, and that of x·y·2, which reads a number that is no slot."""
    slots = Leaf("S", 0), Leaf("S", 1)
    terms = [((0,), slots[:1]), ((0, 1, "mul"), slots)]
    terms.append(((0, 1, "mul", 2, "mul"), (*slots, Leaf("K", 0))))
    rolled = Rolled(constants=[2.0], sample_inputs=[(0, 0, 1), (1, 0, 1)])
    rolled.sample_slots, rolled.uniform_slots = 2, 3
    groups = [
        Group(code, leaves, Leaf("U", k), True, total=True)
        for k, (code, leaves) in enumerate(terms)
    ]
    rolled.stages = [Stage(True, groups)]
    rolled.outputs = Outputs.of([Leaf("U", k) for k in range(3)])
    return rolled


@pytest.mark.parametrize("machine", [*runnable()], ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("last", [(3.0, -2.0), (np.inf, 2.0), (np.inf, 0.0), (np.nan, 1.0)])
def test_the_last_sample_counts_once(last, machine):
    kernel = LLVMKernel(products(), machine)
    for n in (1, 2, 7, 8, 9, 100, 127, 128, 129, 300):
        x, y = np.random.default_rng(n).normal(size=(2, n))
        x[-1], y[-1] = last
        with np.errstate(invalid="ignore"):
            want = [x.sum(), (x * y).sum(), 2 * (x * y).sum()]
        np.testing.assert_allclose(kernel.run([x, y], n)[0], want, rtol=1e-12, atol=1e-12)


def test_a_total_of_slots_is_written_once():
    assert (
        LLVMKernel(products()).source.count("fmul contract") == 5
    )  # the third one's two again, behind a mask


def test_between_blocks_a_sum_is_one_number():
    kernel = LLVMKernel(products())
    assert kernel.variant(200).layout.sums == 3
