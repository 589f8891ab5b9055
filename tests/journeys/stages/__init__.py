"""The surfaces as a journey sees them, one module each: what people do there, and what they see."""
