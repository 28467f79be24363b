"""Derivatives as functions: a run of a function on fresh variables, and sweeps over its graph."""
