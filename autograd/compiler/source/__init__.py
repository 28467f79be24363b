"""Source backends: a rolled program as Python that one can read, on floats or on NumPy's arrays.

In reading order: `expressions`, the table of operations in Python's words; `slots` and `writer`, what
all texts have in common; `text`, the printed program; `loops`, a text number by number; `blocks`, one
on arrays; `module`, what is written around them; the backends, `python_backend` and `numpy_backend`;
`helpers` and `array_helpers`, which the texts import.
"""
