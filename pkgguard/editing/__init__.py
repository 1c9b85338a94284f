"""Adding to the text of a manifest: comments and layout stay, and the result is read again."""
