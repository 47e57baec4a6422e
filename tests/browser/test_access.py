"""The page for everybody: checked by axe, the rules of WCAG 2.2 A and AA as far as a program can check them."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Opener
from tests.browser.program import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, axe: Path = AXE) -> list[str]:
    """What axe finds wrong, a line a rule with the first element that breaks it."""
    page.evaluate(axe.read_text())
    found = page.evaluate("(rules) => axe.run({ runOnly: rules })", RULES)
    return [f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html']}" for rule in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_page_is_accessible(open_page: Opener, scheme: str) -> None:
    opened = open_page(color_scheme=scheme, reduced_motion="reduce")
    page = opened.page
    opened.go()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    page.get_by_role("button", name="Paste text instead").click()
    assert violations(page) == []

    broken: list[FilePayload] = [{"name": f"{name}.docx", "mimeType": "", "buffer": b"no"} for name in "ab"]
    page.get_by_label("Manuscript file").set_input_files(broken)
    expect(page.get_by_role("alert")).to_have_count(2)
    assert violations(page) == []

    page.get_by_role("button", name="try it with our sample story").click()
    expect(page.get_by_role("region", name="Structure and pace")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []

    page.get_by_role("link", name="Passive voice: read all").click()
    expect(page.locator("#here")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="The report on").click()

    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_letters_of_twice_the_size_fit_the_page(open_page: Opener, width: int) -> None:
    opened = open_page(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    page = opened.page
    opened.go()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.get_by_role("button", name="Paste text instead").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("button", name="try it with our sample story").click()
    expect(page.get_by_role("region", name="Structure and pace")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("link", name="Passive voice: read all").click()
    expect(page.locator("#here")).to_be_visible()
    for summary in page.locator(".chapter-aside summary:visible").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
