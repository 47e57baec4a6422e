"""What only the author has is kept until it is accepted: her text, and the file that she chose."""

import json
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.conftest import Opened, Opener
from tests.browser.test_sign_in import Auth, sign_in, visit

__all__ = ["visit"]

pytestmark = pytest.mark.browser

TITLE = "The Long Night"
TEXT = "Chapter One\n\nIt rained. “Again,” said Anna. It stopped."
FULL = {"code": "LIMIT_REACHED", "message": "You have 2,000 manuscripts, the most that one author may have."}


def text_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text", exact=True)


def enter(page: Page, title: str = TITLE, text: str = TEXT) -> None:
    page.get_by_role("button", name="Paste text instead").click()
    page.get_by_label("Title").fill(title)
    text_field(page).fill(text)


def submit(page: Page) -> None:
    page.get_by_role("button", name="Analyse this text").click()


def expect_entered(page: Page, title: str = TITLE, text: str = TEXT) -> None:
    expect(page.get_by_label("Title")).to_have_value(title)
    expect(text_field(page)).to_have_value(text)


def expect_accepted(page: Page, title: str = TITLE) -> None:
    """The text is on the shelf and nowhere else."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("link", name="Add a manuscript").click()
    page.reload()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    page.get_by_role("button", name="Paste text instead").click()
    expect_entered(page, "", "")


def refusing(operation: str, answer: Mapping[str, str]) -> Callable[[Route], None]:
    """Answers one operation with a refusal, and lets the others through."""

    def handle(route: Route) -> None:
        if f"mutation {operation}(" not in (route.request.post_data or ""):
            return route.fallback()
        field = operation[0].lower() + operation[1:]
        return route.fulfill(json={"data": {field: {"__typename": "Refusal", **answer}}})

    return handle


def test_a_pasted_text_outlives_a_lost_connection(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    enter(page)

    page.context.set_offline(True)
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("cannot reach the service")
    expect_entered(page)
    page.context.set_offline(False)
    submit(page)

    expect_accepted(page)


def test_a_pasted_text_outlives_a_refusal_and_a_reload_after_it(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    enter(page)

    page.route("**/graphql", refusing("AddManuscript", FULL))
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("2,000 manuscripts")
    expect_entered(page)
    page.unroute("**/graphql")
    page.reload()
    expect_entered(page)
    submit(page)

    expect_accepted(page)


def test_a_pasted_text_outlives_a_reload_and_a_look_at_another_page(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    enter(page)

    page.reload()
    expect_entered(page)
    page.evaluate("location.hash = '#/manuscripts/unknown'")
    expect(page.get_by_role("heading", name="This manuscript is not here")).to_be_visible()
    page.get_by_role("link", name="Go to your manuscripts").click()

    expect_entered(page)


def test_a_text_of_twenty_megabytes_outlives_a_reload(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    page.get_by_role("button", name="Paste text instead").click()
    page.get_by_label("Title").fill(TITLE)

    text_field(page).evaluate(
        """field => {
          field.value = "“Rain,” she said. ".repeat(1_200_000);
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }"""
    )
    page.reload()

    expect(page.get_by_label("Title")).to_have_value(TITLE)
    assert text_field(page).evaluate("({ value }) => value.length") == 18 * 1_200_000


def test_a_text_that_the_browser_cannot_keep_is_said_to_be_in_this_page_only(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    page.add_init_script(
        """IDBObjectStore.prototype.put = () => {
          throw new DOMException('The disk is full.', 'QuotaExceededError');
        }"""
    )
    opened.go()

    enter(page)

    expect(page.get_by_text("This browser has no room to keep your text")).to_be_visible()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()
    assert asked == ["beforeunload"]


def test_two_tabs_keep_two_texts_and_a_closed_one_leaves_its_own_to_the_next(open_page: Opener) -> None:
    opened = open_page()
    one = opened.page
    opened.go()
    enter(one, "One", "The first text.")
    other = one.context.new_page()
    other.goto(opened.base)
    expect(other.get_by_role("button", name="Paste text instead")).to_have_attribute("aria-expanded", "false")
    enter(other, "Other", "The second text.")

    one.reload()
    other.reload()
    expect_entered(one, "One", "The first text.")
    expect_entered(other, "Other", "The second text.")
    other.close()
    next_one = one.context.new_page()
    next_one.goto(opened.base)

    expect_entered(next_one, "Other", "The second text.")


def test_a_chosen_file_is_held_while_its_upload_fails_and_over_a_reload(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label("Manuscript file").set_input_files(
        {"name": "The Held Lamp.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}
    )
    expect(page.get_by_role("alert")).to_contain_text("connection")
    expect(page.get_by_role("alert")).to_contain_text("The Held Lamp.txt")

    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_contain_text("connection")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("It is not added yet")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The Held Lamp")
    page.get_by_role("link", name="Add a manuscript").click()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_a_text_that_was_accepted_is_not_asked_for_again_when_its_analysis_cannot_start(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    page.route("**/graphql", refusing("StartAnalysis", FULL))
    enter(page, "Accepted but not read")

    submit(page)

    expect(page.get_by_role("alert")).to_contain_text("“Accepted but not read” is on your shelf")
    expect(page.get_by_role("link", name="Accepted but not read").first).to_be_visible()
    expect(page.get_by_label("Title")).to_have_count(0)


def test_a_text_outlives_a_sign_in_that_ran_out_and_is_shown_to_its_author_only(visit: tuple[Opened, Auth]) -> None:
    opened, auth = visit
    page = opened.page
    sign_in(page)
    enter(page)
    auth.ends_sessions = True
    refused = {"code": "UNAUTHENTICATED", "message": "The token has expired."}

    def refuse_the_text(route: Route) -> None:
        # The page asks for more than this at times of its own, and would be signed out before it is sent.
        if "AddManuscript" in (route.request.post_data or ""):
            route.fulfill(status=401, body=json.dumps(refused))
        else:
            route.continue_()

    page.route("**/graphql", refuse_the_text)

    submit(page)

    expect(page.get_by_label("Password")).to_be_visible()
    page.unroute("**/graphql")
    auth.ends_sessions = False
    auth.author = "berta"
    sign_in(page)
    expect(page.get_by_role("button", name="Paste text instead")).to_have_attribute("aria-expanded", "false")
    page.get_by_role("button", name="Paste text instead").click()
    expect_entered(page, "", "")
    page.get_by_role("button", name="Sign out").click()
    auth.author = "anna"
    sign_in(page)
    expect_entered(page)


def test_the_address_to_sign_in_with_outlives_a_refusal_and_a_reload(visit: tuple[Opened, Auth]) -> None:
    opened, _ = visit
    page = opened.page
    sign_in(page, "something else")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("anna@example.com")

    page.reload()

    expect(page.get_by_label("E-mail address")).to_have_value("anna@example.com")
