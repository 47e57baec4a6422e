"""Who is in the story and where it plays: names that mean one person brought together, places told from people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from jobs.analysis.story.names import Names
from jobs.analysis.story.nicknames import join_nicknames
from jobs.analysis.story.person import TITLES, Figure, Mention, gender_of, given_name, title_of
from jobs.analysis.story.prose import Paragraph, SectionProse, Word
from jobs.analysis.words.words import word_set

_PARTICLES = frozenset({"de", "du", "di", "da", "della", "von", "van", "der", "den", "af", "le", "la"})
_BEFORE_NAMES = TITLES | {"st", "saint", "san", "santa", "la", "le", "de", "von", "van"}
_EPITHETS = frozenset({"old", "young", "poor", "dear", "little"})
_NOBODY = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december god christmas easter lord heaven english french german american italian
    spanish irish scotch scottish russian latin greek chapter book part letter bible sunday's
    """
)
_WHERE = word_set(
    """
    in at near into from towards toward through around round outside inside across throughout reach reached leave left
    visit visited en dans vers hacia desde em в из
    """
)
_SAID = word_set(
    """
    said asked replied cried answered whispered shouted exclaimed muttered murmured added observed continued returned
    called repeated remarked says asks sagte rief fragte antwortete erwiderte dit demanda répondit dijo preguntó
    respondió disse rispose chiese сказал сказала спросил спросила zei vroeg sade sa frågade powiedział zapytał
    """
)
_HE = frozenset({"he", "him", "his", "himself"})
_SHE = frozenset({"she", "her", "hers", "herself"})
_NEAR = 12
"""Words behind a name in which a pronoun counts as his or hers. A guess."""
_FEWEST_FULL = 2
"""Times that a full name stands before its given name alone is taken for the same person."""
_MOST_MEMBERS = 60
"""Names of one family that are brought together, the most frequent; no novel has as many."""
_DOMINANT = 2
"""Times as often as the next of a family: the one whom the bare surname means. A guess."""


def find_cast(prose: Sequence[SectionProse], names: Names) -> list[Figure]:
    """All people and places, the most frequent first."""
    figures: dict[str, Figure] = defaultdict(Figure)
    for part in prose:
        for paragraph in part.paragraphs:
            if paragraph.speaker:
                _note_speaker(figures, paragraph)
            for first, last, label in _labels(paragraph, names):
                _note(figures[label], label, paragraph, first, last)
    together = join_nicknames(_together(figures))
    for figure in together:
        figure.mentions.sort(key=lambda mention: (mention.paragraph.section, mention.paragraph.number, mention.start))
    return sorted(together, key=lambda figure: -len(figure.mentions))


def _note_speaker(figures: dict[str, Figure], paragraph: Paragraph) -> None:
    """Whom the file itself names above the lines: a screenplay. The name is no part of the paragraph."""
    label = paragraph.speaker.title()
    figures[label].names[label] += 1
    figures[label].mentions.append(Mention(paragraph, 0, 0))
    figures[label].spoken += 1


def _note(figure: Figure, label: str, paragraph: Paragraph, first: int, last: int) -> None:
    words = paragraph.words
    end = words[last].start + len(words[last].form)
    figure.names[label] += 1
    figure.mentions.append(Mention(paragraph, words[first].start, end))
    before, after = _form(words, first - 1), _form(words, last + 1)
    figure.placed += before in _WHERE
    figure.reached += before == "to"
    figure.spoken += before in _SAID or after in _SAID
    for word in words[last + 1 : last + 1 + _NEAR]:
        if word.begins_sentence or word.form in _HE or word.form in _SHE:
            figure.male += word.form in _HE
            figure.female += word.form in _SHE
            break


def _form(words: Sequence[Word], position: int) -> str:
    return words[position].form if 0 <= position < len(words) else ""


def _labels(paragraph: Paragraph, names: Names) -> Iterator[tuple[int, int, str]]:
    """Runs of names as they are written: the positions of the first and the last word, and the name."""
    words, text = paragraph.words, paragraph.text
    first: int | None = None
    last = 0
    for position, word in enumerate(words):
        if first is not None and word.form in _PARTICLES and position == last + 1:
            continue  # "de" in "Catherine de Bourgh", if a name comes behind it
        if not _is_name(word, text, names):
            continue
        if first is not None and not _runs_on(text, words[last], word, position - last):
            yield from _label(paragraph, first, last, names)
            first = None
        first, last = position if first is None else first, position
    if first is not None:
        yield from _label(paragraph, first, last, names)


def _is_name(word: Word, text: str, names: Names) -> bool:
    """A half of a compound is none: "Heat-Ray", "Un-Dead"."""
    if not word.is_capitalised or not (_bare(word.form, names) in names or word.form in _BEFORE_NAMES):
        return False
    end = word.start + len(word.form)
    return "-" not in (text[word.start - 1 : word.start], text[end : end + 1])


def _runs_on(text: str, before: Word, word: Word, distance: int) -> bool:
    """Whether a name goes on: a space or a particle between, or the full stop of a title or an initial."""
    between = text[before.start + len(before.form) : word.start]
    if distance > 1:
        return distance == 2 and between.strip() in _PARTICLES
    return between == " " or (between == ". " and (before.form in _BEFORE_NAMES or len(before.form) == 1))


def _label(paragraph: Paragraph, first: int, last: int, names: Names) -> Iterator[tuple[int, int, str]]:
    words = paragraph.words
    while first < last and words[first].form in _EPITHETS:
        first += 1
    final = _bare(words[last].form, names)
    if final in names and final not in _NOBODY and final not in _BEFORE_NAMES:
        yield first, last, paragraph.text[words[first].start : words[last].start + len(final)].strip("_ ")


