"""Orderings of versions and the algebra of their sets."""
