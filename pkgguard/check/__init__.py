"""The rules, and the engine that checks packages with them."""
