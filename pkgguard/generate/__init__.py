"""From guards to relations with their reasons."""
