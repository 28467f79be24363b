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


def mypy(paths):
    """The lines that mypy refuses, with the name of their file."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(r"^(.*?):(\d+): error: ", done.stdout, re.MULTILINE)
    return {(Path(file).name, int(line)) for file, line in found}


def basedpyright(paths):
    """The lines that basedpyright refuses, with the name of their file."""
    here = ["--pythonpath", sys.executable]  # not whichever Python is the first on PATH
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--level", "error", *here]
    done = subprocess.run([*command, *paths], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    errors = json.loads(done.stdout)["generalDiagnostics"]
    return {(Path(e["file"]).name, e["range"]["start"]["line"] + 1) for e in errors}


@pytest.fixture
def readme(tmp_path):
    """The examples of README as a program."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"^(?:>>> |\.\.\. )(.*)$", text, re.MULTILINE)
    assert len(code) > 50
    path = tmp_path / "readme.py"
    path.write_text(README + "\n".join(code) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("refused_by", [mypy, basedpyright], ids=lambda f: f.__name__)
def test_what_is_right_and_readme_are_accepted_and_every_misuse_is_refused(refused_by, readme):
    """All at once: a checker reads the package and its libraries first, which is what takes long."""
    misuse = FOLDER / "misuse.py"
    lines = misuse.read_text(encoding="utf-8").splitlines()
    marked = {i for i, line in enumerate(lines, 1) if re.search(r"  # no\b(?!qa)", line)}
    assert len(marked) > 30
    assert refused_by([FOLDER / "good.py", misuse, readme]) == {("misuse.py", i) for i in marked}
