"""What is kept on disk comes back the same, or not at all."""

import os
import subprocess
import sys

import platformdirs
import pytest

from autograd.compiler.kept import disk, own_files

DIRECTORY = disk.directory
KEY = b"k" * disk.HASH
HEAD = {"n": [1, 2.5, None]}
CONTENT = HEAD, [b"machine code", b"", b"\n"]


@pytest.fixture(autouse=True)
def kept_in(monkeypatch, tmp_path):
    """Where entries are: empty for every test."""
    place = tmp_path / "cache" / "native"
    monkeypatch.setattr(disk, "directory", lambda: place)
    monkeypatch.setattr(
        disk, "stamp_now", lambda: "these files"
    )  # though somebody may be editing them
    return place


def entry(kept_in):
    (found,) = [*kept_in.iterdir()]
    return found


def test_an_entry_comes_back():
    assert disk.read(KEY) is None
    disk.write(KEY, *CONTENT)
    assert disk.read(KEY) == CONTENT


@pytest.mark.parametrize("where", [0, 40, 70])
def test_a_damaged_entry_is_not_used(kept_in, where):
    disk.write(KEY, *CONTENT)
    content = bytearray(entry(kept_in).read_bytes())
    content[where] ^= 1
    entry(kept_in).write_bytes(content)
    assert disk.read(KEY) is None
    disk.write(KEY, *CONTENT)  # and is replaced
    assert disk.read(KEY) == CONTENT


@pytest.mark.parametrize("caches", [None, "", "/somewhere/else", "relative"])
def test_entries_are_where_platformdirs_says(monkeypatch, caches):
    if caches is None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", caches)
    assert DIRECTORY() == str(platformdirs.user_cache_path("chainrule", appauthor=False) / "native")


def test_a_cut_entry_is_not_used(kept_in):
    disk.write(KEY, *CONTENT)
    for length in (0, 10, 70):
        entry(kept_in).write_bytes(entry(kept_in).read_bytes()[:length])
        assert disk.read(KEY) is None


def test_an_entry_under_another_name_is_not_used(kept_in):
    disk.write(KEY, *CONTENT)
    other = b"o" * disk.HASH
    entry(kept_in).rename(kept_in / other.hex())
    assert disk.read(other) is None


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_may_write_is_not_used(kept_in, mode):
    disk.write(KEY, *CONTENT)
    entry(kept_in).chmod(mode)
    assert disk.read(KEY) is None
    entry(kept_in).chmod(0o600)
    kept_in.chmod(0o700 | mode & 0o022)
    assert disk.read(KEY) is None
    kept_in.chmod(0o700)
    assert disk.read(KEY) == CONTENT


def test_what_others_own_is_not_used(monkeypatch):
    disk.write(KEY, *CONTENT)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert disk.read(KEY) is None


def test_a_link_is_not_followed(kept_in, tmp_path):
    disk.write(KEY, *CONTENT)
    place = entry(kept_in)
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert disk.read(KEY) is None


def test_nowhere_to_write_costs_nothing_but_time(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no directory")
    monkeypatch.setattr(disk, "directory", lambda: tmp_path / "file" / "native")
    disk.write(KEY, *CONTENT)
    assert disk.read(KEY) is None


def test_the_oldest_go(monkeypatch, kept_in):
    monkeypatch.setattr(disk, "ENTRIES", 3)
    for k in range(5):
        disk.write(bytes([k]) * disk.HASH, {}, [b"code"])
        os.utime(kept_in / (bytes([k]) * disk.HASH).hex(), (k, k))
    assert [disk.read(bytes([k]) * disk.HASH) for k in range(5)] == [
        None,
        None,
        *[({}, [b"code"])] * 3,
    ]


def test_several_processes_at_once(kept_in):
    code = f"""if True:
        from pathlib import Path
        from autograd.compiler.kept import disk
        disk.directory = lambda: Path({str(kept_in)!r})
        for k in range(300):
            disk.write(b"k" * disk.HASH, 1, [b"code" * 5000])
            assert disk.read(b"k" * disk.HASH) == (1, [b"code" * 5000])
    """
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len([*kept_in.iterdir()]) == 1


def test_the_key_names_our_own_files(monkeypatch, tmp_path):
    """A file of the package that is changed, or added, changes every key."""
    (tmp_path / "a.py").write_text("one")
    (tmp_path / "room").mkdir()
    monkeypatch.setattr(own_files, "PACKAGES", [str(tmp_path)])
    monkeypatch.setattr(own_files, "LOADED", own_files.LOADED + 1e6)
    stamps = [own_files.stamp_now()]
    (tmp_path / "a.py").write_text("other")
    stamps.append(own_files.stamp_now())
    (tmp_path / "room" / "b.py").write_text("")
    stamps.append(own_files.stamp_now())
    assert len({*stamps}) == 3
    assert None not in stamps
    assert own_files.stamp_now() == stamps[2]
    keys = []
    for said in (*stamps, None):
        monkeypatch.setattr(disk, "stamp", lambda said=said: said)
        keys += [disk.key_of("a"), disk.key_of("b"), disk.key_of("a", "b")]
    assert len({*keys}) == 10
    assert keys[9:] == [None] * 3


def test_files_that_changed_after_they_were_loaded_have_no_key(monkeypatch, tmp_path):
    (tmp_path / "a.py").write_text("one")
    disk.write(KEY, *CONTENT)
    monkeypatch.setattr(own_files, "PACKAGES", [str(tmp_path)])
    monkeypatch.setattr(disk, "stamp_now", own_files.stamp_now)
    assert own_files.stamp_now() is None
    disk.write(b"o" * disk.HASH, *CONTENT)  # nor is anything written under an older stamp
    assert disk.read(b"o" * disk.HASH) is None
    assert disk.read(KEY) == CONTENT
