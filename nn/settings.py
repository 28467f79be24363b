"""Checks of settings: names, whole numbers and numbers, with an error for anything else."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

NOT_NEGATIVE = (lambda x: math.isfinite(x) and x >= 0), "a finite number ≥ 0"
"""What `number` asks of most settings."""


def named(what: str, given: Any, known: Mapping[str, Any]) -> Any:
    """What stands under a name in a table, or what was given if it is no text; ValueError for an
    unknown name.

    >>> named("loss", "mse", {"mse_loss": 1})
    Traceback (most recent call last):
    ValueError: no loss is called 'mse'; did you mean 'mse_loss'? Choose from mse_loss
    """
    if not isinstance(given, str):
        return given
    if given not in known:
        from difflib import get_close_matches

        close = get_close_matches(given, known, n=1, cutoff=0.5)
        meant = f"did you mean {close[0]!r}? Choose from" if close else "choose from"
        raise ValueError(f"no {what} is called {given!r}; {meant} {', '.join(known)}")
    return known[given]


def whole(name: str, given: Any, least: int = 1, otherwise: str = "") -> int:
    """A whole number, of NumPy too, as Python's; TypeError for what is none, ValueError if too small.

    >>> whole("nin", 0)
    Traceback (most recent call last):
    ValueError: nin is a whole number ≥ 1, given 0
    """
    said = f"{name} is a whole number ≥ {least}{otherwise}, given {given!r}"
    try:
        count = operator.index(given)
    except TypeError:
        raise TypeError(said) from None
    if count < least:
        raise ValueError(said)
    return count


def number(name: str, given: Any, allowed: Callable[[Any], Any], expected: str) -> Any:
    """A number that is allowed; ValueError for another one, TypeError for what is none.

    >>> number("p", 1.5, lambda p: 0 <= p < 1, "a probability below 1")
    Traceback (most recent call last):
    ValueError: p is a probability below 1, given 1.5
    """
    said = f"{name} is {expected}, given {given!r}"
    try:
        if allowed(given):
            return given
    except (TypeError, ValueError) as error:  # a Value, a text; an array
        raise TypeError(said) from error
    raise ValueError(said)
