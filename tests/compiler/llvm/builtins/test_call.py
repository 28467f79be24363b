"""The builtin for floats answers as the reference does, and hands everything else on."""

import gc
import os
import random
import subprocess
import sys
import weakref

import numpy as np
import pytest
from helpers import side_by_side
from reference import execute

from autograd import grad, jit, sin
from autograd.compiler.llvm.builtins import call
from autograd.compiler.llvm.builtins.call import builtin
from autograd.compiler.llvm.machine.loading import Loaded
from autograd.compiler.llvm.machine.target import Target
from autograd.compiler.programs.elements import SINGLE
from autograd.compiler.rolling.rolled import Group, Leaf, Loop, Outputs, Rolled, Stage

X, Y = Leaf("A", 0, array=0), Leaf("A", 0, array=1)


def program():
    """(x·y, log x, y, 0.25)."""
    rolled = Rolled(constants=[0.25], uniform_slots=4)
    rolled.stages = [
        Stage(
            False,
            [
                Group((0, 1, "mul"), (X, Y), Leaf("U", 0), False),
                Group((0, "log"), (X,), Leaf("U", 1), False),
                Group((0,), (Y,), Leaf("U", 2), False),
                Group((0,), (Leaf("K", 0),), Leaf("U", 3), False),
            ],
        )
    ]
    rolled.outputs = Outputs.of([Leaf("U", k) for k in range(4)])
    return rolled


TREE = (0, [1, (2, 3)])


def refuse(*arguments):
    raise TypeError(arguments)


def test_the_answer_in_its_containers():
    g = builtin(program(), 2, TREE, refuse)
    value, rest = g(0.5, 3.0)
    assert (value, rest[1]) == (1.5, (3.0, 0.25))
    assert rest[0] == pytest.approx(np.log(0.5), rel=1e-15)
    assert type(rest) is list
    assert type(rest[1]) is tuple


def test_float32_is_rounded_on_its_way():
    g = builtin(program().of(SINGLE), 2, TREE, refuse)
    f32 = np.float32
    for x, y in ((0.1, 0.3), (1e300, 2.0), (1e-300, -0.0), (0.5, 3.0)):
        value, [log, (again, constant)] = g(x, y)
        with np.errstate(all="ignore"):
            want = float(f32(x) * f32(y)), float(f32(y)), 0.25
            np.testing.assert_allclose(log, np.log(f32(x)), rtol=2e-7)
        assert (value, again, constant) == want
        assert type(value) is type(log) is type(again) is float


def test_a_bare_number():
    assert builtin(program(), 2, 0, refuse)(2.0, 4.0) == 8.0
    assert builtin(program(), 2, (), refuse)(2.0, 4.0) == ()


@pytest.mark.parametrize(
    "arguments",
    [(), (1.0,), (1.0, 2.0, 3.0), (1, 2.0), (np.float64(1), 2.0), (None, "x"), (True, 1.0)],
)
def test_everything_else_is_handed_on(arguments):
    g = builtin(program(), 2, TREE, lambda *given: ("slow", given))
    assert g(*arguments) == ("slow", arguments)


def test_keywords_are_an_error_that_python_words():
    with pytest.raises(TypeError, match="keyword"):
        builtin(program(), 2, TREE, refuse)(1.0, y=2.0)


def test_an_error_of_the_slow_path_comes_through():
    with pytest.raises(TypeError, match="text"):
        builtin(program(), 2, TREE, refuse)("text", 2.0)


def test_a_watched_nan_goes_the_slow_way():
    rolled = program()
    rolled.watch = [Leaf("U", 1)]
    g = builtin(rolled, 2, 0, lambda *given: "slow")
    assert g(2.0, 3.0) == 6.0
    assert g(-2.0, 3.0) == "slow"


def test_an_unknown_interpreter_gets_no_builtin(monkeypatch):
    monkeypatch.setattr(call, "layout_is_known", lambda: False)
    assert builtin(program(), 2, TREE, refuse) is None


def test_what_cannot_be_a_builtin():
    many = program()
    many.sample_inputs = [(0, 0, 1)]
    assert builtin(many, 2, TREE, refuse) is None


def test_room_for_any_number_of_slots():
    count = 100_000
    rolled = Rolled(uniform_slots=count)
    more = Group((0, 1, "add"), (X, Leaf("U", 0, step=1)), Leaf("U", 1, step=1), False)
    steps = Loop(count - 1, (more,), False)
    last = Group((0,), (Leaf("U", count - 1),), Leaf("U", 0), False)
    rolled.stages = [Stage(False, [Group((0,), (X,), Leaf("U", 0), False), steps, last])]
    rolled.outputs = Outputs.of([Leaf("U", 0)])
    assert builtin(rolled, 1, 0, refuse)(0.5) == count / 2


TUPLES = (0, (1, (2, 3)))


def test_answers_that_are_held_stay_as_they_are():
    g = builtin(program(), 2, TUPLES, refuse)
    held = [g(float(x), 3.0) for x in range(1, 20)]
    assert [value for value, _ in held] == [3.0 * x for x in range(1, 20)]


@pytest.mark.parametrize(
    "part", [lambda a: a[0], lambda a: a[1], lambda a: a[1][1], lambda a: a[1][1][1]]
)
def test_so_does_every_part_of_one(part):
    g, new = builtin(program(), 2, TUPLES, refuse), builtin(program(), 2, TREE, refuse)
    held = [part(g(float(x), 3.0 + x)) for x in range(1, 20)]
    want = [new(float(x), 3.0 + x) for x in range(1, 20)]
    assert held == [part((value, (*rest,))) for value, rest in want]


