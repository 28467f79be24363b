"""Machine code: what a `target` makes of text, by `codegen` (LLVM) or from the `cache` on disk.

`loading` makes functions of an object, by `linking` it with the `symbols` that it calls.
"""
