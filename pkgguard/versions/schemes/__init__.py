"""Release schemes: one module each, with a subclass of Scheme as ``SCHEME``."""
