"""What others answer when something is wrong with them, tried on every client of ours."""