def _bare(form: str, names: Names) -> str:
    """Without the ending of a possessive: Darcy's, Gregors."""
    form = form.removesuffix("'s").removesuffix("'")
    return form.removesuffix("s") if form not in names and form.removesuffix("s") in names else form


def _together(figures: dict[str, Figure]) -> list[Figure]:
    """Names that mean one person under one; whoever may be two people keeps the name alone."""
    bearers = _Bearers(figures)
    families: dict[str, list[str]] = defaultdict(list)
    for name in sorted(figures, key=lambda name: -bearers.count(name)):
        if " " in name:
            families[name.split()[-1]].append(name)
    for surname, members in families.items():
        _bring_together(surname, members[:_MOST_MEMBERS], bearers)
    return [figure for figure in bearers.figures.values() if figure.mentions]


class _Bearers:
    """Who bears each name, while names are brought together."""

    def __init__(self, figures: dict[str, Figure]) -> None:
        self.figures = figures
        self._counts = {name: len(figure.mentions) for name, figure in figures.items()}
        self._owners: dict[str, Figure] = {}
        self._surnames: dict[str, set[str]] = defaultdict(set)
        for name, count in self._counts.items():
            if " " in name and count >= _FEWEST_FULL:
                self._surnames[given_name(name)].add(name.split()[-1])

    def count(self, name: str) -> int:
        """How often the name stands in the text."""
        return self._counts[name]

    def of(self, name: str) -> Figure | None:
        """Who bears it: the name itself, or whoever it was joined to."""
        return self._owners.get(name) or self.figures.get(name)

    def join(self, name: str, owner: Figure) -> None:
        """From now on the name is the owner's."""
        bearer = self.of(name)
        if bearer is not None and bearer is not owner:
            self._owners |= dict.fromkeys(bearer.names, owner)
            owner.add(bearer)

    def share(self, given: str, name: str) -> bool:
        """Whether a full name of another family has the same given name."""
        return bool(self._surnames[given] - {name.split()[-1]})


def _bring_together(surname: str, members: Sequence[str], bearers: _Bearers) -> None:
    """The names of one surname: by titles first, then the surname alone, then those with a given name."""
    titled = _titled([name for name in members if title_of(name)], bearers)
    _join_bare(surname, titled, bearers)
    named = _named([name for name in members if not title_of(name)], bearers)
    _join_named(titled, named, bearers)
    if not titled:
        _join_bare(surname, named, bearers)


def _join_bare(surname: str, people: Sequence[Figure], bearers: _Bearers) -> None:
    bare = bearers.of(surname)
    if bare is not None and (owner := _owner(people, bare)) is not None:
        bearers.join(surname, owner)


def _titled(names: Sequence[str], bearers: _Bearers) -> list[Figure]:
    """One for each title and given name; without a given name it is the one who has none or the only one that has."""
    people: dict[tuple[str, str], Figure] = {}
    for name in names:
        owner = people.setdefault((title_of(name), given_name(name)), bearers.figures[name])
        bearers.join(name, owner)
    for title in dict.fromkeys(title for title, _ in people):
        given = [key for key in people if key[0] == title and key[1]]
        if len(given) == 1 and (title, "") in people:
            bearers.join(people.pop(given[0]).label, people[title, ""])
    return list(people.values())


def _named(names: Sequence[str], bearers: _Bearers) -> list[Figure]:
    """Those with a given name and no title; the given name alone is theirs if nobody else bears it."""
    people: list[Figure] = []
    for name in names:
        given, figure = given_name(name), bearers.figures[name]
        alone = bearers.of(given)
        if alone is not None and alone.is_place:
            continue  # "In London Lydia …"
        if alone is not None and bearers.count(name) >= _FEWEST_FULL and not bearers.share(given, name):
            bearers.join(name, alone)
            figure = alone
        elif alone is not None:
            figure.male, figure.female = figure.male + alone.male, figure.female + alone.female
        people.append(figure)
    return people


def _join_named(titled: Sequence[Figure], named: Sequence[Figure], bearers: _Bearers) -> None:
    """Each with a given name joins the one with a title whom nothing contradicts, if both are the only such."""
    for figure in named:
        fitting = [person for person in titled if person is not figure and _fits(person, figure)]
        best = max(fitting, key=lambda person: len(person.mentions), default=None)
        if best is None or any(other is not figure and _fits(best, other) for other in named if other.mentions):
            continue
        if len(fitting) == 1 or 2 * len(figure.mentions) <= len(best.mentions):
            bearers.join(figure.label, best)


def _fits(person: Figure, other: Figure) -> bool:
    given = {given_name(each) for each in person.names if " " in each} - {""}
    mine = {given_name(each) for each in other.names if " " in each} - {""}
    if given and mine and given.isdisjoint(mine):
        return False
    return {gender_of(person), gender_of(other)} != {"m", "f"}


def _owner(people: Sequence[Figure], bare: Figure) -> Figure | None:
    """Whom a bare surname means: the only one, or the one who stands there far more often than any other."""
    fitting = [person for person in people if {gender_of(person), bare.gender} != {"m", "f"}]
    men = [person for person in fitting if gender_of(person) == "m"]
    ranked = sorted(men or fitting, key=lambda person: -len(person.mentions))
    if len(ranked) > 1 and len(ranked[0].mentions) < _DOMINANT * len(ranked[1].mentions):
        return None
    return ranked[0] if ranked else None
