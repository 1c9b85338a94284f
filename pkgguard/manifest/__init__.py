"""The manifest: its model, reading it with every mistake located, writing it."""
