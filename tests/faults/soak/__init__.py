"""A program that runs for long while connections break and the platform wants it to wait."""
