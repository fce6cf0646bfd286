"""Which source to ask for which reference, and what to make of the answers."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot.core.http.client import HttpClient
from bot.papers.references.identifiers import Kind, Reference
from bot.papers.references.text import canonical
from bot.papers.rules import normalised_title
from bot.papers.sources.arxiv import ArxivSource
from bot.papers.sources.doi import DoiSource
from bot.papers.sources.openreview import OpenReviewSource
from bot.papers.sources.page import PageSource
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable
from bot.papers.sources.semantic_scholar import KNOWN_KINDS, SemanticScholarSource
from bot.papers.sources.urls import SourceUrls

_PATIENCE: Final = 10.0  # seconds for the second source, which only adds to what we have
_NO_JOIN_NEEDED: Final = frozenset({Kind.ARXIV, Kind.ACL, Kind.OPENREVIEW})


class Source(Protocol):
    async def resolve(self, reference: Reference) -> Answer: ...


@dataclass(frozen=True)
class _Step:
    """A source to ask; the `authority` is the one that gives out the ids."""

    source: Source
    authority: bool = False


class Resolver:
    """Finds out what paper some references mean.

    For every kind of reference there is a list of sources, the best first:

    - A record ends the search.
    - "Not found" ends it if the authority says so: arXiv on arXiv ids, doi.org on DOIs, the site
      itself on its pages. From anybody else it means only that *they* don't know.
    - Who is unavailable is passed over; the next one may know.

    If nobody had a record, the answer is NotFound only if nobody was unavailable: a "no" that may
    be wrong would send a member away with a good link. Otherwise it is Unavailable, with the first
    source's reason and pause.

    A record that lacks something (or that knows a DOI but no open version) is completed from
    Semantic Scholar, if it answers soon and means the same title.
    """

    def __init__(
        self, client: HttpClient, urls: SourceUrls | None = None, *, contact: str = ""
    ) -> None:
        arxiv = _Step(ArxivSource(client, urls), authority=True)
        doi = _Step(DoiSource(client, urls, contact=contact))
        openreview = _Step(OpenReviewSource(client, urls), authority=True)
        page = _Step(PageSource(client), authority=True)
        self._scholar = SemanticScholarSource(client, urls)
        scholar = _Step(self._scholar)
        own_doi, landing_page = replace(doi, authority=True), replace(page, authority=False)
        self._steps: dict[Kind, tuple[_Step, ...]] = {
            # A registry's 404 says nothing of an arXiv or ACL id: not all of them have DOIs.
            Kind.ARXIV: (arxiv, doi, scholar, landing_page),
            Kind.DOI: (own_doi, scholar, landing_page),
            Kind.ACL: (page, doi, scholar),
            Kind.OPENREVIEW: (openreview, landing_page),
            Kind.PMLR: (page,),
            Kind.JMLR: (page,),
            Kind.NEURIPS: (page,),
            Kind.CVF: (page,),
            Kind.SSRN: (doi, page, scholar),  # the site shows its pages to people only
            Kind.S2: (replace(scholar, authority=True), landing_page),
            Kind.PMID: (scholar, page),
            Kind.PMCID: (scholar, page),
            Kind.PAGE: (page,),
            Kind.TITLE: (replace(scholar, authority=True),),
        }

    async def resolve(self, references: Sequence[Reference]) -> Answer:
        """The paper that `references` mean: different ways of pointing at one and the same.

        A record's `references` contain those asked for, except titles. Trouble out there is an
        answer, never an exception.
        """
        failures: list[NotFound | Unavailable] = []
        for reference in _ranked(references):
            answer = await self._ask(reference)
            if isinstance(answer, PaperRecord):
                answer = await self._completed(_with_references(answer, references))
                return replace(answer, url=answer.url or _address(answer))
            failures.append(answer)
        return _verdict(failures)

    async def _ask(self, reference: Reference) -> Answer:
        failures: list[NotFound | Unavailable] = []
        for step in self._steps[reference.kind]:
            answer = await step.source.resolve(reference)
            if isinstance(answer, PaperRecord) or (isinstance(answer, NotFound) and step.authority):
                return answer
            failures.append(answer)
        return _verdict(failures)

    async def _completed(self, record: PaperRecord) -> PaperRecord:
        known = (one for one in sorted(record.references) if one.kind in KNOWN_KINDS)
        best = canonical(known)
        if best is None or not _lacks_something(record):
            return record
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await self._scholar.resolve(best)
        except TimeoutError:
            return record
        return combine(record, answer) if isinstance(answer, PaperRecord) else record


def combine(record: PaperRecord, other: PaperRecord) -> PaperRecord:
    """`record` with what only `other` knows, if both have one title (give or take a subtitle)."""
    title, other_title = normalised_title(record.title), normalised_title(other.title)
    if not other_title or not (title.startswith(other_title) or other_title.startswith(title)):
        return record
    return replace(
        record,
        authors=record.authors or other.authors,
        year=record.year or other.year,
        venue=record.venue or other.venue,
        abstract=record.abstract or other.abstract,
        pdf_url=record.pdf_url or other.pdf_url,
        references=record.references | other.references,
    )


def _lacks_something(record: PaperRecord) -> bool:
    complete = record.authors and record.year and record.abstract
    return not complete or not any(one.kind in _NO_JOIN_NEEDED for one in record.references)


def _with_references(record: PaperRecord, asked: Sequence[Reference]) -> PaperRecord:
    stated = (one for one in asked if one.kind is not Kind.TITLE)
    return replace(record, references=record.references.union(stated))


def _address(record: PaperRecord) -> str | None:
    best = canonical(record.references)
    return best.url if best else None


def _ranked(references: Sequence[Reference]) -> Iterator[Reference]:
    """The order of `canonical`, by taking the best away again and again."""
    left = set(references)
    while best := canonical(left):
        yield best
        left.remove(best)


def _verdict(failures: Sequence[NotFound | Unavailable]) -> NotFound | Unavailable:
    away = [answer for answer in failures if isinstance(answer, Unavailable)]
    if away:
        pauses = [answer.retry_after for answer in away if answer.retry_after is not None]
        return replace(away[0], retry_after=away[0].retry_after or min(pauses, default=None))
    return failures[0] if failures else NotFound("I can't find a paper in that.")
