"""What one process keeps for the next: recordings, and machine code.

Recording and compiling take longer than most programs run, and the next process does the same again. It
need not, if it knows that it would record the same. That is a question about all that the function can
reach, and the answer is a hash, the function's *world*:

    world        goes wherever code can go from a function, and says what it finds
    described    what there is to say of each kind of thing: a function, a class, an object, an array
    mentioned    what bytecode mentions: the names by which code gets from one thing to the next
    trusted      what is known by name alone: functions that compute, and do nothing else
    recordings   a recording as plain data, found by the world of its function
    hashing      the hash
    stamp        which of our own files run: a part of every hash
    disk         entries by hash, in the user's cache directory, which only that user may have written

What is not understood is refused: the function is then recorded in every process, and ``.stats.kept``
says what it was that was not. Machine code is kept in any case (`llvm.cache`): it follows from the
recording.

`jit` loads `stamp` with the package, for the time; all else is loaded when machine code is asked for.
"""
