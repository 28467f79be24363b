"""Kernels at work: a `variant` is one that is loaded, `memory` what it works in (`reused` if large).

`threads` share samples. A `schedule` of kernels and copies is done by `stepping`, for `scan`, and
`permuting` draws its random orders.
"""
