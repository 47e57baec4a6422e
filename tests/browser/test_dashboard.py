"""An author at the dashboard, in a real browser, on the real program."""

import itertools
import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import BASE_PATH, Opener

pytestmark = pytest.mark.browser

SAMPLE = next((Path(__file__).parents[2] / "samples").glob("*.txt"))

# Every text that the job's card and the announcements to screen readers ever held.
REMEMBER = """
window.seen = [];
new MutationObserver(() => {
  for (const element of document.querySelectorAll('.job-card, [role=status]')) {
    if (element.textContent && seen.at(-1) !== element.textContent) seen.push(element.textContent);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def long_novel(words: int = 150_000) -> FilePayload:
    """A novel that takes a while to read, made of the sample story over and over."""
    story = SAMPLE.read_text()
    parts = [f"Chapter {number}\n\n{story}" for number in range(1, words // len(story.split()) + 2)]
    return {"name": "The Long Road.txt", "mimeType": "text/plain", "buffer": "\n\n".join(parts).encode()}


def choose(page: Page, file: FilePayload | Path) -> None:
    page.get_by_label("Manuscript file").set_input_files(file)


def section(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title)


def test_an_author_adds_the_sample_story_and_reads_its_report(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()

    page.get_by_role("button", name="try it with our sample story").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The Lamplighter’s Ledger")
    expect(section(page, "At a glance")).to_contain_text("chapters")
    structure = section(page, "Structure and pace")
    expect(structure.locator("canvas")).to_have_count(3)
    structure.get_by_text("The same as a table").click()
    expect(structure.get_by_role("rowheader").first).to_contain_text("The Wrong Lamp")
    expect(section(page, "Repeated phrases")).to_be_visible()


def test_a_reading_moves_by_subscription_and_nothing_is_polled(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    page.add_init_script(REMEMBER)
    opened.go()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    choose(page, long_novel())

    expect(section(page, "At a glance")).to_be_visible(timeout=60_000)
    seen = " | ".join(page.evaluate("seen"))
    assert re.search(r"Running\d+%", seen), seen
    posts = opened.graphql_posts()
    assert "query JobPoll" not in posts
    assert len(posts) <= 13, posts


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(open_page: Opener) -> None:
    opened = open_page()
    opened.go()

    choose(opened.page, {"name": "novel.docx", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(64)})

    refusal = opened.page.get_by_role("alert")
    expect(refusal).to_contain_text("picture")


def test_several_files_dropped_at_once_are_added_one_after_the_other(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    files = page.evaluate_handle(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(['Chapter One\\n\\nIt rained.'], 'Dropped first.txt'));
          const picture = [new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), new Uint8Array(100)];
          files.items.add(new File(picture, 'Dropped second.docx'));
          files.items.add(new File(['Chapter One\\n\\nIt stopped.'], 'Dropped third.txt'));
          return files;
        }"""
    )

    page.dispatch_event(".drop-zone", "drop", {"dataTransfer": files})

    lines = page.get_by_role("list", name="Your files").get_by_role("listitem")
    expect(lines.nth(0)).to_contain_text("added")
    expect(lines.nth(1)).to_contain_text("picture")
    expect(lines.nth(2)).to_contain_text("added")
    uploads = [request for request in opened.requests if request.url.endswith("/manuscripts")]
    for earlier, later in itertools.pairwise(uploads):
        assert earlier.timing["responseEnd"] >= 0
        assert earlier.timing["startTime"] + earlier.timing["responseEnd"] <= later.timing["startTime"] + 1
    lines.nth(2).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dropped third")


