"""Places that were mended from one draft to the next, and those that came in."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from jobs.analysis.drafts.chapters import Group
from jobs.analysis.drafts.draft import Draft, DraftChapter, Span
from jobs.analysis.report import TextPlace
from jobs.analysis.words.quote import quoted

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPlace:
    """A place that was mended, in the draft before; or one that came in, in the draft after."""

    kind: str
    label: str
    place: TextPlace


def places(
    before: Draft, after: Draft, groups: Sequence[Group], kinds: Collection[str]
) -> tuple[list[ChangedPlace], list[ChangedPlace]]:
    """What was mended and what came in, in the chapters that stayed. What went with its chapter was not mended."""
    olds = {chapter.number: chapter for chapter in before.chapters}
    news = {chapter.number: chapter for chapter in after.chapters}
    mended: list[ChangedPlace] = []
    came_in: list[ChangedPlace] = []
    for old_numbers, new_numbers in groups:
        ours, theirs = [olds[number] for number in old_numbers], [news[number] for number in new_numbers]
        for kind in kinds:
            gone = _without_twin(kind, ours, theirs, before.marks)
            come = _without_twin(kind, theirs, ours, after.marks)
            if ours and theirs:
                mended += _beyond(gone, come)
                came_in += _beyond(come, gone)
    return sorted(mended, key=_where), sorted(came_in, key=_where)


def _without_twin(
    kind: str,
    chapters: Sequence[DraftChapter],
    others: Sequence[DraftChapter],
    marks: Mapping[str, Mapping[int, Sequence[Span]]],
) -> list[ChangedPlace]:
    """The places whose sentence does not stand in the other chapters."""
    elsewhere = {paragraph for other in others for paragraph in other.paragraphs}
    found = []
    for chapter in chapters:
        for paragraph, start, end, label in marks.get(kind, {}).get(chapter.number, ()):
            text = chapter.paragraphs[paragraph - 1]
            if text in elsewhere or any(_sentence(text, start, end) in other.text for other in others):
                continue
            place = TextPlace(
                chapter=chapter.number, paragraph=paragraph, start=start, end=end, quote=quoted(text, start, end)
            )
            found.append(ChangedPlace(kind=kind, label=label, place=place))
    return found


def _beyond(places: Sequence[ChangedPlace], others: Sequence[ChangedPlace]) -> list[ChangedPlace]:
    """The places but for as many of each label as the others have: a sentence was changed, and the finding stayed."""
    left = Counter(other.label for other in others)
    beyond = []
    for each in places:
        if left[each.label] > 0:
            left[each.label] -= 1
        else:
            beyond.append(each)
    return beyond


def _sentence(text: str, start: int, end: int) -> str:
    begin = 0
    for stop in _SENTENCE_END.finditer(text):
        if stop.end() > start:
            return text[begin : max(stop.start() + 1, end)]
        begin = stop.end()
    return text[begin:]


def _where(place: ChangedPlace) -> tuple[int, int, int]:
    return place.place.chapter, place.place.paragraph, place.place.start
