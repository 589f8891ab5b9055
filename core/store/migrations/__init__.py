"""The migrations from each schema of the database to the next, in a single line; each file's name begins with a number.

A released migration is never changed. Versions N and N-1 run side by side on one PostgreSQL, so a migration only adds
things; what is no longer used is removed in a later release.
"""
