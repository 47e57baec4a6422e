"""GraphiQL from our own bundle: offline, signed in, with examples that run."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser


def run_example(page: Page, kind: str, name: str) -> None:
    editor = page.locator(".graphiql-query-editor")
    # A tab that is chosen before the editor stands is not shown.
    expect(editor).to_contain_text("query Manuscripts", use_inner_text=True)
    page.get_by_title(name, exact=True).click()
    expect(editor).to_contain_text(f"{kind} {name}", use_inner_text=True)
    page.get_by_role("button", name="Execute query").click()


def test_an_example_query_runs_offline(open_page: Opener) -> None:
    opened = open_page()
    opened.go("/graphql")

    run_example(opened.page, "query", "Manuscripts")

    expect(opened.page.locator(".result-window")).to_contain_text('"totalCount"')


def test_an_example_subscription_runs_offline(open_page: Opener) -> None:
    opened = open_page()
    opened.go("/graphql")

    run_example(opened.page, "subscription", "JobUpdates")

    expect(opened.page.locator(".result-window")).to_contain_text('"jobUpdates"')


def test_the_editor_knows_the_schema(open_page: Opener) -> None:
    opened = open_page()
    opened.go("/graphql")

    opened.page.get_by_role("button", name="Show Documentation Explorer").click()

    expect(opened.page.get_by_text("JobUpdate").or_(opened.page.get_by_text("Subscription")).first).to_be_visible()
