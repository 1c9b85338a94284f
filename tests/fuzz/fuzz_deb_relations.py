"""Fuzz the target deb_relations, guided by coverage; CONTRIBUTING.md says how to run it."""

from guided import fuzz

if __name__ == "__main__":
    fuzz("deb_relations")
