"""Packages built and judged by the real tools, in scratch roots only."""
