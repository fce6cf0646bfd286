"""How the sources ask, and how they take apart JSON of which nothing is certain."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.core.errors import FetchFailed, FetchRefused
from bot.core.http.client import HttpClient, Response
from bot.papers.sources.record import Unavailable

KEPT_FOR = timedelta(hours=1)
_LARGEST_ANSWER = 5_000_000
_MISSING = frozenset({400, 404, 410, 422})


async def ask(
    client: HttpClient,
    url: str,
    *,
    accept: str | None = None,
    params: Mapping[str, str] | None = None,
) -> Response | Unavailable:
    """Ask a service that we chose; whatever goes wrong on the way means "ask again later"."""
    try:
        return await client.get(
            url, accept=accept, params=params, max_bytes=_LARGEST_ANSWER, cache_for=KEPT_FOR
        )
    except FetchFailed as error:
        return Unavailable(str(error), error.retry_after)
    except FetchRefused as error:  # an address from the settings: nothing that a member can mend
        return Unavailable(str(error))


def is_missing(response: Response) -> bool:
    """Whether the service says that there is no such thing."""
    return response.status in _MISSING


def unusable(name: str, response: Response) -> Unavailable:
    """Neither an answer nor a "no": an outage, a challenge, a key that is asked for."""
    if response.status == 200:
        return Unavailable(f"{name} sent a response I can't read.")
    if response.status in (401, 403):
        return Unavailable(f"{name} is refusing my requests at the moment.")
    return Unavailable(f"{name} returned an error ({response.status}).")


def read_json(response: Response) -> Any:
    """The JSON value, or None for what is none, such as a challenge page sent with status 200."""
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None


def mapping(value: object) -> dict[str, Any]:
    """The object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The array, or an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def string(value: object) -> str:
    """The text, the first text of an array, or "" (a title may be either)."""
    if isinstance(value, list):
        return next((item for item in value if isinstance(item, str) and item.strip()), "")
    return value if isinstance(value, str) else ""
