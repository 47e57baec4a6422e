"""Bearer tokens: signed by our own secret in local mode, by the project's keys in Supabase mode."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Protocol
from uuid import UUID, uuid5

import httpx
import jwt

from jobs.database.rows import read_uuid
from jobs.errors import ConfigurationError, Unauthenticated, Unavailable
from jobs.settings import Settings
from jobs.shared import Shared
from schema.context import Caller
from server.token_cache import TokenCache

LOCAL_ISSUER = "novelfoundry"
LOCAL_AUDIENCE = "novelfoundry"
# Of app_metadata: the role, or one of the roles, of whoever may see and do what an operator may.
OPERATOR = "operator"
SUPABASE_AUDIENCE = "authenticated"

# The namespace of UUID v5: a subject that is no UUID always maps to the same one.
_SUBJECTS = UUID("6f0c1d5e-3b0e-4d8e-9a57-2f6a5f1f7c11")
_MIN_SECRET = 32
_KEYS_FRESH_SECONDS = 600.0
_REFETCH_SECONDS = 30.0
_RETRY_SECONDS = 1.0
_FETCH_LIMIT = 5.0
# What PyJWT raises for a text that is no token: the last three for lone surrogates, huge numbers and deep JSON.
_NO_TOKEN = (jwt.PyJWTError, ValueError, OverflowError, RecursionError)
_ASYMMETRIC = {"EC": "ES256", "RSA": "RS256"}

_log = logging.getLogger(__name__)


class Authority(Protocol):
    """Says who a token speaks for."""

    async def caller(self, token: str) -> Caller:
        """The caller. Raises Unauthenticated, and Unavailable when the keys cannot be read now."""
        ...


@asynccontextmanager
async def open_authority(settings: Settings) -> AsyncIterator[Authority]:
    """The authority of this deployment's mode. Raises ConfigurationError."""
    if settings.supabase_url is None:
        yield LocalAuthority(local_secret(settings))
        return
    _need_public(settings.supabase_publishable_key or "")
    base = f"{settings.supabase_url.rstrip('/')}/auth/v1"
    async with httpx.AsyncClient(timeout=_FETCH_LIMIT) as client:
        keys = KeySet(client, f"{base}/.well-known/jwks.json")
        yield SupabaseAuthority(issuer=base, secret=settings.supabase_jwt_secret, keys=keys)


def _need_public(key: str) -> None:
    """Raises ConfigurationError for a key that passes row level security: every browser gets this one."""
    try:
        role = jwt.decode(key, options={"verify_signature": False}).get("role")
    except _NO_TOKEN:
        role = None
    if key.startswith("sb_secret_") or role == "service_role":
        raise ConfigurationError(
            "SUPABASE_PUBLISHABLE_KEY holds a secret key, which every browser would get: "
            "copy the publishable one (sb_publishable_…)."
        )


def bearer(authorization: object) -> str:
    """The token of an Authorization value. Raises Unauthenticated."""
    scheme, _, token = authorization.partition(" ") if isinstance(authorization, str) else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Sign in first: the request carries no bearer token.")
    return token.strip()


class LocalAuthority:
    """Tokens that `novelfoundry token` and `POST /session` sign."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._known = TokenCache()

    async def caller(self, token: str) -> Caller:
        """See Authority.caller."""
        return self._known.caller(token, self._secret, partial(self._verified, token))

    def _verified(self, token: str) -> Caller:
        return _caller(_decoded(token, self._secret, "HS256", audience=LOCAL_AUDIENCE, issuer=LOCAL_ISSUER))


class SupabaseAuthority:
    """Tokens of a Supabase project: by shared secret, where there is one, or by the project's published keys."""

    def __init__(self, *, issuer: str, secret: str | None, keys: "KeySet") -> None:
        self._issuer = issuer
        self._secret = secret
        self._keys = keys
        self._known = TokenCache()
        self._was_told = False

    async def caller(self, token: str) -> Caller:
        """See Authority.caller."""
        key, algorithm = await self._key(token)
        return self._known.caller(token, key, partial(self._verified, token, key, algorithm))

    def _verified(self, token: str, key: jwt.PyJWK | str, algorithm: str) -> Caller:
        return _caller(_decoded(token, key, algorithm, audience=SUPABASE_AUDIENCE, issuer=self._issuer))

    async def _key(self, token: str) -> tuple[jwt.PyJWK | str, str]:
        """The one key that may have signed this token, and the one algorithm of that key."""
        header = _header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm == "HS256" and self._secret is not None:
            return self._secret, "HS256"
        if algorithm not in _ASYMMETRIC.values() or not isinstance(kid, str):
            self._tell(algorithm)
            raise _invalid()
        key = await self._keys.key(kid)
        # The algorithm is the key's, never the header's: a token that names another one does not verify.
        return key, _ASYMMETRIC[key.key_type or ""]

    def _tell(self, algorithm: object) -> None:
        """Tells the operator of a setting that may be missing. Once: anybody can send such tokens, often."""
        if algorithm == "HS256" and not self._was_told:
            self._was_told = True
            _log.warning("a token signed by a shared secret was refused: is it the project's, set SUPABASE_JWT_SECRET")


