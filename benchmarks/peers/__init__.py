"""What somebody would use instead of Parley: each bot answers with a model in two requests, and stores nothing."""