def test_an_answer_that_nobody_holds_is_filled_again():
    g = builtin(program(), 2, TUPLES, refuse)
    for x in (1.0, 2.0):
        value, _ = g(x, 3.0)
    before = [*map(id, g.__self__[1:3])]
    for x in (5.0, 6.0, 7.0):
        value, (_, rest) = g(x, x)
        assert (value, rest) == (x * x, (x, 0.25))
    assert before == [*map(id, g.__self__[1:3])]


def test_lists_are_always_new():
    g = builtin(program(), 2, TREE, refuse)
    g(1.0, 2.0)[1].clear()
    g(1.0, 2.0)[1].append(None)
    assert [len(g(1.0, 2.0)[1]) for _ in range(3)] == [2, 2, 2]


def test_making_an_answer_may_run_the_builtin_itself():
    g, found = builtin(program(), 2, TUPLES, refuse), []

    class Calls:
        def __init__(self):
            self.circle = self

        def __del__(self):
            found.append(g(2.0, 2.0))

    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for x in range(200):
            Calls()
            found.append(g(float(x), 1.0))  # held: the next one is made, and the collector runs
    finally:
        gc.set_threshold(*before)
    gc.collect()
    inner = [answer for answer in found if answer[1][1] == (2.0, 0.25)]
    assert len(inner) > 100
    assert {value for value, _ in inner} == {4.0}
    assert [value for value, rest in found if rest[1] == (1.0, 0.25)] == [*map(float, range(200))]


def test_threads_that_take_turns_have_their_own_answers():
    g, wrong, interval = builtin(program(), 2, TUPLES, refuse), [], sys.getswitchinterval()

    def work(x):
        for _ in range(20_000):
            value, (_, rest) = g(x, 2.0)
            if value != 2 * x or rest != (2.0, 0.25):
                wrong.append((x, value, rest))

    sys.setswitchinterval(1e-6)
    try:
        side_by_side(work, (1.0, 2.0, 3.0))
    finally:
        sys.setswitchinterval(interval)
    assert not wrong


@pytest.mark.parametrize("tree", [TREE, TUPLES])
def test_memory_is_given_back(tree):
    g = builtin(program(), 2, tree, refuse)
    x, y = 0.5, 3.0
    counts = [sys.getrefcount(v) for v in (x, y, None)]
    blocks = sys.getallocatedblocks()
    held = None
    for k in range(20_000):
        answer = g(x, y)
        held = held if k % 3 else answer  # so that some are filled again and some are new
    del answer, held
    assert abs(sys.getallocatedblocks() - blocks) < 500
    assert all(abs(sys.getrefcount(v) - c) < 50 for v, c in zip((x, y, None), counts, strict=True))


def test_the_machine_code_goes_when_the_builtin_does():
    g = builtin(program(), 2, TREE, refuse)
    (loaded,) = (weakref.ref(x) for x in g.__self__ if type(x) is Loaded)
    g(1.0, 2.0)
    del g
    gc.collect()
    assert loaded() is None


CIRCLES = """
import gc
import numpy as np
from autograd import jit
from autograd.compiler.llvm.builtins.arrays import ArrayBuiltin
from autograd.compiler.llvm.machine.loading import Loaded
from autograd.compiler.llvm.running.memory import Layout
from autograd.compiler.rolling.rolled import Rolled

f = jit(lambda x: x * x)
f(1.0)
entry = ArrayBuiltin([None], Layout.of(Rolled(uniform_slots=1)), 0, 1, print)
for run in (vars(type(f))["__call__"].__func__, entry.run):
    loaded = next(x for x in run.__self__ if type(x) is Loaded)
    loaded.circle = run
del f, entry, run, loaded
gc.collect()

class Last:
    def __init__(self, run, x):
        self.circle, self.run, self.x = self, run, x
    def __del__(self):
        print(self.run(self.x))

for x in (2.0, np.array([2.0])):
    f = jit(lambda x: (x * x, x))
    f(x)
    f.circle = Last(f, x)
    del f
    gc.collect()
"""


def test_a_builtin_in_a_circle_reads_its_definition_as_long_as_it_is_there():
    freed = {"PYTHONMALLOC": "malloc", "MALLOC_PERTURB_": "255"}  # glibc sets all bits of it
    command = [sys.executable, "-c", CIRCLES]
    done = subprocess.run(
        command, env={**os.environ, **freed}, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "(4.0, 2.0)\n(array([4.]), array([2.]))\n"), (
        done.stderr
    )


def test_ten_thousand_calls_of_anything():
    g = builtin(program(), 2, TREE, lambda *given: given)
    chance = random.Random(1)
    things = [
        1.5,
        -0.0,
        float("nan"),
        3,
        True,
        None,
        "x",
        [],
        np.float64(2),
        np.ones(2),
        1j,
        object(),
    ]
    for _ in range(10_000):
        given = tuple(chance.choice(things) for _ in range(chance.choice([0, 1, 2, 2, 2, 3])))
        answer = g(*given)
        if len(given) == 2 and [*map(type, given)] == [float, float]:
            want = execute(program(), given)
            np.testing.assert_allclose(answer[0], want[0])
        else:
            assert all(a is b for a, b in zip(answer, given, strict=True))


def test_a_first_call_compiles_the_program_once(monkeypatch):
    levels, compile_ = [], Target.compile
    monkeypatch.setattr(Target, "compile", lambda *a: levels.append(a[2]) or compile_(*a))
    assert jit(grad(lambda x: x * sin(x)), backend="llvm")(2.0) == grad(lambda x: x * sin(x))(2.0)
    assert len(levels) == 1
