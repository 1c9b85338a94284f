"""A made-up family: semver's order, no tilde, no epochs, fields of its own, and all in one folder."""
