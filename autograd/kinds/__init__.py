"""The tables of the kinds of number that are not float, one library a file."""
