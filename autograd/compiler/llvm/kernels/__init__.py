"""Kernels: a rolled program as text, over tiles of samples and instances.

In reading order: `shapes`, how large tiles are; `spaces`, where numbers are. `lines` and `tiles`
compute a group, `panels` one with a large matrix, `totals` one that is summed (into `sums`). `edges`
brings samples in and results out, `parts` cuts what is long, `kernel` puts all together, into
`modules`.
"""
