"""Works as DataCite describes them: preprints, theses, data sets."""

from collections.abc import Iterator
from typing import Any

from bot.papers.references.identifiers import Kind, Reference, arxiv, doi
from bot.papers.sources import clean
from bot.papers.sources.record import PaperRecord
from bot.papers.sources.service_client import mapping, sequence, string

# arXiv states the journal's DOI as IsVersionOf, Zenodo the DOI of all versions.
_SAME_WORK = frozenset({"IsIdenticalTo", "IsVariantFormOf", "IsVersionOf"})


def parse_datacite(value: object) -> PaperRecord | None:
    """The paper in an answer's `data`; None if it has no title."""
    attributes = mapping(mapping(value).get("attributes"))
    title = _title(attributes)
    if not title:
        return None
    own = doi(string(attributes.get("doi")))
    return PaperRecord(
        title=title,
        authors=clean.people(_names(attributes)),
        year=clean.year(attributes.get("publicationYear")),
        venue=_venue(attributes),
        abstract=_abstract(attributes),
        url=own.url if own else None,
        pdf_url=f"https://arxiv.org/pdf/{own.value}" if own and own.kind is Kind.ARXIV else None,
        references=frozenset(_references(attributes, own)),
    )


def _title(attributes: dict[str, Any]) -> str:
    """The main title: the others have a type (Subtitle, AlternativeTitle, TranslatedTitle)."""
    titles = [mapping(one) for one in sequence(attributes.get("titles"))]
    for candidates in ([one for one in titles if not one.get("titleType")], titles):
        for one in candidates:
            if title := clean.title(string(one.get("title"))):
                return title
    return ""


def _names(attributes: dict[str, Any]) -> Iterator[str]:
    for creator in map(mapping, sequence(attributes.get("creators"))):
        given, family = string(creator.get("givenName")), string(creator.get("familyName"))
        name = string(creator.get("name"))
        if given and family:
            yield f"{given} {family}"
        else:
            yield name if creator.get("nameType") == "Organizational" else clean.person(name)


def _venue(attributes: dict[str, Any]) -> str | None:
    publisher = attributes.get("publisher")  # a text, or since 2023 an object
    for value in (
        mapping(attributes.get("container")).get("title"),
        mapping(publisher).get("name") if isinstance(publisher, dict) else publisher,
    ):
        if venue := clean.title(string(value)):
            return venue
    return None


def _abstract(attributes: dict[str, Any]) -> str | None:
    for one in map(mapping, sequence(attributes.get("descriptions"))):
        if one.get("descriptionType") == "Abstract":
            text = clean.abstract(string(one.get("description")))
            if text:
                return text
    return None


def _references(attributes: dict[str, Any], own: Reference | None) -> Iterator[Reference]:
    if own:
        yield own
    for one in map(mapping, sequence(attributes.get("identifiers"))):
        if same := _reference(one.get("identifierType"), one.get("identifier")):
            yield same
    for one in map(mapping, sequence(attributes.get("relatedIdentifiers"))):
        if one.get("relationType") in _SAME_WORK:
            same = _reference(one.get("relatedIdentifierType"), one.get("relatedIdentifier"))
            if same:
                yield same


def _reference(kind: object, value: object) -> Reference | None:
    text = string(value).strip()
    match string(kind).casefold():
        case "doi":
            return doi(text.partition("doi.org/")[2] or text)
        case "arxiv":
            return arxiv(text.lower().removeprefix("arxiv:"))
        case _:
            return None
