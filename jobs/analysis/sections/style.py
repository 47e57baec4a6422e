"""Habits of style in narration: adverbs, filter words, the passive voice. Dialogue is never counted.

Right of 100 places in three novels, by hand: adverbs 100; passives 92, before the last words were listed; filter words
82 before the last conditions, and 94 of each 100 after them (`style_labels.json` beside the tests).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.analysis.report import Figure, FigureUnit, Finding, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.uses import Use, by_form
from jobs.analysis.story.prose import Paragraph, SectionProse, Word
from jobs.analysis.story.story import Story
from jobs.analysis.words.words import word_set

KEY = "style"
TITLE = "Style in narration"
NEEDS_ENGLISH = True
NEEDS_PROSE = True
GUIDE = (
    "Counted in narration only, never inside dialogue. Adverbs in -ly, filter words (saw, felt, noticed: they put "
    "the character between reader and scene) and the passive voice each have their uses. Look at the places "
    "where many stand close together; the rest can stay. Of the places found in three novels, more than nine of ten "
    "were judged right by a person."
)
SOURCE = "Rules of our own, held to places that a person judged in three novels."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="adverb",
        title="Adverbs in -ly",
        why="The verb often says it already, or a stronger verb would: walked slowly, or trudged.",
        leave="Leave it where it turns the meaning, or where the rhythm wants it.",
        precision=1.0,
        judged=100,
    ),
    FindingKind(
        key="filter_word",
        title="Filter words",
        why="Saw, felt and noticed put the character between the reader and the scene.",
        leave="Leave it where perceiving is what happens: a discovery, a mistake.",
        precision=0.94,
        judged=100,
    ),
    FindingKind(
        key="passive",
        title="Passive voice",
        why="It hides who acts, and many in a row keep the reader at a distance.",
        leave="Leave it where nobody knows who acted, or where the one who suffers it matters more.",
        precision=0.92,
        judged=100,
    ),
)
_LISTED = 20
"""Rows that an author reads; the rest is marked in the text. A guess."""
_NO_ADVERBS = word_set(
    """
    only early family reply holy ugly lonely lovely friendly lively silly belly jelly fly rely apply supply ally
    rally bully folly jolly july italy lily elderly daily weekly monthly yearly likely unlikely deadly cowardly
    heavenly melancholy assembly anomaly butterfly imply multiply comply curly chilly hilly kindly-faced lordly
    manly womanly motherly fatherly brotherly orderly timely woolly oily wily sly ply bodily earthly worldly ghastly
    ghostly stately sickly burly surly gully tally dolly molly sally billy willy polly nelly emily wooly beastly
    costly homely leisurely sailorly seamanly unearthly dillydally hurly saintly scholarly shapely sprightly unruly
    unsightly unmannerly
    """
)
_FILTERS = word_set(
    """
    saw heard felt noticed realized realised wondered watched smelled smelt tasted sensed observed perceived spotted
    glimpsed recognized recognised
    """
)
"""Verbs of perceiving. "Decided", "seemed", "thought" and "knew" were taken out: by hand labels most of their places
are no filters."""
_PERCEIVERS = frozenset({"i", "he", "she", "they", "we", "it", "one", "who", "you"})
_RELATIVE = frozenset({"what", "which", "whom", "ever", "if"})
_FELT_TOWARDS = frozenset({"for", "in", "on", "all", "towards", "toward", "with"})
_LITTLE = frozenset({"nothing", "little", "no", "more", "of", "with"})
_BE = frozenset({"was", "were", "been", "being", "be", "is", "are", "am"})
_BETWEEN = word_set("not never always often also then still now soon once already just")
_PARTICIPLES = word_set(
    """
    given taken seen known done made told found left held kept brought caught taught bought thought sent spent built
    lost won shot hit cut put set hurt broken spoken stolen chosen frozen woken beaten eaten bitten hidden ridden
    written driven forgiven forgotten shown thrown blown drawn grown torn worn sworn borne born shaken
    swept struck stuck flung hung heard led fed read said paid laid sold bound ground wound understood
    withdrawn
    """
)
_STATES = word_set(
    """
    tired pleased interested excited worried red naked wicked sacred delighted surprised astonished amazed amused
    ashamed alarmed annoyed anxious frightened scared terrified horrified shocked disappointed satisfied
    dissatisfied contented discontented offended embarrassed mortified distressed grieved vexed provoked concerned
    troubled disturbed agitated perplexed puzzled bewildered confused confounded inclined disposed determined
    resolved prepared obliged supposed accustomed used acquainted attached engaged married settled situated gifted
    learned aged advanced limited mistaken convinced persuaded assured certain fatigued exhausted bored fascinated
    charmed enchanted pained wretched devoted related connected concealed crowded deserted retired armed experienced
    qualified united finished gone decided undecided occupied animated elated depressed flattered gratified relieved
    impressed affected rejoiced dressed undressed undisturbed undetermined reconciled bent fallen grown lost hurt
    stuck bound born done closed shut locked hunched crouched congregated gathered clustered shaped drenched soaked
    dotted filled covered extended stretched spread scattered strewn littered lined loaded worn known appalled
    tempted seated perched poised parked twisted curved curled folded crossed clenched tangled mixed piled flushed
    faded stained clothed wrapped veiled tucked rooted exposed spent stunned dazed drunk possessed absorbed
    engrossed lit frozen broken torn swollen startled touched attired composed humbled indebted intended destined
    doomed fated prejudiced lighted haired eyed hearted faced headed handed minded
    """
)
"""Participles that mostly say how somebody or something is, not what was done: by reading their places in three
novels. They count only with "by" behind them."""
_DEGREES = word_set("very so too quite rather more most less least much extremely exceedingly as how perfectly greatly")
_PREFIXES = ("un",)
_SUBSTANTIVES = word_set("bed shed hundred kindred hatred indeed need seed speed breed")


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleCounts:
    """All uses of each habit, and the words of narration that they were counted in."""

    narration_words: int
    adverbs: tuple[Use, ...]
    filters: tuple[Use, ...]
    passives: tuple[Use, ...]


def measure(story: Story) -> Measured:
    """The share of each habit in narration, and its most frequent forms."""
    counts = style_counts(story.prose)
    words = counts.narration_words
    figures: list[Figure] = []
    listed: list[Finding] = []
    unlisted: list[Finding] = []
    for kind, uses in zip(KINDS, (counts.adverbs, counts.filters, counts.passives), strict=True):
        figures.append(_figure(kind, uses, words))
        found = by_form(uses, story.prose, words, kind.key, note=kind.key.replace("_", " "))
        listed += found[:_LISTED]
        unlisted += found[_LISTED:]
    return Measured(figures=figures, findings=listed, unlisted=unlisted)


def _figure(kind: FindingKind, uses: Sequence[Use], narration_words: int) -> Figure:
    return Figure(
        label=kind.title,
        value=round(len(uses) * 1000 / narration_words, 2) if narration_words else 0.0,
        measure=FigureUnit.PER_1000_WORDS,
        unit="in 1,000 words of narration",
        meaning=f"of narration; {len(uses):,} in all",
    )


def style_counts(prose: Sequence[SectionProse]) -> StyleCounts:
    """The habits of the whole manuscript."""
    adverbs: list[Use] = []
    filters: list[Use] = []
    passives: list[Use] = []
    narration = 0
    for part in prose:
        for paragraph in part.paragraphs:
            words = [word for word in paragraph.words if not word.in_speech]
            narration += len(words)
            adverbs += (_use(paragraph, word, word) for word in words if is_adverb(word))
            filters += _filters(paragraph, words)
            passives += _passives(paragraph, words)
    return StyleCounts(
        narration_words=narration, adverbs=tuple(adverbs), filters=tuple(filters), passives=tuple(passives)
    )


def is_adverb(word: Word) -> bool:
    """Whether it is an adverb in -ly."""
    form = word.form
    is_name = word.is_capitalised and not word.begins_sentence
    return form.endswith("ly") and len(form) > 4 and form not in _NO_ADVERBS and not is_name


def _filters(paragraph: Paragraph, words: Sequence[Word]) -> Iterator[Use]:
    """A verb of perceiving right behind whoever perceives, with what is perceived behind it."""
    for position, word in enumerate(words):
        if word.form not in _FILTERS or not position:
            continue
        at = position - 2 if position > 1 and _is_between(words[position - 1]) else position - 1
        subject = words[at]
        if (subject.form in _PERCEIVERS or _is_named(subject)) and _is_filter(paragraph.text, words, position, at):
            yield _use(paragraph, word, word)


def _is_filter(text: str, words: Sequence[Word], position: int, subject: int) -> bool:
    """Not "what she felt", "he observed, smiling", "I heard little of him" or "she felt for her"."""
    word = words[position]
    before = words[subject - 1].form if subject else ""
    after = words[position + 1].form if position + 1 < len(words) else ""
    goes_on = text[word.start + len(word.form) :][:1] == " "
    return goes_on and before not in _RELATIVE and after not in (_FELT_TOWARDS if word.form == "felt" else _LITTLE)


def _is_named(word: Word) -> bool:
    return word.is_capitalised and not word.begins_sentence


def _passives(paragraph: Paragraph, words: Sequence[Word]) -> Iterator[Use]:
    """A form of "be" with a participle after it, at most an adverb or "not" between."""
    for position, word in enumerate(words):
        if word.form not in _BE:
            continue
        at = position + 1
        if at < len(words) and _is_between(words[at]):
            at += 1
        if at < len(words) and _is_done(words, at) and _is_joined(paragraph.text, word, words[at]):
            yield _use(paragraph, word, words[at])


def _is_joined(text: str, first: Word, last: Word) -> bool:
    """Whether nothing but words stands between, and none is half a compound: "well-being radiated", "he was, told"."""
    within = text[max(0, first.start - 1) : last.start]
    return not any(mark in within for mark in ",;:-—–(")


def _is_done(words: Sequence[Word], at: int) -> bool:
    """Whether a participle says what was done: one that may say how somebody is needs "by" behind it."""
    form = words[at].form
    if not _is_participle(form) or words[at - 1].form in _DEGREES:
        return False
    by = at + 1 < len(words) and words[at + 1].form == "by"
    return by or (form not in _STATES and not form.startswith(_PREFIXES))


def _is_between(word: Word) -> bool:
    return word.form in _BETWEEN or (word.form.endswith("ly") and word.form not in _NO_ADVERBS)


def _is_participle(form: str) -> bool:
    if form in _PARTICIPLES:
        return True
    return form.endswith("ed") and len(form) > 4 and form not in _SUBSTANTIVES


def _use(paragraph: Paragraph, first: Word, last: Word) -> Use:
    end = last.start + len(last.form)
    label = first.form if first is last else " ".join(paragraph.text[first.start : end].lower().split())
    return Use(paragraph=paragraph, label=label, start=first.start, end=end)
