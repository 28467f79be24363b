"""The benchmarks run, print their tables, and refuse results that differ; their times are not asked."""

import re
import subprocess
import sys
from importlib.util import find_spec
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
    small = printed.partition("Small graphs")[2]
    assert line_of(small, "  20 ").count("×") == 2, "against micrograd and with no_grad"


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
    printed = run("transforms.py", "--rows", "rosenbrock", "--hips", "none")
    assert line_of(printed, "H·v").count("×") == 2, "of scalars and of arrays"


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


def test_native_code_runs_every_row_and_names_the_peers_that_are_missing():
    pytest.importorskip("llvmlite")
    printed = run("native.py", "--peers", sys.executable)
    for batch in (1, 8):
        for way in ("bound", "called"):
            assert "numpy " in line_of(printed, f"2-16-16-1, batch {batch}, {way}")
    assert "differences " in line_of(printed, "40 × 10 Jacobian")
    rows = "scalar program of 40", "over numpy", "lorenz", "bundle adjustment: gradient over"
    for row in (*rows, "two threads over one", "float32, 2-16-16-1, over float64"):
        assert re.search(r" (yes|no|\?) ", line_of(printed, row)), "whether a must is met"
    for row in ("Python, NumPy and LLVM without us", "Python and NumPy without us"):
        assert re.search(r"%, without it .* of ", line_of(printed, row)), "what is ours"
    if find_spec("casadi") is None:
        assert "casadi missing" in line_of(printed, "scalar program of 40")
        assert "casadi: casadi is missing" in printed


def test_native_results_that_differ_from_eager_ones_are_refused(monkeypatch):
    pytest.importorskip("llvmlite")
    monkeypatch.syspath_prepend(str(FOLDER))
    import rivals

    answers = iter([1.0, 1.0 + 1e-6])
    with pytest.raises(SystemExit, match="results differ: eager .*, native "):
        rivals.compared_with_eager(lambda x: next(answers) * x, lambda x: next(answers) * x, 2.0)


def test_a_jet_is_compared_with_nested_gradients():
    printed = run("jets.py")
    assert line_of(printed.partition("A jet")[0], "  3 ").count(" ms") == 2
    assert line_of(printed, "gammaln").count("×") == 1


def test_this_version_is_compared_with_an_earlier_one():
    printed = run("versions.py", "--earlier", str(FOLDER.parent.parent), "grad", "moons, eager")
    for row in ("moons, eager, plain", "grad of grad", "vmap(grad), 10 samples"):
        assert re.search(r" µs .* × +(yes|no)", line_of(printed.partition("before  ")[2], row))


def test_a_commit_that_is_not_there_is_named():
    command = [sys.executable, FOLDER / "versions.py", "--quick", "--earlier", "no-such-commit"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no commit 'no-such-commit' in" in done.stderr


def test_all_results_are_written_and_those_of_other_scripts_kept(tmp_path):
    results = tmp_path / "RESULTS.md"
    results.write_text("# Measured\n\n## other.py\n\nkept\n", encoding="utf-8")
    run("all.py", "training.py", "--output", str(results))
    text = results.read_text(encoding="utf-8")
    assert text.index("## other.py\n\nkept") < text.index("## training.py") < text.index("batch")


def test_readme_quotes_what_was_measured():
    root = FOLDER.parent.parent
    speed = (root / "README.md").read_text(encoding="utf-8").partition("## Speed")[2]
    quoted = re.findall(r"[0-9.]+ ×", speed.partition("\n## ")[0])
    assert len(quoted) == 6
    measured = (FOLDER / "RESULTS.md").read_text(encoding="utf-8")
    for ratio in quoted:
        assert ratio in measured


def test_epochs_are_compared_with_scikit_learn_and_jax():
    pytest.importorskip("sklearn")
    pytest.importorskip("llvmlite")
    printed = run("epochs.py")
    for row in ("scikit-learn", "fit, first", "fit, again"):
        assert " ms " in line_of(printed, row)
    assert "what compiling is worth" in printed
