"""The flat program (`program`), what its operations compute (`functions`), and on what (`elements`)."""
