"""The package families, each in a folder of its own; :mod:`~pkgguard.families.registry` finds them."""
