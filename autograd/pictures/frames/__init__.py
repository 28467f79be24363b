"""A film: pictures to step through, such as those of a network while it learns."""
