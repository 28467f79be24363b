"""Training: a loss, its descent, and how far it came.

In reading order: `losses` of predictions in any `arrangement`, and `regularizers`; what an `optimizer`
is, and the `optimizers`; how a model goes `forward`; a `step` of a training, `fit`, which takes them,
and the `history` that it leaves; `predict`, and `metrics` of what it answers. As machine code:
`recorded` makes a step two functions, `native` runs them, `slices` epochs of them, `answers` a model;
`forms` says which two steps are one, `backends` who takes them.
"""
