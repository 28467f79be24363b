"""Recordings come from the disk in the next process; where they do not, ``.stats.kept`` says why."""

import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest
from test_fingerprint import made

from autograd import jit
from autograd.compiler.kept import stored
from autograd.kinds import users

PROCESS = """
import sys
import numpy as np
from autograd import jit, value_and_grad, grad, tanh, Value, where, log
import nn

k = {k}
class Scale(nn.Module):
    def __init__(self):
        self.w = Value(2.0)
    def __call__(self, x):
        return self.w * x
def scalar(x, y):
    return x * y + k
def pair(x):
    return {{"a": (x, None), "b": [x * k]}}
def network(layers, X, Y):
    from autograd import dot, mean, vmap
    def one(x, y):
        for w, b in layers:
            x = tanh(w @ x + b)
        return dot(x - y, x - y)
    return mean(vmap(one)(X, Y))
rng = np.random.default_rng(0)
layers = [(rng.normal(size=(4, 2)), rng.normal(size=4)), (rng.normal(size=(1, 4)), np.zeros(1))]
X, Y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
held = X[:, 0].copy()
def closed(w):
    return ((w * held - k) ** 2).mean()
def nan_aware(x):
    return where(x > 0, log(x), k)
def told(x):
    print("told")
    return x * k

calls = [
    jit(scalar, backend="llvm")(1.5, 2.0),
    jit(pair, backend="llvm")(1.5),
    jit(value_and_grad(network), backend="llvm")(layers, X, Y),
    jit(grad(lambda model, x: model(x) * k), backend="llvm")(Scale(), 3.0).w,
    jit(value_and_grad(closed), backend="llvm")(0.5),
]
print("recorded", "autograd.compiler.calls.record" in sys.modules)
print(calls)
if {more}:
    g = jit(value_and_grad(network), backend="llvm")
    g(layers, X, Y), g(layers, X[:3], Y[:3])
    print(g(layers, X[:3], Y[:3])[0], g.bind(layers, X, Y)()[0])
    print(g.program(layers, X, Y), g.source[:1])
    print("still recorded", "autograd.compiler.calls.record" in sys.modules)
    print(g.stats.operations, g.stats.passes)
    h = jit(grad(nan_aware), backend="llvm")
    print(h(2.0), h(-1.0), h(0.0))
print(jit(told, backend="llvm")(1.0))
"""


