"""Any page on the web: a publisher's landing page, somebody's blog post, or nothing of the kind."""

import asyncio
from datetime import timedelta
from typing import Final

from bot.core.errors import FetchFailed, FetchRefused
from bot.core.http.client import HttpClient, Response, TooLarge
from bot.papers.references.identifiers import Reference
from bot.papers.sources.metatags import parse_page
from bot.papers.sources.record import Answer, NotFound, Unavailable
from bot.papers.sources.service_client import unusable

_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
_KEPT_FOR = timedelta(minutes=10)  # a challenge may be kept too, so not for long
_GONE: Final = frozenset({404, 410})
_INSTEAD = "Please give me the paper's own page, DOI or title."


class PageSource:
    """Knows every reference that has an address, and is the authority on pages."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def resolve(self, reference: Reference) -> Answer:
        if not reference.url:
            return NotFound(f"That isn't a web address. {_INSTEAD}")
        try:
            response = await self._client.get(reference.url, accept=_ACCEPT, cache_for=_KEPT_FOR)
        except TooLarge as error:
            return NotFound(f"{error} {_INSTEAD}")
        except FetchRefused as error:
            return NotFound(str(error))
        except FetchFailed as error:
            return Unavailable(str(error), error.retry_after)
        return await _read(response)


async def _read(response: Response) -> Answer:
    if response.status in _GONE:
        return NotFound("That page doesn't exist.")
    if response.status != 200:
        return unusable("That site", response)
    if (kind := _kind(response)) != "HTML":
        return NotFound(f"That's {kind}, and I can't read its title. {_INSTEAD}")
    # A large page keeps a processor busy for a second; the bot must answer others meanwhile.
    return await asyncio.to_thread(parse_page, response.body, response.url, response.charset)


def _kind(response: Response) -> str:
    """What the body is, in words: the header may be missing or lie about a PDF."""
    stated = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if stated == "application/pdf" or response.body.lstrip()[:5] == b"%PDF-":
        return "a PDF file"
    if stated in ("", "text/html", "application/xhtml+xml", "application/xml", "text/xml"):
        return "HTML"
    return {"image": "a picture", "video": "a video", "audio": "an audio file"}.get(
        stated.partition("/")[0], "a file"
    )
