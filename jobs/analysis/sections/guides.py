"""How to read each section of the report: what is measured, why it matters, when to leave it."""

from typing import Final

STRUCTURE: Final = (
    "Each bar is one section. Long chapters among short ones slow a reader down, which may be what you want. "
    "Dialogue share is the part of the words inside quotation marks: a fall shows where narration takes over, and a "
    "chapter that a character tells in quotation marks counts as dialogue altogether. "
    "In a book that opens speech with a dash instead, a paragraph that begins with one is dialogue, without the "
    "narrator's words that further dashes set off; where no dash sets them off, they count as dialogue too. "
    "Mean sentence length is pace; its spread is rhythm: low is even, high is varied. "
    "Nothing here is right or wrong; look where a chapter differs from its neighbours and ask whether you meant it."
)
NOT_ENGLISH: Final = (
    "This manuscript does not read as English. What is measured against English is left out: readability, frequent and "
    "overused words, style. The reading time and the range for MTLD are those of English, and repeated phrases "
    "include everyday ones."
)
READABILITY: Final = (
    "Reading ease (Flesch) runs from about 0 to 100: 60 to 70 is plain English, most popular novels lie between 70 "
    "and 90. The grade (Flesch–Kincaid) is years of school. Both know only the length of words and sentences, "
    "not whether the prose is good: use them to find the chapter that is out of line, not to aim for a number."
)
FREQUENT: Final = (
    "The words you use most, without grammar (the, and, was) and without names. The ratio says how many times as "
    "often as in ordinary English. A high ratio on the subject of the book is natural; on a word such as "
    '"suddenly" or "smiled" it is a habit worth knowing.'
)
OVERUSED: Final = (
    "Words that stand out most against ordinary English, at least three times as frequent, the most telling first. "
    "Subjects, settings and dialect belong here; favourite gestures and fillers are what to look for. "
    "The row of counts shows in which chapters they gather."
)
PHRASES: Final = (
    "Phrases of three words or more that come back at least three times, each with its places. A refrain is a "
    "device; a gesture that every character makes is a tic. Dialogue repeats because people do: leave it alone. "
    "Only the longest form of a phrase is listed."
)
STYLE: Final = (
    "Counted in narration only, never inside dialogue. Adverbs in -ly, filter words (saw, felt, noticed: they put "
    "the character between reader and scene) and the passive voice each have their uses. Look at the places "
    "where many stand close together; the rest can stay."
)
CHARACTERS: Final = (
    "Names found by their capitals, with how often each stands in each chapter. A gap shows where a character is "
    "out of sight. Names of places may be among them, and people called by two names are listed twice."
)
VOCABULARY: Final = (
    "MTLD is how many words in a row pass, on average, before the text begins to repeat itself: the classics that "
    "this was tried on lie between 75 and 110. MATTR is the share of different words in a window of 500. Both are "
    "fair to texts of any length. A plain vocabulary is a choice, not a fault."
)
