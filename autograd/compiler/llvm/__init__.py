"""The back end on LLVM: from rolled programs to the machine's own instructions.

`backend` is the front. Behind it, in reading order: `text` is what LLVM reads; `kernels` write a
program as such; `machine` makes code of it, and keeps it; `running` is that code at work, and
`builtins` take Python's calls.
"""
