"""The bytes of manuscripts, kept in a private bucket of Supabase Storage."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
from storage3.exceptions import StorageApiError

from jobs.database.supabase_errors import UNREADABLE, WRONG_KEY, unreachable
from jobs.errors import ConfigurationError, NotFound, NotSetUp, NovelFoundryError, TooLarge, Unavailable
from supabase import AsyncClient

BUCKET = "manuscripts"
# As many as Storage deletes in one request.
_MAX_DELETED = 1000
# For the largest file over a slow line.
_LIMIT = 60

_NO_BUCKET = (
    f"The Supabase project shows no bucket `{BUCKET}`: run `supabase db push`, or make a private one under Storage; "
    "if it is there, SUPABASE_SECRET_KEY is not this project's secret key."
)


class StorageFiles:
    """Files in the bucket `manuscripts`, each under its manuscript's id. See Files."""

    def __init__(self, client: AsyncClient) -> None:
        self._bucket = client.storage.from_(BUCKET)
        self._buckets = client.storage

    async def check(self) -> None:
        """Raises ConfigurationError when the bucket is missing or open to the public, Unavailable."""
        async with _errors_named():
            bucket = await self._buckets.get_bucket(BUCKET)
        if bucket.public:
            raise ConfigurationError(
                f"The bucket `{BUCKET}` is public, so anybody could read manuscripts: make it private under Storage."
            )

    async def save(self, manuscript_id: UUID, content: bytes) -> None:
        """See Files.save."""
        async with _errors_named():
            await self._bucket.upload(str(manuscript_id), content, {"content-type": "application/octet-stream"})

    async def load(self, manuscript_id: UUID) -> bytes:
        """See Files.load."""
        async with _errors_named():
            return bytes(await self._bucket.download(str(manuscript_id)))

    async def delete(self, manuscript_ids: Sequence[UUID]) -> None:
        """See Files.delete."""
        paths = [str(manuscript_id) for manuscript_id in manuscript_ids]
        for start in range(0, len(paths), _MAX_DELETED):
            async with _errors_named():
                await self._bucket.remove(paths[start : start + _MAX_DELETED])


@asynccontextmanager
async def _errors_named() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_LIMIT):
            yield
    except StorageApiError as error:
        raise _named(error) from error
    except httpx.TransportError as error:
        raise unreachable() from error
    except TimeoutError as error:
        raise Unavailable("Supabase Storage does not answer in time. Try again in a moment.") from error
    except NovelFoundryError:
        raise
    except Exception as error:
        # An answer that the library cannot read.
        raise Unavailable(UNREADABLE, detail=f"{type(error).__name__}: {error}") from error


def _named(error: StorageApiError) -> NovelFoundryError:
    match _code(error), str(error.status):
        case "NoSuchBucket" | "Bucket not found", _:
            return NotSetUp(_NO_BUCKET)
        case "NoSuchKey" | "not_found", _:
            return NotFound("The file of this manuscript is gone.")
        case _, "413":
            return TooLarge("The file is larger than the project's Storage takes: raise its limit under Storage.")
        case _, "401" | "403":
            return NotSetUp(WRONG_KEY)
        case code, status:
            busy = "is busy or restarting" if status == "429" or status.startswith("5") else "cannot do this just now"
            return Unavailable(
                f"Supabase Storage {busy} (HTTP {status}). What you have is safe; try again in a moment.",
                detail=f"{code}: {error.message}",
            )


def _code(error: StorageApiError) -> str:
    """Storage's own code where it sends one; `error` is what it sent before it had codes."""
    answer: BaseException | None = error
    while answer is not None and not isinstance(answer, httpx.HTTPStatusError):
        answer = answer.__cause__ or answer.__context__
    try:
        told = answer.response.json() if answer else {}
    except ValueError:
        told = {}
    return str(told.get("code") or error.code)
