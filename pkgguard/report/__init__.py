"""Findings and relations as text and JSON."""
