"""RSS 1 and 2 and Atom as their formats say, read in a fraction of the time that feedparser takes.

Most feeds are so. Whatever this file does not know, or a format leaves open, is unusual:
feedparser reads that document, as it does all that is broken. The result is the same; a test
compares both on all real feeds that there are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from html.entities import entitydefs
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

from feedparser.mixin import _FeedParserMixin

from bot.experiences.sources.documents import Kind
from bot.experiences.sources.items import Channel, Item, Words, tag_of
from bot.experiences.sources.pictures import is_stated_picture
from bot.experiences.sources.rhythm import every_minutes, skip_hours

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_RSS_1 = "{http://purl.org/rss/1.0/}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_SY = "{http://purl.org/rss/1.0/modules/syndication/}"
_FEEDBURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
_BROWSER_FRIENDLY = f"{_FEEDBURNER}browserFriendly"
_ABOUT = f"{_RDF}about"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_NO_MATTER = (  # namespaces of which nothing is read here, though feedparser understands them
    "{http://purl.org/rss/1.0/modules/slash/}",
    "{http://www.georss.org/georss}",
    "{http://www.w3.org/2003/01/geo/wgs84_pos#}",
    "{http://backend.userland.com/creativeCommonsRssModule}",
)
_CHANNEL = {
    *("title", "link", "description", "language", "copyright", "managingEditor", "webMaster"),
    *("pubDate", "lastBuildDate", "category", "generator", "docs", "ttl", "image", "skipHours"),
    *("skipDays", "cloud", "item", "items", f"{_ATOM}link", _BROWSER_FRIENDLY),
    *(f"{_DC}date", f"{_DC}language", f"{_DC}publisher", f"{_DC}rights"),
}
_IMAGE = {"title", "link", "description", "url", "width", "height"}
_PICTURED = {
    f"{_MEDIA}{name}"
    for name in ("group", "content", "thumbnail", "title", "description", "credit", "rating")
}
_ITEM = _PICTURED | {
    *("title", "link", "guid", "description", "author", "category", "pubDate", "enclosure"),
    *("comments", "source", _CONTENT, f"{_ATOM}updated", f"{_DC}creator", f"{_DC}date"),
    *(f"{_DC}language", f"{_DC}publisher", f"{_DC}rights", f"{_DC}title"),
}
_FEED = {_BROWSER_FRIENDLY} | {
    f"{_ATOM}{name}"
    for name in (
        *("title", "link", "id", "author", "category", "published", "updated", "subtitle"),
        *("generator", "rights", "icon", "logo", "entry"),
    )
}
_ENTRY = _PICTURED | {
    f"{_ATOM}{name}"
    for name in (
        *("title", "link", "id", "author", "category", "published", "updated", "summary"),
        *("content", "rights"),
    )
}
_BASED = {f"{_ATOM}entry", f"{_ATOM}content"}  # what may say where addresses begin
_PREFIXES = {uri.lower(): prefix.lower() for uri, prefix in _FeedParserMixin.namespaces.items()}
_HANDLED = {
    name.removeprefix("_start_") for name in dir(_FeedParserMixin) if name.startswith("_start_")
}
_NAMES = _HANDLED | {name.partition("_")[2] for name in _HANDLED}
_TYPES = {"text": False, "text/plain": False, "html": True, "text/html": True}
_TAG = re.compile(r"</?\w")
_REFERENCE = re.compile(r"&#?\w+;")
_NAMED = re.compile(r"&(\w+);")
_QUERY = re.compile(r"&([A-Za-z0-9_]+);")
_CONTROLS = re.compile("[\x80-\x9f]")


class _Unusual(Exception):
    """Something that feedparser knows better."""


def parse_plain(text: str) -> Channel | None:
    """The feed in `text`, or None where it is not so plain."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    try:
        root = fromstring(text)
        if root.tag == "rss":
            return _rss(root, text)
        if root.tag == f"{_RDF}RDF":
            return _rdf(root, text)
        return _atom(root) if root.tag == f"{_ATOM}feed" else None
    except (ParseError, ValueError, _Unusual):  # ValueError: an address that is none
        return None


def _rss(root: Element, text: str) -> Channel:
    channel = _one(root.findall("channel"))
    if channel is None:
        raise _Unusual
    _require(root, {"channel"})
    return _channel(channel, channel.findall("item"), text)


