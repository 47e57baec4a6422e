"""Who is believed: tokens in both modes, the local page's own sign-in, and the secret they rest on."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from jobs.errors import ConfigurationError, Unauthenticated, Unavailable
from jobs.settings import Settings
from server.auth import KeySet, LocalAuthority, SupabaseAuthority, bearer, local_secret, local_token, owner_of
from tests.api.conftest import Api, running

SECRET = "a secret of more than thirty-two bytes"
ISSUER = "https://project.example/auth/v1"
JWKS = f"{ISSUER}/.well-known/jwks.json"
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def signed(key: Any = SECRET, algorithm: str = "HS256", *, kid: str | None = None, **changes: Any) -> str:
    """A token of the project, with changed claims; a claim of None is left out."""
    claims = {
        "sub": "0b9e9fd4-31d6-4d0a-8d1c-8d6c1b0b7c11",
        "aud": "authenticated",
        "iss": ISSUER,
        "exp": time.time() + 60,
        "email": "ann@example.com",
    }
    claims |= changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


class Project:
    """A Supabase project's key endpoint."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {"ec": EC, "rsa": RSA}
        self.asked = 0
        self.is_away = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What it says when asked for its keys."""
        assert str(request.url) == JWKS
        self.asked += 1
        if self.is_away:
            raise httpx.ConnectError("away")
        return httpx.Response(200, json={"keys": [_jwk(kid, key) for kid, key in self.keys.items()]})


def _jwk(kid: str, key: Any) -> dict[str, Any]:
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


@pytest.fixture
def project() -> Project:
    return Project()


@pytest.fixture
async def supabase(project: Project) -> AsyncIterator[SupabaseAuthority]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(project.answer)) as client:
        yield SupabaseAuthority(issuer=ISSUER, secret=SECRET, keys=KeySet(client, JWKS))


async def test_tokens_of_every_kind_of_key_are_believed(supabase: SupabaseAuthority) -> None:
    for token in (signed(), signed(EC, "ES256", kid="ec"), signed(RSA, "RS256", kid="rsa")):
        caller = await supabase.caller(token)

        assert caller.owner_id == UUID("0b9e9fd4-31d6-4d0a-8d1c-8d6c1b0b7c11")
        assert caller.email == "ann@example.com"


async def test_a_project_whose_clock_runs_ahead_shuts_nobody_out(supabase: SupabaseAuthority) -> None:
    assert await supabase.caller(signed(iat=time.time() + 300))


@pytest.mark.parametrize(
    "make",
    [
        lambda: signed(exp=time.time() - 1),
        lambda: signed(exp=None),
        lambda: signed(exp=1e300),
        lambda: signed(aud="anon"),
        lambda: signed(aud=None),
        lambda: signed(iss="https://other.example/auth/v1"),
        lambda: signed(iss=None),
        lambda: signed(sub=None),
        lambda: signed(sub=""),
        lambda: signed("another secret of more than thirty-two bytes"),
        lambda: signed(SECRET, "HS512"),
        lambda: signed("", "none"),
        lambda: signed(ec.generate_private_key(ec.SECP256R1()), "ES256", kid="ec"),
        lambda: signed(EC, "ES256"),
        lambda: signed(RSA, "PS256", kid="rsa"),
        lambda: signed(EC, "ES256", kid="rsa"),
        lambda: "nonsense",
        lambda: "a.b.c",
        lambda: "",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
async def test_a_token_that_is_wrong_in_any_part_is_not_believed(
    supabase: SupabaseAuthority, make: Callable[[], str]
) -> None:
    with pytest.raises(Unauthenticated):
        await supabase.caller(make())


async def test_a_public_key_does_not_pass_for_a_shared_secret(project: Project) -> None:
    public = _jwk("ec", EC)["x"]
    async with httpx.AsyncClient(transport=httpx.MockTransport(project.answer)) as client:
        authority = SupabaseAuthority(issuer=ISSUER, secret=None, keys=KeySet(client, JWKS))
        for key in (public, SECRET):
            with pytest.raises(Unauthenticated):
                await authority.caller(signed(key, "HS256", kid="ec"))
    assert project.asked == 0


async def test_a_new_key_is_found_and_an_unknown_one_asked_for_once_in_thirty_seconds(
    supabase: SupabaseAuthority, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    await supabase.caller(signed(EC, "ES256", kid="ec"))
    assert project.asked == 1

    project.keys["new"] = EC
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await supabase.caller(signed(EC, "ES256", kid="new"))
    assert project.asked == 1

    _time_passes(monkeypatch, seconds=31)
    await supabase.caller(signed(EC, "ES256", kid="new"))
    assert project.asked == 2


async def test_many_tokens_at_once_ask_for_the_keys_once(supabase: SupabaseAuthority, project: Project) -> None:
    await asyncio.gather(*(supabase.caller(signed(EC, "ES256", kid="ec")) for _ in range(20)))

    assert project.asked == 1


async def test_known_keys_outlast_a_project_that_is_away(
    supabase: SupabaseAuthority, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    await supabase.caller(signed(EC, "ES256", kid="ec"))
    project.is_away = True
    _time_passes(monkeypatch, seconds=3600)

    assert await supabase.caller(signed(EC, "ES256", kid="ec"))


def _time_passes(monkeypatch: pytest.MonkeyPatch, *, seconds: float) -> None:
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + seconds, time=time.time)
    for clocked in ("jobs.shared.time", "server.auth.time"):
        monkeypatch.setattr(clocked, later)


async def test_keys_that_were_never_read_are_unavailable_and_no_lie_about_the_token(
    supabase: SupabaseAuthority, project: Project
) -> None:
    project.is_away = True

    with pytest.raises(Unavailable):
        await supabase.caller(signed(EC, "ES256", kid="ec"))


async def test_a_token_of_one_mode_is_not_believed_in_the_other(supabase: SupabaseAuthority, tmp_path: Path) -> None:
    settings = Settings(jwt_secret=SECRET, data=tmp_path)

    with pytest.raises(Unauthenticated):
        await supabase.caller(local_token(settings, sub="ann"))
    with pytest.raises(Unauthenticated):
        await LocalAuthority(SECRET).caller(signed())


def test_a_subject_that_is_no_uuid_always_means_the_same_owner() -> None:
    assert owner_of("ann") == owner_of("ann") != owner_of("ben")
    assert owner_of("0b9e9fd4-31d6-4d0a-8d1c-8d6c1b0b7c11") == UUID("0b9e9fd4-31d6-4d0a-8d1c-8d6c1b0b7c11")


def test_the_secret_is_made_once_for_all_processes_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: local_secret(settings), range(32)))

    [file] = (tmp_path / "data").iterdir()
    assert len(secrets) == 1
    assert file.stat().st_mode & 0o777 == 0o600
    assert local_secret(settings) in secrets


def test_a_secret_that_is_too_short_or_damaged_is_named(tmp_path: Path) -> None:
    (tmp_path / "jwt_secret").write_text("short")

    with pytest.raises(ConfigurationError, match="jwt_secret"):
        local_secret(Settings(data=tmp_path))
    with pytest.raises(ConfigurationError, match="NF_JWT_SECRET"):
        local_secret(Settings(jwt_secret="short", data=tmp_path))


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer ", "Basic x", 1, {}])
def test_a_header_without_a_bearer_token_is_no_sign_in(value: object) -> None:
    with pytest.raises(Unauthenticated):
        bearer(value)


@pytest.fixture
async def local(settings: Settings) -> AsyncIterator[Api]:
    """An api as `up` starts it."""
    async with running(replace(settings, local_sign_in=True)) as api:
        yield api


async def test_an_api_that_up_did_not_start_signs_no_page_in(api: Api) -> None:
    # What a proxy on the same machine sends that rewrites Host and adds no header: the author herself sends no other.
    response = await api.http.post("/session", headers={"Origin": api.url})

    assert (response.status_code, response.json()["code"]) == (403, "FORBIDDEN")
    assert "novelfoundry token" in response.json()["message"]


async def test_the_local_page_signs_itself_in(local: Api) -> None:
    response = await local.http.post("/session", headers={"Origin": local.url})

    token = response.json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    viewer = await local.http.get("/graphql", params={"query": "{ viewer { id } }"}, headers=headers)
    assert viewer.json() == {"data": {"viewer": {"id": "local-author"}}}
    assert response.headers["cache-control"] == "no-store"
    assert jwt.decode(token, options={"verify_signature": False})["exp"] > time.time() + 3000


async def test_nobody_else_is_signed_in(local: Api) -> None:
    port = local.url.rpartition(":")[2]
    strangers = [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[", "Host": "["},
        {"Origin": f"http://evil.example:{port}", "Host": f"evil.example:{port}"},
        {"Origin": local.url, "X-Forwarded-For": "203.0.113.9"},
        {"Origin": local.url, "Forwarded": "for=203.0.113.9"},
    ]
    for headers in strangers:
        response = await local.http.post("/session", headers=headers)

        assert response.status_code == 403, headers
        # A page of another origin is refused before it is asked who it is.
        assert response.json()["code"] in ("FORBIDDEN", "ORIGIN_NOT_ALLOWED"), headers


async def test_localhost_by_name_is_this_machine_too(local: Api) -> None:
    host = local.url.removeprefix("http://").replace("127.0.0.1", "localhost")

    assert (await local.http.post("/session", headers={"Host": host, "Origin": f"http://{host}"})).status_code == 200


async def test_the_page_is_told_how_to_sign_in(api: Api, settings: Settings) -> None:
    assert (await api.http.get("/config.json")).json() == {"mode": "local"}

    supabase = replace(
        settings,
        supabase_url="https://project.example",
        supabase_secret_key="sb_secret_x",
        supabase_publishable_key="sb_publishable_x",
    )
    object.__setattr__(api.services, "settings", supabase)
    told = (await api.http.get("/config.json")).json()
    page = await api.http.get("/")

    assert told == {
        "mode": "supabase", "supabaseUrl": "https://project.example", "publishableKey": "sb_publishable_x"
    }  # fmt: skip
    assert "connect-src 'self' https://project.example" in page.headers["content-security-policy"]
    assert (await api.http.post("/session", headers={"Origin": api.url})).status_code == 403
