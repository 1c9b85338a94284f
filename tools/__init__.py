"""Commands for contributors, run as ``python -m tools.NAME`` in a checkout; they are not installed."""
