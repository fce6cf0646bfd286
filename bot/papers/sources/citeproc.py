"""Works as Crossref describes them, and as CSL JSON (content negotiation) does: almost the same.

Crossref puts titles into arrays where CSL has texts, `name` where CSL has `literal`; otherwise one
reading serves both.
"""

from collections.abc import Iterator
from typing import Any

from bot.papers.references.identifiers import Reference, doi
from bot.papers.sources import clean
from bot.papers.sources.record import PaperRecord
from bot.papers.sources.service_client import mapping, sequence, string

# The first that has a year counts. "created" is when the DOI was registered: often decades later.
_DATES = ("issued", "published", "published-print", "published-online", "posted")
# What readers mean by one paper; translations, reviews and supplements are works of their own.
_SAME_WORK = ("is-identical-to", "is-preprint-of", "has-preprint")


def parse_work(value: object) -> PaperRecord | None:
    """The paper in a Crossref message or a CSL item; None if it has no title or is none."""
    if isinstance(value, list):  # some agencies send an array of one
        value = value[0] if value else None
    work = mapping(value)
    title = _title(work)
    if not title:
        return None
    own = doi(string(work.get("DOI")))
    references = frozenset({own, *_relations(work)} if own else set(_relations(work)))
    return PaperRecord(
        title=title,
        authors=clean.people(_names(work)),
        year=_year(work),
        venue=_venue(work),
        abstract=clean.abstract(string(work.get("abstract"))),
        url=own.url if own else None,
        pdf_url=_open_pdf(work),
        references=references,
    )


def _title(work: dict[str, Any]) -> str:
    title = clean.title(string(work.get("title")))
    subtitle = clean.title(string(work.get("subtitle")))
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title
    return clean.title(f"{title}{'' if title[-1] in ':?!' else ':'} {subtitle}")


def _names(work: dict[str, Any]) -> Iterator[str]:
    """Authors; for a volume, its editors."""
    for author in sequence(work.get("author")) or sequence(work.get("editor")):
        author = mapping(author)
        given, family = string(author.get("given")), string(author.get("family"))
        particle, suffix = string(author.get("non-dropping-particle")), string(author.get("suffix"))
        name = " ".join(part for part in (given, particle, family) if part)
        if name:
            yield f"{name}, {suffix}" if suffix else name
        else:
            yield string(author.get("name")) or string(author.get("literal"))


def _year(work: dict[str, Any]) -> int | None:
    for name in _DATES:
        date = mapping(work.get(name))
        # [[2014, 2, 27]], [["2017", "07"]] or [[null]]
        first = next(iter(sequence(date.get("date-parts"))), None)
        year = clean.year(next(iter(sequence(first)), None) or date.get("raw"))
        if year is not None:
            return year
    if string(work.get("type")).startswith("proceedings"):  # "ICDCS Workshops, 2003"
        return clean.year(_venue(work))
    return None


def _venue(work: dict[str, Any]) -> str | None:
    institution = mapping(next(iter(sequence(work.get("institution"))), None))
    for value in (
        work.get("container-title"),
        work.get("event"),
        institution,
        work.get("group-title"),
    ):
        name = mapping(value).get("name") if isinstance(value, dict) else value
        if venue := clean.title(string(name)):
            return venue
    return None


def _open_pdf(work: dict[str, Any]) -> str | None:
    """A PDF that everybody may open: without an open licence the links lead to a paywall."""
    licences = (string(mapping(one).get("URL")) for one in sequence(work.get("license")))
    if not any("creativecommons.org" in licence for licence in licences):
        return None
    for link in map(mapping, sequence(work.get("link"))):
        address = string(link.get("URL"))
        if link.get("content-type") == "application/pdf" and address.startswith("https://"):
            return address
    return None


def _relations(work: dict[str, Any]) -> Iterator[Reference]:
    for name in _SAME_WORK:
        for relation in map(mapping, sequence(mapping(work.get("relation")).get(name))):
            if relation.get("id-type") == "doi" and (same := doi(string(relation.get("id")))):
                yield same
