"""Numbers: the kinds that a Value may hold, and what the engine asks of each.

A library's kinds are registered when the first of its numbers is met, so that importing the engine
loads none.
"""

from . import floats, kind, series  # noqa: F401  (they register Python's numbers, and series of them


def _arrays() -> None:
    from . import arrays  # noqa: F401


def _frames() -> None:
    from . import frames  # noqa: F401


def _fractions() -> None:
    from . import fractions  # noqa: F401


def _multiprecision() -> None:
    from . import multiprecision  # noqa: F401


def _balls() -> None:
    from . import balls  # noqa: F401


def _symbols() -> None:
    from . import symbols  # noqa: F401


kind.shipped |= {
    "numpy": _arrays,
    "pandas": _frames,
    "flint": _balls,
    "fractions": _fractions,
    "mpmath": _multiprecision,
    "sympy": _symbols,
}
