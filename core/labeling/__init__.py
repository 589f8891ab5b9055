"""Labeling tasks: message trees grow, are reviewed and ranked by people, and become a training set."""