def _rdf(root: Element, text: str) -> Channel:
    """RSS 1 has the items beside the channel; but for that it is like RSS 2."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(_RSS_1)
    channel = _one(root.findall("channel"))
    if channel is None:
        raise _Unusual
    _require(root, {"channel", "image", "item"})
    return replace(_channel(channel, root.findall("item"), text), kind=Kind.RDF)


def _channel(channel: Element, items: Iterable[Element], text: str) -> Channel:
    _require(channel, _CHANNEL)
    if (image := _one(channel.findall("image"))) is not None:
        _require(image, _IMAGE)
    links = channel.findall(f"{_ATOM}link")
    if any(link.get("rel", "alternate") == "alternate" for link in links):
        raise _Unusual
    link = _one(channel.findall("link"))
    return Channel(
        kind=Kind.RSS,
        title=_rss_title(channel),
        link=None if link is None else _rss_address(link),
        feed_link=next((one.get("href") for one in links if one.get("rel") == "self"), None),
        names=(_text(_one(channel.findall("managingEditor"))),),
        items=tuple(map(_item, items)),
        every_minutes=every_minutes(
            channel.findtext("ttl"),
            channel.findtext(f"{_SY}updatePeriod"),
            channel.findtext(f"{_SY}updateFrequency"),
        ),
        skip_hours=skip_hours(text),
    )


def _item(item: Element) -> Item:
    _require(item, _ITEM)
    _texts(item, "source")  # that it is one, and nothing stands in it
    guid, link, about = _one(item.findall("guid")), _one(item.findall("link")), item.get(_ABOUT)
    if about and guid is not None:
        raise _Unusual
    address = None if link is None else _rss_address(link)
    if link is None and guid is not None and guid.get("isPermaLink", "true") == "true":
        address = _text(guid)
    written = [*item.findall("author"), *item.findall(f"{_DC}creator")]
    updated = _text(_one([*item.findall(f"{_ATOM}updated"), *item.findall(f"{_DC}date")]))
    title = _rss_title(item)
    if any(_text(other) != title.text for other in item.findall(f"{_DC}title")):
        raise _Unusual
    descriptions = [*item.findall("description"), *_descriptions(item, title)]
    bodies = (_one(item.findall(_CONTENT)), _one(descriptions))
    return Item(
        guid=about or (None if guid is None else _text(guid)),
        link=_text(_one(item.findall(f"{_FEEDBURNER}origLink"))) or address or None,
        title=title,
        names=(_text(_one(written)),),
        published=(*_texts(item, "pubDate"), updated),
        updated=(updated,),
        tags=tuple(filter(None, map(_text, item.findall("category")))),
        bodies=tuple(Words(words) for body in bodies if (words := _text(body))),
        picture=_picture(item, item.findall("enclosure")),
    )


def _atom(feed: Element) -> Channel:
    _require(feed, _FEED)
    base = _rebase(feed, "")
    return Channel(
        kind=Kind.ATOM,
        title=_words(_one(feed.findall(f"{_ATOM}title"))),
        link=_atom_address(feed, base),
        feed_link=_first_link(feed, "self"),
        names=_authors(feed),
        items=tuple(_entry(entry, base) for entry in feed.findall(f"{_ATOM}entry")),
    )


def _entry(entry: Element, base: str) -> Item:
    _require(entry, _ENTRY)
    base = _rebase(entry, base)
    title = _words(_one(entry.findall(f"{_ATOM}title")))
    identity = _one(entry.findall(f"{_ATOM}id"))
    content = _one(entry.findall(f"{_ATOM}content"))
    summary = _one(entry.findall(f"{_ATOM}summary"))
    description = _one(_descriptions(entry, title))
    if (content is not None and "src" in content.attrib) or (None not in (summary, description)):
        raise _Unusual
    inner = None if content is None else _based(content, base)
    bodies = [_words(body) for body in (content, summary) if body is not None]
    bodies.append(Words(_text(description)))
    updated = _texts(entry, f"{_ATOM}updated")
    return Item(
        guid=None if identity is None else urljoin(base, _text(identity)),
        link=_text(_one(entry.findall(f"{_FEEDBURNER}origLink"))) or _atom_address(entry, base),
        title=title,
        names=_authors(entry),
        published=(*_texts(entry, f"{_ATOM}published"), *updated),
        updated=updated,
        tags=tuple(map(_term, entry.findall(f"{_ATOM}category"))),
        bodies=tuple(words for words in bodies if words.text),
        base=inner,
        picture=_picture(entry, _links(entry, "enclosure")),
    )


def _require(element: Element, known: set[str]) -> None:
    """That nothing but what is known, or does not matter, stands in an element."""
    for child in element:
        if child.tag not in known and any(_matters(inner.tag) for inner in child.iter()):
            raise _Unusual
        if "base" in child.attrib or (_BASE in child.attrib and child.tag not in _BASED):
            raise _Unusual


def _rebase(holder: Element, base: str) -> str:
    """Where relative addresses in an element begin, if it or `base` says so; its links begin
    there from now on."""
    base = _based(holder, base)
    for link in _all_links(holder):
        link.set("href", urljoin(base, link.attrib["href"]))
    return base


def _based(element: Element, base: str) -> str:
    based = urljoin(base, element.get(_BASE, ""))
    if based and "://" not in based:
        raise _Unusual
    return based


@lru_cache(maxsize=1_000)
def _matters(tag: str) -> bool:
    """Whether feedparser does more with an element than to keep it under a name of its own."""
    if tag.startswith(_NO_MATTER):
        return False
    namespace, _, name = tag.lower().removeprefix("{").rpartition("}")
    if (prefix := _PREFIXES.get(namespace)) is not None:
        return f"{prefix}_{name}".lstrip("_") in _HANDLED
    return name in _NAMES  # of an unknown namespace feedparser goes by the prefix


def _one(found: Sequence[Element]) -> Element | None:
    """The only one; of several nobody knows which is meant."""
    if len(found) > 1:
        raise _Unusual
    return found[0] if found else None


def _text(element: Element | None) -> str:
    if element is None:
        return ""
    if len(element):
        raise _Unusual
    text = (element.text or "").strip()
    if text.isascii():
        return text
    if _CONTROLS.search(text):
        raise _Unusual
    try:  # it may have been read in the wrong encoding by whoever made the feed
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def _texts(holder: Element, tag: str) -> tuple[str, ...]:
    element = _one(holder.findall(tag))
    return () if element is None else (_text(element),)


def _words(element: Element | None) -> Words:
    """A text of Atom's, which says whether it is HTML."""
    if element is None:
        return Words()
    kind = element.get("type", "text").lower()
    if kind == "xhtml":
        return Words(_inside(_one(list(element))))
    if kind not in _TYPES:
        raise _Unusual
    return Words(_text(element), is_html=_TYPES[kind])


