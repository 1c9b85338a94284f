"""What the generator and ``init`` fill."""
