"""`parley run` killed for real, again and again, while people do what takes several steps."""
