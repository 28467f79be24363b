"""check_engine: right engines pass, and each wrong one gets one diagnosis, which is right."""

import math

import pytest
from tools.student_engines import BY_AGE, CLOSURES, TAPE, broken, engine

import autograd
from autograd import check_engine
from autograd.tools import engine_words as say
from autograd.tools.check_engine import EngineReport
from autograd.tools.engine_operations import CASES

WRAP = "other = other if isinstance(other, Value) else Value(other)"
ADD = "self.grad += out.grad\n            other.grad += out.grad"
MUL = "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad"
EXCHANGED = "self.grad += self.data * out.grad\n            other.grad += other.data * out.grad"
BACKWARD = CLOSURES[CLOSURES.index("        order, visited") : CLOSURES.index("    def __neg__")]
PLAIN_RECURSION = """        self.grad = 1.0
        def send(v):
            v._backward()
            for parent in v.parents:
                send(parent)
        send(self)

"""
AS_MET = """        self.grad = 1.0
        order = [self]
        for v in order:
            v._backward()
            order += [parent for parent in v.parents if parent not in order]

"""
STACK = """        self.grad = 1.0
        todo, seen = [self], set()
        while todo:
            v = todo.pop()
            if v not in seen:
                seen.add(v)
                v._backward()
                todo += v.parents

"""
CLEARED = "        self.grad = 1.0\n        for v in reversed(order):"
POST_ORDER = """                for parent in v.parents:
                    visit(parent)
                order.append(v)
        visit(self)
        self.grad = 1.0
        for v in reversed(order):"""
PRE_ORDER = """                order.append(v)
                for parent in v.parents:
                    visit(parent)
        visit(self)
        self.grad = 1.0
        for v in order:"""


def own(name, body):
    """An operator of its own in place of the composed one: (old, new)."""
    line = next(text for text in CLOSURES.splitlines() if text.startswith(f"    def {name}("))
    return line, f"    def {name}(self, other):\n        {body}"


SUBTRACTION = (
    "other = other if isinstance(other, Value) else Value(other)\n"
    "        out = Value(self.data - other.data, (self, other))\n"
    "        def _backward():\n"
    "            self.grad {} out.grad\n"
    "            other.grad {} out.grad\n"
    "        out._backward = _backward\n"
    "        return out"
)

BY_VALUE = "    def __eq__(self, b): return self.data == b.data\n"

