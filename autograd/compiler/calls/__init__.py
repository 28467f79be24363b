"""What is called: arguments taken apart, the program that serves them, the answer put together."""
