"""What a Value answers when Python, NumPy, SymPy and editors ask."""
