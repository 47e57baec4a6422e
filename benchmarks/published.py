"""Computes the bands of published novels, `jobs/analysis/published.json`, from the texts themselves.

Run: python benchmarks/published.py FOLDER... Each novel of BOOKS is looked for in the folders by its file's name
without ending, so that anybody can put the named editions there and get the same numbers. Prints what is missing.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from jobs.analysis.analyse import analyse  # noqa: E402  (after the path is set: it runs from a checkout)
from jobs.analysis.bands import comparable  # noqa: E402
from jobs.analysis.highlights import chapter_rates, kind_rates  # noqa: E402

OUTPUT = ROOT / "jobs" / "analysis" / "published.json"
PERIODS = ((1800, 1869), (1870, 1899), (1900, 1926))
FEWEST_FOR_QUARTERS = 5
"""Books; of fewer the band goes from the least to the most."""


class Book(NamedTuple):
    """A published novel in English, or in an English translation of its century."""

    file: str
    title: str
    author: str
    year: int
    edition: str
    """Where its text is: GitHub's name of the repository."""


BOOKS = (
    Book("pride-and-prejudice", "Pride and Prejudice", "Jane Austen", 1813, "GITenberg/Pride-and-Prejudice_1342"),
    Book("frankenstein", "Frankenstein", "Mary Shelley", 1818, "standardebooks/mary-shelley_frankenstein"),
    Book(
        "wuthering-heights", "Wuthering Heights", "Emily Brontë", 1847, "standardebooks/emily-bronte_wuthering-heights"
    ),
    Book(
        "two-cities",
        "A Tale of Two Cities",
        "Charles Dickens",
        1859,
        "standardebooks/charles-dickens_a-tale-of-two-cities",
    ),
    Book("moonstone", "The Moonstone", "Wilkie Collins", 1868, "standardebooks/wilkie-collins_the-moonstone"),
    Book(
        "treasure-island",
        "Treasure Island",
        "R. L. Stevenson",
        1883,
        "standardebooks/robert-louis-stevenson_treasure-island",
    ),
    Book("huckleberry-finn", "Huckleberry Finn", "Mark Twain", 1884, "GITenberg/Adventures-of-Huckleberry-Finn_76"),
    Book("flatland", "Flatland", "Edwin A. Abbott", 1884, "standardebooks/edwin-a-abbott_flatland"),
    Book(
        "sherlock-holmes",
        "The Adventures of Sherlock Holmes",
        "A. Conan Doyle",
        1892,
        "standardebooks/arthur-conan-doyle_the-adventures-of-sherlock-holmes",
    ),
    Book("time-machine", "The Time Machine", "H. G. Wells", 1895, "GITenberg/The-Time-Machine_35"),
    Book("dracula", "Dracula", "Bram Stoker", 1897, "GITenberg/Dracula_345"),
    Book(
        "war-of-the-worlds",
        "The War of the Worlds",
        "H. G. Wells",
        1898,
        "standardebooks/h-g-wells_the-war-of-the-worlds",
    ),
    Book(
        "the-secret-agent", "The Secret Agent", "Joseph Conrad", 1907, "standardebooks/joseph-conrad_the-secret-agent"
    ),
    Book(
        "a-room-with-a-view",
        "A Room with a View",
        "E. M. Forster",
        1908,
        "standardebooks/e-m-forster_a-room-with-a-view",
    ),
    Book("my-antonia", "My Ántonia", "Willa Cather", 1918, "standardebooks/willa-cather_my-antonia"),
    Book(
        "the-age-of-innocence",
        "The Age of Innocence",
        "Edith Wharton",
        1920,
        "standardebooks/edith-wharton_the-age-of-innocence",
    ),
    Book(
        "the-mysterious-affair-at-styles",
        "The Mysterious Affair at Styles",
        "Agatha Christie",
        1920,
        "standardebooks/agatha-christie_the-mysterious-affair-at-styles",
    ),
    Book("babbitt", "Babbitt", "Sinclair Lewis", 1922, "standardebooks/sinclair-lewis_babbitt"),
    Book(
        "great-gatsby",
        "The Great Gatsby",
        "F. Scott Fitzgerald",
        1925,
        "standardebooks/f-scott-fitzgerald_the-great-gatsby",
    ),
    Book("mrs-dalloway", "Mrs Dalloway", "Virginia Woolf", 1925, "standardebooks/virginia-woolf_mrs-dalloway"),
    Book(
        "the-sun-also-rises",
        "The Sun Also Rises",
        "Ernest Hemingway",
        1926,
        "standardebooks/ernest-hemingway_the-sun-also-rises",
    ),
)


def main() -> None:
    """Measures the novels that are there and writes the numbers."""
    folders = _arguments().folders
    found = {book: path for book in BOOKS if (path := _path(book, folders))}
    for book in BOOKS:
        if book not in found:
            print(f"missing: {book.file} ({book.edition})")
    both = {book: _figures(path) for book, path in found.items()}
    measured = {book: figures for book, (figures, _) in both.items()}
    numbers = {**_published(measured), "rates": _rates([rates for _, rates in both.values()])}
    OUTPUT.write_text(json.dumps(numbers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(measured)} novels, {len(_keys(measured))} figures: {OUTPUT}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="where the novels are")
    return parser.parse_args()


def _path(book: Book, folders: Sequence[Path]) -> Path | None:
    names = (folder / f"{book.file}{ending}" for ending in (".txt", ".epub") for folder in folders)
    return next((path for path in names if path.exists()), None)


def _figures(path: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Its figures, and the rates by which a finding is told to be unusual."""
    report = analyse(path, path.name, lambda stage, share: None).report
    rates = {**dict(kind_rates(report.sections, report.summary.words)), **dict(chapter_rates(report.chapters))}
    return {key: figure.value for key, figure in comparable(report.sections)}, rates


def _published(measured: Mapping[Book, Mapping[str, float]]) -> dict[str, object]:
    periods = [[book for book in measured if first <= book.year <= last] for first, last in PERIODS]
    return {
        "periods": [
            {"name": f"{first} to {last}", "books": [f"{book.title}, {book.author}, {book.year}" for book in books]}
            for (first, last), books in zip(PERIODS, periods, strict=True)
        ],
        "sources": sorted({book.edition for book in measured}),
        "figures": {key: list(_rows(key, periods, measured)) for key in _keys(measured)},
    }


def _keys(measured: Mapping[Book, Mapping[str, float]]) -> list[str]:
    """The figures that every novel has."""
    first, *others = [list(figures) for figures in measured.values()]
    return [key for key in first if all(key in other for other in others)]


def _rows(
    key: str, periods: Sequence[Sequence[Book]], measured: Mapping[Book, Mapping[str, float]]
) -> Iterator[tuple[float, float, float]]:
    for books in periods:
        values = sorted(measured[book][key] for book in books)
        low, middle, high = values[0], statistics.median(values), values[-1]
        if len(values) >= FEWEST_FOR_QUARTERS:
            low, middle, high = _quarters(values)
        yield round(low, 4), round(middle, 4), round(high, 4)


def _rates(of_books: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float, float]]:
    """Lower quarter, middle and upper quarter of all books; a kind that a book lacks is nought there."""
    keys = sorted({key for rates in of_books for key in rates})
    return {key: _quarters([rates.get(key, 0.0) for rates in of_books]) for key in keys}


def _quarters(values: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return round(low, 4), round(middle, 4), round(high, 4)


if __name__ == "__main__":
    main()
