"""Files: whole or as before, never through somebody's link, nothing left lying about."""

import os
import stat
from pathlib import Path

import pytest
from helpers import side_by_side

from autograd import Value, draw, step_through, write_file
from autograd.__main__ import main


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file"


def test_a_file_is_written_and_written_anew(path):
    for data in (b"first", b"", b"\x00\xff" * 100_000):
        write_file(path, data)
        assert path.read_bytes() == data
        assert [*path.parent.iterdir()] == [path]


def test_a_path_may_be_text_and_relative(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    write_file("file", b"here")
    assert path.read_bytes() == b"here"


def test_it_is_as_readable_as_others_and_keeps_its_permissions(path):
    other = path.with_name("other")
    other.touch()
    write_file(path, b"")
    assert path.stat().st_mode == other.stat().st_mode
    path.chmod(0o600)
    write_file(path, b"secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link_even_to_nowhere(path):
    path.symlink_to(path.with_name("real"))
    for data in (b"made", b"again"):
        write_file(path, data)
        assert path.is_symlink()
        assert path.with_name("real").read_bytes() == data


def test_a_prepared_link_is_not_written_through(path, monkeypatch):
    """An attacker who guessed the random name of the part gains nothing: it is made, never opened."""
    monkeypatch.setattr(os, "urandom", bytes)
    victim = path.with_name("victim")
    victim.write_bytes(b"precious")
    path.with_name(f".{bytes(8).hex()}.part").symlink_to(victim)
    with pytest.raises(FileExistsError):
        write_file(path, b"overwritten")
    assert victim.read_bytes() == b"precious"
    assert not path.exists()


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_writing_that_fails_leaves_the_old_file_and_no_other(path, monkeypatch, call, error):
    write_file(path, b"before")

    def fail(*_):
        raise error

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(type(error)):
        write_file(path, b"after")
    assert path.read_bytes() == b"before"
    assert [*path.parent.iterdir()] == [path]


def test_a_folder_that_is_not_there_is_named_as_it_was_given(path):
    with pytest.raises(FileNotFoundError, match="missing/file'$"):
        write_file(path.parent / "missing" / "file", b"")


@pytest.mark.parametrize("target", ["/dev/full", "/dev/null", "."])
def test_what_is_no_regular_file_is_refused(target):
    before = Path(target).stat()
    with pytest.raises(OSError, match=f"{target} is no regular file"):
        write_file(target, b"data")
    assert os.path.samestat(before, Path(target).stat())


def test_a_pipe_is_refused_and_nobody_waits(path):
    os.mkfifo(path)
    with pytest.raises(OSError, match="no regular file"):
        write_file(path, b"data")
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_writers_at_once_leave_the_whole_file_of_one(path):
    contents = [bytes([i]) * 50_000 for i in range(8)]
    side_by_side(lambda data: write_file(path, data), contents)
    assert path.read_bytes() in contents
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.parametrize(("make", "name"), [(step_through, "pipe.html"), (draw, "pipe.svg")])
def test_pages_and_pictures_are_written_by_it(make, name, tmp_path):
    (tmp_path / name).mkdir()
    with pytest.raises(OSError, match="no regular file"):
        make(Value(2.0, "x") * 3).save(tmp_path / name)


def test_so_are_the_diagnoses_of_a_class(tmp_path, capsys):
    (tmp_path / "a.py").write_text("class Value: pass", encoding="utf-8")
    assert main(["--check", str(tmp_path), "--csv", os.devnull]) == 2
    assert "no regular file" in capsys.readouterr().err