BESTIARY = {  # name: what to replace, by what, the diagnosis, the case that shows it
    # accumulation, operation by operation
    "= in a sum": (ADD, ADD.replace("+=", "="), say.ADD_UP, "a + a"),
    "= for self in a sum": (ADD, ADD.replace("+=", "=", 1), say.ADD_UP, "(a + b) * a"),
    "= for other in a sum": (
        ADD,
        ADD.replace("other.grad +=", "other.grad ="),
        say.ADD_UP,
        "a + a",
    ),
    "= in a product": (MUL, MUL.replace("+=", "="), say.ADD_UP, "a * a"),
    "= for self in a product": (MUL, MUL.replace("+=", "=", 1), say.ADD_UP, "(a * b) + a"),
    "= in a power": ("grad += n *", "grad = n *", say.ADD_UP, "(a ** 3) + a"),
    "= in 2 ** a": ("grad += math.log(n)", "grad = math.log(n)", say.ADD_UP, "(2 ** a) + a"),
    "= in tanh": ("grad += (1 - t**2)", "grad = (1 - t**2)", say.ADD_UP, "tanh(a) + a"),
    "= in sigmoid": ("grad += s *", "grad = s *", say.ADD_UP, "sigmoid(a) + a"),
    "= in exp": ("grad += out.data *", "grad = out.data *", say.ADD_UP, "exp(a) + a"),
    "= in log": ("grad += 1 /", "grad = 1 /", say.ADD_UP, "log(a) + a"),
    "= in relu": ("grad += (out.data > 0)", "grad = (out.data > 0)", say.ADD_UP, "relu(a) + a"),
    "= in a difference": (
        *own("__sub__", SUBTRACTION.format("=", "+= -")),
        say.ADD_UP,
        "(a - b) + a",
    ),
    "= everywhere": ("+=", "=", say.ADD_UP, "a + a"),
    # the sweep
    "_backward called where it is set": (
        "out._backward = _backward",
        "out._backward = _backward()",
        say.UNCALLED,
        "a + b",
    ),
    "a leaf whose _backward is None": ("lambda: None", "None", say.UNCALLED, "a"),
    "a Value in place of its data": (
        "self.grad += other.data * out.grad",
        "self.grad += other * out.grad",
        say.VALUE_AS_GRAD,
        "a * b",
    ),
    "backward() that stops": ("self.grad = 1.0\n", "self.gard\n", say.STOPPED, "a"),
    "no seed": ("self.grad = 1.0\n", "pass\n", say.SEED, "a"),
    "the value as the seed": ("self.grad = 1.0\n", "self.grad = self.data\n", say.SEED, "a"),
    "recursion in place of a sort": (
        BACKWARD,
        PLAIN_RECURSION,
        say.ORDER,
        "(b * b) * b with b = a * c",
    ),
    "nodes in the order of meeting": (BACKWARD, AS_MET, say.ORDER, "b * (b * b) with b = a * c"),
    "a stack in place of a sort": (BACKWARD, STACK, say.ORDER, "(b * b) * b with b = a * c"),
    "pre-order in place of post-order": (
        POST_ORDER,
        PRE_ORDER,
        say.ORDER,
        "b * (b * b) with b = a * c",
    ),
    "inputs first": ("in reversed(order)", "in order", say.REVERSED, "a + b with a = p * q"),
    "the last node only": (
        BACKWARD,
        "        self.grad = 1.0\n        self._backward()\n",
        say.REVERSED,
        "a + b with a = p * q",
    ),
    "the first operand only": (
        "in v.parents:",
        "in v.parents[:1]:",
        say.ONE_OPERAND,
        "a + b with b = p * q",
    ),
    "a stack that is looked at and never emptied": (
        BACKWARD,
        STACK.replace("todo.pop()", "todo[-1]").replace("if v not in seen:", "if True:"),
        say.ENDLESS,
        "a",
    ),
    "an operator that never ends": (
        "out = Value(self.data * other.data, (self, other))",
        "while other.data: other = Value(other.data)",
        say.ENDLESS,
        "a * b",
    ),
    "visited forgotten": ("visited.add(v)", "pass", say.ORDER, "(b * b) * b with b = a * c"),
    "leaves cleared": (
        CLEARED,
        f"        for v in order: v.grad = 0.0\n{CLEARED}",
        say.KEEP,
        "a * a after (a + a).backward()",
    ),
    "no backward": ("def backward", "def back", say.BACKWARD, "a"),
    # what a node keeps
    "a sum without parents": (
        "+ other.data, (self, other))",
        "+ other.data)",
        say.PARENTS,
        "a + b with a = p * q",
    ),
    "a sum without its right parent": (
        "+ other.data, (self, other))",
        "+ other.data, (self,))",
        say.PARENTS,
        "a + b with b = p * q",
    ),
    "a product without parents": (
        "* other.data, (self, other))",
        "* other.data)",
        say.PARENTS,
        "a * b with a = p * q",
    ),
    "tanh without its parent": (
        "Value(t, (self,))",
        "Value(t)",
        say.PARENTS,
        "tanh(a) with a = p * q",
    ),
    "no _backward for a power": (
        "(n - 1) * out.grad\n        out._backward = _backward",
        "(n - 1) * out.grad",
        say.NOTHING_ARRIVED,
        "a ** 3",
    ),
    "right operand forgotten in a product": (
        "            other.grad += self.data * out.grad\n",
        "",
        say.FORGOTTEN,
        "a * b",
    ),
    "left operand forgotten in a sum": (ADD, "other.grad += out.grad", say.FORGOTTEN, "a + b"),
    "a gradient that begins at 1": ("self.grad = 0.0", "self.grad = 1.0", say.NEW, "a"),
    # local derivatives
    "out.grad forgotten in a sum": (ADD, ADD.replace("out.grad", "1"), say.OUT_GRAD, "(a + b) * c"),
    "out.grad forgotten in a product": (
        MUL,
        MUL.replace(" * out.grad", ""),
        say.OUT_GRAD,
        "a * b with a = p * q",
    ),
    "out.grad forgotten in a power": (
        "(n - 1) * out.grad",
        "(n - 1)",
        say.OUT_GRAD,
        "(a ** 3) * c",
    ),
    "out.grad forgotten in tanh": ("t**2) * out.grad", "t**2)", say.OUT_GRAD, "tanh(a) * c"),
    "out.grad forgotten in relu": (
        "(out.data > 0) * out.grad",
        "(out.data > 0)",
        say.OUT_GRAD,
        "relu(a) * c",
    ),
    "out.data for out.grad in a product": (
        MUL,
        MUL.replace("out.grad", "out.data"),
        say.OUT_DATA,
        "a * b",
    ),
    "operands exchanged": (MUL, EXCHANGED, say.EXCHANGED, "a * b"),
    "a minus lost": (*own("__sub__", SUBTRACTION.format("+=", "+=")), say.MINUS, "a - b"),
    "a negative that is a copy": (
        "return self * -1",
        "return Value(-self.data)",
        say.NOTHING_ARRIVED,
        "-a",
    ),
    "the exponent kept": ("self.data ** (n - 1)", "self.data**n", say.POWER, "a ** 3"),
    "the factor n forgotten": ("n * self.data **", "self.data **", say.POWER, "a ** 3"),
    "a power's derivative at its result": (
        "n * self.data ** (n",
        "n * out.data ** (n",
        say.AT_RESULT,
        "a ** 3",
    ),
    "tanh's derivative at its operand": (
        "(1 - t**2)",
        "(1 - self.data**2)",
        say.AT_RESULT,
        "tanh(a)",
    ),
    "tanh's square in the wrong place": ("(1 - t**2)", "(1 - t)**2", say.TANH, "tanh(a)"),
    "sigmoid's derivative at its operand": (
        "s * (1 - s)",
        "self.data * (1 - self.data)",
        say.AT_RESULT,
        "sigmoid(a)",
    ),
    "exp's derivative at its operand": ("+= out.data *", "+= self.data *", say.AT_RESULT, "exp(a)"),
    "log's derivative at its result": (
        "1 / self.data *",
        "1 / out.data *",
        say.AT_RESULT,
        "log(a)",
    ),
    "relu open on both sides": ("(out.data > 0) *", "", say.RELU, "relu(a)"),
    "relu with its mask turned": (
        "(out.data > 0) *",
        "(out.data <= 0) *",
        say.NOTHING_ARRIVED,
        "relu(a)",
    ),
    "the power rule for an exponent": (
        "math.log(n) * out.data",
        "self.data * n ** (self.data - 1)",
        say.EXPONENT,
        "2 ** a",
    ),
    # numbers beside Values, and on the left
    "constants not wrapped": (WRAP, "pass", say.WRAP, "a + 2"),
    "no __radd__": ("__radd__", "radd", say.LEFT.format("__radd__", "self + other"), "2 + a"),
    "no __rmul__": ("__rmul__", "rmul", say.LEFT.format("__rmul__", "self * other"), "2 * a"),
    "no __rsub__": ("__rsub__", "rsub", say.LEFT.format("__rsub__", "other + (-self)"), "2 - a"),
    "no __rtruediv__": (
        "__rtruediv__",
        "rtruediv",
        say.LEFT.format("__rtruediv__", "other * self**-1"),
        "2 / a",
    ),
    "__rsub__ the wrong way round": (
        "other + (-self)",
        "self - other",
        say.LEFT.format("__rsub__", "other + (-self)"),
        "2 - a",
    ),
    "__rtruediv__ the wrong way round": (
        "other * self**-1",
        "self / other",
        say.LEFT.format("__rtruediv__", "other * self**-1"),
        "2 / a",
    ),
    "__rpow__ the wrong way round": (
        "Value(n**self.data",
        "Value(self.data**n",
        say.LEFT.format("__rpow__", "a Value with the data other ** self.data"),
        "2 ** a",
    ),
    "__radd__ asks itself": (
        "def __radd__(self, other): return self + other",
        "def __radd__(self, other): return other + self",
        say.LEFT.format("__radd__", "self + other"),
        "2 + a",
    ),
    "__rmul__ drops the gradient": (
        "def __rmul__(self, other): return self * other",
        "def __rmul__(self, other): return Value(self.data * other)",
        say.BESIDE,
        "2 * a",
    ),
    # the forward pass
    "a sum in place": (
        "out = Value(self.data + other.data, (self, other))",
        "self.data += other.data\n        out = Value(self.data, (self, other))",
        say.IN_PLACE,
        "a + b",
    ),
    "__iadd__ in place": (
        "    def __neg__",
        "    def __iadd__(self, b): self.data += b.data; return self\n\n    def __neg__",
        say.AUGMENTED,
        "a += b, times the old a",
    ),
    "equal numbers are one node": (
        "    def __neg__",
        f"{BY_VALUE}    def __hash__(self): return hash(self.data)\n\n    def __neg__",
        say.IDENTITY,
        "relu(a) with a = p * q",
    ),
    "a comparison without a hash": (
        "    def __neg__",
        f"{BY_VALUE}\n    def __neg__",
        say.IDENTITY,
        "a",
    ),
    "an operator that gives a number": (
        "return self + (-other)",
        "return self.data - other.data",
        say.FORWARD,
        "a - b",
    ),
    "no division": ("__truediv__", "divided", say.FORWARD, "a / b"),
}
REMEMBERED = CLOSURES.replace("class", "nodes = []\n\nclass").replace(
    "self.parents = parents", "self.parents = parents\n        nodes.append(self)"
)
OTHERS = {  # the same of the other designs: the source before the rest
    "nodes by age, the oldest first": (
        BY_AGE,
        "-parent.age, parent",
        "parent.age, parent",
        say.ORDER,
        "(a + b) * a",
    ),
    "parents reversed": (
        BY_AGE,
        "((self, other.data), (other, self.data))",
        "((other, other.data), (self, self.data))",
        say.EXCHANGED,
        "a * b",
    ),
    "a local derivative for each parent, =": (
        BY_AGE,
        "arrived[parent] += slope * g",
        "arrived[parent] = slope * g",
        say.ADD_UP,
        "a + a",
    ),
    "a quotient's sign": (BY_AGE, "-self.data / y**2", "self.data / y**2", say.QUOTIENT, "a / b"),
    "a tape that is not reversed": (
        TAPE,
        "in reversed(tape)",
        "in tape",
        say.REVERSED,
        "a + b with a = p * q",
    ),
    "all nodes there ever were": (
        REMEMBERED,
        BACKWARD,
        "        self.grad = 1.0\n        for v in reversed(nodes):\n            v._backward()\n\n",
        say.STALE,
        "a * a after (a + a).backward()",
    ),
}


