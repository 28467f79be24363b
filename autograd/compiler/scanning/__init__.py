"""What `scan` does: a step is traced once, then all steps run as one call of machine code.

In reading order: `batches`, mini-batches for a step; `placeholders` stand for numbers while a step is
traced; the `tracer` notes the compiled functions that it calls, as entries of a schedule
(`llvm.running.schedule`); a `plan` traces a step for arguments of one form, and runs it.
"""
