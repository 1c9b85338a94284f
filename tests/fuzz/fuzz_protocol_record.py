"""Fuzz the target protocol_record, guided by coverage; CONTRIBUTING.md says how to run it."""

from guided import fuzz

if __name__ == "__main__":
    fuzz("protocol_record")
