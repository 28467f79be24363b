"""Compiled programs do what the reference does, on random programs and every width of vector."""

import re

import numpy as np
import pytest
from machines import neon, runnable
from reference import execute
from rolled_programs import ARRAY, Maker

from autograd import jit, tanh, vmap
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.kernels import edges, modules, shapes
from autograd.compiler.llvm.kernels.kernel import Kernel
from autograd.compiler.llvm.kernels.shapes import narrow, wide
from autograd.compiler.llvm.running import memory
from autograd.compiler.programs.elements import DOUBLE, SINGLE
from autograd.compiler.programs.program import Program
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Dot, Group, Leaf, Outputs, Rolled, Stage

COUNTS = [0, 1, 3, 8, 9, 31, 32, 33, 127, 128, 129, 260]


def arrays(features, n, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=ARRAY), rng.normal(size=(n, features)), rng.normal(size=200)]


@pytest.mark.parametrize("seed", range(10))
def test_random_programs_agree_with_the_reference(seed):
    stages = ["USU", "SU", "S", "SUS", "U"][seed % 5]
    maker = Maker(seed, stages)
    kernel = LLVMKernel(maker.rolled)
    for n in COUNTS:
        given = arrays(maker.features, n, seed)
        want, got = execute(maker.rolled, given, n), kernel.run(given, n)[0]
        for x, y in zip(want, got, strict=True):
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_random_programs_of_float32(seed):
    maker = Maker(seed, ["USU", "SU", "S", "SUS", "U"][seed % 5])
    rolled = maker.rolled.of(SINGLE)
    kernel = LLVMKernel(rolled)
    for n in (*COUNTS, 16, 17, 128):
        given = [x.astype(np.float32) for x in arrays(maker.features, n, seed)]
        for x, y in zip(execute(rolled, given, n), kernel.run(given, n)[0], strict=True):
            assert isinstance(y, float) or y.dtype == np.float32
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=1e-5, atol=1e-5)


MACHINES = [*runnable()]


@pytest.mark.parametrize("seed", range(12))
def test_locals_are_within_the_stack_that_is_taken_for_them(seed):
    maker = Maker(seed, ["USU", "U"][seed % 2])
    kernel = LLVMKernel(maker.rolled)
    for shape in (narrow(kernel.lanes), wide(kernel.lanes, maker.rolled)):
        text = Kernel(maker.rolled, shape, kernel.target.library).text()
        for function in text.split("define")[1:]:
            used = re.findall(r"ptr %locals, i64 (\d+)", function)
            if used:
                (taken,) = re.findall(r"%locals = alloca double, i64 (\d+)", function)
                assert max(map(int, used)) < int(taken)


@pytest.mark.parametrize("element", [DOUBLE, SINGLE], ids=lambda e: e.name)
@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("stages", ["USU", "SUS"])
def test_every_width_and_never_beyond_the_buffers(stages, machine, element, monkeypatch):
    """Guard words stand on both sides of all memory, the arguments' too. A case has its own program."""
    rooms, seed = [], 1000 + 2 * machine.lanes + (element is SINGLE)

    def guarded(shape, dtype=element.dtype):
        count = np.prod(shape, dtype=int)
        room = np.full(count + 128, 1234.5, dtype)
        rooms.append(room)
        return room[64 : 64 + count].reshape(shape)

    monkeypatch.setattr(memory.reused, "in_lines", guarded)
    maker = Maker(seed, stages)
    rolled, close = maker.rolled.of(element), {DOUBLE: 1e-9, SINGLE: 1e-5}[element]
    kernel = LLVMKernel(rolled, machine)
    for n in COUNTS:
        given = []
        for x in arrays(maker.features, n, seed):
            given.append(guarded(x.shape))
            given[-1][...] = x
        want, got = execute(rolled, given, n), kernel.run(given, n)[0]
        for x, y in zip(want, got, strict=True):
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=close, atol=close)
    assert all((room[:64] == 1234.5).all() and (room[-64:] == 1234.5).all() for room in rooms)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize(("most", "stages"), [(5, "USU"), (20, "SUS"), (40, "USU"), (100, "SUS")])
