"""A model's answers as machine code: its forward pass, recorded for all samples of any number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Value

from ..module import Module
from .forms import Kept, form_of_model
from .recorded import OfOneForm, compiling, holding

_kept = Kept["RecordedModel"]()


class RecordedModel(OfOneForm):
    """A forward pass of every model of one form."""

    def __init__(self, form: str | None) -> None:
        super().__init__(form)
        self.answer = compiling(self._answer)

    def run(self, model: Module, X: np.ndarray) -> Any:
        """What a model of this form answers to samples."""
        with self.lock:
            self.model, self.params = model, model.parameters()
            return self.answer(np.array([p.data for p in self.params], float), X)

    def _answer(self, w: Any, X: Any) -> Any:
        with holding(self.params, [*w]):
            out = self.model(X)
        if isinstance(out, (list, tuple)):
            return [v.data if isinstance(v, Value) else v for v in out]
        return out.data if isinstance(out, Value) else out


def compiled(model: Module, X: np.ndarray) -> Any:
    """What a model answers to samples, by machine code: made once for all models of one form."""
    form = form_of_model(model)
    return _kept.of(form, lambda: RecordedModel(form)).run(model, X)