def test_a_refusal_is_gone_on_the_next_visit(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    page.get_by_role("button", name="try it with our sample story").click()
    page.get_by_role("link", name="Add a manuscript").click()
    choose(page, {"name": "novel.txt", "mimeType": "", "buffer": b""})
    expect(page.get_by_role("alert")).to_contain_text("empty")

    page.get_by_role("link", name="The Lamplighter’s Ledger").first.click()
    page.get_by_role("link", name="Add a manuscript").click()

    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_author_stops_a_reading_and_tries_again(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    choose(page, long_novel(250_000))

    page.get_by_role("button", name="Stop", exact=True).click()

    expect(page.get_by_role("heading", name="You stopped this analysis")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(section(page, "At a glance")).to_be_visible(timeout=90_000)


def test_the_charts_stay_in_their_place_while_an_author_points_at_them(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    page.get_by_role("button", name="try it with our sample story").click()
    plot = page.locator(".charts .u-over").first
    expect(plot).to_be_visible()
    top = "getBoundingClientRect().top"
    place = f"element => element.{top} - element.closest('.charts').{top}"
    before = plot.evaluate(place)

    plot.hover()

    expect(page.locator(".readout")).to_contain_text("in a sentence")
    assert plot.evaluate(place) == before


def test_a_manuscript_is_deleted_only_after_a_question(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    page.get_by_role("button", name="Paste text instead").click()
    page.get_by_label("Title").fill("To be deleted")
    page.get_by_label("Text", exact=True).fill("Chapter One\n\nIt rained. “Again,” said Anna. It stopped.")
    page.get_by_role("button", name="Analyse this text").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("To be deleted")

    page.get_by_role("button", name="Delete…").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("To be deleted")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete it").click()

    expect(page.get_by_role("link", name="To be deleted")).to_have_count(0)
    expect(page.get_by_role("heading", name="To be deleted")).to_have_count(0)
    expect(page.get_by_role("main")).to_be_focused()


def test_the_address_of_a_manuscript_opens_it(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    page.get_by_role("button", name="try it with our sample story").click()
    expect(section(page, "At a glance")).to_be_visible()

    again = open_page()
    again.page.goto(page.url)

    expect(section(again.page, "At a glance")).to_be_visible()


def test_a_manuscript_opened_without_a_connection_appears_once_there_is_one(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    page.get_by_role("button", name="try it with our sample story").click()
    expect(section(page, "At a glance")).to_be_visible()
    page.get_by_role("link", name="Add a manuscript").click()

    page.context.set_offline(True)
    page.get_by_role("link", name="The Lamplighter’s Ledger").first.click()
    expect(page.get_by_role("alert")).to_contain_text("cannot reach the service")
    page.context.set_offline(False)

    expect(section(page, "At a glance")).to_be_visible()


def test_two_windows_see_the_same_reading(open_page: Opener) -> None:
    one, other = open_page(), open_page()
    one.go()
    other.go()
    expect(other.page.get_by_role("heading", level=1)).to_be_visible()

    choose(one.page, {**long_novel(60_000), "name": "Seen from both.txt"})

    expect(other.page.get_by_role("link", name="Seen from both")).to_be_visible()


def test_the_tabs_of_a_browser_share_a_socket_and_when_its_tab_goes_another_takes_over(open_page: Opener) -> None:
    first = open_page()
    sockets: list[str] = []
    first.page.context.on("page", lambda page: page.on("websocket", lambda socket: sockets.append(socket.url)))
    with first.page.expect_websocket():
        first.go()
    expect(first.page.get_by_role("heading", level=1)).to_be_visible()
    heir, third = first.page.context.new_page(), first.page.context.new_page()
    for page in (heir, third):
        page.goto(first.base)
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    choose(third, {**long_novel(60_000), "name": "Seen by a tab.txt"})
    expect(heir.get_by_role("link", name="Seen by a tab")).to_be_visible()
    assert sockets == []

    with heir.expect_websocket():
        first.page.close()
    third.get_by_role("link", name="Add a manuscript").click()
    choose(third, {**long_novel(60_000), "name": "Seen by an heir.txt"})
    expect(heir.get_by_role("link", name="Seen by an heir")).to_be_visible()
    assert len(sockets) == 1


def test_more_than_a_page_of_manuscripts_is_shown_on_demand(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    add_many(page, 21)
    page.reload()
    shelf = page.get_by_role("navigation", name="Your manuscripts")
    expect(shelf.get_by_role("listitem")).to_have_count(20)

    shelf.get_by_role("button", name="Show more").press("Enter")
    expect(shelf.get_by_role("listitem").nth(20).get_by_role("link")).to_be_focused()
    while shelf.get_by_role("button", name="Show more").count() > 0:
        shelf.get_by_role("button", name="Show more").click()
        expect(shelf.get_by_role("button", name="Loading…")).to_have_count(0)

    total = int(shelf.locator(".shelf-head span").inner_text())
    assert total > 20
    expect(shelf.get_by_role("listitem")).to_have_count(total)


def test_an_author_of_many_books_searches_sorts_and_filters_them(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    add_many(page, 12, "Émilie, volume")
    add_many(page, 25, "Of the rest")
    page.reload()
    shelf = page.get_by_role("navigation", name="Your manuscripts")
    items = shelf.get_by_role("listitem")

    shelf.get_by_role("searchbox").fill("emilie volume")
    expect(items).to_have_count(12)
    expect(items.first).to_contain_text("Émilie, volume 12")
    shelf.get_by_label("Order").select_option("By title")
    expect(items.first).to_contain_text("Émilie, volume 1")
    shelf.get_by_label("Show").select_option("With a report")
    expect(shelf.get_by_text("None of your manuscripts is like that.")).to_be_visible()


def test_an_author_finds_her_place_again_when_she_comes_back(open_page: Opener) -> None:
    opened = open_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = opened.page
    opened.go()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    add_many(page, 15, "Further down")
    page.reload()
    link = page.get_by_role("navigation", name="Your manuscripts").get_by_role("listitem").nth(14).get_by_role("link")
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 200

    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Further down")
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="All manuscripts").click()

    expect(link).to_be_visible()
    expect(link).to_be_in_viewport()


def add_many(page: Page, count: int, name: str = "One of many") -> None:
    """Adds manuscripts as a script of the author's would, without having them analysed."""
    page.evaluate(
        """async ([count, name]) => {
          const { token } = await (await fetch('/session', { method: 'POST' })).json();
          const query = 'mutation Add($input: AddManuscriptInput!) { addManuscript(input: $input) { __typename } }';
          for (let number = 1; number <= count; number += 1) {
            const input = { title: `${name} ${number}`, text: 'Chapter One\\n\\nIt rained. It stopped.' };
            const response = await fetch('/graphql', {
              method: 'POST',
              headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
              body: JSON.stringify({ query, variables: { input } }),
            });
            if (!response.ok) throw new Error(`The server answered ${response.status}.`);
          }
        }""",
        [count, name],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(open_page: Opener, scheme: str) -> None:
    opened = open_page(viewport={"width": 360, "height": 740}, color_scheme=scheme, is_mobile=True, has_touch=True)
    page = opened.page
    opened.go()
    page.get_by_role("button", name="try it with our sample story").click()
    expect(section(page, "Structure and pace").locator("canvas")).to_have_count(3)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 200) == (scheme == "dark")


def test_the_whole_road_goes_by_keyboard(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    press_until_focused(page, page.get_by_role("button", name="try it with our sample story"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_be_focused()
    press_until_focused(page, page.get_by_role("button", name="Delete…"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Delete…")).to_be_focused()


def press_until_focused(page: Page, target: Locator, presses: int = 60) -> None:
    for _ in range(presses):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{presses} presses of Tab did not reach {target}")


def test_the_page_needs_little_to_be_usable(open_page: Opener) -> None:
    # Bytes and round trips, not time: a busy machine is not the page's fault.
    opened = open_page()
    opened.go()
    expect(opened.page.get_by_role("button", name="Choose a file")).to_be_visible()
    opened.page.evaluate("document.fonts.ready.then(() => null)")

    sent: dict[str, int] = opened.page.evaluate(
        """Object.fromEntries(performance.getEntriesByType('resource').map(
          ({ name, encodedBodySize }) => [name, encodedBodySize]))"""
    )

    code = {name: size for name, size in sent.items() if name.endswith((".js", ".woff2"))}
    assert sum(1 for name in code if name.endswith(".woff2")) >= 1
    assert sum(code.values()) < 130_000, code
    assert len(opened.requests) <= 14, [request.url for request in opened.requests]


def test_charts_come_only_with_a_report(open_page: Opener) -> None:
    opened = open_page()
    opened.go()
    expect(opened.page.get_by_role("button", name="Choose a file")).to_be_visible()
    assert not any("/report-" in request.url for request in opened.requests)

    opened.page.get_by_role("button", name="try it with our sample story").click()

    expect(section(opened.page, "At a glance")).to_be_visible()
    assert any("/report-" in request.url for request in opened.requests)


def test_under_a_path_the_page_works_as_at_the_root(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    opened.go(BASE_PATH)

    page.get_by_role("button", name="try it with our sample story").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The Lamplighter’s Ledger")
    expect(section(page, "At a glance")).to_contain_text("chapters")
    asked = {request.url for request in opened.requests}
    assert [url for url in asked if not url.startswith(opened.base + BASE_PATH) and not url.startswith("data:")] == []
    opened.go(f"{BASE_PATH}/graphql")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("AddManuscript", use_inner_text=True)


def test_a_new_draft_is_put_beside_the_first_and_what_changed_is_shown(open_page: Opener) -> None:
    opened = open_page()
    page = opened.page
    story = SAMPLE.read_text()
    first, second = (
        {"name": "Ledger.txt", "mimeType": "text/plain", "buffer": text.encode()}
        for text in (
            story,
            story.replace("quietly ", "").replace("quickly ", "").replace("slowly ", "") + "\n\nA new ending.\n",
        )
    )
    opened.go()
    choose(page, FilePayload(**first))
    expect(section(page, "At a glance")).to_be_visible()

    page.get_by_label("The next draft’s file").set_input_files(FilePayload(**second))

    drafts = section(page, "Drafts of this book")
    expect(drafts.get_by_role("link", name="Draft 1")).to_be_visible()
    drafts.get_by_role("link", name="What changed since then").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What changed")
    expect(section(page, "Chapters")).to_contain_text("Edited")
    page.get_by_role("link", name="← Ledger").click()
    expect(section(page, "At a glance")).to_be_visible()
