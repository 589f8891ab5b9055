"""Running Parley for real (docs/deploy.md), and rehearsals of what is said there."""
