"""check_engine: right engines pass, and each classical mistake is told in words."""

import pytest

import autograd
from autograd import check_engine
from autograd.tools.check_engine import EngineReport
from autograd.tools.engine_cases import CASES

ENGINE = """
import math

class Value:
    def __init__(self, data, _children=()):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = _children

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,))
        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))
        def _backward():
            self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out

    def relu(self):
        out = Value(max(0.0, self.data), (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out

    def backward(self):
        order, visited = [], set()
        def visit(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    visit(child)
                order.append(v)
        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            v._backward()

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)
    def __truediv__(self, other): return self * other**-1
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __rsub__(self, other): return other + (-self)
    def __rtruediv__(self, other): return other * self**-1
"""
BACKWARD = ENGINE[ENGINE.index("        order, visited") : ENGINE.index("    def __neg__")]
PLAIN_RECURSION = """        self.grad = 1.0
        def send(v):
            v._backward()
            for child in v._prev:
                send(child)
        send(self)

"""
ORDER_OF_MEETING = """        self.grad = 1.0
        order = [self]
        for v in order:
            v._backward()
            order += [child for child in v._prev if child not in order]

"""
CLEARED = "        self.grad = 1.0\n        for v in reversed(order):"
TOPOLOGICAL = "sort the graph topologically"

MISTAKES = {
    "= for += in a sum": (
        "self.grad += out.grad\n            other.grad += out.grad",
        "self.grad = out.grad\n            other.grad = out.grad",
        "a + a at a = 3\n    expected ∂/∂a = 2, got 1\n    gradients must add up",
    ),
    "= for += in a product": (
        "self.grad += other.data * out.grad\n            other.grad +=",
        "self.grad = other.data * out.grad\n            other.grad =",
        "a * a at a = 3\n    expected ∂/∂a = 6, got 3\n    gradients must add up",
    ),
    "= for += everywhere": (
        "+=",
        "=",
        "a + a at a = 3\n    expected ∂/∂a = 2, got 1\n    gradients",
    ),
    "no seed": ("self.grad = 1.0\n", "pass\n", "all others wait for it:\n\na at a = 3\n"),
    "no seed, said": ("self.grad = 1.0\n", "pass\n", "backward() must begin with self.grad = 1"),
    "no order: recursion": (BACKWARD, PLAIN_RECURSION, TOPOLOGICAL),
    "no order: as met": (BACKWARD, ORDER_OF_MEETING, TOPOLOGICAL),
    "inputs first": ("in reversed(order)", "in order", "from the last node to the first"),
    "visited forgotten": ("visited.add(v)", "pass", "remembering the nodes already visited"),
    "leaves cleared": (
        CLEARED,
        f"        for v in order: v.grad = 0.0\n{CLEARED}",
        "backward() must not clear those of the leaves",
    ),
    "out.grad forgotten in a sum": (
        "self.grad += out.grad\n            other.grad += out.grad",
        "self.grad += 1\n            other.grad += 1",
        "a sum hands on what arrives",
    ),
    "out.grad forgotten in a product": (
        "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad",
        "self.grad += other.data\n            other.grad += self.data",
        "c = 10\n    expected ∂/∂a = -30, got -3; ∂/∂b = 20, got 2\n    the chain rule is missing",
    ),
    "out.grad forgotten in a power": (
        "(n - 1) * out.grad",
        "(n - 1)",
        "multiply the local derivat",
    ),
    "out.grad forgotten in tanh": ("t**2) * out.grad", "t**2)", "multiply the local derivative by"),
    "a product's operands exchanged": (
        "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad",
        "self.grad += self.data * out.grad\n            other.grad += other.data * out.grad",
        "the two are exchanged",
    ),
    "the exponent kept": ("self.data ** (n - 1)", "self.data**n", "n * a**(n - 1)"),
    "the factor n forgotten": ("n * self.data **", "self.data **", "n * a**(n - 1)"),
    "tanh's square in the wrong place": ("(1 - t**2)", "(1 - t)**2", "not (1 - tanh)²"),
    "relu open on both sides": ("(out.data > 0) *", "", "ReLU passes on out.grad where"),
    "constants not wrapped": (
        "other = other if isinstance(other, Value) else Value(other)",
        "pass",
        "'int' object has no attribute 'data'\n    numbers must work beside Values: begin each",
    ),
    "no __radd__": ("__radd__", "radd", "your class for __radd__"),
    "no __rmul__": ("__rmul__", "rmul", "your class for __rmul__"),
    "no __rsub__": ("__rsub__", "rsub", "your class for __rsub__"),
    "no __rtruediv__": ("__rtruediv__", "rtruediv", "your class for __rtruediv__"),
    "__rsub__ the wrong way round": (
        "other + (-self)",
        "self - other",
        "2 - a at a = 3\n    expected the value -1, got 1\n    a number on the left",
    ),
    "__radd__ asks itself": (
        "def __radd__(self, other): return self + other",
        "def __radd__(self, other): return other + self",
        "raised RecursionError: maximum recursion depth exceeded",
    ),
    "a minus lost": (
        "def __sub__(self, other): return self + (-other)",
        "def __sub__(self, other): return Value(self.data - (self + other).data + self.data, ())",
        "expected ∂/∂a = 1, got 0; ∂/∂b = -1, got 0\n    no gradient arrived",
    ),
    "no _backward for a power": (
        "(n - 1) * out.grad\n        out._backward = _backward",
        "(n - 1) * out.grad",
        "a ** 3 at a = 2\n    expected ∂/∂a = 12, got 0\n    no gradient arrived",
    ),
    "an operator that gives a number": (
        "return self + (-other)",
        "return self.data - other.data",
        "the operator must return a new Value",
    ),
    "no division": ("__truediv__", "divided", "unsupported operand type(s) for /"),
    "no backward": ("def backward", "def back", "a result needs backward()"),
    "a gradient that begins at 1": (
        "self.grad = 0.0",
        "self.grad = 1.0",
        "data = 3.0, grad = 1.0 at",
    ),
}


