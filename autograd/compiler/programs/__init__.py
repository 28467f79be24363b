"""The flat program, and the reference that executes it."""
