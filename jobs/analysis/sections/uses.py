"""Places of one kind, brought together into findings: one for each form, the most frequent first."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.analysis.report import Finding
from jobs.analysis.story.prose import Paragraph, SectionProse
from jobs.analysis.story.quotes import place


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What was found at one place."""

    paragraph: Paragraph
    label: str
    start: int
    end: int
    note: str = ""


def by_form(
    uses: Sequence[Use], prose: Sequence[SectionProse], words: int, kind: str, *, note: str = ""
) -> list[Finding]:
    """A finding for each form; `words` are those that the uses were looked for in."""
    forms: Mapping[str, list[Use]] = defaultdict(list)
    for use in uses:
        forms[use.label].append(use)
    ranked = sorted(forms.items(), key=lambda form: (-len(form[1]), form[0]))
    return [as_finding(label, same, prose, words, kind, note=note) for label, same in ranked]


def as_finding(
    label: str, uses: Sequence[Use], prose: Sequence[SectionProse], words: int, kind: str, *, note: str = ""
) -> Finding:
    """One finding of all these places."""
    counts = Counter(use.paragraph.section for use in uses)
    return Finding(
        label=label,
        count=len(uses),
        per_10000=round(len(uses) * 10_000 / words, 2) if words else 0.0,
        note=note or uses[0].note,
        kind=kind,
        by_chapter=tuple(counts[part.section.number] for part in prose),
        places=tuple(place(use.paragraph, use.start, use.end) for use in uses),
    )


def one_by_one(uses: Sequence[Use], kind: str) -> list[Finding]:
    """A finding for each place, where each stands for itself."""
    return [
        Finding(
            label=use.label,
            count=1,
            note=use.note,
            kind=kind,
            places=(place(use.paragraph, use.start, use.end),),
        )
        for use in uses
    ]
