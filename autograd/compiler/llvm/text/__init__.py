"""LLVM's text: `ir` writes its lines, `lanes` arithmetic on vectors of numbers.

Functions are written in `maths` and `trigonometry`, or are somebody else's: called from `outside`, lane
by lane, C's or SciPy's (`scipys`). `instructions` is the table of all, an entry an operation.
"""
