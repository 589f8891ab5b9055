"""Labeling tasks: people write, review and rank messages in trees, and the trees become a training set."""