def test_one_block_for_at_most_so_many_samples(most, stages, machine, monkeypatch):
    seed = most + machine.lanes  # a program of its own for every case
    maker = Maker(seed, stages)
    kernel = LLVMKernel(maker.rolled, machine)
    compiled = kernel.fitted(most)
    assert most <= compiled.shape.block < most + 2 * max(2 * kernel.lanes, 4)
    monkeypatch.setattr(kernel, "variant", lambda n: compiled)
    for n in {0, 1, most // 2, most - 1, most}:
        given = arrays(maker.features, n, seed)
        for x, y in zip(execute(maker.rolled, given, n), kernel.run(given, n)[0], strict=True):
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=1e-9, atol=1e-9)


def compiled_of(f, x):
    """The programs that a call compiles."""
    function = jit(f, backend="llvm")
    function(x)
    return function._compiled


def test_one_block_is_for_programs_that_add_up_samples():
    for f, is_single in ((vmap(tanh), False), (lambda x: tanh(x).sum(), True)):
        (compiled,) = compiled_of(f, np.ones(100))
        assert shapes.fitted(8, compiled.rolled, 100).single is is_single


@pytest.mark.parametrize(("most", "block", "vectors"), [(64, 64, 2), (100, 104, 2), (52, 52, 1)])
def test_one_vector_in_sixteen_may_be_empty(most, block, vectors):
    (rolled,) = (x.rolled for x in compiled_of(lambda x: tanh(x).sum(), np.ones(most)))
    assert shapes.fitted(4, rolled, most)[:2] == (block, vectors)


@pytest.mark.parametrize("seed", range(4))
def test_the_tiles_of_large_programs(monkeypatch, seed):
    monkeypatch.setattr(shapes, "LARGE", 0)
    maker = Maker(seed, ["USU", "SUS"][seed % 2])
    kernel = LLVMKernel(maker.rolled)
    for n in (9, 127, 128, 129, 300):
        given = arrays(maker.features, n, seed)
        for x, y in zip(execute(maker.rolled, given, n), kernel.run(given, n)[0], strict=True):
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=1e-9, atol=1e-9)
    assert kernel.variant(300).shape.block == 128


@pytest.mark.parametrize("seed", range(6))
def test_a_long_program_is_in_several_modules(monkeypatch, seed):
    monkeypatch.setattr(modules, "LONG", 5)
    maker = Maker(seed, ["USU", "SUS", "U"][seed % 3])
    kernel = LLVMKernel(maker.rolled)
    shape = wide(kernel.lanes, maker.rolled)
    (kernel_text, _), *others = Kernel(maker.rolled, shape, kernel.target.library).modules()
    assert len(others) > 1
    assert "@constants = dso_local constant" in kernel_text
    for text, _ in others:  # which name them, if they are read
        assert "@constants = dso_local" not in text
        assert ("@constants =" in text) == (text.count("@constants") > 1)
    for n in (1, 9, 70):
        given = arrays(maker.features, n, seed)
        for x, y in zip(execute(maker.rolled, given, n), kernel.run(given, n)[0], strict=True):
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("count", [4, 7, 16])
def test_a_function_of_a_tile_of_dots_is_written_four_times(count):
    terms = 5
    leaves, dot = (Leaf("A", 0, terms, array=0), Leaf("S", 0)), Dot(terms, 0, 1, 1, 1)
    group = Group((-1, "tanh"), leaves, Leaf("S", terms, 1), True, count, dots=(dot,))
    rolled = Rolled([Stage(True, [group])], uniform_slots=count)
    rolled.sample_inputs = [(1, k, terms) for k in range(terms)]
    rolled.sample_slots = terms + count
    rolled.outputs = Outputs.of([Leaf("S", terms + k) for k in range(count)])
    kernel, rng = LLVMKernel(rolled), np.random.default_rng(count)
    for n in (1, 8, 9, 70):
        given = [rng.normal(size=(count, terms)), rng.normal(size=(n, terms))]
        for x, y in zip(execute(rolled, given, n), kernel.run(given, n)[0], strict=True):
            np.testing.assert_allclose(y, x, rtol=1e-12, atol=1e-15)
    calls = [line for line in kernel.source.splitlines() if "= call" in line and "copysign" in line]
    assert len(calls) <= (4 if count % 4 == 0 else 8)  # and four in what is left of a tile


