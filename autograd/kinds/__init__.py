"""Numbers: the kinds that a Value may hold, and what the engine asks of each."""
