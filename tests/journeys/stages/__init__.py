"""The surfaces as a journey sees them, one module each: people's actions there, and their view."""
