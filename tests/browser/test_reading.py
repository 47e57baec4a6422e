"""An author with her own pages: from the report into the text and back, in a real browser, on the real program."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser

_WORDS = "The lamp burned slowly while Anna was told that the harbour suddenly seemed further away than before. "
"""18 words, of which two are adverbs."""


def open_sample(page: Page) -> None:
    """Adds our story and waits for its report."""
    page.get_by_role("button", name="try it with our sample story").click()
    expect(page.get_by_role("region", name="At a glance")).to_be_visible()


def add(page: Page, text: str, name: str) -> None:
    """Adds a text and waits for its report."""
    file: FilePayload = {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.get_by_label("Manuscript file").set_input_files(file)
    expect(page.get_by_role("region", name="At a glance")).to_be_visible(timeout=120_000)


def here(page: Page) -> Locator:
    """Where in the text the reader is."""
    return page.locator("#here")


def keep(page: Page, name: str, artefacts: Path) -> None:
    """Keeps a picture of the page."""
    page.screenshot(path=artefacts / f"{name}.png")


@pytest.fixture
def artefacts(tmp_path: Path) -> Path:
    """Where pictures are kept: with the test's own files."""
    return tmp_path


def test_a_place_of_the_report_leads_into_the_text_and_back(open_page: Opener, artefacts: Path) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    open_sample(page)
    phrases = page.get_by_role("region", name="Repeated phrases")
    phrases.locator("summary.finding").first.click()
    label = phrases.locator(".finding-label").first.inner_text()
    place = phrases.locator(".places a").first
    place.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 500

    place.click()

    expect(here(page)).to_be_in_viewport()
    expect(here(page)).to_have_text(re.compile(r"\W+".join(label.split()), re.IGNORECASE))
    keep(page, "place", artefacts)
    page.get_by_role("link", name="The report on").click()
    expect(place).to_be_in_viewport()
    assert abs(page.evaluate("scrollY") - before) < 50


def test_the_walk_goes_through_every_place_of_a_kind_and_back(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    open_sample(page)
    way = page.get_by_role("link", name=re.compile(r"Adverbs in -ly: read all \d+"))
    count = int(re.findall(r"all (\d+)", way.inner_text())[0])

    way.click()

    place = page.locator(".walker-place")
    seen = set()
    for number in range(1, count + 1):
        expect(place).to_have_text(f"{number} of {count}")
        expect(here(page)).to_be_in_viewport()
        expect(here(page)).to_have_text(re.compile("ly$"))
        seen.add(page.url)
        if number < count:
            page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_disabled()
    assert len(seen) == count > 4
    page.get_by_role("button", name="Previous", exact=True).click()
    expect(place).to_have_text(f"{count - 1} of {count}")


def test_the_address_of_a_place_can_be_kept(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    open_sample(page)
    page.get_by_role("link", name=re.compile("Passive voice: read all")).click()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".walker-place")).to_have_text(re.compile("^2 of"))
    words, address = here(page).inner_text(), page.url

    page.goto("about:blank")
    page.goto(address)

    expect(here(page)).to_have_text(words)
    expect(here(page)).to_be_in_viewport()


def test_each_kind_of_finding_has_a_switch(open_page: Opener, artefacts: Path) -> None:
    opened = open_page(viewport={"width": 1440, "height": 900})
    page = opened.page
    opened.go()
    open_sample(page)
    page.get_by_text("The same as a table").click()
    page.get_by_role("rowheader").first.get_by_role("link").click()
    expect(page.locator(".passage").first).to_be_visible()
    adverbs = page.locator(".passage .under", has_text=re.compile("ly$"))
    expect(adverbs.first).to_be_visible()
    counts = page.locator(".margin-count")
    expect(counts.first).to_be_visible()
    keep(page, "chapter", artefacts)

    for switch in page.get_by_role("checkbox").all():
        switch.uncheck()

    expect(page.locator(".passage .mark")).to_have_count(0)
    expect(counts).to_have_count(0)
    page.get_by_role("checkbox", name="Characters").check()
    expect(page.locator(".passage .mark").first).to_be_visible()


