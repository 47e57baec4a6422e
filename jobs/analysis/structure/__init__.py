"""A Document to a Manuscript: which blocks are headings, and the sections that they begin."""
