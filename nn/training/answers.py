"""A model's answers as machine code: its forward pass, recorded for all samples of any number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from autograd import Value

from ..module import Module
from .forms import form_of_model
from .recorded import KEPT, compiling, holding

_kept: OrderedDict[Hashable, Callable[..., Any]] = OrderedDict()


def compiled(model: Module, X: np.ndarray) -> Any:
    """What a model answers to samples, by machine code: made once for all models of one form."""
    form = form_of_model(model)
    answer = _kept.get(form) or _compiled(model)
    if form is not None:
        _kept[form] = answer
        _kept.move_to_end(form)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return answer(np.array([p.data for p in model.parameters()], float), X)


def _compiled(model: Module) -> Callable[..., Any]:
    params = model.parameters()

    def answer(w: Any, X: Any) -> Any:
        with holding(params, [*w]):
            out = model(X)
        if isinstance(out, (list, tuple)):
            return [v.data if isinstance(v, Value) else v for v in out]
        return out.data if isinstance(out, Value) else out

    return compiling(answer)
