"""The flat program (`program`), and the reference that executes it (`interpret`)."""
