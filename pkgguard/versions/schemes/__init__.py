"""Release schemes: one module each, which holds a subclass of Scheme as ``SCHEME``."""
