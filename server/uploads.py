"""`POST /manuscripts`: a file comes in, streamed and limited; its manuscript's id goes out."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from jobs.errors import InvalidInput
from schema.ids import global_id
from server.lifespan import Services, services_of
from server.request_body import declared, limited
from server.responses import answer

# The parts' headers, the boundaries and the title.
_AROUND_THE_FILE = 65_536
# Times NF_MAX_UPLOAD_BYTES: a file may be so large with its pictures, which are not kept.
_WITH_PICTURES = 3
_FORM = "Send a form with one part `file`, and `title` where you like."


async def manuscripts(request: Request) -> Response:
    """201 with the manuscript's id, or a refusal with `code` and `message`."""
    services = services_of(request)
    caller = await services.caller(request)
    with services.upload(caller.owner_id), _place(request, services, caller.owner_id) as most:
        filename, title, content = await _read(request, services, most)
        manuscript = await services.domain.service.add_manuscript(
            caller.owner_id,
            title=title,
            filename=filename,
            content=content,
            key=request.headers.get("idempotency-key"),
        )
    return answer({"id": global_id("Manuscript", manuscript.id)}, status=201)


@contextmanager
def _place(request: Request, services: Services, owner_id: UUID) -> Iterator[int]:
    """How many bytes the file may have: the limit, or three times that for one of the few that say that they have more.

    Raises LimitReached when too many of those come at once.
    """
    limit = services.settings.max_upload_bytes
    if declared(request) <= limit + _AROUND_THE_FILE:
        yield limit
        return
    with services.large_upload(owner_id):
        yield limit * _WITH_PICTURES


async def _read(request: Request, services: Services, most: int) -> tuple[str, str | None, bytes]:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise InvalidInput(_FORM)
    parser = MultiPartParser(
        request.headers,
        limited(request, most + _AROUND_THE_FILE, say=most),
        max_files=1,
        max_fields=1,
        max_part_size=_AROUND_THE_FILE,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError, LookupError) as error:
        raise InvalidInput(_FORM) from error
    try:
        return await _parts(form, services)
    finally:
        await form.close()


async def _parts(form: FormData, services: Services) -> tuple[str, str | None, bytes]:
    file, title = form.get("file"), form.get("title")
    if set(form) - {"file", "title"} or not isinstance(file, UploadFile) or not isinstance(title, str | None):
        raise InvalidInput(_FORM)
    filename = file.filename or ""
    # On the disk while it comes; only what is kept of it comes into memory.
    return filename, title, await services.domain.service.kept_bytes(filename, file.file)
