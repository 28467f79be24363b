"""Source backends: a rolled program as Python that one can read, on floats or on NumPy's arrays."""
