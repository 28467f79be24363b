"""What a call of a compiled function does: arguments taken apart, the program run, the answer built.

In reading order: `arguments` and `containers` take a call apart; `record` runs the function with what
`signature` puts in the place of numbers, and leaves a program and its `interface`; `compiled` is that
and a kernel, `jitted` all programs of a function; `shortcut` the fast way to the last one; `listing`
what is shown of it.
"""
