"""The answers of the commands, in each output format."""