def test_a_watched_nan_is_seen_wherever_it_is():
    def program(space):
        per_sample = space == "S"
        x = Leaf("S", 0) if per_sample else Leaf("A", 0, array=0)
        group = Group((0, "log"), (x,), Leaf(space, int(per_sample)), per_sample)
        rolled = Rolled(
            [Stage(per_sample, [group])], watch=[group.target], outputs=Outputs.of([group.target])
        )
        rolled.sample_inputs = [(0, 0, 1)] if per_sample else []
        rolled.sample_slots, rolled.uniform_slots = 2 * per_sample, 1
        return LLVMKernel(rolled)

    for space in "US":
        kernel = program(space)
        for n in (1, 8, 9, 70):
            x = np.full(n + 32, np.nan)[16:-16]  # what lanes without a sample must not read
            x[:] = 1
            assert not kernel.run([x], n)[1]
            x[-1 if space == "S" else 0] = -1
            assert kernel.run([x], n)[1]


@pytest.mark.parametrize("target", MACHINES, ids=lambda target: str(target.lanes))
def test_watched_numbers_side_by_side_are_looked_at_vector_by_vector(target):
    total, lengths = 41, []
    group = Group((0, "log"), (Leaf("A", 0, 1, array=0),), Leaf("U", 0, 1), False, total)
    for count in (18, 34):
        watch = [Leaf("U", k) for k in [*range(count), total - 1]]  # a run, and one apart
        rolled = Rolled([Stage(False, [group])], uniform_slots=total, watch=watch)
        rolled.outputs = Outputs.of([Leaf("U", k) for k in range(total)])
        kernel = LLVMKernel(rolled, target)
        lengths.append(kernel.source.count("\n"))
        assert not kernel.run([np.ones(total)], 0)[1]
        for where in range(total):
            x = np.ones(total)
            x[where] = -1
            assert kernel.run([x], 0)[1] == (where < count or where == total - 1)
    assert lengths[0] == lengths[1]  # whatever their number


@pytest.mark.parametrize("seed", [0, 3])
def test_a_program_for_neon(seed):
    rolled = Maker(seed, "SUS").rolled
    text = Kernel(rolled, wide(2, rolled), lambda name, lanes, element: None).text()
    assembly = neon().assembly(text)
    assert "v0.2d" in assembly
    assert "fmla" in assembly


@pytest.mark.parametrize("count", [7, 8, 9, 16])
def test_a_table_of_constants_beside_lanes(count):
    """Each instance has its own constant, where instances are lanes too."""
    leaves = Leaf("K", 0, 1), Leaf("A", 0, 1, array=0)
    group = Group((0, 1, "mul"), leaves, Leaf("U", 0, 1), False, count)
    rolled = Rolled([Stage(False, [group])], [0.5 + k for k in range(count)])
    rolled.uniform_slots = count
    rolled.outputs = Outputs.of([Leaf("U", k) for k in range(count)])
    x = np.arange(1.0, count + 1)
    assert LLVMKernel(rolled).run([x], 0)[0] == execute(rolled, [x])


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("more", [0, 1, 64, 100])
def test_results_of_many_samples_are_all_there(more, machine):
    n = edges.STREAMED // 8 + more  # where a row begins, and whether its last block is full
    p = Program()
    x = p.input(0, 0, 1, per_sample=True)
    p.outputs = [p.add("mul", x, x), p.add("neg", x)]
    xs = np.arange(float(n))
    square, negative = LLVMKernel(roll(p), machine).run([xs], n)[0]
    np.testing.assert_array_equal(square, xs * xs)
    np.testing.assert_array_equal(negative, -xs)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize(
    "columns", [[*range(3, 10)], [*range(8)], [*range(1, 20)], [*range(9)][::-1]]
)
def test_inputs_of_any_number_of_columns(columns, machine):
    """Squares of numbers are turned at once, the others one by one."""
    p, width = Program(), 21
    p.outputs = [p.add("neg", p.input(0, k, width, per_sample=True)) for k in columns]
    kernel = LLVMKernel(roll(p), machine)
    for n in COUNTS[1:]:
        x = np.arange(float(n * width)).reshape(n, width)
        np.testing.assert_array_equal(kernel.run([x], n)[0], -x[:, columns].T)
