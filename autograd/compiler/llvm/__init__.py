"""The back end on LLVM: from rolled programs to the machine's own instructions.

In reading order:

    the text        `ir` writes LLVM's lines, `lanes` arithmetic on vectors
    functions       `maths`, `trigonometry`, `outside`, `scipys`; `instructions` is their table
    groups          `shapes` how large tiles are, `spaces` where numbers are; `lines` and `tiles`
                    compute a group, `panels` one with a large matrix, `totals` one that is summed
                    (into `sums`)
    a kernel        `edges` brings samples in and results out, `parts` cuts what is long, `kernel`
                    puts all together, into `modules`
    machine code    `target` the machine, `codegen` LLVM, `cache` the disk; `loading` makes functions of
                    it, by `linking` with what `symbols` finds
    a call          `variant` is a kernel that is loaded, `memory` what it works in (`reused` if large);
                    `threads` share samples; `backend` is the front
    builtins        CPython's own kind of function (`cpython`): `call` takes floats, whose `answers` are
                    objects; `arrays` takes arrays
    loops of calls  `schedule` and `stepping` for `scan`, `permuting` for `permutations`
"""
