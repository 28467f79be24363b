"""Numbers and arrays that are recorded: the engine runs on them and leaves a program.

In reading order: `recorder`, what is known while a program is written; `no_value` and `recorded`, a
number of it; `kind`, what the engine asks of one; `fold`, what need not be computed. `lazy` and
`lazy_arrays` are arguments, which have `lengths`; `sample_arrays` answers of samples, `sample_lists`
samples one by one, `rows` and `matrices` weights.
"""
