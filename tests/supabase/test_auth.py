"""Who may come in: tokens of this project, and no others, whatever a forger puts into them."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from jobs.errors import Unauthenticated, Unavailable
from jobs.settings import Settings
from schema.ids import global_id
from server.auth import KeySet, SupabaseAuthority
from tests.api.conftest import Api, running
from tests.conftest import AddManuscript
from tests.supabase.edge import SILENCE, Edge, edge
from tests.supabase.lite import Project

PROGRESS = "subscription ($job: ID!) { jobProgress(id: $job) { id status version } }"
START = "mutation ($id: ID!) { startAnalysis(manuscriptId: $id) { ... on Job { id } } }"
ISSUER = "https://project.example/auth/v1"
SECRET = "the project's shared secret, long enough for HMAC"
SUBJECT = "5f0c6f3e-8f5c-4c9a-9d0a-3c1de1f9b7aa"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key pair that a project publishes, and signs with."""

    kid: str = field(default_factory=lambda: str(uuid4()))
    private: Any
    algorithm: str

    @classmethod
    def ec(cls) -> "SigningKey":
        return cls(private=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")

    @classmethod
    def rsa(cls) -> "SigningKey":
        return cls(private=rsa.generate_private_key(65537, 2048), algorithm="RS256")

    @property
    def published(self) -> dict[str, Any]:
        algorithms = ECAlgorithm if self.algorithm == "ES256" else RSAAlgorithm
        public: dict[str, Any] = algorithms.to_jwk(self.private.public_key(), as_dict=True)
        return public | {"kid": self.kid, "alg": self.algorithm, "use": "sig", "key_ops": ["verify"]}

    def sign(self, **changes: Any) -> str:
        return jwt.encode(claims(**changes), self.private, self.algorithm, headers={"kid": self.kid})


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    all_of_them = {
        "iss": ISSUER, "aud": "authenticated", "sub": SUBJECT, "exp": now + 600, "iat": now,
        "email": "ann@authors.example", "role": "authenticated",
    } | changes  # fmt: skip
    return {name: value for name, value in all_of_them.items() if value is not None}


def shared(secret: str = SECRET, **changes: Any) -> str:
    return jwt.encode(claims(**changes), secret, "HS256")


def forged(header: dict[str, Any], payload: dict[str, Any], secret: bytes = b"") -> str:
    """A token put together by hand, as no library would."""
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload))
    signature = hmac.new(secret, head + b"." + body, hashlib.sha256).digest() if secret else b""
    return b".".join([head, body, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def changed(token: str, **changes: Any) -> str:
    """The token with other claims under its old signature."""
    head, _, signature = token.split(".")
    return ".".join([head, shared(**changes).split(".")[1], signature])


@asynccontextmanager
async def authority(*keys: SigningKey, secret: str | None = None) -> AsyncIterator[tuple[SupabaseAuthority, Edge]]:
    async with edge(jwks(*keys)) as project, httpx.AsyncClient() as client:
        known = KeySet(client, f"{project.url}/auth/v1/.well-known/jwks.json")
        yield SupabaseAuthority(issuer=ISSUER, secret=secret, keys=known), project


def jwks(*keys: SigningKey) -> tuple[int, Any]:
    return 200, {"keys": [key.published for key in keys]}


@dataclass(slots=True)
class Clock:
    """The monotonic clock of the server, moved by hand."""

    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now

    @staticmethod
    def time() -> float:
        return time.time()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for clocked in ("jobs.shared.time", "server.auth.time"):
        monkeypatch.setattr(clocked, clock)
    return clock


# Keys


@pytest.mark.parametrize("make", [SigningKey.ec, SigningKey.rsa], ids=["ES256", "RS256"])
async def test_a_published_key_says_who_it_is(make: Any) -> None:
    key = make()
    async with authority(key) as (known, _):
        caller = await known.caller(key.sign())

    assert caller.owner_id == UUID(SUBJECT)
    assert caller.email == "ann@authors.example"


async def test_a_shared_secret_says_who_it_is_and_asks_for_no_keys() -> None:
    async with authority(secret=SECRET) as (known, project):
        assert (await known.caller(shared())).owner_id == UUID(SUBJECT)

    assert project.requests == []


async def test_keys_are_read_once_for_many_tokens() -> None:
    key = SigningKey.ec()
    async with authority(key) as (known, project):
        await asyncio.gather(*(known.caller(key.sign(sub=str(uuid4()))) for _ in range(20)))

    assert len(project.requests) == 1


async def test_a_new_key_is_found_when_its_first_token_comes_and_the_old_one_still_holds(clock: Clock) -> None:
    old, new = SigningKey.ec(), SigningKey.rsa()
    async with authority(old) as (known, project):
        await known.caller(old.sign())
        project.answers = [jwks(old, new)]
        clock.now += 31

        assert (await known.caller(new.sign())).owner_id == UUID(SUBJECT)
        assert (await known.caller(old.sign())).owner_id == UUID(SUBJECT)

    assert len(project.requests) == 2


async def test_a_key_that_was_withdrawn_ends_within_ten_minutes(clock: Clock) -> None:
    old, new = SigningKey.ec(), SigningKey.ec()
    async with authority(old) as (known, project):
        await known.caller(old.sign())
        project.answers = [jwks(new)]
        clock.now += 601

        with pytest.raises(Unauthenticated):
            await known.caller(old.sign())


async def test_unknown_keys_make_us_ask_at_most_once_in_thirty_seconds(clock: Clock) -> None:
    key = SigningKey.ec()
    async with authority(key) as (known, project):
        await known.caller(key.sign())
        for _ in range(60):
            clock.now += 1
            with pytest.raises(Unauthenticated):
                await known.caller(SigningKey.ec().sign())

        assert len(project.requests) == 1 + 60 // 30
        assert (await known.caller(key.sign())).owner_id == UUID(SUBJECT)


async def test_known_keys_hold_while_the_project_does_not_answer(clock: Clock) -> None:
    key = SigningKey.ec()
    async with authority(key) as (known, project):
        await known.caller(key.sign())
        project.answers = [(503, "<html></html>")]
        clock.now += 3600

        assert (await known.caller(key.sign())).owner_id == UUID(SUBJECT)


async def test_known_keys_wait_for_no_reading_that_is_under_way(clock: Clock) -> None:
    key = SigningKey.ec()
    async with authority(key) as (known, project):
        await known.caller(key.sign())
        project.answers = [(SILENCE, "")]
        clock.now += 3600
        first = asyncio.create_task(known.caller(key.sign()))
        await asyncio.sleep(0)

        assert (await known.caller(key.sign())).owner_id == UUID(SUBJECT)
        assert not first.done()
        first.cancel()


async def test_known_keys_make_us_ask_a_silent_project_at_most_once_in_thirty_seconds(clock: Clock) -> None:
    key = SigningKey.ec()
    async with authority(key) as (known, project):
        await known.caller(key.sign())
        project.answers, project.requests = [(503, "<html></html>")], []
        clock.now += 3600
        for _ in range(60):
            await known.caller(key.sign())
            clock.now += 1

    assert len(project.requests) == 60 // 30


async def test_a_project_that_never_answered_is_not_the_authors_fault() -> None:
    key = SigningKey.ec()
    async with authority() as (known, project):
        project.answers = [(503, "<html></html>")]

        with pytest.raises(Unavailable):
            await known.caller(key.sign())


async def test_a_key_that_is_new_while_the_project_does_not_answer_is_not_the_authors_fault(clock: Clock) -> None:
    old, new = SigningKey.ec(), SigningKey.ec()
    async with authority(old) as (known, project):
        await known.caller(old.sign())
        project.answers = [(503, "<html></html>"), jwks(old, new)]
        clock.now += 31

        with pytest.raises(Unavailable):
            await known.caller(new.sign())
        clock.now += 1
        assert (await known.caller(new.sign())).owner_id == UUID(SUBJECT)


async def test_a_reading_that_failed_is_tried_again_after_a_second_and_no_sooner(clock: Clock) -> None:
    key = SigningKey.ec()
    async with authority() as (known, project):
        project.answers = [(503, "<html></html>"), jwks(key)]
        for moment in (0, 0.5, 0.99):
            clock.now = 1000 + moment
            with pytest.raises(Unavailable):
                await known.caller(key.sign())
        assert len(project.requests) == 1

        clock.now = 1001
        assert (await known.caller(key.sign())).owner_id == UUID(SUBJECT)


async def test_many_requests_share_one_reading_that_fails_however_long_it_takes(clock: Clock) -> None:
    asked = []

    async def silence(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        clock.now += 5
        raise httpx.ReadTimeout("no answer")

    async with httpx.AsyncClient(transport=httpx.MockTransport(silence)) as client:
        keys = KeySet(client, "https://project.example/jwks.json")
        answers = await asyncio.gather(*(keys.key("new") for _ in range(20)), return_exceptions=True)

    assert {type(answer) for answer in answers} == {Unavailable}
    assert len(asked) == 1


async def test_a_secret_among_the_published_keys_signs_nobody_in_and_a_private_one_harms_nobody() -> None:
    key = SigningKey.ec()
    secret = {"kty": "oct", "kid": "secret", "alg": "HS256", "k": base64.urlsafe_b64encode(SECRET.encode()).decode()}
    private: dict[str, Any] = ECAlgorithm.to_jwk(key.private, as_dict=True)
    async with authority() as (known, project):
        project.answers = [(200, {"keys": [secret, private | {"kid": key.kid}, {"kty": [], "kid": "none"}]})]

        assert (await known.caller(key.sign())).owner_id == UUID(SUBJECT)
        for algorithm in ("HS256", "ES256"):
            with pytest.raises(Unauthenticated):
                await known.caller(forged({"alg": algorithm, "kid": "secret"}, claims(), SECRET.encode()))


@pytest.mark.parametrize("body", ["", "[]", '{"keys": null}', '{"keys": [null, 1, {"kty": "EC"}, {"kid": "x"}]}'])
async def test_keys_that_are_none_let_nobody_in(body: str) -> None:
    async with authority() as (known, project):
        project.answers = [(200, body)]

        with pytest.raises((Unavailable, Unauthenticated)):
            await known.caller(SigningKey.ec().sign())


# Forgeries

KEY, OTHER = SigningKey.ec(), SigningKey.rsa()
PEM = KEY.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
POINT = KEY.published["x"].encode()

REFUSED = {
    "expired": KEY.sign(exp=int(time.time()) - 1),
    "no end": KEY.sign(exp=None),
    "an end that is no time": forged({"alg": "HS256"}, claims(exp="tomorrow"), SECRET.encode()),
    "an end beyond all time": shared(exp=10**30),
    "another audience": KEY.sign(aud="anon"),
    "no audience": KEY.sign(aud=None),
    "another project's name": KEY.sign(iss="https://other.example/auth/v1"),
    "no issuer": KEY.sign(iss=None),
    "no subject": KEY.sign(sub=None),
    "an empty subject": KEY.sign(sub=" "),
    "a subject of half a character": KEY.sign(sub="\ud800"),
    "not valid yet": KEY.sign(nbf=int(time.time()) + 600),
    "another project's key under our key's id": jwt.encode(
        claims(), SigningKey.ec().private, "ES256", headers={"kid": KEY.kid}
    ),
    "another project's secret": shared("another project's secret, just as long as ours"),
    "a project's own service key": shared(iss="supabase", role="service_role", aud=None, sub=None),
    "no algorithm": forged({"alg": "none", "kid": KEY.kid}, claims()),
    "no algorithm, in capitals": forged({"alg": "None", "kid": KEY.kid}, claims()),
    "HMAC with the public key as its secret": forged({"alg": "HS256", "kid": KEY.kid}, claims(), PEM),
    "HMAC with a public number as its secret": forged({"alg": "HS256", "kid": KEY.kid}, claims(), POINT),
    "HMAC of another length with the shared secret": jwt.encode(claims(), SECRET * 2, "HS512"),
    "an RSA algorithm over an elliptic key": jwt.encode(claims(), OTHER.private, "RS256", headers={"kid": KEY.kid}),
    "an elliptic algorithm over an RSA key": jwt.encode(claims(), KEY.private, "ES256", headers={"kid": OTHER.kid}),
    "a stronger algorithm than the key's": jwt.encode(claims(), OTHER.private, "RS512", headers={"kid": OTHER.kid}),
    "no key id": jwt.encode(claims(), KEY.private, "ES256"),
    "a key id that is no text": forged({"alg": "ES256", "kid": 1}, claims(), b"x"),
    "a key of its own in the header": jwt.encode(
        claims(), OTHER.private, "RS256", headers={"jwk": OTHER.published, "jku": "http://127.0.0.1:1/"}
    ),
    "not a token": "sb_publishable_0123456789",
    "an empty one": "..",
    "a changed claim": changed(KEY.sign(), sub=str(uuid4())),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED)
async def test_a_token_that_is_not_this_projects_is_refused(token: str) -> None:
    async with authority(KEY, OTHER, secret=SECRET) as (known, _):
        await known.caller(KEY.sign())

        with pytest.raises(Unauthenticated):
            await known.caller(token)


async def test_a_secret_is_taken_only_where_the_project_has_one_and_its_lack_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with authority(KEY) as (known, _):
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                await known.caller(shared())

    assert caplog.text.count("SUPABASE_JWT_SECRET") == 1


async def test_a_project_whose_clock_runs_ahead_of_ours_lets_its_authors_in() -> None:
    async with authority(KEY) as (known, _):
        assert (await known.caller(KEY.sign(iat=int(time.time()) + 5))).owner_id == UUID(SUBJECT)


# A project that is not ours, and our api


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with running(settings) as api:
        yield api


async def ask(api: Api, token: str, query: str, **variables: Any) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return await api.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"})


def lasting(project: Project, subject: UUID, *, seconds: float) -> str:
    """A token as the project signs it, that ends so soon."""
    return shared(project.jwt_secret, iss=f"{project.url}/auth/v1", sub=str(subject), exp=time.time() + seconds)


async def test_the_project_signs_in_and_our_api_knows_who_it_is(api: Api, project: Project) -> None:
    account = project.sign_up(f"{uuid4()}@authors.example")
    again = project.sign_in(account.email)

    for token in (account.token, again.token):
        viewer = (await ask(api, token, "{ viewer { id email } }")).json()["data"]["viewer"]
        assert viewer == {"id": str(account.id), "email": account.email}


async def test_a_token_of_another_project_is_refused_in_one_line(api: Api, project: Project) -> None:
    answer = await ask(api, shared(iss=f"{project.url}/auth/v1"), "{ viewer { id } }")

    assert answer.status_code == 401
    [error] = answer.json()["errors"]
    assert error["message"] == "The bearer token is not valid here. Sign in again."


async def test_a_socket_whose_token_expires_is_closed_with_4403_within_five_seconds(
    api: Api, project: Project, add_manuscript: AddManuscript
) -> None:
    manuscript = await add_manuscript()
    token = lasting(project, manuscript.owner_id, seconds=2)
    job = (await ask(api, token, START, id=global_id("Manuscript", manuscript.id))).json()["data"]["startAnalysis"]
    async with api.opened() as socket:
        await socket.init(token)
        await socket.subscribe("1", PROGRESS, job=job["id"])
        await socket.next("1")

        closed = await socket.closed()

    assert closed.code == 4403
    ended = jwt.decode(token, options={"verify_signature": False})["exp"]
    assert ended <= time.time() < ended + 5


async def test_whoever_comes_back_with_a_new_token_has_missed_nothing(
    api: Api, project: Project, add_manuscript: AddManuscript
) -> None:
    manuscript = await add_manuscript()
    first = lasting(project, manuscript.owner_id, seconds=1.5)
    job = (await ask(api, first, START, id=global_id("Manuscript", manuscript.id))).json()["data"]["startAnalysis"]
    async with api.opened() as socket:
        await socket.init(first)
        await socket.subscribe("1", PROGRESS, job=job["id"])
        seen = (await socket.next("1"))["jobProgress"]
        await socket.closed()
    [live] = await api.services.domain.service.jobs_of_manuscripts(manuscript.owner_id, [manuscript.id], limit=1)
    await api.services.domain.service.cancel(manuscript.owner_id, live.id)

    async with api.opened() as socket:
        await socket.init(lasting(project, manuscript.owner_id, seconds=60))
        await socket.subscribe("1", PROGRESS, job=job["id"])
        found = (await socket.next("1"))["jobProgress"]
        end = await socket.hear()

    assert (found["status"], end["type"]) == ("CANCELLED", "complete")
    assert found["version"] > seen["version"]
