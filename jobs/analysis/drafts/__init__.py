"""Two drafts of one book side by side: which chapters stayed, moved, split or went, and what was mended."""
