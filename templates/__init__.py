"""Templates of the generator, of ``init`` and of the manual pages."""
