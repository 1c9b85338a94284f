"""pkgguard generates and checks the relations of packages that share a protocol.

The public API is :mod:`pkgguard.api`; it does everything that the commands do.
"""

__version__ = "0.1.0"