def diagnosed(report):
    return {miss.why for miss in report.misses}


@pytest.mark.parametrize("source", [CLOSURES, BY_AGE, TAPE], ids=["closures", "by age", "tape"])
def test_a_students_correct_engine_is_right_in_every_case_it_has(source):
    report = check_engine(engine(source))
    assert isinstance(report, EngineReport)
    assert report.misses == ()
    asked = [case for case in CASES if not case.method or case.method not in report.missing]
    assert len(report.right) == len(asked) > 60
    assert repr(report).startswith(f"right: all {len(report.right)} cases agree")


@pytest.mark.parametrize("beast", BESTIARY)
def test_a_wrong_engine_gets_one_diagnosis_and_it_is_right(beast):
    old, new, why, case = BESTIARY[beast]
    report = check_engine(broken(CLOSURES, old, new))
    assert diagnosed(report) == {why}
    assert report.misses[0].case == case


@pytest.mark.parametrize("beast", OTHERS)
def test_so_does_one_of_another_design(beast):
    source, old, new, why, case = OTHERS[beast]
    report = check_engine(broken(source, old, new))
    assert diagnosed(report) == {why}
    assert report.misses[0].case == case


def test_the_bestiary_holds_many_beasts():
    assert len(BESTIARY) + len(OTHERS) > 60


