"""Recording a function: it runs once, on numbers that write down what is done with them.

What comes of it is a program, and what calls have to know of it (`Interface`). An error in the function
gets a note that says what `jit` was doing, and at which line of the user's.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from inspect import Parameter
from typing import Any

import numpy as np

from ... import context
from ...errors import RecordingError
from ...tools.anomaly import users_line
from ...transforms.pytree import flatten
from ...transforms.ravel import array_of_frame
from ...transforms.tape import called
from ...value import Value, topological_order
from ..programs.program import Program
from ..recording.recorder import Recorder, TooManySamplesError
from ..rolling.check import check
from .arguments import Arguments
from .interface import Interface, remembered
from .signature import recorded_answer, recorded_arguments

POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def record(f: Callable[..., Any], arguments: Arguments, masked: bool) -> tuple[Interface, Program]:
    """A function as a program, for arguments of one structure.

    A program serves any number of samples. If the function asks for single ones, or how many there are,
    that fails; then it is recorded once more for arrays of these lengths, each sample by numbers of its
    own.
    """
    recorder = Recorder(masked, arguments.shapes)
    try:
        return _record(f, arguments, recorder)
    except Exception as error:
        if recorder.samples.length is None:  # none were met
            raise
        first = error
    try:
        return _record(f, arguments, Recorder(masked, arguments.shapes, one_by_one=True))
    except TooManySamplesError as error:
        raise RecordingError(f"{first} ({error})") from first


def _record(
    f: Callable[..., Any], arguments: Arguments, recorder: Recorder
) -> tuple[Interface, Program]:
    began, treedef = next(context.serials), remembered(arguments.treedef)
    args, kwargs = recorded_arguments(arguments, recorder)
    dtype, name = arguments.element.dtype, getattr(f, "__name__", repr(f))
    try:
        out = called(f, args, kwargs)
        _check_what_it_closes_over(out, began, name)
        results, outputs = recorded_answer(out, recorder, name, dtype)
    except Exception as error:
        _add_place(error, name)
        raise
    recorder.program.outputs = np.array(outputs, dtype=np.int64)
    recorder.program.close()
    check(recorder.program)
    interface = Interface(
        treedef=treedef,
        numbers=arguments.numbers,
        variables=arguments.variables,
        guards=recorder.guards(),
        results=results,
        captured=[np.asarray(x, dtype) for x in recorder.captured.values()],
        length=recorder.samples.length or 0,
        labels=_labels(f, arguments, recorder),
    )
    return interface, recorder.program


def _check_what_it_closes_over(out: Any, began: int, name: str) -> None:
    """Raise if an answer depends on a variable of a transform that is going on around the call."""
    since = context.running.get().since
    if since == math.inf:
        return
    values = [x for x in flatten(out)[0] for x in np.ravel(array_of_frame(x)).tolist()]
    roots = [v for v in values if type(v) is Value and v.serial >= since]
    if any(v.serial < began for v in topological_order(*roots, since=int(since))):
        raise RecordingError(
            f"{name} closes over a variable of a transform around it, which a program would take as "
            f"constant: the derivative would be 0. Give it to the jitted function as an argument"
        )


def _add_place(error: Exception, name: str) -> None:
    """Add to an error of the function what jit has to do with it, and the user's line."""
    if isinstance(error, RecordingError):
        return
    import traceback

    *_, (last, _) = traceback.walk_tb(error.__traceback__)
    place = users_line(last)
    at = f" ({place[0]}, line {place[1]})" if place else ""
    error.add_note(
        f"jit was recording {name}{at}, on numbers that have no value yet: Python runs once for all "
        f"inputs; where(condition, x, y) chooses"
    )


def _labels(
    f: Callable[..., Any], arguments: Arguments, recorder: Recorder
) -> tuple[list[str], list[tuple[int, ...]]]:
    """Names of the argument arrays, after the function's parameters, and their shapes."""
    args, kwargs = arguments.treedef.children.values()
    named = [*zip(_parameters(f, len(args.children)), args.children.values(), strict=True)]
    named += [(step[2:-2], child) for step, child in kwargs.children.items()]
    paths = [path for name, child in named for path in child.paths(name)]
    places = arguments.by_array(paths, "numbers")
    held = [f"constant{k}" for k in range(len(recorder.captured))]
    shapes = [
        shape[1:] if recorder.samples_in(k) else shape for k, shape in enumerate(arguments.shapes)
    ]
    return [*places, *held], [*shapes, *[()] * len(held)]


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    """Names of the first so many positional parameters."""
    try:
        names = [
            name for name, p in inspect.signature(f).parameters.items() if p.kind in POSITIONAL
        ]
    except (TypeError, ValueError):  # a builtin that does not tell
        names = []
    return [*names, *(f"arg{k}" for k in range(len(names), count))][:count]
