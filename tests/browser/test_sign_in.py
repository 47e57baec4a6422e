"""Signing in with e-mail and password through the real supabase-js; the answers of Supabase are laid in."""

import json
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opened, Opener

pytestmark = pytest.mark.browser

EMAIL = "anna@example.com"
PASSWORD = "a long walk home"


class Auth:
    """Answers as Supabase's auth does for one author. Her access token is one that the program takes."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.refreshed = 0
        self.author = "anna"
        self.ends_sessions = False
        self.asked_for: list[str] = []

    def answer(self, route: Route) -> None:
        """Any address below /auth/v1."""
        path = route.request.url.split("/auth/v1")[1]
        self.asked_for.append(path)
        body = route.request.post_data_json or {}
        if path.startswith("/logout"):
            route.fulfill(status=204)
        elif path.startswith("/token?grant_type=refresh_token") and not self.ends_sessions:
            self.refreshed += 1
            route.fulfill(json=self._session())
        elif path.startswith("/token?grant_type=password") and body.get("password") == PASSWORD:
            route.fulfill(json=self._session())
        else:
            route.fulfill(
                status=400, json={"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
            )

    def _session(self) -> dict[str, object]:
        asked = Request(self._base + "/session", method="POST", headers={"Origin": self._base})
        with urlopen(asked) as answered:
            token = json.load(answered)["token"]
        user = {"id": self.author, "aud": "authenticated", "email": EMAIL, "app_metadata": {}, "user_metadata": {}}
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": 3600,
            "refresh_token": f"refresh-{self.refreshed}",
            "user": {**user, "created_at": "2026-11-01T10:00:00Z"},
        }


@pytest.fixture
def visit(open_page: Opener) -> tuple[Opened, Auth]:
    """The page in Supabase mode."""
    opened = open_page()
    auth = Auth(opened.base)
    config = {"mode": "supabase", "supabaseUrl": opened.base, "publishableKey": "sb_publishable_test"}
    opened.page.route("**/config.json", lambda route: route.fulfill(json=config))
    opened.page.route("**/auth/v1/**", auth.answer)
    opened.go()
    return opened, auth


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_an_author_signs_in_with_her_password_and_out_again(visit: tuple[Opened, Auth]) -> None:
    opened, _ = visit
    page = opened.page

    sign_in(page)

    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    expect(page.get_by_text(EMAIL)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def test_a_wrong_password_is_answered_with_a_sentence(visit: tuple[Opened, Auth]) -> None:
    opened, _ = visit

    sign_in(opened.page, "something else")

    expect(opened.page.get_by_role("alert")).to_contain_text("do not go together")


def test_a_signed_in_author_stays_signed_in_when_she_comes_back(visit: tuple[Opened, Auth]) -> None:
    opened, _ = visit
    sign_in(opened.page)
    expect(opened.page.get_by_role("button", name="Choose a file")).to_be_visible()

    opened.page.reload()

    expect(opened.page.get_by_role("button", name="Choose a file")).to_be_visible()


def test_a_token_that_the_server_refuses_is_renewed(visit: tuple[Opened, Auth]) -> None:
    opened, auth = visit
    page = opened.page
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.fallback()
            return
        refused.append(route)
        route.fulfill(status=401, json={"code": "UNAUTHENTICATED", "message": "The token has expired."})

    page.route("**/graphql", refuse_once)

    sign_in(page)

    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    assert auth.refreshed == 1


def test_local_mode_loads_nothing_of_supabase(open_page: Opener) -> None:
    opened = open_page()
    opened.go()
    expect(opened.page.get_by_role("button", name="Choose a file")).to_be_visible()

    assert [request.url for request in opened.requests if "supabase" in request.url] == []


def test_a_page_that_may_not_sign_itself_in_says_why(open_page: Opener) -> None:
    opened = open_page()
    refusal = {"code": "FORBIDDEN", "message": "Only a page opened on the same machine signs itself in."}
    opened.page.route("**/session", lambda route: route.fulfill(status=403, json=refusal))

    opened.go()

    expect(opened.page.get_by_role("alert")).to_contain_text(refusal["message"])