def test_two_mistakes_are_two_diagnoses_the_deeper_first():
    source = CLOSURES.replace("n * self.data **", "self.data **").replace(ADD, ADD.replace("+", ""))
    report = check_engine(engine(source))
    whys = list(dict.fromkeys(miss.why for miss in report.misses))
    assert whys == [say.POWER, say.ADD_UP]
    assert [miss.why for miss in report.misses] == sorted(
        (miss.why for miss in report.misses), key=whys.index
    )


ON_THE_LEFT = ("__rsub__", "__rtruediv__")


@pytest.mark.parametrize(
    "beast", [name for name, row in BESTIARY.items() if not any(m in row[2] for m in ON_THE_LEFT)]
)
def test_a_number_on_the_left_of_minus_is_no_root_cause(beast):
    """The engine of micrograd's lecture has no __rsub__: what else is wrong with one comes first."""
    old, new, why, case = BESTIARY[beast]
    source = CLOSURES.replace("__rsub__", "rsub").replace("__rtruediv__", "rtruediv")
    first = check_engine(broken(source, old, new)).misses[0]
    assert (first.case, first.why) == (case, why)


def test_an_engine_without_them_is_told_of_them_alone():
    source = CLOSURES.replace("__rsub__", "rsub").replace("__rtruediv__", "rtruediv")
    assert {miss.case for miss in check_engine(engine(source)).misses} == {"2 - a", "2 / a"}


