"""A flat program made into loops over slots.

In reading order: `check` whether it is well formed; `columns` and `flow` all instructions at once;
`passes`, `dots`, `repeats` and `additions` change it; `blocks` finds repeated blocks, `loops` and
`bodies` make loops of them, and loops within; `trees`, `levels`, `groups` and `expressions` what is
alike, `runs` at which steps; `slots` where numbers lie; `rolled` the result, and what it means; `roll`
all of it in order, and `short` what is written out again. `stats` and `size` count, `stored` writes it
down, `schedule` repeats it, `arrays` and `depth` are helpers.
"""
