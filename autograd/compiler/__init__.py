"""jit: a function recorded once as a flat program, rolled into loops, and run without the engine."""
