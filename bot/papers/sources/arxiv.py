"""arXiv's query API: an Atom feed with one entry for each paper that it knows.

An unknown id is an empty feed with status 200, a malformed one an entry that tells of an error.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from bot.core.http.client import HttpClient, Response
from bot.papers.references.identifiers import Kind, Reference, doi
from bot.papers.references.text import parse
from bot.papers.sources import clean
from bot.papers.sources.record import Answer, NotFound, PaperRecord
from bot.papers.sources.service_client import ask, unusable
from bot.papers.sources.urls import SourceUrls

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


class UnreadableFeedError(Exception):
    """The answer is no Atom feed."""


class ArxivSource:
    """Knows arXiv ids, and is the authority on them."""

    def __init__(self, client: HttpClient, urls: SourceUrls | None = None) -> None:
        self._client = client
        self._url = (urls or SourceUrls()).arxiv_url

    async def resolve(self, reference: Reference) -> Answer:
        response = await ask(
            self._client,
            self._url,
            accept="application/atom+xml",
            params={"id_list": reference.value, "max_results": "1"},
        )
        if not isinstance(response, Response):
            return response
        # A malformed id is answered with 400 (formerly 200) and a feed that says so.
        if response.status not in (200, 400):
            return unusable("arXiv", response)
        try:
            records = parse_feed(response.body)
        except UnreadableFeedError:
            return unusable("arXiv", response)
        for record in records:
            if reference in record.references:
                return record
        return NotFound(f"arXiv has no paper with the id {reference.value}.")


def parse_feed(body: bytes) -> list[PaperRecord]:
    """The papers in an answer, without the entries that are errors."""
    # A feed has no document type; one that has is an attempt to make the parser work.
    if b"<!DOCTYPE" in body[:2000] or b"<!ENTITY" in body:
        raise UnreadableFeedError
    try:
        feed = ET.fromstring(body)
    except ET.ParseError as error:
        raise UnreadableFeedError from error
    if feed.tag != f"{_ATOM}feed":
        raise UnreadableFeedError
    return [record for entry in feed.iter(f"{_ATOM}entry") if (record := _record(entry))]


def _record(entry: ET.Element) -> PaperRecord | None:
    # An error's id is http://arxiv.org/api/errors#...; "Error" alone could be a title, as "0" is.
    own = next(iter(parse(_text(entry, f"{_ATOM}id"))), None)
    title = clean.title(_text(entry, f"{_ATOM}title"))
    if own is None or own.kind is not Kind.ARXIV or title == "":
        return None
    journal = doi(_text(entry, f"{_ARXIV}doi").strip())
    return PaperRecord(
        title=title,
        authors=clean.people(_authors(entry)),
        year=clean.year(_text(entry, f"{_ATOM}published")),
        venue=clean.title(_text(entry, f"{_ARXIV}journal_ref")) or "arXiv",
        abstract=clean.abstract(_text(entry, f"{_ATOM}summary")),
        url=own.url,
        pdf_url=f"https://arxiv.org/pdf/{own.value}",
        references=frozenset({own, journal} if journal else {own}),
    )


def _authors(entry: ET.Element) -> Iterator[str]:
    for author in entry.iter(f"{_ATOM}author"):
        yield _text(author, f"{_ATOM}name")


def _text(element: ET.Element, name: str) -> str:
    return element.findtext(name) or ""
