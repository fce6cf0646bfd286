"""Lists of feeds, as feed readers exchange them: OPML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from bot.core.errors import PaperclubError
from bot.core.text import cut, one_line
from bot.experiences.sources.encodings import decode
from bot.experiences.sources.urls import absolute, typed

MOST_OUTLINES = 1_000
_MOST_CATEGORIES = 20
_LONGEST_TITLE = 200
_LONGEST_CATEGORY = 100
_ROOT = re.compile(r"<opml[\s>]", re.IGNORECASE)
_ROOT_WITHIN = 10_000


class NotAList(PaperclubError):
    """The bytes are no list of feeds; `str(error)` says so in a sentence."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of the list. `categories` are the folders or labels it was under."""

    title: str
    url: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedList:
    """The feeds of a list, each address once, and the names of those that can't be followed."""

    outlines: tuple[Outline, ...]
    left_out: tuple[str, ...] = ()


def parse_opml(body: bytes | str) -> FeedList:
    """The feeds in the list, at most `MOST_OUTLINES`. Raises NotAList."""
    text = decode(body, None).text if isinstance(body, bytes) else body
    if not _ROOT.search(text[:_ROOT_WITHIN]):
        raise NotAList("That is no list of feeds: it has to be an OPML file.")
    # Imported here: it may bring an HTTP library along, which nobody else needs.
    import listparser

    try:
        # As bytes: a string that begins like an address would be fetched.
        found = listparser.parse(text.encode("utf-8", "replace"))
    except (ValueError, LookupError, AssertionError) as error:
        raise NotAList("That list of feeds is too broken to be read.") from error
    outlines: dict[str, Outline] = {}
    left_out: dict[str, None] = {}
    for feed in found["feeds"]:
        given, title = feed.get("url") or "", feed.get("title") or ""
        url = absolute(typed(given))
        if url is None or (url not in outlines and len(outlines) == MOST_OUTLINES):
            left_out[cut(one_line(title or given), _LONGEST_TITLE)] = None
        else:
            outlines.setdefault(url, _outline(url, title, _labels(feed)))
    return FeedList(tuple(outlines.values()), tuple(left_out))


def write_opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """A list that other feed readers understand."""
    opml = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(opml, "head"), "title").text = one_line(title)
    body = ElementTree.SubElement(opml, "body")
    for outline in outlines:
        name = one_line(outline.title) or outline.url
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": outline.url}
        if labels := ",".join(_label(category) for category in outline.categories):
            attributes["category"] = labels
        ElementTree.SubElement(body, "outline", attributes)
    ElementTree.indent(opml)
    written: bytes = ElementTree.tostring(opml, "utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written + b"\n"


def _outline(url: str, title: str, labels: Iterable[str]) -> Outline:
    named = dict.fromkeys(label for label in map(_label, labels) if label)
    categories = tuple(named)[:_MOST_CATEGORIES]
    return Outline(cut(one_line(title), _LONGEST_TITLE), url, categories)


def _labels(feed: dict[str, list[list[str]]]) -> list[str]:
    return [label for path in feed.get("categories") or () for label in path]


def _label(text: str) -> str:
    """In a list of labels a comma would make two of one, and a slash a path."""
    return cut(one_line(re.sub(r"[,/]", " ", text)), _LONGEST_CATEGORY)