def engine(source):
    names = {}
    exec(source, names)
    return names["Value"]


def test_a_students_correct_engine_is_right_in_every_case_it_has():
    report = check_engine(engine(ENGINE))
    assert isinstance(report, EngineReport)
    assert report.misses == ()
    assert report.missing == ("sigmoid", "exp", "log")
    assert len(report.right) == len(CASES) - len(report.missing)
    assert repr(report).startswith(f"right: all {len(report.right)} cases agree")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_explained(mistake):
    old, new, said = MISTAKES[mistake]
    assert old in ENGINE
    report = check_engine(engine(ENGINE.replace(old, new)))
    assert report.misses
    assert said in repr(report)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_first_miss_is_the_first_that_is_told(mistake):
    old, new, _ = MISTAKES[mistake]
    report = check_engine(engine(ENGINE.replace(old, new)))
    first = report.misses[0]
    lines = repr(report).splitlines()
    assert lines[2:5] == [
        f"{first.case} at {first.point}",
        f"    {first.found}",
        f"    {first.why}",
    ]


def test_misses_of_one_reason_are_told_together():
    said = repr(check_engine(engine(ENGINE.replace("+=", "="))))
    assert said.count("gradients must add up") == 1
    assert "(likewise: a * a, b + b * b with b = a + a," in said


def test_ours_is_right_in_every_case():
    report = check_engine(autograd.Value)
    assert (report.misses, report.missing, report.remarks) == ((), (), ())
    assert len(report.right) == len(CASES)


def test_micrograd_is_right_and_its_recursion_is_remarked_on():
    report = check_engine(pytest.importorskip("micrograd.engine").Value)
    assert report.misses == ()
    assert "RecursionError: no mistake" in repr(report)


def test_what_is_no_class_is_an_error_and_what_is_no_engine_a_miss():
    with pytest.raises(TypeError, match="takes a class such as Value, got 3"):
        check_engine(3)
    assert "a new Value must have its number in data" in repr(check_engine(float))


def test_the_cases_are_derived_right_by_another_engine():
    """micrograd's interface written by nobody's engine: differences of the expressions."""
    numbers_only = [case for case in CASES if not case.methods and "backward" not in case.shown]
    assert len(numbers_only) > 20
    for case in numbers_only:
        assert case.expression(*case.at) == pytest.approx(case.value)
        for i, wanted in enumerate(case.gradients):
            up, down = ([x + s * (i == j) for j, x in enumerate(case.at)] for s in (1e-5, -1e-5))
            slope = (case.expression(*up) - case.expression(*down)) / 2e-5
            assert slope == pytest.approx(wanted, rel=1e-6)
