"""The operations: every primitive, a paragraph each, and the functions written with them."""