def test_the_report_begins_with_the_first_miss_and_names_others_of_its_reason():
    report = check_engine(broken(CLOSURES, "+=", "="))
    first = report.misses[0]
    header, _, *told = repr(report).splitlines()
    assert header.endswith("cases are right. Begin with the first that is not:")
    assert told[:3] == [
        f"{first.case} at {first.point}",
        f"    {first.found}",
        f"    {first.why}",
    ]
    assert told[3].startswith("    (likewise: a * a, (a + b) * a, (a + b) * b,")
    assert told[3].endswith("more)")
    assert repr(report).count(say.ADD_UP) == 1


def test_numbers_that_differ_late_are_shown_with_so_many_digits():
    """An engine on NumPy's float32, whose rounding three steps of descent show."""
    report = str(
        check_engine(
            broken(
                CLOSURES,
                "self.data = data",
                "import numpy\n        self.data = numpy.float32(data)",
            )
        )
    )
    assert "expected the value 0.001024, got 0.0010240" in report


def test_ours_is_right_in_every_case():
    report = check_engine(autograd.Value)
    assert (report.misses, report.missing, report.remarks) == ((), (), ())
    assert len(report.right) == len(CASES)


def test_micrograd_is_right_and_its_limits_are_remarked_on():
    report = check_engine(pytest.importorskip("micrograd.engine").Value)
    assert report.misses == ()
    assert "RecursionError: no mistake" in repr(report)
    assert say.TWICE in report.remarks


def test_an_engine_that_forgets_its_graph_is_right_and_told_so():
    once = broken(
        BY_AGE,
        "            if not v.sources:",
        "            if v.sources:\n                v.age = None\n            else:",
    )
    report = check_engine(once)
    assert report.misses == ()
    (remark,) = report.remarks
    assert remark.startswith("a second backward() on one graph raised TypeError")


def test_what_is_no_class_or_no_stage_is_an_error_and_what_is_no_engine_a_miss():
    with pytest.raises(TypeError, match="takes a class such as Value, got 3"):
        check_engine(3)
    for stage in (0, 8, "1"):
        with pytest.raises(ValueError, match="stage is a number from 1 to 7"):
            check_engine(engine(CLOSURES), stage=stage)
    report = check_engine(float)
    assert repr(report).startswith("The first case is off, and all others wait for it:")
    assert diagnosed(report) == {say.NEW}


