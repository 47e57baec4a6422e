"""A manuscript as the sections of a report measure it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jobs.analysis.story.cast import find_cast
from jobs.analysis.story.language import find_language
from jobs.analysis.story.names import Names, find_names
from jobs.analysis.story.person import Figure
from jobs.analysis.story.prose import SectionProse, read_prose
from jobs.analysis.story.script import is_script
from jobs.analysis.story.tally import Tally, tally
from jobs.analysis.structure.chapters import Manuscript
from jobs.analysis.words.languages import ENGLISH, Language
from jobs.analysis.words.markers import SectionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The running text of a manuscript, counted."""

    manuscript: Manuscript
    prose: Sequence[SectionProse]
    tallies: Sequence[Tally]
    """Of each section, in the order of `prose`."""
    total: Tally
    names: Names
    cast: Sequence[Figure]
    """People and places, the most frequent first."""
    is_script: bool
    """Whether it is a play or a screenplay, and no prose."""
    language: Language | None
    """None for one that we do not know."""

    @property
    def is_english(self) -> bool:
        """Whether what is made for English alone may be measured."""
        return self.language is ENGLISH

    @property
    def has_breaks(self) -> bool:
        """Whether any break between scenes is marked; where none is, their number cannot be known."""
        return any(part.scene_breaks for part in self.prose)

    @property
    def told(self) -> list[SectionProse]:
        """The sections that hold prose: parts over chapters do not."""
        return [part for part in self.prose if part.paragraphs]

    @property
    def unit(self) -> str:
        """What to call the sections that hold prose, of which there may be one: "chapters"."""
        kinds = {part.section.kind for part in self.told}
        if kinds == {SectionKind.CHAPTER}:
            return "chapters"
        return "letters" if kinds == {SectionKind.LETTER} else "sections"


def read_story(manuscript: Manuscript, progress: Callable[[float], None]) -> Story:
    """The story of a manuscript; tells a share from 0 to 1 as it goes."""
    count = 2 * len(manuscript.sections)
    prose = read_prose(manuscript.sections, lambda done: progress(done / count))
    tallies: list[Tally] = []
    total = Tally()
    for part in prose:
        tallies.append(tally(part.paragraphs))
        total.add(tallies[-1])
        progress(0.5 + len(tallies) / count)
    names = find_names(prose)
    return Story(
        manuscript=manuscript,
        prose=prose,
        tallies=tallies,
        total=total,
        names=names,
        cast=find_cast(prose, names),
        is_script=is_script(manuscript.sections),
        language=find_language(prose),
    )
