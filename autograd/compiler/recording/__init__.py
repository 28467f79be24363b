"""Numbers and arrays that are recorded: the engine runs on them and leaves a program.

In reading order: `recorder`, what is known while a program is written; `no_value` and `recorded`, a
number of it; `kind`, what the engine asks of one; `fold`, what need not be computed. `lazy` and
`lazy_arrays` are arguments, which have `lengths`; `sample_arrays` answers of samples, `sample_lists`
samples one by one, `rows` and `matrices` weights.

A file cannot name the classes of those after it, so one asks what a thing has: with a ``recorder`` it
is recorded; with a ``number`` it is an array that can be samples, with ``numbers`` samples one by one;
with ``to_numpy`` it is an array that decides itself whether its elements are separate numbers.
"""
