"""HTML pages: from bytes to text to a tree, and the abstract that only the body holds."""

import codecs
import re
from typing import TYPE_CHECKING

from bot.core.charsets import known_charset
from bot.papers.sources import clean

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_BLOCKS = frozenset({"p", "div", "section", "br", "li", "h2", "h3", "h4", "h5", "h6"})
_HEADINGS = ["h2", "h3", "h4", "h5", "h6"]
_ABSTRACT = re.compile(r"^\s*abstract\s*:?\s*$", re.IGNORECASE)
_BODY_READ = 300_000  # a tree of more would take seconds
_SHORTEST = 80  # shorter ones are "No abstract available" and the like


def decode(body: bytes, charset: str | None) -> str:
    """By byte order mark, header or meta tag; else UTF-8, or what Windows used before it."""
    found = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{2,40})", body[:4096], re.I)
    stated = found.group(1).decode("ascii", "replace") if found else ""
    marked = "utf-8-sig" if body.startswith(codecs.BOM_UTF8) else None
    for name in (marked, charset, known_charset(stated), "utf-8"):
        if name:
            try:
                return _decode(body, name)
            except (LookupError, ValueError):
                continue
    return body.decode("cp1252", "replace")


def _decode(body: bytes, name: str) -> str:
    try:
        return body.decode(name)
    except UnicodeDecodeError as error:
        if error.start < len(body) - 4:
            raise
        return body[: error.start].decode(name)  # the page was cut inside a character


def parse_html(text: str, only: list[str] | None = None) -> "BeautifulSoup":
    """The tree, perhaps `only` of some elements; an empty one for what cannot be read as HTML."""
    # Imported here: it costs a tenth of a second and some megabytes that most hours don't need.
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup
    from bs4.filter import SoupStrainer

    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)  # bs4 would warn that it is no HTML
    strainer = SoupStrainer(only) if only else None
    try:
        return BeautifulSoup(f"<html>{text}", "html.parser", parse_only=strainer)
    except (ParserRejectedMarkup, RecursionError):
        return BeautifulSoup("<html>", "html.parser")


def abstract_in(text: str) -> str | None:
    """The abstract in a body: what is marked as such, or what follows the heading "Abstract"."""
    head_end = max(text.lower().find("</head"), 0)
    soup = parse_html(text[head_end : head_end + _BODY_READ])
    box = (
        soup.find(id="abstract") or soup.find(class_="acl-abstract") or soup.find(class_="abstract")
    )
    found = _text_of(box) if box else ""
    if not found:
        heading = soup.find(_HEADINGS, string=_ABSTRACT)
        found = _text_after(heading) if heading else ""
    abstract = clean.abstract(found)
    return abstract if abstract and len(abstract) >= _SHORTEST else None


def _text_after(heading: "Tag") -> str:
    parts = []
    for sibling in heading.next_siblings:
        if getattr(sibling, "name", None) in _HEADINGS:
            break
        parts.append(_text_of(sibling))
    return " ".join(parts)


def _text_of(node: object) -> str:
    """The text without its heading; spaces where blocks meet, but none inside "H<sub>2</sub>O"."""
    from bs4.element import NavigableString, Tag

    if isinstance(node, NavigableString):
        return str(node)
    parts: list[str] = []
    for element in node.descendants if isinstance(node, Tag) else ():
        if isinstance(element, Tag):
            parts.append("\n" if element.name in _BLOCKS else "")
        elif type(element) is NavigableString and not _ABSTRACT.match(element):
            # Comments, scripts and styles have types of their own.
            parts.append(str(element))
    return "".join(parts)
