"""Fuzz the target rpm_preamble, guided by coverage; CONTRIBUTING.md says how to run it."""

from guided import fuzz

if __name__ == "__main__":
    fuzz("rpm_preamble")
