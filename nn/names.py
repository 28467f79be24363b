"""Names: what may be called by its name, and what was meant where a name is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def named(what: str, given: Any, known: Mapping[str, Any]) -> Any:
    """The thing of a name, or what was given if it is no name; ValueError for an unknown name.

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
