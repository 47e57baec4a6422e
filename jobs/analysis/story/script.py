"""Whether a manuscript is a play or a screenplay: names of speakers above or before most lines."""

import re
from collections import Counter
from collections.abc import Sequence

from jobs.analysis.structure.chapters import Section

_CUE = re.compile(r"(?P<name>[^\W\da-z_][^\W\da-z_ .'’-]*(?:[ .'’-]+[^\W\da-z_]+){0,3})(?:\s*\([^()]{1,40}\))?\.?:?")
"""A line of its own in capitals: ANNA, ANNA (CONT'D)."""
_CUE_BEFORE = re.compile(r"(?P<name>[^\W\da-z_]{2,}(?: [^\W\da-z_]+){0,2})[.:]\s+\S")
"""ANNA. I am not going back."""
_NAME_BEFORE = re.compile(r"(?P<name>[^\W\d_]+(?: [^\W\d_]+)?):\s+\S")
"""Anna: I am not going back."""
_SCENE = re.compile(r"(?:INT|EXT|INT\./EXT|I/E)[. ]|(?:CUT TO|FADE (?:IN|OUT)|DISSOLVE TO)\b")
_LONGEST_CUE = 40
_REPEATS = 3
_SHARE = 0.2
"""Of the lines, those that a repeated name or a scene's heading opens: a screenplay has a fourth and more, a play most;
the novels here have 0.01 at the most."""
_FEWEST = 12
"""Lines; fewer may be any dialogue. A guess."""


def is_script(sections: Sequence[Section]) -> bool:
    """Whether a fifth of the lines open with the name of a speaker, who opens three at least, or head a scene."""
    names: Counter[str] = Counter()
    lines = scenes = 0
    for section in sections:
        for block in (*section.heading_blocks, *section.body):
            lines += 1
            scenes += _SCENE.match(block.text) is not None
            if name := block.speaker or _speaker(block.text):
                names[name] += 1
    cues = sum(count for count in names.values() if count >= _REPEATS)
    return lines >= _FEWEST and (cues or scenes) > 0 and cues + scenes >= _SHARE * lines


def _speaker(text: str) -> str:
    """Who speaks, or "" where nobody is named."""
    first = text.partition("\n")[0]
    cue = _CUE.fullmatch(first) if len(first) <= _LONGEST_CUE else None
    match = cue or _CUE_BEFORE.match(first[: 2 * _LONGEST_CUE]) or _NAME_BEFORE.match(first[: 2 * _LONGEST_CUE])
    return match["name"] if match else ""
