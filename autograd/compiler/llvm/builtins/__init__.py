"""Builtins: calls taken by CPython's own kind of function (`cpython`), emitted by LLVM.

`call` takes floats, whose `answers` are objects; `arrays` takes arrays, which its `checks` look at.
"""
