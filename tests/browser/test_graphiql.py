"""GraphiQL from our own bundle: offline, signed in, with examples that run."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser


def run_example(page: Page, kind: str, name: str) -> None:
    editor = page.locator(".graphiql-query-editor")
    # A tab that is chosen before the editor stands is not shown.
    expect(editor).to_contain_text("mutation AddManuscript", use_inner_text=True)
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


def test_the_examples_lead_along_a_manuscripts_road_and_carry_its_ids(open_page: Opener) -> None:
    page = (opened := open_page()).page
    opened.go("/graphql")
    variables = page.locator(".graphiql-editor-tool")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("# 1 of ", use_inner_text=True)
    expect(variables).to_contain_text("A short story", use_inner_text=True)

    page.get_by_role("button", name="Execute query").click()
    expect(page.get_by_role("status").filter(has_text="Answered in")).to_be_visible()
    page.get_by_title("StartAnalysis", exact=True).click()

    expect(variables).to_contain_text("manuscriptId", use_inner_text=True)
    expect(variables).not_to_contain_text("the id of a manuscript", use_inner_text=True)
    page.get_by_role("button", name="Execute query").click()
    expect(page.locator(".result-window")).to_contain_text('"startAnalysis"')


def test_a_query_is_made_by_pointing_and_no_tab_lies_under_the_logo(open_page: Opener) -> None:
    page = (opened := open_page(viewport={"width": 800, "height": 700})).page
    opened.go("/graphql")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("mutation AddManuscript", use_inner_text=True)

    page.get_by_role("button", name="Show GraphiQL Explorer").click()

    expect(page.locator(".docExplorerWrap").get_by_text("cancelJob", exact=True)).to_be_visible()
    tabs, logo = (page.locator(each).bounding_box() for each in (".graphiql-tabs", ".graphiql-logo"))
    assert tabs is not None
    assert logo is not None
    assert tabs["x"] + tabs["width"] <= logo["x"]


def test_the_editor_knows_the_schema(open_page: Opener) -> None:
    opened = open_page()
    opened.go("/graphql")

    opened.page.get_by_role("button", name="Show Documentation Explorer").click()

    expect(opened.page.get_by_text("JobUpdate").or_(opened.page.get_by_text("Subscription")).first).to_be_visible()
