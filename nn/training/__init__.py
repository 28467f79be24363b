"""Training: a loss, its descent, and how far it came.

In reading order: `losses` of predictions in any `arrangement`, and `regularizers`; what an `optimizer`
is, and the `optimizers`; how a model goes `forward`; a `step` of a training, `fit`, which takes them,
and the `history` that it leaves; `predict`, and `metrics` of what it answers.

As machine code: `recorded_step` makes two compiled functions of a step, `native` gives them what
they need and keeps what they learn, `slices` runs epochs; `recorded_model` is a compiled forward
pass; `forms` says which steps, and which models, can share machine code; `backends` chooses between
Python and machine code.
"""