def ran(place, k=2.0, more=True):
    """What a new process prints."""
    source = PROCESS.format(k=k, more=more)
    environment = {"XDG_CACHE_HOME": str(place), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return done.stdout.split("\n")


def test_a_second_process_finds_what_the_first_recorded_and_answers_the_same(tmp_path):
    pytest.importorskip("llvmlite")
    first, second, other = ran(tmp_path), ran(tmp_path), ran(tmp_path, k=3.0)
    assert first[0] == "recorded True"
    assert second[0] == "recorded False"
    assert other[0] == "recorded True"
    assert first[1] == second[1] != other[1]
    assert "still recorded False" in second
    assert any("'own conditions': " in line for line in second)  # counted by who recorded
    rest = [line for line in first[2:] if "recorded" not in line]
    assert [line for line in second[2:] if "recorded" not in line] == rest
    assert "told" in second  # a function that prints is recorded in every process
    fresh = ran(tmp_path / "empty", k=3.0)
    assert fresh == other


def test_a_second_process_loads_neither_llvm_nor_what_records(tmp_path):
    target = pytest.importorskip("autograd.compiler.llvm.machine.target")
    if not target._processor():
        pytest.skip("LLVM is asked for every processor but Linux's of x86-64")
    source = """
import sys, numpy as np
from autograd import grad, jit, tanh
f = jit(grad(lambda w, x: (tanh(w * x) * x).sum()))
print(f(0.3, np.linspace(0.0, 1.0, 50)), jit(grad(lambda x: x * tanh(x)))(0.7))
for name in "llvmlite.binding hashlib platformdirs pathlib tempfile".split():
    print(name, name in sys.modules)
for name in "recording.recorded rolling.roll llvm.kernels.kernel".split():
    print(name, "autograd.compiler." + name in sys.modules)
print("functions", "autograd.protocols.functions" in sys.modules)
"""
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-S", "-c", source]
    printed = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    first, second = (text.splitlines() for text in printed)
    assert first[0] == second[0]
    assert "llvmlite.binding True" in first
    assert [line.split()[1] for line in second[1:]] == ["False"] * 9


def test_calls_take_no_kept_program_apart(monkeypatch, tmp_path):
    pytest.importorskip("llvmlite")
    monkeypatch.setattr("autograd.compiler.kept.disk.directory", lambda: tmp_path)
    monkeypatch.setattr("autograd.compiler.kept.disk.stamp_now", lambda: "these files")
    monkeypatch.setattr("autograd.compiler.kept.disk.stamp", lambda: "these files")
    source, arguments = "def f(x): return x[0] * x[1] - 2.25", np.array([1.5, 2.0])
    assert jit(made(source), backend="llvm")(arguments) == 0.75
    taken, items = [], stored._items
    monkeypatch.setattr(stored, "_items", lambda text: taken.append(text) or items(text))
    g = jit(made(source), backend="llvm")
    assert [g(arguments) for _ in range(3)] == [0.75] * 3
    assert not taken
    assert g.stats.kept == "yes: found"


def test_what_changes_the_fingerprint_is_not_kept(monkeypatch):
    pytest.importorskip("llvmlite")
    kept = []
    monkeypatch.setattr("autograd.compiler.kept.recordings.content_of", lambda *x: kept.append(x))
    jit(made("calls = []\ndef f(x):\n    calls.append(1)\n    return x * 123.25"), backend="llvm")(
        1.0
    )
    assert not kept
    jit(made("calls = []\ndef f(x):\n    return x * 123.5"), backend="llvm")(1.0)
    assert len(kept) == 1


def reason(f, *arguments, backend="llvm"):
    g = jit(f, backend=backend)
    g(*arguments)
    return g.stats.kept


def test_what_stands_against_keeping_is_told(monkeypatch, tmp_path):
    pytest.importorskip("llvmlite")
    monkeypatch.setattr("autograd.compiler.kept.disk.directory", lambda: tmp_path)
    monkeypatch.setattr("autograd.compiler.kept.disk.stamp_now", lambda: "these files")
    monkeypatch.setattr("autograd.compiler.kept.disk.stamp", lambda: "these files")
    source = "def f(x): return x * 77.5"
    assert reason(made(source), 1.0) == "yes"
    assert reason(made(source), 1.0) == "yes: found"
    found = jit(made(source), backend="llvm")
    assert found(2.0) == 155.0
    assert found.program(2.0) == "u0 = x * 77.5\nreturn u0"
    of_its_own = "from dataclasses import dataclass\n@dataclass\nclass A:\n    k: float\n"
    of_its_own += "def f(x): return A(x * 2.0)"
    assert reason(made(of_its_own), 1.0) == (
        "no: it answers with an object like none of its arguments"
    )
    with monkeypatch.context() as patch:
        patch.setattr("autograd.compiler.kept.disk.stamp", lambda: None)
        assert "no: files of this package were changed" in reason(made(source), 1.0)
    assert "print" in reason(made("def f(x):\n    print(x)\n    return x"), 1.0)
    changing = "calls = []\ndef f(x):\n    calls.append(1)\n    return x"
    assert reason(made(changing), 1.0) == "no: recording changes what it follows from"
    monkeypatch.setattr(users, "_own", {Decimal: ({}, 1)})
    assert reason(made(source), 1.0) == "yes: found"  # for none is reached
    monkeypatch.setattr(users, "_own", {complex: ({}, 1)})
    assert "<class 'complex'>" in reason(made(source), 1.0)
    assert reason(made(source), 1.0, backend="python") == "no: it is not compiled"