@pytest.mark.parametrize("case", [c for c in CASES if c.gradients and "after" not in c.shown])
def test_the_gradients_are_derived_right_by_differences(case):
    """The expressions on plain numbers, of a class that knows the functions and no derivative."""
    if not case.method:
        at, f = case.at, case.expression
    else:
        at, f = [Number(x) for x in case.at], case.expression
    assert f(*at) == pytest.approx(case.value)
    for i, wanted in enumerate(case.gradients):
        up, down = ([x + s * (i == j) for j, x in enumerate(at)] for s in (1e-5, -1e-5))
        kink = "relu" in case.shown and case.shown.startswith("relu(a + b)")
        slope = (f(*up) - f(*at)) / 1e-5 if kink else (f(*up) - f(*down)) / 2e-5
        assert slope == pytest.approx(wanted, rel=1e-5, abs=1e-8)


class Number(float):
    """A float with methods, whose sums and products have them too."""

    def tanh(self):
        return Number(math.tanh(self))

    def sigmoid(self):
        return Number(1 / (1 + math.exp(-self)))

    def exp(self):
        return Number(math.exp(self))

    def log(self):
        return Number(math.log(self))

    def relu(self):
        return Number(max(0.0, self))

    def __add__(self, other):
        return Number(float(self) + other)

    def __sub__(self, other):
        return Number(float(self) - other)

    def __mul__(self, other):
        return Number(float(self) * other)

    __radd__, __rmul__ = __add__, __mul__


# --------------------------------------------------------------------------------------- by stages

BARE = CLOSURES.replace("        self.grad = 0.0\n", "").replace(
    "        self.parents = parents\n", ""
)
AT_STAGE = [  # stage, (what to replace, by what), ..., the diagnosis
    (1, ("* other.data", "+ other.data"), say.FORWARD),
    (2, ("self.parents = parents", "pass"), say.PARENTS_STAGE),
    (2, ("* other.data, (self, other)", "* other.data, (self,)"), say.PARENTS_STAGE),
    (3, ("out._backward = _backward", "pass"), say.LOCAL),
    (3, (MUL, MUL.replace(" * out.grad", "")), say.OUT_GRAD),
    (3, (ADD, "self.grad += out.grad"), say.FORGOTTEN),
    (3, (MUL, EXCHANGED), say.EXCHANGED),
    (4, ("in reversed(order)", "in order"), say.ORDER),
    (4, ("visited.add(v)", "pass"), say.ORDER),
    (4, (BACKWARD, PLAIN_RECURSION), say.ORDER),
    (4, ("self.grad = 1.0\n", "pass\n"), say.SEED),
    (4, ("def backward", "def back"), say.BACKWARD),
    (5, (ADD, ADD.replace("+=", "=")), say.ADD_UP),
    (6, ("def tanh", "def th"), say.NEURON),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "change", "why"), AT_STAGE)
def test_a_stage_names_its_own_mistake_and_earlier_stages_do_not_meet_it(stage, change, why):
    wrong = broken(CLOSURES, *change)
    assert diagnosed(check_engine(wrong, stage=stage)) == {why}
    if stage > 1:
        assert check_engine(wrong, stage=stage - 1).misses == ()


@pytest.mark.parametrize("stage", range(1, 8))
def test_a_right_engine_passes_every_stage(stage):
    report = check_engine(engine(CLOSURES), stage=stage)
    assert report.misses == report.remarks == ()


def test_the_first_stage_asks_for_nothing_but_numbers():
    assert check_engine(engine(BARE), stage=1).misses == ()
    assert check_engine(engine(BARE), stage=2).misses


def test_what_raises_inside_is_a_miss():
    wrong = broken(CLOSURES, MUL, "raise KeyError('no')")
    report = check_engine(wrong, stage=3)
    assert [miss.found for miss in report.misses] == ["raised KeyError: 'no'"]
