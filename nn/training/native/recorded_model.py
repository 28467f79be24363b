"""A model's forward pass as machine code, for any number of samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from autograd import Value

from ...data.arrays import data_of
from ...module import Module
from ..forward import FORWARD, Forward, together
from .forms import Kept, form_of_model
from .recorded_step import OfOneForm, compiling, holding

_kept = Kept["RecordedModel"]()


class RecordedModel(OfOneForm):
    """The compiled forward pass that all models of one form share."""

    def __init__(self, form: str | None) -> None:
        super().__init__(form)
        self.answer = compiling(self._answer)

    def run(self, model: Module, params: Sequence[Value], X: np.ndarray) -> Any:
        """What a model of this form, with these parameters, answers to samples: the same as by
        "batch".
        """
        with self.lock:
            self.model, self.params = model, params
            out = self.answer(np.array([p.data for p in params], float), X)
        return [*map(Value, out)] if isinstance(out, list) else Value(out)

    def _answer(self, w: Any, X: Any) -> Any:
        with holding(self.params, [*w]), self.unchanged(self.model):
            out = together(self.model, X)
        return [*map(data_of, out)] if isinstance(out, (list, tuple)) else data_of(out)


def compiled(model: Module, X: np.ndarray) -> Any:
    """What a model answers to samples, by machine code."""
    return _by_machine_code(model, form_of_model(model))(model, X)


def forward_of(model: Module) -> Forward:
    """How a model answers (to validation data, say) whose training is machine code: by machine code
    too, if it has a form. A model of the user's own may do what cannot be recorded when it is not
    in training.
    """

    @cache
    def made() -> Forward:
        form = form_of_model(model)
        return FORWARD["batch"] if form is None else _by_machine_code(model, form)

    def forward(model: Module, X: np.ndarray) -> Any:
        return made()(
            model, X
        )  # made at the first call: to find a form takes as long as some epochs

    return forward


def _by_machine_code(model: Module, form: str | None) -> Forward:
    made, params = _kept.of(form, lambda: RecordedModel(form)), model.parameters()
    return lambda _, X: made.run(model, params, X)
