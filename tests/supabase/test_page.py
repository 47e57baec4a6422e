"""The page in Chromium, on a project: the real supabase-js signs in at a server that is not ours."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.conftest import Program
from tests.e2e.test_whole_road import SAMPLE
from tests.supabase.lite import PASSWORD, Author, Project

CHROMIUM = shutil.which("chromium")
LIMIT = 30_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install it, as `make browser` does"),
]


@pytest.fixture
def page(program: Program) -> Iterator[Page]:
    """The dashboard, opened. It may speak to the service and to the project, and break no policy of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(LIMIT)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(program.url)
        yield page
        browser.close()
    assert complaints == []


@pytest.fixture(scope="module")
def author(project: Project) -> Author:
    return project.sign_up("ann@authors.example")


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_an_author_signs_in_at_the_project_reads_a_report_and_signs_out(page: Page, author: Author) -> None:
    sign_in(page, author.email, PASSWORD)
    expect(page.get_by_text(author.email)).to_be_visible(timeout=LIMIT)

    page.get_by_label("Manuscript file").set_input_files(SAMPLE)

    expect(page.get_by_role("region", name="Structure and pace")).to_be_visible(timeout=LIMIT)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible(timeout=LIMIT)
    assert page.evaluate("localStorage.length") == 0


def test_a_wrong_password_is_answered_with_a_sentence(page: Page, author: Author) -> None:
    sign_in(page, author.email, "rain in the cellar 2")

    expect(page.get_by_role("alert")).to_contain_text("do not go together", timeout=LIMIT)
    expect(page.get_by_label("Password")).to_be_visible()
