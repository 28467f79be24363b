"""Numbers: the kinds that a Value may hold, and what the engine asks of each.

A library's kinds are registered when the first of its numbers is met, so that importing the engine
loads none.
"""

from importlib import import_module

from . import floats, kind, series  # noqa: F401  (they register Python's numbers, and series of them

kind.shipped |= {
    "numpy": lambda: import_module("autograd.kinds.arrays"),
    "pandas": lambda: import_module("autograd.kinds.frames"),
    "flint": lambda: import_module("autograd.kinds.balls"),
    "fractions": lambda: import_module("autograd.kinds.fractions"),
    "mpmath": lambda: import_module("autograd.kinds.multiprecision"),
    "sympy": lambda: import_module("autograd.kinds.symbols"),
}
