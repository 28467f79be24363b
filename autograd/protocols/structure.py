"""The names of NumPy's functions that NumPy itself may do on arrays of Values.

They are right on any array of dtype object: they move elements without computing with them, ask for
shapes, or need nothing of elements but + - *, which are the Values' own operators.
"""

from __future__ import annotations

MOVES = """
    append array_split atleast_1d atleast_2d atleast_3d block broadcast_arrays broadcast_to column_stack
    compress
    concatenate copy copyto delete diag diagflat diagonal dsplit dstack expand_dims extract
    fill_diagonal flip fliplr flipud full_like hsplit hstack insert matrix_transpose meshgrid moveaxis
    ones_like permute_dims place put put_along_axis putmask ravel repeat reshape resize roll rollaxis
    rot90 split squeeze stack swapaxes tile transpose tril triu unstack vsplit vstack zeros_like
    empty_like linalg.diagonal linalg.matrix_transpose
""".split()
"""They move, repeat, cut and join."""

ASKS = """
    ndim shape size iscomplexobj isrealobj result_type can_cast may_share_memory shares_memory
    array2string array_repr array_str diag_indices_from tril_indices_from triu_indices_from
""".split()
"""They ask for shapes and types, or write text."""

PRODUCTS_AND_SUMS = """
    einsum einsum_path kron cross linalg.cross diff polyadd polysub polyval polyder polyint
    vander
""".split()
"""They compute with the operators + - * alone."""

JOINS = "column_stack concatenate dstack hstack stack vstack".split()
"""They take a sequence of arrays."""

BY_NUMPY = frozenset([*MOVES, *ASKS, *PRODUCTS_AND_SUMS])
"""All that NumPy does by itself."""
