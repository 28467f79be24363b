"""The choice between Python and machine code for a training.

"batch" and "eager" build the graph of every mini-batch in Python; "llvm" compiles a step once, and then
runs whole epochs (`native`). "auto" is "llvm" where that is worth it, else "batch".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..data.samples import minibatches
from .forward import FORWARD, check_square
from .history import History
from .native.native_step import NativeStep
from .native.recorded_model import forward_of
from .native.recorded_step import is_installed
from .native.slices import InSlices
from .step import Step

BACKENDS = {name: name for name in (*FORWARD, "llvm", "auto")}
WORTH = 100
"""From so many steps on compiling is worth it. To record and compile a step takes as long as 6
(4-64-64-1) to 190 (2-4-1) steps by "batch"; if another process has done so, less than 1 to 15:
measured by `tests/benchmarks/epochs.py`."""
Epochs = Callable[[History, int, bool], Iterator[list[float]]]
"""(history, last, alone) → the losses of every epoch up to the last: see `InSlices.epochs`."""


class InPython:
    """Runs epochs by a call of `Step` for every mini-batch."""

    def __init__(self, step: Step, X: np.ndarray, y: np.ndarray, batch_size: int | None) -> None:
        self.step, self.data, self.batch_size = step, (X, y), batch_size

    def epochs(self, history: History, last: int, alone: bool) -> Iterator[list[float]]:  # noqa: ARG002
        """The losses of every epoch."""
        while history.epochs < last:
            batches = enumerate(minibatches(*self.data, self.batch_size, history.generator))
            yield [self.step(history.epochs, i, *batch) for i, batch in batches]


def epochs_by(
    backend: str,
    step: Step,
    data: tuple[np.ndarray, np.ndarray],
    batch_size: int | None,
    history: History,
    last: int,
) -> tuple[str, Epochs]:
    """The backend that trains, in the words of ``history.backend``, and the epochs that it runs.

    Under "auto" whatever is raised while the step is recorded means "batch", and is the reason that
    the words give: if it was a mistake, "batch" will raise it too.
    """
    if backend != "eager":
        check_square(step.model, data[0][:batch_size])
    if backend in FORWARD:
        return backend, InPython(step, *data, batch_size).epochs

    def natively() -> tuple[str, Epochs]:
        native = NativeStep(step, *data, batch_size)
        native.record(history.generator)
        step.forward = forward_of(step.model)
        return "llvm", InSlices(native).epochs

    if backend == "llvm":
        return natively()
    in_python = InPython(step, *data, batch_size).epochs
    steps = (last - history.epochs) * -(-len(data[0]) // (batch_size or len(data[0])))
    if not is_installed():
        return "batch (llvmlite is not installed)", in_python
    if steps < WORTH:
        return f"batch ({steps} steps, of which {WORTH} would be worth compiling)", in_python
    try:
        return natively()
    except Exception as error:  # noqa: BLE001  (the reason is kept)
        return f"batch (not compiled: {error})", in_python
