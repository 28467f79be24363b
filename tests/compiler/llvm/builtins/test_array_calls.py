"""The builtin for arrays runs what it was made for, refuses everything else, and never crashes."""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from array_program import SHAPES, arguments, by_hand, program

from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.builtins import cpython
from autograd.compiler.llvm.running import threads
from autograd.compiler.programs.elements import DOUBLE, SINGLE


def made(element):
    """The builtin with both its kernels."""
    kernel = LLVMKernel(program().of(element))
    builtin = kernel.builtin_of_arrays(SHAPES)
    for n in (1, 100):
        kernel.run([np.asarray(x, element.dtype) for x in arguments(n)], n)
    return builtin


@pytest.fixture
def run():
    """The builtin of float64."""
    return made(DOUBLE)


@pytest.mark.parametrize("n", [0, 1, 2, 8, 16, 17, 128, 200])
def test_of_float32_it_takes_that_alone(n):
    run, given, out = made(SINGLE), arguments(n), np.empty(2, np.float32)
    singles = [x if isinstance(x, float) else x.astype(np.float32) for x in given]
    assert run(*singles, out) is None
    np.testing.assert_allclose(out, by_hand(*given), atol=2e-5)
    room = np.full(2, 7.0)
    assert run(*singles, room) is NotImplemented
    for k in (0, 1, 2, 4):
        wrong = [*singles]
        wrong[k] = given[k]
        assert run(*wrong, out) is NotImplemented
    assert (room == 7).all()


@pytest.mark.parametrize("n", [0, 1, 2, 8, 9, 64, 200])
def test_it_computes(run, n):
    given, out = arguments(n), np.empty(2)
    assert run(*given, out) is None
    np.testing.assert_allclose(out, by_hand(*given), atol=1e-12)


@pytest.mark.parametrize("element", [DOUBLE, SINGLE], ids=lambda e: e.name)
def test_what_has_no_kernel_yet_or_is_long_is_run_apart(element, monkeypatch):
    monkeypatch.setattr(threads, "UNLOCKED", 2_000)
    kernel, apart = LLVMKernel(program().of(element)), []
    run = kernel._run
    kernel._run = lambda *given: apart.append(1) or run(*given)
    builtin, out = kernel.builtin_of_arrays(SHAPES), np.empty(2, element.dtype)
    for n, times in ((3, 1), (0, 2), (100, 2), (3, 2), (1000, 3), (1000, 4)):
        given = [x if isinstance(x, float) else x.astype(element.dtype) for x in arguments(n)]
        assert builtin(*given, out) is None
        np.testing.assert_allclose(out, by_hand(*given), rtol=1e-5, atol=1e-5)
        assert len(apart) == times
    given[0] = given[0][:2]
    assert builtin(*given, out) is NotImplemented


class Sub(np.ndarray):
    """No exact array."""


REPLACEMENTS = {
    "float32": lambda x: np.asarray(x, np.float32),
    "integers": lambda x: np.asarray(x, int),
    "big-endian": lambda x: np.asarray(x, ">f8"),
    "strided": lambda x: np.repeat(np.atleast_1d(x), 2, axis=-1)[..., ::2],
    "Fortran": lambda x: np.asfortranarray(np.atleast_2d(np.asarray(x)).repeat(2, 0)),
    "one axis more": lambda x: np.asarray(x)[None],
    "longer": lambda x: np.concatenate([np.atleast_1d(x), np.atleast_1d(x)]),
    "empty": lambda x: np.asarray(x).ravel()[:0],
    "a list": lambda x: np.asarray(x).tolist() if np.ndim(x) else [x],
    "a subclass": lambda x: np.asarray(x).view(Sub),
    "objects": lambda x: np.asarray(x).astype(object),
    "None": lambda x: None,
    "text": lambda x: "text",
    "an int": lambda x: 3,
    "a NumPy scalar": lambda x: np.float64(1.5),
    "misaligned": lambda x: _misaligned(np.asarray(x, float)),
}


def _misaligned(x):
    return np.frombuffer(b"\0" + x.tobytes() + b"\0" * 8, np.float64, x.size, offset=1).reshape(
        x.shape
    )


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_it_refuses(run, name):
    for k in range(6):
        given = [*arguments(4), np.full(2, 7.0)]
        given[k] = REPLACEMENTS[name](given[k])
        if name == "one axis more" and k == 3:
            continue  # of a number: an array of one
        assert run(*given) is NotImplemented, k
        if k < 5:
            assert (given[5] == 7).all()  # nothing was written


def test_it_refuses_other_counts_and_results_that_cannot_be_written(run):
    given, out = arguments(4), np.empty(2)
    for wrong in ([], given, [*given, out, out], [*given[:4], out]):
        assert run(*wrong) is NotImplemented
    out.flags.writeable = False
    assert run(*given, out) is NotImplemented
    given[0].flags.writeable = False  # arguments are only read
    assert run(*given, np.empty(2)) is None


def test_ten_thousand_calls_of_anything(run):
    chance = random.Random(0)
    good = 0
    for _ in range(10_000):
        n = chance.choice([0, 1, 3, 8, 9, 70])
        room = np.full(66, 7.0)
        given = [*arguments(n), room[32:34]]
        for _ in range(chance.choice([0, 0, 1, 2, 6])):
            k = chance.randrange(6)
            given[k] = chance.choice([*REPLACEMENTS.values()])(np.ones(chance.randrange(4)))
        if chance.random() < 0.1:
            given = given[: chance.randrange(7)]
        if run(*given) is None:
            good += 1
            np.testing.assert_allclose(given[5], by_hand(*given[:5]), atol=1e-12)
            room[32:34] = 7.0
        assert (room == 7).all()
    assert 2_000 < good < 9_000


def test_no_builtin_where_arrays_are_laid_out_otherwise(monkeypatch):
    monkeypatch.setattr(cpython, "array_layout_is_known", lambda: False)
    assert LLVMKernel(program()).builtin_of_arrays(SHAPES) is None


def test_this_interpreter_is_known():
    assert cpython.layout_is_known()
    assert cpython.array_layout_is_known()


def test_references_are_counted(run):
    import sys

    given, out = arguments(4), np.empty(2)
    before = [sys.getrefcount(x) for x in (*given, out, None, NotImplemented)]
    for _ in range(1000):
        run(*given, out)
        run(*given)
    after = [sys.getrefcount(x) for x in (*given, out, None, NotImplemented)]
    assert all(abs(x - y) < 100 for x, y in zip(before, after, strict=True))


@pytest.mark.skipif(os.name != "posix", reason="it protects pages by mprotect")
def test_no_program_reads_beyond_its_arguments():
    """In a process of its own, which one that did would end."""
    script = Path(__file__).with_name("protected.py")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert "no program read beyond" in done.stdout, (done.returncode, done.stderr)