def _inside(div: Element | None) -> str:
    """What stands in the `div` that holds XHTML, as HTML."""
    if div is None or div.tag != f"{_XHTML}div":
        raise _Unusual
    for element in div.iter():
        element.tag = element.tag.removeprefix(_XHTML)
        if "{" in element.tag or any("{" in name for name in element.attrib):
            raise _Unusual
    words = [tostring(child, encoding="unicode", method="html") for child in div]
    return "".join([escape(div.text or "", quote=False), *words]).strip()


def _rss_title(holder: Element) -> Words:
    """RSS leaves open whether a title is HTML; where it could be, that is to be guessed."""
    text = _text(_one(holder.findall("title")))
    if _REFERENCE.search(text):
        if _TAG.search(text):
            raise _Unusual
        return Words(text, is_html=all(name in entitydefs for name in _NAMED.findall(text)))
    if "</" in text:
        raise _Unusual
    return Words(text, is_html=not text)


def _rss_address(link: Element) -> str:
    if link.attrib:
        raise _Unusual
    return _QUERY.sub(r"&\1", _text(link).replace("&amp;", "&"))


def _atom_address(holder: Element, base: str) -> str | None:
    """The last page that it names, or else its id."""
    pages = [
        link.get("href")
        for link in _links(holder, "alternate")
        if link.get("type", "text/html") in ("text/html", "application/xhtml+xml")
    ]
    if pages:
        return pages[-1]
    identity = _one(holder.findall(f"{_ATOM}id"))
    if identity is None:
        return _first_link(holder, "alternate")
    return urljoin(base, _text(identity))


def _links(holder: Element, relation: str) -> list[Element]:
    return [link for link in _all_links(holder) if link.get("rel", "alternate") == relation]


def _all_links(holder: Element) -> list[Element]:
    links = holder.findall(f"{_ATOM}link")
    if any("href" not in link.attrib for link in links):
        raise _Unusual
    return links


def _first_link(holder: Element, relation: str) -> str | None:
    return next((link.get("href") for link in _links(holder, relation)), None)


def _authors(holder: Element) -> tuple[str, ...]:
    names = []
    for author in holder.findall(f"{_ATOM}author"):
        if any(part.tag not in _PERSON for part in author):
            raise _Unusual
        names.append(_text(_one(author.findall(f"{_ATOM}name"))))
    return tuple(names)


_PERSON = {f"{_ATOM}name", f"{_ATOM}email", f"{_ATOM}uri"}


def _term(category: Element) -> str:
    if (category.text or "").strip() or len(category):
        raise _Unusual
    term, label = category.get("term") or "", category.get("label") or ""
    return tag_of(term, label)


def _descriptions(holder: Element, title: Words) -> list[Element]:
    """What is said about pictures and films; it describes an entry that says nothing itself."""
    for media in holder:
        if media.tag in _PICTURED:
            if any(inner.tag not in _PICTURED and _matters(inner.tag) for inner in media.iter()):
                raise _Unusual
            if not title.text and any(inner.tag == f"{_MEDIA}title" for inner in media.iter()):
                raise _Unusual  # it is the title, then
    found = list(holder.iter(f"{_MEDIA}description"))
    if any(one.get("type", "html") != "html" for one in found):
        raise _Unusual
    return found


def _picture(holder: Element, enclosures: Iterable[Element]) -> str | None:
    shown = [one.get("url", "") for one in holder.iter(f"{_MEDIA}thumbnail")]
    shown += [_address(one) for one in holder.iter(f"{_MEDIA}content") if _shows(one)]
    shown += [_address(one) for one in enclosures if _shows(one)]
    return next(iter(shown), None)


def _address(media: Element) -> str:
    return media.get("url") or media.get("href") or ""


def _shows(media: Element) -> bool:
    return is_stated_picture(media.get("type"), media.get("medium"), _address(media))
