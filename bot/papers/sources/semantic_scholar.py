"""Semantic Scholar: knows most ids, joins them (`externalIds`), and finds papers by title."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from bot.core.http.client import HttpClient, Response
from bot.core.text import cut, escape
from bot.papers.references.identifiers import Kind, Reference, acl, arxiv, doi
from bot.papers.references.text import canonical
from bot.papers.rules import normalised_title
from bot.papers.sources import clean
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable
from bot.papers.sources.service_client import (
    ask,
    mapping,
    read_json,
    sequence,
    string,
    unusable,
)
from bot.papers.sources.urls import SourceUrls

_FIELDS = "title,authors,year,venue,abstract,externalIds,openAccessPdf"
_PREFIXES: Final = {
    Kind.ARXIV: "ARXIV:{}",
    Kind.DOI: "DOI:{}",
    Kind.ACL: "ACL:{}",
    Kind.SSRN: "DOI:10.2139/ssrn.{}",
    Kind.PMID: "PMID:{}",
    Kind.PMCID: "PMCID:{}",
    Kind.S2: "{}",
}
KNOWN_KINDS: Final = frozenset(_PREFIXES)
"""The ids that can be looked up here."""


class SemanticScholarSource:
    """Knows the ids of `KNOWN_KINDS`, and titles."""

    def __init__(self, client: HttpClient, urls: SourceUrls | None = None) -> None:
        self._client = client
        self._url = (urls or SourceUrls()).semantic_scholar_url

    async def resolve(self, reference: Reference) -> Answer:
        if reference.kind is Kind.TITLE:
            return await self._by_title(reference.value)
        value = (
            reference.value.removeprefix("PMC") if reference.kind is Kind.PMCID else reference.value
        )
        paper = quote(_PREFIXES[reference.kind].format(value), safe=":/")
        answer = await self._ask(f"{self._url}/paper/{paper}", {"fields": _FIELDS})
        if not isinstance(answer, dict):
            return answer or NotFound(escape(f"Semantic Scholar doesn't know {reference}."))
        return parse_paper(answer) or NotFound(
            escape(f"Semantic Scholar has no title for {reference}.")
        )

    async def _by_title(self, title: str) -> Answer:
        """The best match, if it is the same title: it answers "Gravity hill" with *something*."""
        params = {"query": title, "fields": _FIELDS}
        answer = await self._ask(f"{self._url}/paper/search/match", params)
        if isinstance(answer, Unavailable):
            return answer
        record = parse_match(answer, title)
        if record is None:
            return NotFound(escape(f"I can't find a paper called “{cut(title, 200)}”."))
        return record

    async def _ask(self, url: str, params: dict[str, str]) -> dict[str, Any] | Unavailable | None:
        """The answer's JSON object; None if there is no such paper."""
        response = await ask(self._client, url, params=params)
        if isinstance(response, Unavailable):
            return response
        return _read(response)


def _read(response: Response) -> dict[str, Any] | Unavailable | None:
    if response.status == 404:  # 400 complains of the question, not of the paper
        return None
    answer = mapping(read_json(response))
    return answer if response.status == 200 and answer else unusable("Semantic Scholar", response)


def parse_match(answer: object, title: str) -> PaperRecord | None:
    """The paper of a title search, if its title is `title` but for case and punctuation."""
    wanted = normalised_title(title)
    for item in sequence(mapping(answer).get("data")):
        record = parse_paper(item)
        if record and wanted and normalised_title(record.title) == wanted:
            return record
    return None


def parse_paper(value: object) -> PaperRecord | None:
    """One paper object; None for the null that stands for an unknown id in a batch."""
    paper = mapping(value)
    title = clean.title(string(paper.get("title")))
    if not title:
        return None
    references = frozenset(_references(paper))
    best = canonical(references)
    names = (string(mapping(author).get("name")) for author in sequence(paper.get("authors")))
    pdf = string(mapping(paper.get("openAccessPdf")).get("url"))
    return PaperRecord(
        title=title,
        authors=clean.people(names),
        year=clean.year(paper.get("year")),
        venue=_venue(paper),
        abstract=clean.abstract(string(paper.get("abstract"))),
        url=best.url if best else None,
        # Often it is only the DOI once more.
        pdf_url=pdf if pdf.startswith("https://") and "doi.org/" not in pdf else None,
        references=references,
    )


def _venue(paper: dict[str, Any]) -> str | None:
    venue = clean.title(string(paper.get("venue")))
    venue = venue or clean.title(string(mapping(paper.get("journal")).get("name")))
    return "arXiv" if venue in ("arXiv.org", "ArXiv") else venue or None


def _references(paper: dict[str, Any]) -> Iterator[Reference]:
    """The ids that are joined in this paper. Numbers come as numbers or as texts."""
    ids = mapping(paper.get("externalIds"))
    stated = (
        arxiv(str(ids.get("ArXiv"))),
        doi(str(ids.get("DOI"))),
        acl(str(ids.get("ACL"))),
        _numbered(Kind.PMID, "{}", ids.get("PubMed")),
        _numbered(Kind.PMCID, "PMC{}", ids.get("PubMedCentral")),
        _numbered(Kind.S2, "CorpusId:{}", ids.get("CorpusId")),
        Reference(Kind.S2, sha) if (sha := string(paper.get("paperId"))) else None,
    )
    yield from (reference for reference in stated if reference)


def _numbered(kind: Kind, form: str, value: object) -> Reference | None:
    digits = str(value).upper().removeprefix("PMC").lstrip("0")
    return Reference(kind, form.format(digits)) if digits.isascii() and digits.isdigit() else None
