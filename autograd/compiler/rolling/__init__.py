"""A flat program made into loops over slots.

In reading order: `check` whether it is well formed; `columns` and `flow` all instructions at once;
`passes`, `scatter`, `dots`, `running_sums`, `repeats` and `additions` change it; `periods` and `blocks`
find repeated blocks, `loops` and `bodies` make loops of them, and loops within; `trees`, `groups` and
`expressions` what is alike, `runs` at which steps, `signed_sums` what differs in signs and lengths;
`slots` where numbers lie; `rolled` the result, and what it means; `roll` all of it in order, and
`short` what is written out again. `size` counts, `arrays` and `depth` are helpers.
"""
