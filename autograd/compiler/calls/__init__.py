"""What is called: arguments taken apart, the program that serves them, the answer put together.

In reading order: `arguments` and `containers` take a call apart; `record` runs the function with what
`signature` puts in the place of numbers, and leaves a `recording`; `compiled` is one program and its
kernel, `jitted` all of a function; `shortcut` the fast way to the last; `listing` what is shown.

`rooms`, `watcher` and `steps` are `scan`'s.
"""
