"""Fuzzers of everything that reads what others wrote, and how their inputs are made."""
