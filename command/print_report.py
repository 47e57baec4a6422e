"""A report as text for a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_BAR = 12
_FINDINGS = 12
_PLACES = 3
_UNITS = {"COUNT": "", "WORDS": "words", "POINTS": "points", "YEARS": "years", "PER_1000_WORDS": "in 1,000 words"}


def print_report(console: Console, title: str, report: dict[str, Any]) -> None:
    """Prints the report, as GraphQL gives it: at a glance, chapter by chapter, subject by subject."""
    console.print()
    console.rule(Text(title, style="bold"))
    console.print(_glance(report["summary"]))
    for note in report["summary"]["notes"]:
        console.print(Padding(Text(note), (1, 0, 0, 1)))
    console.print(_chapters(report["chapters"]))
    names = {chapter["number"]: chapter["title"] for chapter in report["chapters"]}
    for section in report["sections"]:
        _print_section(console, section, names)


def _glance(summary: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 3, 0, 1))
    table.add_row("Words", f"{summary['words']:,}", *_divided(summary))
    table.add_row("Sentences", f"{summary['sentences']:,}", "Reading time", _time(summary["readingMinutes"]))
    table.add_row("Dialogue", _share(summary["dialogueShare"]), *_ease(summary["readingEase"]))
    return table


def _divided(summary: dict[str, Any]) -> tuple[str, str]:
    """In one figure where all are chapters, else by kind."""
    chapters = f"{summary['chapters']:,}"
    alone = summary["divisions"].split(" ")[:1] == [chapters] and " and " not in summary["divisions"]
    return ("Chapters", chapters) if alone or not summary["divisions"] else ("Divided into", summary["divisions"])


def _chapters(chapters: list[dict[str, Any]]) -> Table:
    table = Table(
        box=None,
        padding=(0, 1),
        header_style="dim",
        title="\nChapter by chapter, with the words in a sentence",
        title_justify="left",
    )
    table.title_style = "bold"
    table.add_column("", justify="right", no_wrap=True, min_width=len(str(len(chapters))))
    table.add_column("Chapter", max_width=34, no_wrap=True, overflow="ellipsis")
    table.add_column("Words", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Dialogue", justify="right", no_wrap=True)
    table.add_column("Sentence", justify="right", no_wrap=True)
    longest = max((chapter["words"] for chapter in chapters), default=0) or 1
    for chapter in chapters:
        table.add_row(
            str(chapter["number"]),
            Text(chapter["title"]),
            f"{chapter['words']:,}",
            "█" * max(1, round(_BAR * chapter["words"] / longest)),
            _share(chapter["dialogueShare"]),
            f"{chapter['meanSentenceWords']:.1f}",
        )
    return table


def _print_section(console: Console, section: dict[str, Any], names: Mapping[int, str]) -> None:
    console.print()
    console.print(Text(section["title"], style="bold"))
    console.print(Padding(Text(section["howToRead"], style="dim"), (0, 0, 0, 2)))
    for figure in section["figures"]:
        console.print(Padding(Text(_figure(figure)), (0, 0, 0, 2)))
    for finding in section["findings"][:_FINDINGS]:
        console.print(Padding(_finding(finding, names), (0, 0, 0, 2)))
    if (more := len(section["findings"]) - _FINDINGS) > 0:
        console.print(Padding(Text(f"… and {more} more", style="dim"), (0, 0, 0, 2)))


def _figure(figure: dict[str, Any]) -> str:
    said = _measured(figure["value"], figure["measure"], figure["unit"])
    return f"{figure['label']}: {said}" + (f" ({figure['meaning']})" if figure["meaning"] else "")


def _measured(value: float, measure: str, unit: str) -> str:
    """In the words of a unit that a newer server may have added, where this program does not know it."""
    if measure == "SHARE":
        return _share(value)
    digits = 0 if value == round(value) or abs(value) >= 100 else 1
    return f"{value:,.{digits}f} {_UNITS.get(measure, unit)}".strip()


def _finding(finding: dict[str, Any], names: Mapping[int, str]) -> Text:
    text = Text(finding["label"], style="cyan")
    ratio = f"{finding['ratio']:.0f} times as often as usual" if finding["ratio"] else ""
    text.append(
        "  " + ", ".join(filter(None, [f"{finding['count']:,} times", ratio, finding["note"]])), style="default"
    )
    for place in finding["places"][:_PLACES]:
        where = names.get(place["chapter"]) or f"section {place['chapter']}"
        text.append(f"\n    {where}, paragraph {place['paragraph']}: {place['quote']}", style="dim")
    return text


def _ease(ease: float) -> tuple[str, str] | tuple[()]:
    """Nothing for 0, which says that it was not measured."""
    return ("Reading ease", f"{ease:.0f}") if ease else ()


def _share(share: float) -> str:
    return f"{share:.0%}"


def _time(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
