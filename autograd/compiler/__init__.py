"""jit: a function recorded once as a flat program, rolled into loops, and run without the engine.

The files are the doors, `jit`, `scan` and `permutations` (which `shuffle` draws in Python); the folders
are what is behind them. In reading order: `programs` what a program is; `recording` the numbers and
arrays that write one; `rolling` how it becomes loops; `source` and `llvm` what runs them; `calls` what
a call is; `scanning` a step that is repeated; `kept` what is left for the next process.
"""
