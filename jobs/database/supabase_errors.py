"""What a Supabase project's refusals are called here: by code, and by HTTP status only where nothing has a code."""

import json

import httpx
from postgrest.exceptions import APIError

from jobs.database.postgres_errors import sentence
from jobs.errors import BY_SQLSTATE, NotSetUp, NovelFoundryError, Unavailable

WRONG_KEY = (
    "Supabase refuses SUPABASE_SECRET_KEY: copy the secret key (sb_secret_…) of this very project from its API keys."
)
_NO_RIGHT = (
    "Supabase refuses us a right. Is SUPABASE_SECRET_KEY the secret key (sb_secret_…) of this very project? "
    "Then grant service_role what was taken from it."
)
_NO_FUNCTIONS = (
    "The Supabase project lacks our functions or has an older version of them. "
    "Run `supabase db push`, or `novelfoundry migrate` with its DATABASE_URL."
)
UNREADABLE = "The Supabase project answered what we cannot read. What you have is safe; try again later."
# No connection or none free, shutting down, a limit of time or number reached, or a conflict with another call.
_PASSING_CLASSES = ("PGRST00", "08", "57P", "53", "57014", "55P03", "40")


# What answers that is no Supabase project, or at another path: a page, a redirection, no such path or method.
_NOBODYS = frozenset({200, 301, 302, 303, 307, 308, 404, 405})


class Passing(Unavailable):
    """Likely to be over in a moment: worth another try where a second call does no harm."""


def named(error: APIError) -> NovelFoundryError:
    """The error of ours for an answer of PostgREST. There is no list whose remainder is fatal."""
    code = str(error.code or "")
    detail = f"{code}: {error.message}"
    if known := BY_SQLSTATE.get(code):
        return known(error.message or "")
    if code in ("PGRST202", "PGRST205", "42883", "42P01"):
        return NotSetUp(_NO_FUNCTIONS, detail=detail)
    if code == "PGRST125":  # a path that is nobody's: the address has one
        return _edge(404)
    if len(code) == 3 and code.isdecimal():  # an HTTP status, of what stands before the services or is none of them
        return _edge(int(code))
    if code == "42501":
        return NotSetUp(_NO_RIGHT, detail=detail)
    if code.startswith(("PGRST3", "UNAUTHORIZED")):
        return NotSetUp(WRONG_KEY, detail=detail)
    if code.startswith(_PASSING_CLASSES):
        passing = "The project's database is busy or restarting. Try again in a moment."
        return Passing(passing if code.startswith("PGRST00") else sentence(code), detail=detail)
    return Unavailable(sentence(code), detail=detail)


def unreachable() -> Passing:
    """The error for a request that got no answer."""
    return Passing(
        "The Supabase project at SUPABASE_URL does not answer. Is the address right, and the project not paused?"
    )


def held_back(rows: int) -> NotSetUp:
    """The error for an answer that was cut off: what is missing from it would be taken for gone."""
    return NotSetUp(
        f"The Supabase project gives out no more than {rows} rows at once: raise `Max rows` in its Data API settings "
        "to 100000."
    )


async def refuse_at_the_edge(response: httpx.Response) -> None:
    """Raises for an answer that is none of the project's services: what they refuse has a code of theirs.

    A page or a redirection is the answer of another server, or of the project to `http://`.
    """
    is_page = response.headers.get("content-type", "").startswith("text/html")
    if (response.is_error and not _has_a_code(await response.aread())) or response.is_redirect or is_page:
        raise _edge(response.status_code)


def _has_a_code(body: bytes) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and ("code" in told or "statusCode" in told)


def _edge(status: int) -> NovelFoundryError:
    match status:
        case 401 | 403:
            return NotSetUp(WRONG_KEY)
        case 402:
            return Unavailable("Supabase has restricted this project: its dashboard says which limit or bill it is.")
        case 429:
            return Unavailable("Supabase limits the rate of our requests. Try again in a moment.")
        case 540:
            return Unavailable("The Supabase project is paused: restore it in the Supabase dashboard.")
        case _ if status >= 500:
            return Passing(f"The Supabase project does not answer properly (HTTP {status}). Try again in a moment.")
        case _ if status not in _NOBODYS:
            return Unavailable(
                f"The Supabase project refused our request (HTTP {status}). What you have is safe; try again later."
            )
        case _:
            return NotSetUp(
                f"No Supabase project is at SUPABASE_URL (HTTP {status}): give https:// and its host, no more."
            )
