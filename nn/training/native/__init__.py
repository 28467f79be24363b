"""A training as machine code.

In reading order: `recorded_step` makes two compiled functions of a step, `native_step` gives them
what they need and keeps what they learn, `slices` runs epochs; `recorded_model` is a compiled forward
pass; `forms` says which steps, and which models, can share machine code.
"""
