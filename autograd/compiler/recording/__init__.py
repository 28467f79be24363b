"""Numbers and arrays that are recorded: the engine runs on them and leaves a program."""