def test_a_bar_of_the_chart_opens_its_chapter(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    open_sample(page)
    plot = page.locator(".u-over").first
    box = plot.bounding_box()
    assert box is not None

    plot.click(position={"x": box["width"] - 20, "y": box["height"] - 5})

    last = page.get_by_role("combobox", name="Chapter").locator("option").last
    expect(page.get_by_role("heading", level=1)).to_have_text(last.inner_text())
    expect(page.get_by_role("table", name="Figures")).to_contain_text("The book")


def test_of_a_chapter_of_200_000_words_only_what_is_near_is_in_the_page(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    paragraphs = "\n\n".join(_WORDS * 10 for _ in range(1100))
    # The last of it is a paragraph of 36,000 words.
    add(page, f"Chapter 1\n\n{paragraphs}\n\n{_WORDS * 100}\n\nChapter 2\n\n{_WORDS * 2000}\n\nThe end.", "Long")
    manuscript = page.url

    page.goto(f"{manuscript}/chapters/1?at=1101.4-8")

    expect(here(page)).to_have_text("lamp")
    expect(here(page)).to_be_in_viewport()
    assert page.locator(".passage").count() < 150
    page.goto(f"{manuscript}/chapters/1")
    page.reload()
    expect(page.locator(".passage").first).to_be_in_viewport()
    page.mouse.wheel(0, 30_000)
    expect(page.locator(".passage:visible").first).to_be_attached()
    assert page.locator(".passage").count() < 150
    page.goto(f"{manuscript}/chapters/2?kind=adverb&end=last")
    expect(here(page)).to_have_text("suddenly")
    expect(here(page)).to_be_in_viewport()
    assert page.evaluate("document.querySelector('.text').textContent.length") < 60_000


def test_a_book_of_2_000_chapters_is_read_to_its_end(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    chapters = "\n\n".join(f"Chapter {number}\n\n{_WORDS * 3}" for number in range(1, 2001))
    add(page, chapters, "Many")

    page.goto(f"{page.url}/chapters/2000?kind=adverb&end=first")

    expect(page.locator(".walker-place")).to_have_text("11,995 of 12,000")
    page.get_by_role("button", name="Previous", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chapter 1999")
    expect(page.locator(".walker-place")).to_have_text("11,994 of 12,000")


def test_a_manuscript_that_is_deleted_while_it_is_read_says_so(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    add(page, f"Chapter 1\n\n{_WORDS}\n\nChapter 2\n\n{_WORDS}\n\nChapter 3\n\n{_WORDS}", "Gone")
    page.goto(f"{page.url}/chapters/1")
    expect(page.locator(".passage").first).to_be_visible()
    page.evaluate(
        """async (id) => {
          const { token } = await (await fetch('/session', { method: 'POST' })).json();
          await fetch('/graphql', {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: JSON.stringify({
              query: 'mutation ($id: ID!) { deleteManuscript(id: $id) { __typename } }', variables: { id },
            }),
          });
        }""",
        _id_in(page.url),
    )

    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("deleted|not here"))


def _id_in(url: str) -> str:
    found = re.search(r"manuscripts/([^/]+)", url)
    assert found is not None
    return found[1].replace("%3D", "=")


def test_the_report_is_taken_along(open_page: Opener, artefacts: Path) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    open_sample(page)
    take = page.get_by_role("list", name="Take the report along")

    texts: dict[str, str] = {}
    for name in ("Text (Markdown)", "Chapters (CSV)", "Findings (CSV)", "Data (JSON)"):
        with page.expect_download() as download:
            take.get_by_role("button", name=name).click()
        texts[download.value.suggested_filename] = Path(download.value.path()).read_text(encoding="utf-8-sig")

    title = "The Lamplighter’s Ledger"
    assert set(texts) == {f"{title}.md", f"{title} chapters.csv", f"{title} findings.csv", f"{title}.json"}
    assert texts[f"{title}.md"].startswith(f"# {title}\n")
    rows = list(csv.DictReader(StringIO(texts[f"{title} chapters.csv"])))
    report = json.loads(texts[f"{title}.json"])
    assert [row["Chapter"] for row in rows] == [chapter["title"] for chapter in report["chapters"]]
    assert "The Wrong Lamp" in texts[f"{title} findings.csv"]


def test_the_report_is_printed_with_its_charts_and_without_its_buttons(open_page: Opener, artefacts: Path) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    open_sample(page)
    page.emulate_media(media="print")

    expect(page.locator(".chart-printed svg").first).to_be_visible()
    expect(page.locator(".chart-canvas").first).to_be_hidden()
    expect(page.get_by_role("button").locator("visible=true")).to_have_count(0)
    printed = artefacts / "report.pdf"
    page.pdf(path=printed, format="A4", print_background=True)
    with pypdfium2.PdfDocument(printed) as document:
        assert 3 <= len(document) <= 8
