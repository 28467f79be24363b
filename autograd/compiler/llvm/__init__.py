"""The back end on LLVM: from rolled programs to the machine's own instructions.

In reading order: `ir` writes LLVM's text, `lanes` arithmetic on vectors; `maths`, `trigonometry`,
`outside` and `scipys` are functions, `instructions` the table of them all. `spaces` says where numbers
are, `edges` what comes in and goes out; `lines` and `tiles` compute a group, `panels` one with a large
matrix, `totals` one that is summed (`sums` says where); `parts` cuts what is long, `kernel` puts all
together, `shapes` in two forms. `target` is the machine, `codegen` LLVM, which compiles, `cache` keeps
that; `loading` makes functions of it by `linking`, with what `symbols` finds. `variant`, `memory` and
`threads` run them, `backend` is the front. `call`, `answers` and `arrays` are builtins of CPython's
own kind (`cpython`); `schedule` and `stepping` serve `scan`, `permuting` `permutations`.
"""
