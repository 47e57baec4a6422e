"""A Manuscript as the sections of a report measure it: paragraphs with words, speech and sentences, names, lengths."""
