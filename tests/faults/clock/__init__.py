"""A clock that jumps: what is to be done at a time is done once."""
