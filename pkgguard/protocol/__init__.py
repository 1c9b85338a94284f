"""Protocols as their own files describe them: reading them, comparing them, and keeping a record of them."""
