"""The back end on LLVM: from rolled programs to the machine's own instructions.

In reading order: `ir` writes LLVM's text, `lanes` arithmetic on vectors; `maths`, `trigonometry`,
`outside` and `scipys` are functions, `instructions` the table of them all. `spaces` says where numbers
are, `edges` what comes in and goes out, `tiles` and `totals` compute a group, `parts` cuts what is
long, `kernel` puts all together, `shapes` in two forms. `target` compiles, `cache` keeps it;
`compiled`, `memory` and `threads` run it, `backend` is the front. `call`, `answers` and `arrays` are
builtins of CPython's own kind (`cpython`); `table` and `schedule` serve `scan`, `permuting`
`permutations`.
"""
