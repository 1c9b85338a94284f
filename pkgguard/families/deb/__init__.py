"""Debian packages: versions, relations, verdicts, files."""
