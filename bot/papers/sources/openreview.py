"""OpenReview. A note is a paper, a review, a comment or a decision; the last three follow a paper.

Papers since 2023 are in API 2, older ones in API 1; each answers for its own notes only.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.core.http.client import HttpClient, Response
from bot.papers.references.identifiers import Kind, Reference
from bot.papers.sources import clean
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable
from bot.papers.sources.service_client import (
    ask,
    is_missing,
    mapping,
    read_json,
    sequence,
    string,
    unusable,
)
from bot.papers.sources.urls import SourceUrls

_SITE = "https://openreview.net"

Note = dict[str, Any]


class OpenReviewSource:
    """Knows OpenReview ids, and is the authority on them."""

    def __init__(self, client: HttpClient, urls: SourceUrls | None = None) -> None:
        self._client = client
        urls = urls or SourceUrls()
        self._urls = (urls.openreview_url, urls.openreview_v1_url)

    async def resolve(self, reference: Reference) -> Answer:
        note = await self._note(reference.value)
        if isinstance(note, dict) and (paper := forum_of(note)) != note.get("id"):
            note = await self._note(paper)  # a review or a comment: what it belongs to is meant
        if note is None:
            return NotFound("OpenReview has no paper at that address, or doesn't show it publicly.")
        if isinstance(note, Unavailable):
            return note
        return parse_note(note) or NotFound("That OpenReview page isn't a paper.")

    async def _note(self, note_id: str) -> Note | Unavailable | None:
        """The note, None if neither API has it; unknown if one is away and the other has not."""
        away: Unavailable | None = None
        for url in self._urls:
            response = await ask(self._client, f"{url}/notes", params={"id": note_id})
            answer = response if isinstance(response, Unavailable) else read_note(response)
            if isinstance(answer, dict):
                return answer
            away = away or answer
        return away


def read_note(response: Response) -> Note | Unavailable | None:
    """The first note of an answer; None if there is none, or none that the public may see."""
    answer = mapping(read_json(response))
    # The challenge has the status of a note that is not public, but another name.
    if is_missing(response) or (response.status == 403 and answer.get("name") == "ForbiddenError"):
        return None
    if response.status != 200 or not isinstance(answer.get("notes"), list):
        return unusable("OpenReview", response)
    note = mapping(next(iter(answer["notes"]), None))
    return note if note.get("id") and not note.get("ddate") else None


def forum_of(note: Note) -> str:
    """The id of the paper that a note belongs to, which may be itself."""
    return string(note.get("forum")) or string(note.get("id"))


def parse_note(note: Note) -> PaperRecord | None:
    """The paper that a note is; None if it has no title or answers another note."""
    content = mapping(note.get("content"))
    note_id = string(note.get("id"))
    title = clean.title(string(_value(content, "title")))
    if not title or not note_id or forum_of(note) != note_id:
        return None
    venue = clean.title(string(_value(content, "venue"))) or _from_invitation(note)
    own = Reference(Kind.OPENREVIEW, note_id)
    return PaperRecord(
        title=title,
        authors=clean.people(_names(content)),
        year=clean.year(venue) or _year(note),
        venue=venue,
        abstract=clean.abstract(string(_value(content, "abstract"))),
        url=own.url,
        pdf_url=_pdf(string(_value(content, "pdf"))),
        references=frozenset({own}),
    )


def _value(content: dict[str, Any], name: str) -> object:
    """API 1 has the value itself, API 2 wraps it together with who may read it."""
    field = content.get(name)
    return field.get("value") if isinstance(field, dict) else field


def _names(content: dict[str, Any]) -> Iterator[str]:
    for author in sequence(_value(content, "authors")):
        yield string(author) or string(mapping(author).get("fullname"))


def _from_invitation(note: Note) -> str | None:
    """`NIPS.cc/2018/Workshop/CDNNRIA/-/Blind_Submission` -> "NIPS 2018 Workshop CDNNRIA"."""
    group = string(note.get("invitation")).partition("/-/")[0]
    parts = [re.sub(r"\.\w{2,3}$", "", part) for part in group.split("/")]
    return clean.title(" ".join(part for part in parts if part != "Conference")) or None


def _year(note: Note) -> int | None:
    """Of publication, else of submission; both in milliseconds."""
    for name in ("pdate", "odate", "cdate"):
        when = note.get(name)
        if isinstance(when, int) and 0 < when < 10**13:
            return datetime.fromtimestamp(when / 1000, UTC).year
    return None


def _pdf(path: str) -> str | None:
    if path.startswith("/pdf/"):
        return _SITE + path
    return path if path.startswith("https://") else None
