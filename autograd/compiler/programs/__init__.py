"""The flat program (`program`), and what its operations compute (`functions`)."""
