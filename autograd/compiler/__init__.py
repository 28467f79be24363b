"""jit: a function recorded once as a flat program, rolled into loops, and run without the engine.

In reading order: `programs` what a program is; `recording` the numbers and arrays that write one;
`rolling` how it becomes loops; `source` and `llvm` what runs them; `calls` what a call is; `jit` the
door. Beside them: `scan` repeats a step, which `scanning` does; `batches`, `shuffle` and `permutations`
are its mini-batches; `elements` the two widths of numbers, `reused` the memory of large answers, `kept`
what is left for the next process.
"""
