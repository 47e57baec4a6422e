"""Where the bytes of manuscripts lie."""
