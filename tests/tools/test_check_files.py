"""python -m autograd --check: one diagnosis a student, whatever a student's file does."""

import csv
import sys

import pytest
from tools.student_engines import CLOSURES

from autograd.__main__ import main
from autograd.tools import engine_words as say
from autograd.tools.check_files import check_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits as POSIX systems have")

FILES = {  # what a student hands in, and what must be said
    "anna": (CLOSURES, ": right, all 101 cases"),
    "ben": (CLOSURES.replace("self.grad += out.grad", "self.grad = out.grad"), say.ADD_UP),
    "carla": ("while True: pass", "no end after 2 seconds"),
    "david": ("raise SystemExit", "importing it: raised SystemExit; the file must run from top"),
    "dora": (
        CLOSURES.replace("order, visited", "raise SystemExit(3); order, visited"),
        "running it: raised SystemExit: 3; an engine computes",
    ),
    "emil": ("import os\nos._exit(3)", "it ended with the code 3 and said nothing"),
    "frida": (
        "import os\nwhile True:\n    try: os.fork()\n    except BaseException: pass",
        "it started a process (os.fork)",
    ),
    "gero": ("import subprocess\nsubprocess.run(['true'])", "it started a process"),
    "hans": ("x = [0] * (1 << 30)", "raised MemoryError"),
    "ida": ("x = 1", "no class Value was found"),
    "jan": ("def f(:", "raised SyntaxError"),
    "kim": ("raise ValueError('\\x1b[31m\\n=HYPERLINK()')", "raised ValueError:  [31m =HYPERLINK()"),
    "lea": (CLOSURES.replace("class Value", "class Zahl").replace("Value(", "Zahl("), "raised"),
    "mia": (CLOSURES.replace("Value", "Zahl"), ": right, all 101 cases"),
    "nora": ("print('right')\nclass Value: pass", say.NEW),
    "otto": ("import time\ntime.sleep(60)", "no end after 2 seconds"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for name, (source, _) in FILES.items():
        (folder / f"{name}.py").write_text(source)
    return folder


@pytest.fixture(scope="module")
def printed(folder):
    with pytest.MonkeyPatch.context() as patch:
        lines = []
        patch.setattr("builtins.print", lambda line, **_: lines.append(line))
        code = main(["--check", str(folder), "--timeout", "2", "--csv", str(folder / "report.csv")])
    return code, dict(line.split(":", 1) for line in lines)


def test_every_student_gets_one_line(printed):
    code, lines = printed
    assert code == 1
    assert list(lines) == sorted(FILES)
    assert all("\n" not in line for line in lines.values())


@pytest.mark.parametrize("name", FILES)
def test_the_diagnosis_is_the_students_own(name, printed):
    assert FILES[name][1].removeprefix(":") in printed[1][name]
    assert "\x1b" not in printed[1][name]


def test_the_table_has_a_row_a_student(printed, folder):
    with (folder / "report.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == sorted(FILES)
    assert rows["anna"]["right"] == rows["anna"]["asked"] == "101"
    assert rows["ben"]["why"] == say.ADD_UP
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for row in rows.values() for cell in row.values()
    )


def test_a_thread_that_goes_on_ends_with_the_check(tmp_path):
    path = tmp_path / "thread.py"
    path.write_text(
        f"import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n{CLOSURES}"
    )
    assert check_file(path, 10)["found"] == ""


def test_files_that_are_right_give_0(folder, capsys):
    assert main(["--check", str(folder / "anna.py")]) == 0
    assert capsys.readouterr().out == "anna: right, all 101 cases\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--check", "nowhere"], "found no file or folder 'nowhere'"),
        (["--check", "."], "found no file that ends in .py"),
    ],
)
def test_nothing_to_check_is_said(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_bad_timeout_is_refused_and_help_says_that_files_are_run(capsys):
    for text in ("0", "-1", "soon", "1e9"):
        with pytest.raises(SystemExit):
            main(["--check", ".", "--timeout", text])
    with pytest.raises(SystemExit):
        main(["--check", ".", "--help"])
    assert "It RUNS the files" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "RUNS each student's file" in " ".join(capsys.readouterr().out.split())
