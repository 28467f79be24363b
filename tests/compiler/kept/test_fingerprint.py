"""What a recording follows from: one thing changed anywhere is another fingerprint, and what is not
understood has none.
"""
# ruff: noqa: E501, ISC004  (the tables read better with a source in a line)

import importlib
import sys
import textwrap
import types

import numpy as np
import pytest

import autograd
import nn
from autograd import detect_anomaly, no_grad
from autograd.compiler.calls.arguments import arguments_of
from autograd.compiler.kept import trusted
from autograd.compiler.kept.fingerprint import fingerprint_of
from autograd.compiler.programs.elements import DOUBLE
from autograd.protocols.functions import FUNCTIONS


def made(source, name="user"):
    """The function f of a module of this source, in a module that is new."""
    module = types.ModuleType(name)
    exec(compile(textwrap.dedent(source), f"<{name}>", "exec"), vars(module))
    return module.f


def fingerprint(f, *args, **kwargs):
    """The hash, None for one that is refused."""
    try:
        return fingerprint_of(f, arguments_of(args or (1.5,), kwargs, DOUBLE))
    except trusted.Unknown:
        return None


DIFFERENCES = {
    "a constant": ("def f(x): return x * 2.0", "2.0", "2.5"),
    "a sign of zero": ("def f(x): return x * 0.0", "0.0", "-0.0"),
    "an operator": ("def f(x): return x * 2.0", "*", "+"),
    "the type of a number": ("def f(x): return x * 2", "2", "2.0"),
    "a default": ("def f(x, k=2.0): return x * k", "k=2.0", "k=3.0"),
    "a keyword's default": ("def f(x, *, k=2.0): return x * k", "k=2.0", "k=3.0"),
    "a global": ("k = 2.0\ndef f(x): return x * k", "k = 2.0", "k = 3.0"),
    "a closure": ("def outer(k):\n    return lambda x: x * k\nf = outer(2.0)", "(2.0)", "(3.0)"),
    "beside a cell that nothing is in yet": (
        "def outer():\n    def f(x): return x * 2.0 if x is not None else g(x)\n    return f\n    g = 1\n"
        "f = outer()", "2.0", "3.0",
    ),
    "which variable of two": (
        "def outer(a, b):\n    return lambda x: x * a + b\nf = outer(2.0, 3.0)", "2.0, 3.0", "3.0, 2.0",
    ),
    "a function two calls deep": (
        "def g(x): return x * 2.0\ndef h(x): return g(x)\ndef f(x): return h(x)", "2.0", "3.0",
    ),
    "a function's function": (
        "from autograd import sin, cos\ndef g(x): return sin(x)\ndef f(x): return g(x)",
        "return sin", "return cos",
    ),
    "what an import's name means": ("from autograd import sin as s\ndef f(x): return s(x)", "sin", "cos"),
    "an import inside": (
        "def f(x):\n    from autograd import sin as s\n    return s(x)", "sin", "cos",
    ),
    "an attribute of a module": ("import autograd as a\ndef f(x): return a.sin(x)", "sin(", "cos("),
    "a class's attribute": (
        "class A:\n    k = 2.0\na = A()\ndef f(x): return a.k * x", "2.0", "3.0",
    ),
    "an object's attribute": (
        "class A:\n    def __init__(self, k): self.k = k\na = A(2.0)\ndef f(x): return a.k * x",
        "A(2.0)", "A(3.0)",
    ),
    "a method": (
        "class A:\n    def m(self, x): return 2.0 * x\na = A()\ndef f(x): return a.m(x)", "2.0", "3.0",
    ),
    "a base's method": (
        "class B:\n    def m(self, x): return 2.0 * x\nclass A(B): pass\na = A()\n"
        "def f(x): return a.m(x)", "2.0", "3.0",
    ),
    "which base": (
        "class B:\n    def m(self, x): return 2.0 * x\nclass C:\n    def m(self, x): return 3.0 * x\n"
        "class A(B): pass\na = A()\ndef f(x): return a.m(x)", "A(B)", "A(C)",
    ),
    "a property": (
        "class A:\n    @property\n    def k(self): return 2.0\na = A()\ndef f(x): return a.k * x",
        "2.0", "3.0",
    ),
    "the table of a kind of number": (
        "from autograd import exp, register\nclass K: pass\nregister(K, {'exp': lambda x: 2.0})\nk = K()\n"
        "def f(x): return exp(k) * x", "2.0", "3.0",
    ),
    "an operator of a class": (
        "class A:\n    def __mul__(self, x): return x * 2.0\na = A()\ndef f(x): return a * x",
        "2.0", "3.0",
    ),
    "a call of an object": (
        "class A:\n    def __call__(self, x): return x * 2.0\nf = A()", "2.0", "3.0",
    ),
    "__getattr__": (
        "class A:\n    def __getattr__(self, name): return 2.0\na = A()\ndef f(x): return a.k * x",
        "2.0", "3.0",
    ),
    "a static method": (
        "class A:\n    @staticmethod\n    def m(x): return x * 2.0\ndef f(x): return A.m(x)", "2.0", "3.0",
    ),
    "a class method": (
        "class A:\n    k = 2.0\n    @classmethod\n    def m(cls, x): return x * cls.k\nf = A.m",
        "2.0", "3.0",
    ),
    "a bound method's object": (
        "class A:\n    def __init__(self, k): self.k = k\n    def m(self, x): return x * self.k\n"
        "f = A(2.0).m", "A(2.0)", "A(3.0)",
    ),
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    k: float = 2.0\na = A()\n"
        "def f(x): return a.k * x", "2.0", "3.0",
    ),
    "a decorator": (
        "def times(k):\n    def decorate(g):\n        return lambda x: g(x) * k\n    return decorate\n"
        "@times(2.0)\ndef f(x): return x", "times(2.0)", "times(3.0)",
    ),
    "a lambda in a dict": (
        "table = {'a': lambda x: x * 2.0}\ndef f(x): return table['a'](x)", "2.0", "3.0",
    ),
    "a dict's order": (
        "table = {'a': 2.0, 'b': 3.0}\ndef f(x):\n    for k in table.values(): x = x * k + 1\n"
        "    return x", "'a': 2.0, 'b': 3.0", "'b': 3.0, 'a': 2.0",
    ),
    "a list in a list": ("table = [[1.0], [2.0]]\ndef f(x): return x * table[1][0]", "2.0", "3.0"),
    "a list for a tuple": ("t = [2.0, 3.0]\ndef f(x): return x * len(t * 2)", "[2.0, 3.0]", "(2.0, 3.0)"),
    "a partial's argument": (
        "from functools import partial\ndef g(k, x): return k * x\nf = partial(g, 2.0)", "2.0", "3.0",
    ),
    "a partial's keyword": (
        "from functools import partial\ndef g(x, k): return k * x\nf = partial(g, k=2.0)", "2.0", "3.0",
    ),
    "an array": (
        "import numpy as np\nw = np.array([1.0, 2.0])\ndef f(x): return x * w[1]", "2.0", "2.5",
    ),
    "an array's shape": (
        "import numpy as np\nw = np.ones((2, 3))\ndef f(x): return x * w.shape[0]", "2, 3", "3, 2",
    ),
    "an array's type": (
        "import numpy as np\nw = np.ones(2, 'f8')\ndef f(x): return x * w.itemsize", "f8", "f4",
    ),
    "a number of NumPy": ("import numpy as np\nk = np.float32(2)\ndef f(x): return x * k", "32", "64"),
    "a Value": ("from autograd import Value\nw = Value(2.0)\ndef f(x): return x * w", "2.0", "3.0"),
    "an operation's formula": (
        "from autograd import primitive\n@primitive(lambda g, z, x: g * 2.0)\ndef double(x):\n"
        "    return x + x\nfrom autograd import grad\nf = grad(lambda x: double(x))", "2.0", "3.0",
    ),
    "which transform": ("from autograd import grad\nf = grad(lambda x: x * x * x)", "= grad(", "= (lambda g: g)("),
    "which argument": (
        "from autograd import grad\nf0 = grad(lambda x: x * x, argnums=0)\nf = f0", "argnums=0", "argnums=(0,)",
    ),
    "a default that is a function": (
        "def g(x): return x * 2.0\ndef f(x, g=g): return g(x)", "2.0", "3.0",
    ),
    "a function's attribute": ("def f(x): return x * f.k\nf.k = 2.0", "2.0", "3.0"),
    "a nested function's constant": (
        "def f(x):\n    def g(y):\n        return [y * 2.0 for _ in range(2)][1]\n    return g(x)", "2.0", "3.0",
    ),
    "a comprehension's global": (
        "k = 2.0\ndef f(x): return [x * k for _ in range(2)][0]", "k = 2.0", "k = 3.0",
    ),
    "a Module's method": (
        "import nn\nclass A(nn.Module):\n    def __call__(self, x): return x * 2.0\na = A()\n"
        "def f(x): return a(x)", "2.0", "3.0",
    ),
    "a Module's parameter": (
        "import nn\nfrom autograd import Value\nclass A(nn.Module):\n"
        "    def __init__(self): self.w = Value(2.0)\n    def __call__(self, x): return x * self.w\n"
        "a = A()\ndef f(x): return a(x)", "2.0", "3.0",
    ),
    "what jit compiled": ("from autograd import jit\nf0 = jit(lambda x: x * 2.0)\nf = lambda x: f0(x)", "2.0", "3.0"),
    "a recursion's end": ("def f(x, n=3): return x if n == 0 else x * f(x, n - 1)", "n == 0", "n == 1"),
    "a slice": ("import numpy as np\nw = np.ones(3)\ns = slice(0, 2)\ndef f(x): return x * len(w[s])", "2", "3"),
    "a range": ("r = range(3)\ndef f(x):\n    for k in r: x = x * 2\n    return x", "3", "4"),
    "one object or two equal ones": (
        "a = [1.0]\nb = a\ndef f(x): return x * (2.0 if a is b else 3.0)", "b = a", "b = [1.0]",
    ),
    "a function of NumPy's that another took the place of": (
        "import types, numpy\nnp = types.ModuleType('np')\nnp.g = numpy.sin\ndef f(x): return x * np.g(2.0)", "numpy.sin", "numpy.cos",
    ),
    "the backend of what jit compiled": (
        "from autograd import jit\nf0 = jit(lambda x: x * 2.0, backend='python')\nf = lambda x: f0(x)", "python", "numpy",
    ),
    "the width of what jit compiled": (
        "from autograd import jit\nf0 = jit(lambda x: x * 2.0, dtype='float32')\nf = lambda x: f0(x)", "32", "64",
    ),
    "what a module answers for a name that it has not": (
        "import types\nm = types.ModuleType('m')\nm.__getattr__ = lambda name: 2.0\ndef f(x): return x * m.k", "2.0", "3.0",
    ),
    "an attribute of what jit compiled": (
        "from autograd import jit\ng = jit(lambda x: x)\ng.k = 2.0\ndef f(x): return g(x) * g.k", "2.0", "3.0",
    ),
    "a list that holds itself": ("a = [2.0]\na.append(a)\ndef f(x): return x * a[1][0]", "[2.0]", "[3.0]"),
    "a key of a dict": ("t = {1: 2.0}\ndef f(x): return x * sum(t)", "{1:", "{2:"),
    "True for 1": ("k = 1\ndef f(x): return x if k is True else 2 * x", "k = 1", "k = True"),
    "a text": ("k = 'a'\ndef f(x): return x * (2.0 if k == 'a' else 3.0)", "k = 'a'", "k = 'b'"),
    "the engine's nothing": (
        "from autograd import NOTHING as n\ndef f(x): return x * (2.0 if n is n + 0.0 else 3.0)",
        "from autograd import NOTHING as n", "n = 0.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENCES)
def test_what_differs_in_one_thing_has_another_fingerprint(what):
    source, old, new = DIFFERENCES[what]
    assert old in source
    one, same, other = made(source), made(source), made(source.replace(old, new))
    assert fingerprint(one) is not None
    assert fingerprint(one) == fingerprint(same)
    assert fingerprint(other) not in (None, fingerprint(one))


@pytest.mark.parametrize(
    "change",
    [
        ("g", lambda x: x * 3.0),
        ("A.m", lambda self, x: x * 3.0),
        ("A.k", 3.0),
        ("a.k", 3.0),
        ("table.append", 3.0),
    ],
    ids=lambda change: change[0],
)
def test_what_is_changed_later_is_seen(change):
    f = made(
        "class A:\n    k = 2.0\n    def m(self, x): return x * self.k\na = A()\ntable = [1.0]\n"
        "def g(x): return x * 2.0\ndef f(x): return g(a.m(x)) * table[0]"
    )
    before = fingerprint(f)
    path, new = change
    *owners, name = path.split(".")
    owner = types.SimpleNamespace(**f.__globals__) if owners else None
    thing = getattr(owner, owners[0]) if owners else None
    if path == "g":
        f.__globals__["g"] = new
    elif name == "append":
        thing.append(new)
    else:
        setattr(thing, name, new)
    assert before != fingerprint(f)
    assert None not in (before, fingerprint(f))


def test_a_module_that_is_patched_is_seen(monkeypatch):
    f = made("import autograd as a\ndef f(x): return a.sin(x)")
    before = fingerprint(f)
    monkeypatch.setattr(autograd, "sin", lambda x: x * 3.0)
    assert fingerprint(f) not in (None, before)


def test_a_method_of_ours_that_is_patched_is_seen(monkeypatch):
    model = nn.MLP(1, [1])
    f = made("def f(model, x): return model([x])")
    before = fingerprint(f, model, 1.5)
    monkeypatch.setattr(type(model.layers[0]), "__call__", lambda self, x: x)
    assert before is not None
    assert fingerprint(f, model, 1.5) not in (None, before)


def test_what_is_written_beside_the_numbers_of_an_argument_is_not_understood():
    f = made("def f(model): return sum(p for p in model.parameters() if 'w' in str(p.label))")
    assert fingerprint(f, nn.MLP(1, [1])) is None


def test_what_takes_the_place_of_a_builtin_is_seen(monkeypatch):
    f = made("def f(x): return x * divmod(7, 2)[0]")
    before = fingerprint(f)
    monkeypatch.setattr("builtins.divmod", lambda x, y: (2.0, 1.0))
    assert fingerprint(f) not in (None, before)


def test_what_takes_the_place_of_a_function_of_numpys_is_seen(monkeypatch):
    f = made("import numpy as np\ndef f(x): return x * np.sum([1.0, 2.0])")
    before = fingerprint(f)
    for other in (lambda x: 3.0, np.prod, np.random.rand):
        trusted.pure.cache_clear()  # as in a process where it was there first
        monkeypatch.setattr(np, "sum", other)
        assert fingerprint(f) != before
    trusted.pure.cache_clear()


def test_an_attribute_of_an_operation_is_seen(monkeypatch):
    f = made("from autograd import tanh\ndef f(x): return x * tanh.k")
    fingerprints = [fingerprint(f)]
    for k in (2.0, 3.0):
        monkeypatch.setattr(autograd.tanh, "k", k, raising=False)
        fingerprints.append(fingerprint(f))
    assert len({*fingerprints}) == 3


def test_a_user_module_is_looked_into(monkeypatch):
    helper = types.ModuleType("helper_of_test_fingerprint")
    helper.inner = made("def f(x): return x * 2.0")
    monkeypatch.setitem(sys.modules, helper.__name__, helper)
    f = made("import helper_of_test_fingerprint as h\ndef f(x): return h.inner(x)")
    before = fingerprint(f)
    helper.inner = made("def f(x): return x * 3.0")
    assert fingerprint(f) not in (None, before)


REFUSED = {
    "random": "import random\ndef f(x): return x * random.random()",
    "random, by name": "from random import random\ndef f(x): return x * random()",
    "a generator of numbers": "import random\nr = random.Random(0)\ndef f(x): return x * r.random()",
    "NumPy's random": "import numpy as np\ndef f(x): return x * np.random.rand()",
    "NumPy's generator": "import numpy as np\nr = np.random.default_rng(0)\ndef f(x): return x * r.normal()",
    "the time": "import time\ndef f(x): return x * time.time()",
    "the environment": "import os\ndef f(x): return x * len(os.environ)",
    "a file": "def f(x): return x * len(open('/etc/hostname').read())",
    "print": "def f(x):\n    print('here')\n    return x",
    "print two calls deep": "def g(x): print(x)\ndef h(x): g(x)\ndef f(x):\n    h(x)\n    return x",
    "eval": "def f(x): return x * eval('2.0')",
    "globals": "def f(x): return x * globals()['k']",
    "getattr": "import math\ndef f(x): return x * getattr(math, 'p' + 'i')",
    "an attribute's getter": "import math\nfrom operator import attrgetter\ndef f(x): return x * attrgetter('pi')(math)",
    "a format that looks up": "import math\ndef f(x): return x * float('{0.pi}'.format(math))",
    "a class's dict": "import math\ndef f(x): return x * math.__dict__['pi']",
    "a function's code": "def g(): pass\ndef f(x): return x * g.__code__.co_argcount",
    "a frame": "def f(x): return x * (i for i in ()).gi_frame.f_globals['k']",
    "a set": "def f(x):\n    for k in {'a', 'b'}: x = x * 2\n    return x",
    "a set of a comprehension": "def f(x): return x * len({k for k in 'ab'})",
    "a set that is closed over": "s = {1, 2}\ndef f(x): return x * len(s)",
    "id": "def f(x): return x * (id(f) % 7)",
    "hash": "def f(x): return x * (hash('a') % 7)",
    "a global that is set": "k = 0\ndef f(x):\n    global k\n    k = 1\n    return x",
    "an iterator": "i = iter([1.0, 2.0])\ndef f(x): return x * next(i)",
    "a generator": "i = (k for k in (1.0, 2.0))\ndef f(x): return x * next(i)",
    "a counter": "import itertools\ni = itertools.count()\ndef f(x): return x * next(i)",
    "a cache": "from functools import lru_cache\n@lru_cache\ndef g(): return 2.0\ndef f(x): return x * g()",
    "slots": "class A:\n    __slots__ = ('k',)\na = A()\na.k = 2.0\ndef f(x): return x * a.k",
    "a list of another class": "class L(list): pass\na = L([2.0])\ndef f(x): return x * a[0]",
    "a metaclass": "class M(type): pass\nclass A(metaclass=M): k = 2.0\ndef f(x): return x * A.k",
    "an array of objects": "import numpy as np\na = np.array([2.0], object)\ndef f(x): return x * a[0]",
    "a function of NumPy's that Python made": "import numpy as np\ng = np.frompyfunc(lambda x: x * 2.0, 1, 1)\ndef f(x): return g(x)",
    "an import of what is not loaded": "def f(x):\n    import this\n    return x",
    "a relative import": "def f(x):\n    from .math import pi\n    return x * pi",
    "a layer that is made": "import nn\ndef f(x): return nn.MLP(1, [1])([x])",
    "Dropout": "import nn\nd = nn.Dropout(0.5)\ndef f(x): return d(x)",
    "a tool that prints": "import autograd\ndef f(x): return autograd.explain(x)",
    "a file of NumPy's": "import numpy as np\ndef f(x):\n    np.ones(1).tofile('x')\n    return x",
    "a partial of another class": "import functools\nclass P(functools.partial): pass\np = P(max, 1.0)\ndef f(x): return x * p(2.0)",
    "a generator of numbers of another class": "import random\nclass R(random.Random): pass\nr = R(0)\ndef f(x): return x * r.random()",
    "an exception's content": "class E(Exception): pass\ne = E(2.0)\ndef f(x): return x * e.args[0]",
    "a layer made of another's class": "import nn\nm = nn.MLP(1, [1])\nt = [type]\ndef f(x): return t[0](m)(1, [1])([x])",
    "the label of a Value": "from autograd import Value\nv = Value(2.0)\ndef f(x): return x * len(str(v.label))",
    "the number of a node": "from autograd import Value\nv = Value(2.0)\ndef f(x): return x * v.serial",
    "an array of texts": "import numpy as np\na = np.array(['a'])\ndef f(x): return x * len(a)",
    "a weak reference": "import weakref\nclass A: k = 2.0\na = A()\nr = weakref.ref(a)\ndef f(x): return x * r().k",
    "an attribute by match": "import math\nfrom types import ModuleType\ndef f(x):\n    match math:\n        case ModuleType(pi=p): return x * p",
    "a warning": "import warnings\ndef f(x):\n    warnings.warn('here')\n    return x",
    "more than is worth looking at": "a = [[] for _ in range(200_000)]\ndef f(x): return x * len(a)",
    "a lock": "import threading\nl = threading.Lock()\ndef f(x):\n    with l: return x",
    "a node of a graph": "from autograd import Value\nv = Value(2.0) * 3\ndef f(x): return x * v",
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_understood_has_no_fingerprint(what):
    assert fingerprint(made(REFUSED[what])) is None


@pytest.mark.parametrize(
    "name", "abc asyncio collections contextlib dataclasses enum fractions heapq inspect json numpy "
    "pathlib random re statistics string threading typing unittest.mock weakref autograd nn".split(),
)  # fmt: skip
def test_whatever_is_closed_over_is_understood_or_refused(name):
    """Nothing that a module has makes the walk raise."""
    module = importlib.import_module(name)
    found = [fingerprint(lambda x, thing=thing: thing) for thing in [*vars(module).values()]]
    assert None in found


def test_every_function_of_numpys_that_only_computes_is_understood_by_its_name():
    names = [*trusted.NUMPY, *FUNCTIONS]  # np.choose and np.searchsorted, which values answer, too
    for name in [name for name in names if trusted._of_numpy(name)]:  # it is another version's
        assert fingerprint(made(f"import numpy\nf = lambda x: numpy.{name}")), name


def test_functions_of_one_name_are_two():
    sources = [
        f"import numpy\ng = numpy.{name}\nf = lambda x: g(x)" for name in ("trace", "linalg.trace")
    ]
    one, other = (fingerprint(made(source)) for source in sources)
    assert one != other


def test_a_setting_that_is_not_the_usual_one_has_another_or_none():
    f = made("def f(x): return x")
    with detect_anomaly():
        assert fingerprint(f) is None
    before = fingerprint(f)
    with no_grad():
        assert fingerprint(f) not in (None, before)
    with np.errstate(all="raise"):
        assert fingerprint(f) not in (None, before)


def test_the_form_of_the_arguments_counts_and_their_numbers_do_not():
    f = made("def f(x, y=0): return x")
    x = np.ones(3)
    same = [fingerprint(f, [1.0, x]), fingerprint(f, [2.0, x + 1])]
    others = [
        fingerprint(f, (1.0, x)),
        fingerprint(f, [x, 1.0]),
        fingerprint(f, [1.0, np.ones(4)]),
        fingerprint(f, [1.0, np.ones((3, 1))]),
        fingerprint(f, {"a": 1.0, "b": x}),
        fingerprint(f, {"b": 1.0, "a": x}),
        fingerprint(f, [1.0, x], y=1.0),
        fingerprint(f, [1.0, x], None),
        fingerprint(f, [1.0, [x]]),
    ]
    assert same[0] == same[1]
    assert len({same[0], *others}) == 1 + len(others)
    assert None not in others


def test_a_module_as_an_argument_counts_but_for_its_numbers():
    f = made("def f(model, x): return model([x])")
    x = 1.0
    assert fingerprint(f, nn.MLP(1, [3, 1]), x) == fingerprint(f, nn.MLP(1, [3, 1]), x) is not None
    others = [nn.MLP(1, [4, 1]), nn.MLP(1, [3, 1], activation="tanh"), nn.MLP(1, [3, 1]).eval()]
    fingerprints = {fingerprint(f, model, x) for model in [nn.MLP(1, [3, 1]), *others]}
    assert len(fingerprints) == 4
    assert None not in fingerprints
