"""Numbers and arrays that are recorded: the engine runs on them and leaves a program.

In reading order: `refusals`, what is not answered; `samples`, the number of them, and
`sample_arrays`, answers of as many; `no_value` and `recorded`, a number of the program; `fold`, what
need not be computed; `kind`, what the engine asks of a number; `sample_lists`, samples one by one;
`recorder`, what is known while the program is written. `lazy` and `lazy_arrays` are arguments, which
have `lengths`; `rows` and `matrices` weights.

A file cannot name the classes of those after it, so one asks what a thing has: with a ``recorder`` it
is recorded; with a ``number`` it is an array that can be samples, with ``numbers`` samples one by one;
with ``to_numpy`` it is an array that decides itself whether its elements are separate numbers.
"""