class KeySet:
    """A project's public keys, read when needed and kept for a while."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url
        self._keys = Shared(self._published, fresh_for=_REFETCH_SECONDS, failed_for=_RETRY_SECONDS)
        self._good_until = float("-inf")

    async def key(self, kid: str) -> jwt.PyJWK:
        """The key of this id. An unknown one is looked for again 30 seconds after a reading, 1 after one that failed.

        Raises Unauthenticated when the project has no such key, Unavailable when that cannot be told now.
        """
        known = self._keys.last or {}
        if kid in known:
            if time.monotonic() < self._good_until:
                return known[kid]
            # A key that was read before stays good while the project does not answer, and waits for nobody's reading.
            self._good_until = time.monotonic() + _REFETCH_SECONDS
        try:
            known = await self._keys.value()
        except (httpx.HTTPError, TimeoutError, ValueError):
            if kid not in known:
                raise Unavailable("The sign-in service does not answer. Try again in a moment.") from None
        if kid not in known:
            raise _invalid()
        return known[kid]

    async def _published(self) -> dict[str, jwt.PyJWK]:
        async with asyncio.timeout(_FETCH_LIMIT):
            answer = await self._client.get(self._url)
        keys = _public_keys(answer.raise_for_status().json())
        self._good_until = time.monotonic() + _KEYS_FRESH_SECONDS
        return keys


def _public_keys(answer: Any) -> dict[str, jwt.PyJWK]:
    listed = answer.get("keys") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a set of keys")
    keys = {}
    for key in listed:
        kind, kid = (key.get("kty"), key.get("kid")) if isinstance(key, dict) else (None, None)
        if isinstance(kid, str) and isinstance(kind, str) and kind in _ASYMMETRIC:
            with suppress(jwt.PyJWTError):
                keys[kid] = jwt.PyJWK(key, algorithm=_ASYMMETRIC[kind])
    return keys


def _header(token: str) -> Mapping[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except _NO_TOKEN:
        raise _invalid() from None


def _decoded(token: str, key: jwt.PyJWK | str, algorithm: str, *, audience: str, issuer: str) -> Mapping[str, Any]:
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=audience,
            issuer=issuer,
            # `iat` is not checked: it forbids nothing, and a project whose clock runs ahead would shut its authors out.
            options={"require": ["exp", "aud", "iss", "sub"], "verify_iat": False},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("Your sign-in has expired. Sign in again.") from None
    except _NO_TOKEN:
        raise _invalid() from None
    return claims


def _invalid() -> Unauthenticated:
    return Unauthenticated("The bearer token is not valid here. Sign in again.")


def _caller(claims: Mapping[str, Any]) -> Caller:
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not subject.strip():
        raise _invalid()
    try:
        owner_id = owner_of(subject)
        expires_at = datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        raise _invalid() from None
    return Caller(
        owner_id=owner_id,
        subject=subject,
        email=email if isinstance(email, str) and email else None,
        expires_at=expires_at,
        is_operator=_is_operator(claims),
    )


def _is_operator(claims: Mapping[str, Any]) -> bool:
    """By `app_metadata`, which the project's secret key alone writes; never by `user_metadata`, which is the user's."""
    granted = claims.get("app_metadata")
    if not isinstance(granted, dict):
        return False
    roles = granted.get("roles")
    return granted.get("role") == OPERATOR or (isinstance(roles, list) and OPERATOR in roles)


def owner_of(subject: str) -> UUID:
    """The id that rows carry for this subject."""
    try:
        id = UUID(subject)
    except ValueError:
        id = uuid5(_SUBJECTS, subject)
    return read_uuid(str(id))  # of one kind with those of rows, which are looked up by it


def local_token(
    settings: Settings, *, sub: str, email: str | None = None, expires_in: float = 3600, is_operator: bool = False
) -> str:
    """A bearer token for local mode, good for that many seconds. Raises ConfigurationError in Supabase mode."""
    if settings.uses_supabase:
        raise ConfigurationError("SUPABASE_URL is set, so the project signs the tokens: sign in there.")
    now = time.time()
    claims: dict[str, Any] = {
        "sub": sub,
        "aud": LOCAL_AUDIENCE,
        "iss": LOCAL_ISSUER,
        "iat": now,
        "exp": now + expires_in,
    }
    if email:
        claims["email"] = email
    if is_operator:
        claims["app_metadata"] = {"role": OPERATOR}
    return jwt.encode(claims, local_secret(settings), algorithm="HS256")


def local_secret(settings: Settings) -> str:
    """NF_JWT_SECRET, else the secret kept under NF_DATA. The first process that asks makes it."""
    if settings.jwt_secret is not None:
        if len(settings.jwt_secret.encode()) < _MIN_SECRET:
            raise ConfigurationError(f"NF_JWT_SECRET is too short to be a secret: use {_MIN_SECRET} bytes or more.")
        return settings.jwt_secret
    path = settings.data / "jwt_secret"
    try:
        if not path.exists():
            _make_secret(path)
        secret = path.read_text().strip()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The token secret {path} cannot be kept or read: {error}.") from error
    if len(secret) < _MIN_SECRET:
        raise ConfigurationError(f"The token secret {path} is damaged. Delete it; everybody must sign in again.")
    return secret


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile("w", dir=path.parent, prefix=".jwt_secret-") as made:  # 0600 from the start
        made.write(secrets.token_urlsafe(48))
        made.flush()
        os.fsync(made.fileno())
        # A link fails where the name is taken: of two processes at once, both read the first one's secret.
        with suppress(FileExistsError):
            os.link(made.name, path)
