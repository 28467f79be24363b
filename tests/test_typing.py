"""Type checkers see the package: what is right is accepted, every misuse refused, by both."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDER = HERE / "typing"
README = """# mypy: allow-redefinition, disable-error-code="no-untyped-def, no-untyped-call"
"""  # README's own functions are not annotated; said on the command line it would be another cache


def mypy(path):
    """The lines of a file that mypy refuses, with its words."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(rf"{re.escape(path.name)}:(\d+): error: (.*)", done.stdout)
    return {int(line): words for line, words in found}


def basedpyright(path):
    """The lines of a file that basedpyright refuses, with its words."""
    here = ["--pythonpath", sys.executable]  # not whichever Python is the first on PATH
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--level", "error", *here]
    done = subprocess.run([*command, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    errors = json.loads(done.stdout)["generalDiagnostics"]
    return {e["range"]["start"]["line"] + 1: e["message"] for e in errors}


CHECKERS = pytest.mark.parametrize("refused_by", [mypy, basedpyright], ids=lambda f: f.__name__)


@CHECKERS
def test_what_is_right_is_accepted_with_its_type(refused_by):
    assert refused_by(FOLDER / "good.py") == {}


@CHECKERS
def test_every_misuse_is_refused(refused_by):
    path = FOLDER / "misuse.py"
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = {i for i, line in enumerate(lines, 1) if re.search(r"  # no\b(?!qa)", line)}
    assert len(marked) > 30
    assert {*refused_by(path)} == marked


@CHECKERS
def test_readme_is_accepted(refused_by, tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"^(?:>>> |\.\.\. )(.*)$", text, re.MULTILINE)
    assert len(code) > 50
    path = tmp_path / "readme.py"
    path.write_text(README + "\n".join(code) + "\n", encoding="utf-8")
    assert refused_by(path) == {}
