"""What one picks for a training: a loss, what it is descended by, and what is measured.

In reading order: `losses` of predictions in any `arrangement`, and `regularizers`; what an `optimizer`
is, and the `optimizers`; `metrics` of what a model answers.
"""
