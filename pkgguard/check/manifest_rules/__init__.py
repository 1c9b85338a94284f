"""The rules for a manifest, one module each; pkgguard.check.registry finds them."""
