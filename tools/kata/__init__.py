"""What a maintainer of the built-in Kata manifest reads from a clone of kata-containers."""
