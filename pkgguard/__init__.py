"""pkgguard ties packages that talk a protocol to exactly the peer versions that work.

The public API is :mod:`pkgguard.api`; everything the commands do is there.
"""

__version__ = "0.1.0"
