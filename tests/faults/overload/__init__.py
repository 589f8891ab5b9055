"""More people than the model has time for."""
