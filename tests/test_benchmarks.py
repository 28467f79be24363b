"""The benchmarks run, print their tables, and refuse results that differ; their times are not asked."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "benchmarks"


def run(script, *options):
    """What a script prints; its status must be 0."""
    command = [sys.executable, FOLDER / script, "--quick", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def line_of(printed, row):
    """The one line of a table that a row's name stands in."""
    (line,) = [line for line in printed.splitlines() if row in line]
    return line


def test_the_engine_is_compared_with_micrograd_and_the_lean_engine():
    pytest.importorskip("micrograd")
    printed = run("engine.py")
    for row in ("ours, plain", "ours, dot"):
        assert " ms " in line_of(printed, row)
        assert line_of(printed, row).count("×") == 3, "the ratio, the must and the aim"
    assert line_of(printed, "forward").count(" ms") == 2
    for part in ("tracemalloc", "10,000 ", "NumPy is not imported"):
        assert part in printed
    assert "missing" not in printed


def test_the_transforms_run_every_row_and_name_the_peers_that_are_missing():
    printed = run("transforms.py", "--hips", "none", "--jax", "none")
    for row in ("Lotka–Volterra", "arm", "likelihood", "Rosenbrock", "particle", "saddle"):
        assert " ms" in line_of(printed, row)
        assert line_of(printed, row).count("missing") >= 2
    assert "checkpoint: peak memory" in printed
    assert "to the first" in printed


def test_an_interpreter_without_the_peer_is_reported():
    printed = run("transforms.py", "--rows", "saddle", "--hips", sys.executable, "--jax", "none")
    assert line_of(printed, "saddle").count("missing") == 2


def test_jax_finds_the_same_derivatives():
    pytest.importorskip("jax", reason="jax is not installed")
    printed = run("transforms.py", "--rows", "likelihood", "--hips", "none")
    assert line_of(printed, "Hessian").count("×") == 2, "of scalars and of arrays"


@pytest.mark.parametrize(
    ("ours", "others"), [([1.0, 2.0], [1.0, 2.1]), ([1.0], [1.0, 1.0]), ([1.0], [float("nan")])]
)
def test_results_that_differ_end_a_contest(monkeypatch, ours, others):
    monkeypatch.syspath_prepend(str(FOLDER))
    from contest import agree

    agree("a", ours, "b", ours, 1e-8)
    with pytest.raises(SystemExit, match="results differ: a .*, b "):
        agree("a", ours, "b", others, 1e-8)


def test_training_is_compared_with_micrograd():
    printed = run("training.py")
    for row in ("eager", "batch"):
        assert line_of(printed, row).count("×") == 3, "the ratio, the must and the aim"


def test_native_code_is_compared_with_numpy_by_hand():
    pytest.importorskip("llvmlite")
    printed = run("native.py")
    for batch in (1, 8, 64):
        assert "×" in line_of(printed, f"| 2-16-16-1 | {batch} |")
