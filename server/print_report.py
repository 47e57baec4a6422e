"""A report as text for a terminal."""

from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_BAR = 12
_FINDINGS = 12
_PLACES = 3


def print_report(console: Console, title: str, report: dict[str, Any]) -> None:
    """Prints the report, as GraphQL gives it: at a glance, chapter by chapter, subject by subject."""
    console.print()
    console.rule(Text(title, style="bold"))
    console.print(_glance(report["summary"]))
    console.print(_chapters(report["chapters"]))
    for section in report["sections"]:
        _print_section(console, section)


def _glance(summary: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 3, 0, 1))
    table.add_row("Words", f"{summary['words']:,}", "Chapters", f"{summary['chapters']:,}")
    table.add_row("Sentences", f"{summary['sentences']:,}", "Reading time", _time(summary["readingMinutes"]))
    table.add_row("Dialogue", _share(summary["dialogueShare"]), "Reading ease", f"{summary['readingEase']:.0f}")
    return table


def _chapters(chapters: list[dict[str, Any]]) -> Table:
    table = Table(
        box=None,
        padding=(0, 1),
        header_style="dim",
        title="\nChapter by chapter, with the words in a sentence",
        title_justify="left",
    )
    table.title_style = "bold"
    table.add_column("", justify="right")
    table.add_column("Chapter", max_width=36, no_wrap=True, overflow="ellipsis")
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


def _print_section(console: Console, section: dict[str, Any]) -> None:
    console.print()
    console.print(Text(section["title"], style="bold"))
    console.print(Padding(Text(section["howToRead"], style="dim"), (0, 0, 0, 2)))
    for figure in section["figures"]:
        value = f"{figure['value']:,.3g} {figure['unit']}".strip()
        console.print(Padding(Text(f"{figure['label']}: {value} ({figure['meaning']})"), (0, 0, 0, 2)))
    for finding in section["findings"][:_FINDINGS]:
        console.print(Padding(_finding(finding), (0, 0, 0, 2)))
    if (more := len(section["findings"]) - _FINDINGS) > 0:
        console.print(Padding(Text(f"… and {more} more", style="dim"), (0, 0, 0, 2)))


def _finding(finding: dict[str, Any]) -> Text:
    text = Text(finding["label"], style="cyan")
    ratio = f", {finding['ratio']:.0f} times as often as usual" if finding["ratio"] else ""
    text.append(f"  {finding['count']} times{ratio}. {finding['note']}", style="default")
    for place in finding["places"][:_PLACES]:
        text.append(f"\n    {place['chapter']}, paragraph {place['paragraph']}: {place['quote']}", style="dim")
    return text


def _share(share: float) -> str:
    return f"{share:.0%}"


def _time(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
