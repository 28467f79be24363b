"""Refusals: errors for what asks of a recorded number what only a call will tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ...errors import RecordingError
from ...tools.anomaly import users_line


def refusal(what: str) -> Callable[..., NoReturn]:
    """A method that says why a number without a value yet cannot answer."""

    def method(self: Any, *_: Any) -> NoReturn:
        refuse(
            f"{what} of a number that jit records: it has no value yet, for Python runs once for all "
            f"inputs. where(condition, x, y) chooses, np.choose(i, array) looks up, np.block([x, y]) "
            f"makes an array, np.zeros_like(x, shape=...) of an array x one to write into; autograd's "
            f"functions (exp, not math.exp) compute (a count or a switch is no argument but bound, as "
            f"by functools.partial)"
        )

    return method


def refuse(why: str) -> NoReturn:
    """Raise a RecordingError that begins with the user's line."""
    place = users_line()
    raise RecordingError(f"{place[0]}, line {place[1]}: {why}" if place else why)


def refuse_single_samples(*_: Any) -> NoReturn:
    """Raise a RecordingError for what asks for a sample, or how many there are."""
    refuse(
        "what takes single samples, or asks how many there are: a program that jit records serves any "
        "number of them. Functions of one number, sum(), mean(), np.var and np.dot go through all; "
        "np.stack([*x]) of an array argument has its elements, and serves that length alone"
    )
