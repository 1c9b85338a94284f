"""rpm packages: versions, relations, verdicts, files."""
