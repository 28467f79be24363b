"""The back end on LLVM: from rolled programs to the machine's own instructions."""
