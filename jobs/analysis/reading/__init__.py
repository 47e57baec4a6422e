"""Bytes to a Document: which formats there are, what is refused at once, and how each is read."""
