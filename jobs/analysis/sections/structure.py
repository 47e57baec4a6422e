"""Structure and pace: the share of dialogue and the length of sentences; the chapters have their own figures."""

from jobs.analysis.report import Figure, FigureUnit, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story

KEY = "structure"
TITLE = "Structure and pace"
SOURCE = "Counted. Chapters are found by what the file says and by how its headings repeat."
KINDS: tuple[FindingKind, ...] = ()
NEEDS_ENGLISH = False
NEEDS_PROSE = False
GUIDE = (
    "Each bar is one chapter. A long chapter among short ones slows a reader down, which may be what you want. "
    "Dialogue is the share of words inside quotation marks, or in a paragraph that opens with a dash. Where it falls, "
    "narration takes over. A letter or a tale told inside quotation marks counts as dialogue. "
    "The length of sentences is pace. "
    "Nothing here is right or wrong: look where a chapter differs from its neighbours, and ask whether you meant it."
)


def measure(story: Story) -> Measured:
    """Dialogue and pace of the whole."""
    dialogue = Figure(
        label="Dialogue",
        value=story.total.dialogue_share,
        measure=FigureUnit.SHARE,
        unit="share of words",
        meaning="spoken words",
    )
    length = Figure(
        label="Sentence length",
        value=story.total.mean_sentence_words,
        measure=FigureUnit.WORDS,
        unit="words",
        meaning="mean",
    )
    return Measured(figures=(length,) if story.is_script else (dialogue, length))
