"""The analysis of a manuscript: reading, finding chapters, measuring, reporting. Pure functions over text.

`python -m jobs.analysis FILE --filename NAME` runs it in a process of its own, which can be killed at any time.
The road of a manuscript: reading → document → structure → story → sections → report; `words` serves them all.
"""
