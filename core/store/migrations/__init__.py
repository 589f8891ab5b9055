"""The steps from one schema of the database to the next, in a line: each file's name begins with its number.

A released step is never changed. N and N-1 run side by side on one PostgreSQL, so a step adds first, and takes away
what is no longer used in a later release.
"""
