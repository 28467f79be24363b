"""What one process keeps for the next, on disk: recordings, and machine code.

Recording and compiling take longer than most programs run, and the next process would do the same
again. It need not, if it can tell that it would record the same. So all that a function can reach,
from which its recording follows, is described and hashed: that is its *fingerprint*. In reading
order:

    fingerprint   goes wherever code can go from a function, and hashes what is found
    descriptions  what is said of each kind of thing: a function, a class, an object, an array
    bytecode      the names that code mentions, by which it gets from one thing to the next
    trusted       what is known by its name alone: functions that compute and do nothing else
    recordings    a recording as plain data, found by the fingerprint of its function
    stored        its rolled program as text
    disk          files named by a hash, in a directory that only this user may write to
    own_files     which version of our own files runs: a part of every hash
    hashing       the hash

What is not understood is refused: such a function is recorded in every process, and ``.stats.kept``
says what it was. Its machine code is kept all the same (`llvm.machine.cache`): it follows from the
recording.

`jit` loads `own_files` with the package, to note the time; all else is loaded when machine code is
asked for.
"""
