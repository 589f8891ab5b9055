"""Several processes over one PostgreSQL, to which everything happens that can happen to processes and databases."""
