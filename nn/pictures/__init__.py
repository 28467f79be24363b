"""Pictures: for looking at a network and at what it learned."""
