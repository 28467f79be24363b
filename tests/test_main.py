"""The command line: the issue's main job, and one line for every mistake."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.dom import minidom

import pytest

from autograd.__main__ import main

EXAMPLE = ["(x + y) * z", "x=-2", "y=5", "z=-4"]


@pytest.fixture
def no_renderer(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


README = Path(__file__).parent.parent / "README.md"


def words_of(svg):
    """The text in a picture."""
    elements = minidom.parse(str(svg)).getElementsByTagName("text")
    return sorted(filter(None, (element.firstChild.data.strip() for element in elements)))


def test_the_commands_of_the_readme_run_and_draw_the_graph_that_it_shows(tmp_path, monkeypatch):
    commands = re.findall(r"python -m autograd ([^`\n]+)", README.read_text(encoding="utf-8"))
    runnable = [command for command in commands if "FOLDER" not in command]  # test_check_files.py
    assert len(runnable) == len(commands) - 1 >= 2
    monkeypatch.chdir(tmp_path)
    for command in runnable:
        assert main(shlex.split(command)) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"graph.svg", "page.html"}
    shown = README.parent / "notebooks" / "images" / "graph.svg"
    assert words_of(tmp_path / "graph.svg") == words_of(shown)


def refused(capsys, *arguments):
    try:
        status = main(arguments)
    except SystemExit as leaving:
        status = leaving.code
    out, err = capsys.readouterr()
    assert status == 2
    assert out == ""
    assert "Traceback" not in err
    return err.splitlines()


def test_the_main_job_prints_every_node_aligned_and_writes_the_picture(tmp_path, capsys):
    svg, png, dot = (tmp_path / f"graph.{kind}" for kind in ("svg", "png", "dot"))
    assert main([*EXAMPLE, "--svg", str(svg), "--png", str(png), "--dot", str(dot)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "node  operation  value  gradient",
        "x     leaf          -2        -4",
        "y     leaf           5        -4",
        "v1    x + y          3        -4",
        "z     leaf          -4         3",
        "f     v1 * z       -12         1",
    ]
    assert minidom.parseString(svg.read_text()).documentElement.tagName == "svg"
    assert png.read_bytes().startswith(b"\x89PNG")
    assert dot.read_text().startswith("digraph")
    assert sorted(tmp_path.iterdir()) == sorted([svg, png, dot])


def test_python_dash_m_runs_it_in_a_fresh_process():
    run = subprocess.run(
        [sys.executable, "-m", "autograd", "x*y", "x=3", "y=4", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    nodes = {node["node"]: node for node in json.loads(run.stdout)["nodes"]}
    assert nodes["f"]["value"] == 12
    assert (nodes["x"]["gradient"], nodes["y"]["gradient"]) == (4, 3)


def test_json_gives_inf_and_nan_as_strings(capsys):
    assert main(["log(x) * 0 + y", "x=0", "y=-inf", "--json"]) == 0

    def forbidden(constant):
        raise AssertionError(constant)

    nodes = json.loads(capsys.readouterr().out, parse_constant=forbidden)["nodes"]
    values = {node["operation"]: node["value"] for node in nodes}
    assert values["log(x)"] == "-inf"
    assert values["v1 * 0"] == "nan"


def test_an_expression_may_begin_with_a_minus(capsys):
    assert main(["-x", "x=2"]) == 0
    assert "f     -x            -2         1" in capsys.readouterr().out


def test_help_explains_the_functions(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["--help"])
    assert leaving.value.code == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("--svg", "logsumexp", "where", "x=-2"))


def test_an_error_in_the_expression_is_one_line_with_a_caret_below_the_place(capsys):
    assert refused(capsys, "(x + w) * x", "x=1") == [
        "autograd: no value was given for 'w': add w=1.5",
        "  (x + w) * x",
        "       ^",
    ]


def test_of_a_long_expression_the_part_around_the_place_is_shown(capsys):
    text = "+".join("x" * 400) + "+w+" + "+".join("x" * 400)
    _, shown, caret = refused(capsys, text, "x=1")
    assert len(shown) < 80
    assert shown[caret.index("^")] == "w"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x", "x=abc"], "'abc' is not a number"),
        (["x", "x="], "'' is not a number"),
        (["x", "x"], "write x=1.5"),
        (["x", "=1"], "write x=1.5"),
        (["x", "x y=1"], "write x=1.5"),
        (["x", "lambda=1"], "write x=1.5"),
        (["x", "x=1", "x=2"], "given a value twice"),
        (["x", "x=1", "y=2"], "does not use it"),
        (["x", "x=1", "--pdf", "f"], "--pdf"),
        (["x", "x=1", "--svg"], "--svg"),
        ([], "expression"),
        (["-" * 10_000 + "x", "x=1"], "nested too deeply"),
    ],
)
def test_a_mistake_is_one_line(capsys, arguments, message):
    lines = refused(capsys, *arguments)
    assert len(lines) == 1
    assert len(lines[0]) < 250
    assert message in lines[0]


def test_names_are_read_as_python_reads_them(capsys):
    assert main(["ﬁ * θ", "fi=2", "θ=3"]) == 0  # the ligature ﬁ is fi to Python
    assert "6" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["missing/graph.svg", "."])
def test_a_file_that_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path, capsys, path):
    assert main([*EXAMPLE, "--dot", str(tmp_path / path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_without_a_renderer_the_table_is_printed_and_nothing_written(tmp_path, capsys, no_renderer):
    assert main([*EXAMPLE, "--svg", str(tmp_path / "graph.svg"), "--dot", str(tmp_path / "d")]) == 2
    out, err = capsys.readouterr()
    assert "f     v1 * z       -12         1" in out
    assert "pip install pygraphviz" in err
    assert list(tmp_path.iterdir()) == []


def test_dot_needs_no_renderer(tmp_path, no_renderer):
    assert main([*EXAMPLE, "--dot", str(tmp_path / "graph.dot")]) == 0
    assert (tmp_path / "graph.dot").read_text().startswith("digraph")


@pytest.mark.parametrize("kind", ["dot", "svg"])
def test_a_device_is_refused(capsys, kind):
    assert main([*EXAMPLE, f"--{kind}", "/dev/full"]) == 2
    assert "no regular file" in capsys.readouterr().err


def test_the_picture_goes_through_a_link_but_not_through_a_prepared_one(tmp_path):
    link, target, victim = (tmp_path / name for name in ("link.dot", "target.dot", "victim"))
    link.symlink_to(target)
    victim.write_text("precious")
    (tmp_path / "target.dot.part").symlink_to(victim)
    assert main(["x * 2", "x=1", "--dot", str(link)]) == 0
    assert link.is_symlink()
    assert target.read_text().startswith("digraph")
    assert victim.read_text() == "precious"


def test_two_dashes_end_the_options(capsys):
    assert main(["--json", "--", "-x", "x=2"]) == 0
    assert json.loads(capsys.readouterr().out)["nodes"][-1]["value"] == -2


def test_a_long_assignment_that_is_none_is_shortened(capsys):
    line = refused(capsys, "x", "y" * 10_000)
    assert "gives no name a value" in str(line)
    assert len(str(line)) < 300


@pytest.mark.parametrize("place", range(4))
def test_options_stand_anywhere(tmp_path, capsys, place):
    arguments = ["x * y", "x=2", "y=3"]
    arguments[place:place] = ["--dot", str(tmp_path / "a.dot")]
    assert main(arguments) == 0
    assert "f     x * y" in capsys.readouterr().out
    assert (tmp_path / "a.dot").exists()


def run_into(stdout, *arguments):
    command = [sys.executable, "-m", "autograd", *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("arguments", [EXAMPLE, [*EXAMPLE, "--json"], ["--help"]])
def test_a_reader_who_has_gone_ends_it_quietly(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    run = run_into(writing, *arguments)
    os.close(writing)
    assert run.stderr == ""


def test_a_full_device_is_one_line():
    with Path("/dev/full").open("w") as full:
        run = run_into(full, *EXAMPLE)
    assert run.returncode == 2
    assert run.stderr.startswith("autograd: ")
    assert len(run.stderr.splitlines()) == 1


def test_a_power_written_with_a_hat_is_told_how(capsys):
    assert "x**2" in refused(capsys, "x^2", "x=1")[0]
    assert "floor(x / y)" in refused(capsys, "x // 2", "x=1")[0]
