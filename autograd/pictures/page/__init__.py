"""The step-through page: a graph as a program that a browser runs, steps through and lets be edited."""
