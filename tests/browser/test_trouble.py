"""What an author is told when a part of the service fails, in a real browser, with parts that really fail."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import memory
from tests.browser.conftest import Opener, opener, running
from tests.browser.program import Program

pytestmark = pytest.mark.browser

# What the service waits for, in a fraction of the time; long enough for a busy browser to show what comes before.
HASTE = {
    "NF_QUEUE_TIMEOUT": "8",
    "NF_HEARTBEAT": "0.3",
    "NF_LEASE": "2",
    "NF_TICK_INTERVAL": "1",
    "NF_RESYNC_INTERVAL": "1",
}


@pytest.fixture(scope="module")
def hasty(browser: Browser) -> Iterator[Program]:
    """A program that may be hurt."""
    with memory.directory() as data, running(Program(data, HASTE)) as program:
        yield program


@pytest.fixture
def open_page(browser: Browser, hasty: Program) -> Iterator[Opener]:
    with opener(browser, hasty) as open_one:
        yield open_one


def paste(page: Page, title: str) -> None:
    page.get_by_role("button", name="Paste text instead").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text", exact=True).fill("Chapter One\n\nIt rained. “Again,” said Anna. It stopped.")
    page.get_by_role("button", name="Analyse this text").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_without_a_worker_the_author_is_told_why_her_analysis_waits_and_how_it_ends(
    open_page: Opener, hasty: Program
) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    card = page.get_by_role("region", name="Analysis", exact=True)

    with hasty.frozen("worker"):
        expect(page.get_by_text("Nothing is there to start analyses right now.")).to_be_visible()
        paste(page, "The Long Wait")
        expect(card).to_contain_text("Waiting to start")
        expect(card).to_contain_text("We could not start your analysis")
        expect(card).to_contain_text("try again")

    expect(page.get_by_text("Nothing is there to start analyses right now.")).to_have_count(0)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("region", name="At a glance")).to_be_visible()
    posts = opened.graphql_posts()
    assert "query JobPoll" not in posts


def test_a_page_whose_server_goes_away_says_so_and_comes_back_by_itself(open_page: Opener, hasty: Program) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    lost = page.get_by_text("We have lost the connection.")

    hasty.stop()

    expect(lost).to_be_visible()
    hasty.start()
    expect(lost).to_have_count(0, timeout=60_000)
    paste(page, "After the Storm")
    expect(page.get_by_role("region", name="At a glance")).to_be_visible()
