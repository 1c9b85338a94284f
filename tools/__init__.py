"""Commands for those who work on pkgguard; they are not installed with it."""
