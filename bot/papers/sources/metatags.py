"""What a page says about itself in its head.

Scholarly pages carry `citation_*` tags (for Google Scholar) or Dublin Core. A page with neither
still counts as an article, known by its title alone, if it lies below the site's front page and has
a title of its own: not the site's name, and not that of an error; see `logins`, too. Members
discuss blog posts too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from bot.papers.references.identifiers import Kind, Reference
from bot.papers.references.text import parse
from bot.papers.sources import clean
from bot.papers.sources.html_page import abstract_in, decode, parse_html
from bot.papers.sources.logins import is_challenge, is_login, is_marked_as_article
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_READ = 1_000_000  # of a longer page only the beginning counts: what we want is in the head

_TITLE = ("citation_title", "dc.title", "dcterms.title")
_AUTHORS = ("citation_author", "citation_authors")
_LOOSE_AUTHORS = ("dc.creator", "dc.creator.personalname", "dcterms.creator", "author")
# Print before online: SpringerLink's online date of a paper of 1977 is 2007.
_DATES = (
    "citation_publication_date",
    "citation_cover_date",
    "citation_date",
    "citation_online_date",
    "citation_year",
    "dc.date.issued",
    "dcterms.issued",
    "dc.issued",
    "dc.date",
    "dcterms.date",
    "prism.publicationdate",
    "article.published_time",
)
_VENUES = (
    "citation_journal_title",
    "citation_conference_title",
    "citation_inbook_title",
    "citation_book_title",
    "citation_conference",
    "citation_dissertation_institution",
    "citation_technical_report_institution",
    "prism.publicationname",
    "dc.source",
)
_ABSTRACTS = ("citation_abstract", "dcterms.abstract", "dc.description", "dc.description.abstract")
_IDS = (
    "citation_doi",
    "citation_arxiv_id",
    "prism.doi",
    "dc.identifier",
    "dc.identifier.doi",
    "dc.identifier.uri",
)

# The whole title, or a beginning that can be nothing else: "500 years of ..." is an article.
_STATUS = (
    r"(?:error\W+)?(?:40\d|50\d)(?:\W*$|\W+(?:error|not found|forbidden|bad|internal|page|gone))"
)
_NO_ARTICLE = re.compile(
    rf"{_STATUS}|(?:page |doi )?(?:not found|cannot be found)\b|(?:oops|error|forbidden)\W*$|"
    r"page (?:does not|doesn.t) exist|redirecting\b|"
    r"home(?: ?page)?$|index of /|untitled(?: \w+)?$|unauthori[sz]ed\b|"
    r"cookies? (?:absent|required|disabled)",
    re.IGNORECASE,
)

Tags = dict[str, list[str]]


def parse_page(body: bytes, address: str, charset: str | None = None) -> Answer:
    """The paper or article that a page is about. Takes up to a second: call it in a thread."""
    text = decode(body[:_READ], charset)
    soup = parse_html(text, only=["title", "meta", "link"])
    tags = _tags(soup)
    own_title = clean.title(soup.title.get_text()) if soup.title else ""
    if title := clean.title(_first(tags, _TITLE)):
        record = _paper(tags, title, address, _references(soup, tags, address))
        return record if record.abstract else replace(record, abstract=abstract_in(text))
    if not is_marked_as_article(text, tags):
        if is_challenge(text, own_title):
            return Unavailable("That site shows the page to people only, not to bots.")
        if is_login(text, own_title, address):
            return NotFound(
                "That page doesn't say which paper it is about. It asks for a login first. "
                "Please give me the paper's DOI or title."
            )
    title = _own(clean.title(_first(tags, ("og.title",))) or own_title, tags, address)
    if not title or _NO_ARTICLE.match(title) or urlsplit(address).path in ("", "/"):
        return NotFound(
            "That page doesn't say which paper it is about. "
            "Please give me the paper's own page, DOI or title."
        )
    return _article(tags, title, address)


def _paper(tags: Tags, title: str, address: str, references: Iterable[Reference]) -> PaperRecord:
    pdf = _first(tags, ("citation_pdf_url",))
    if not pdf and (other := _first(tags, ("citation_url",))).lower().endswith(".pdf"):
        pdf = other
    return PaperRecord(
        title=title,
        authors=clean.people(_names(tags)),
        year=_year(tags),
        venue=clean.title(_first(tags, _VENUES)) or None,
        abstract=clean.abstract(_first(tags, _ABSTRACTS)),
        url=address,
        pdf_url=urljoin(address, pdf) if pdf else None,
        references=frozenset(references),
    )


def _article(tags: Tags, title: str, address: str) -> PaperRecord:
    return PaperRecord(
        title=title,
        authors=clean.people(_names(tags)),
        year=_year(tags),
        venue=clean.title(_first(tags, ("og.site_name",))) or None,
        abstract=clean.abstract(_first(tags, ("og.description",))),
        url=address,
        certain=False,
    )


# --- reading the page -------------------------------------------------------------------------


def _tags(soup: "BeautifulSoup") -> Tags:
    """The meta tags that say something; `DC.Title` and `dc:title` are one, `dc.title`."""
    tags: Tags = {}
    for tag in soup.find_all("meta"):
        name = str(tag.get("name") or tag.get("property") or "").strip().lower()
        content = str(tag.get("content") or "").strip()
        if name and content:
            name = name.replace(":", ".").removeprefix("bepress_")
            tags.setdefault(name, []).append(content)
    return tags


def _first(tags: Tags, names: tuple[str, ...]) -> str:
    return next((tags[name][0] for name in names if name in tags), "")


def _names(tags: Tags) -> Iterator[str]:
    for name in _AUTHORS:
        for value in tags.get(name, []):
            yield from (clean.person(one) for one in value.split(";"))
    if any(name in tags for name in _AUTHORS):
        return
    found = next((tags[name] for name in _LOOSE_AUTHORS if name in tags), [])
    for value in found:
        if "://" not in value:
            yield from (clean.person(one) for one in clean.listed(value))


def _year(tags: Tags) -> int | None:
    """Of the first kind of date that has one; where a kind is repeated, its last."""
    for name in _DATES:
        for value in reversed(tags.get(name, [])):
            if (year := clean.year(value)) is not None:
                return year
    return None


def _references(soup: "BeautifulSoup", tags: Tags, address: str) -> Iterator[Reference]:
    """The ids that the page states. No addresses: a site that redirects to its login would make
    one paper of all its pages."""
    stated = [value for name in _IDS for value in tags.get(name, [])]
    link = soup.find("link", rel="canonical")
    stated += [address, urljoin(address, str(link.get("href") or "")) if link else ""]
    for text in stated:
        yield from (one for one in parse(text) if one.kind is not Kind.PAGE)
    for number in tags.get("citation_pmid", []):
        yield from parse(f"PMID: {number}")


# --- titles that are not in tags ------------------------------------------------------------------


def _own(title: str, tags: Tags, address: str) -> str:
    """The title without the site's name behind it: "Residual networks - IEEE Xplore"."""
    site = _first(tags, ("og.site_name", "application-name")).casefold()
    if title.casefold() == site:
        return ""
    labels = [label for label in (urlsplit(address).hostname or "").split(".") if len(label) > 3]
    head, separator, tail = _last_part(title)
    known = site and (tail.casefold() in site or site in tail.casefold())
    word = tail.casefold().split(" ")[0]
    names_host = any(
        label in re.sub(r"\W", "", tail.casefold()) or (len(word) > 3 and word in label)
        for label in labels
    )
    return head if separator and (known or names_host) else title


def _last_part(title: str) -> tuple[str, str, str]:
    found = re.search(r"\s+[|·•–—-]\s+(?=[^|·•–—]*$)(?!.*\s-\s)", title)
    if not found:
        return title, "", ""
    return title[: found.start()].strip(), found.group(), title[found.end() :].strip()
