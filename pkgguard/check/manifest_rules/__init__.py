"""The rules for manifests, one module each; pkgguard.check.registry finds them."""
