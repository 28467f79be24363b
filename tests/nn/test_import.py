"""nn says which autograd it met, if it met another one."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import autograd
import nn

ROOT = Path(__file__).parents[2]


def test_the_version_is_the_distributions():
    assert nn.__version__ == autograd.__version__ == version("chainrule")


def test_a_star_import_shadows_nothing_of_scikit_learns_that_stands_beside_it():
    names = {}
    exec("from nn import *", names)
    assert "train_test_split" not in names
    assert nn.train_test_split
    assert {*nn.__all__} <= {*names}


def test_another_package_called_autograd_is_named(tmp_path):
    other = tmp_path / "autograd"
    other.mkdir()
    (other / "__init__.py").write_text("def grad(f): ...")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", "import nn"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"found {other / '__init__.py'}" in done.stderr
    assert "pip uninstall autograd" in done.stderr
