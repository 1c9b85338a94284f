"""The manifest: its model, a reader that locates every mistake, and a writer."""
