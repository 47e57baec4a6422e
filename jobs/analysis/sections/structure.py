"""Structure and pace: the share of dialogue and the length of sentences; the chapters have their own figures."""

from jobs.analysis.report import Figure, FigureUnit
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story

KEY = "structure"
TITLE = "Structure and pace"
NEEDS_ENGLISH = False
GUIDE = (
    "Each bar is one section. Long chapters among short ones slow a reader down, which may be what you want. "
    "Dialogue share is the part of the words inside quotation marks: a fall shows where narration takes over, and a "
    "chapter that a character tells in quotation marks counts as dialogue altogether. "
    "In a book that opens speech with a dash instead, a paragraph that begins with one is dialogue, without the "
    "narrator's words that further dashes set off; where no dash sets them off, they count as dialogue too. "
    "Mean sentence length is pace; its spread is rhythm: low is even, high is varied. "
    "Nothing here is right or wrong; look where a chapter differs from its neighbours and ask whether you meant it."
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
    return Measured(figures=(dialogue, length))
