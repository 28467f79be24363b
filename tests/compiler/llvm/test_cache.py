"""What is kept on disk comes back the same, or not at all."""

import os
import subprocess
import sys

import numpy as np
import pytest
from test_array_calls import arguments, by_hand, program

from autograd.compiler.llvm import backend, cache
from autograd.compiler.llvm.target import Target, host

KEY = b"k" * cache.HASH
TEXT = "define i64 @f(i64 %x) {\n  ret i64 %x\n}\n"


def entry(kept_in):
    (found,) = [*kept_in.iterdir()]
    return found


def test_an_entry_comes_back():
    assert cache.read(KEY) is None
    cache.write(KEY, b"machine code")
    assert cache.read(KEY) == b"machine code"


def test_a_program_is_compiled_once(monkeypatch):
    first = cache.compiled(host(), TEXT)
    monkeypatch.setattr(Target, "compile", lambda *_: pytest.fail("compiled again"))
    assert cache.compiled(host(), TEXT) == first


def test_a_kernel_from_the_cache_computes(kept_in, monkeypatch):
    given = [np.asarray(x) for x in arguments(3)]
    want = backend.build(program(), 5).run(given, 3)
    monkeypatch.setattr(Target, "compile", lambda *_: pytest.fail("compiled again"))
    assert backend.build(program(), 5).run(given, 3) == want
    assert want == pytest.approx(by_hand(*given))
    assert [*kept_in.iterdir()]


def test_the_key_names_everything_that_code_follows_from(monkeypatch):
    machine = host()
    keys = {cache.key_of(machine, TEXT, 1), cache.key_of(machine, TEXT, 0)}
    keys.add(cache.key_of(machine, TEXT + ";", 1))
    keys.add(cache.key_of(Target(machine.triple, "other", machine.features, 2), TEXT, 1))
    monkeypatch.setattr(cache.llvmlite, "__version__", "another")
    keys.add(cache.key_of(machine, TEXT, 1))
    assert len(keys) == 5


@pytest.mark.parametrize("where", [0, 40, 70])
def test_a_damaged_entry_is_not_used(kept_in, where):
    cache.write(KEY, b"machine code")
    content = bytearray(entry(kept_in).read_bytes())
    content[where] ^= 1
    entry(kept_in).write_bytes(content)
    assert cache.read(KEY) is None
    cache.write(KEY, b"machine code")  # and is replaced
    assert cache.read(KEY) == b"machine code"


def test_a_cut_entry_is_not_used(kept_in):
    cache.write(KEY, b"machine code")
    for length in (0, 10, 70):
        entry(kept_in).write_bytes(entry(kept_in).read_bytes()[:length])
        assert cache.read(KEY) is None


def test_an_entry_under_another_name_is_not_used(kept_in):
    cache.write(KEY, b"machine code")
    other = b"o" * cache.HASH
    entry(kept_in).rename(kept_in / other.hex())
    assert cache.read(other) is None


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_may_write_is_not_used(kept_in, mode):
    cache.write(KEY, b"machine code")
    entry(kept_in).chmod(mode)
    assert cache.read(KEY) is None
    entry(kept_in).chmod(0o600)
    kept_in.chmod(0o700 | mode & 0o022)
    assert cache.read(KEY) is None
    kept_in.chmod(0o700)
    assert cache.read(KEY) == b"machine code"


def test_what_others_own_is_not_used(monkeypatch):
    cache.write(KEY, b"machine code")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert cache.read(KEY) is None


def test_a_link_is_not_followed(kept_in, tmp_path):
    cache.write(KEY, b"machine code")
    place = entry(kept_in)
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert cache.read(KEY) is None


def test_nowhere_to_write_costs_nothing_but_time(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no directory")
    monkeypatch.setattr(cache, "directory", lambda: tmp_path / "file" / "native")
    cache.write(KEY, b"machine code")
    assert cache.read(KEY) is None


def test_the_oldest_go(monkeypatch, kept_in):
    monkeypatch.setattr(cache, "ENTRIES", 3)
    for k in range(5):
        cache.write(bytes([k]) * cache.HASH, b"code")
        os.utime(kept_in / (bytes([k]) * cache.HASH).hex(), (k, k))
    assert [cache.read(bytes([k]) * cache.HASH) for k in range(5)] == [None, None, *[b"code"] * 3]


def test_several_processes_at_once(kept_in):
    code = f"""if True:
        from pathlib import Path
        from autograd.compiler.llvm import cache
        cache.directory = lambda: Path({str(kept_in)!r})
        for k in range(300):
            cache.write(b"k" * cache.HASH, b"code" * 5000)
            assert cache.read(b"k" * cache.HASH) == b"code" * 5000
    """
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len([*kept_in.iterdir()]) == 1
