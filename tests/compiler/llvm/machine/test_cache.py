"""Machine code comes from the disk where it has been made before."""

import numpy as np
import pytest
from array_program import arguments, by_hand, program
from rolled_programs import Maker

from autograd.compiler.kept import stored
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.machine import cache, codegen, target
from autograd.compiler.llvm.machine.target import Target, host


def test_code_is_made_once(monkeypatch):
    made = cache.code(host(), "this", lambda: cache.Code({"n": 1}, [b"code"]))
    again = cache.code(host(), "this", lambda: pytest.fail("made again"))
    other = cache.code(host(), "that", lambda: cache.Code({}, []))
    assert made == again == cache.Code({"n": 1}, [b"code"])
    assert other == cache.Code({}, [])


def test_a_kernel_from_the_disk_computes(kept_in, monkeypatch):
    given = [np.asarray(x) for x in arguments(3)]
    want = LLVMKernel(program()).run(given, 3)[0]
    monkeypatch.setattr(Target, "compile", lambda *_: pytest.fail("compiled again"))
    assert LLVMKernel(program()).run(given, 3)[0] == want
    assert want == pytest.approx(by_hand(*given))
    assert [*kept_in.iterdir()]


def test_the_key_names_everything_that_code_follows_from(monkeypatch):
    machine = host()
    keys = {cache.key_of(machine, "a"), cache.key_of(machine, "b")}
    keys.add(cache.key_of(Target(machine.triple, "other", machine.features, 2), "a"))
    monkeypatch.setattr(cache, "_library", lambda: "another file")
    keys.add(cache.key_of(machine, "a"))
    monkeypatch.setattr(cache.llvmlite, "__version__", "another")
    keys.add(cache.key_of(machine, "a"))
    assert len(keys) == 5
    assert None not in keys


def test_the_machine_is_known_without_llvm(monkeypatch):
    if not target._processor():
        pytest.skip("this system does not say what its processor can do: LLVM is asked each time")
    seen = [host.__wrapped__()]
    monkeypatch.setattr(codegen, "this_machine", lambda: pytest.fail("asked again"))
    seen.append(host.__wrapped__())
    assert seen == [host()] * 2


def test_another_processor_is_asked_for_and_so_is_one_of_which_nothing_is_said(monkeypatch):
    asked = []
    look = codegen.this_machine
    monkeypatch.setattr(codegen, "this_machine", lambda: asked.append(1) or look())
    for said in ("one", "other", None, None):
        monkeypatch.setattr(target, "_processor", lambda said=said: said)
        assert host.__wrapped__() == host()
    assert len(asked) == 4


def test_a_program_comes_back_from_its_text():
    for rolled in (program(), *(Maker(seed).rolled for seed in range(20))):
        again = stored.restored(stored.head(rolled), stored.body(rolled))
        assert stored.digest(again, stored.body(again)) == stored.name_of(rolled)
        assert [s.items for s in again.stages] == [s.items for s in rolled.stages]
        assert [*again.outputs] == [*rolled.outputs]
