"""Source backends: a rolled program as Python that one can read, on floats or on NumPy's arrays.

In reading order: `forms`, how each operation is written; `storage`, which numbers are variables and
which elements of lists; `writer`, what all texts have in common; `loop_writer`, a text that computes
one number at a time, and `text`, the printed program, which is one; `array_group`, a group as one line
on arrays; `module`, what is written around the lines; the backends, `python_backend` and
`numpy_backend`; `helpers`, which their modules import.
"""
