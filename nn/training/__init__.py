"""Training: a loss, its descent, and how far it came.

In reading order: what one picks (`choices`: losses, regularisers, optimisers, metrics); how a model
goes `forward`; a `step` of a training, `fit`, which takes them, and the `history` that it leaves;
`predict`. Python takes the steps, or machine code does (`native`): `backends` chooses.
"""
