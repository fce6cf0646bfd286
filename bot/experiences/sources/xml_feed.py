"""RSS, RDF and Atom, read by feedparser. Its result is taken as it is stated, except for dates
(it gets some wrong); texts are cleaned and addresses resolved later, for all formats alike."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import escape
from html.entities import html5
from io import BytesIO
from typing import Any
from xml.sax import SAXException

import feedparser

from bot.experiences.sources import xml_limits
from bot.experiences.sources.documents import MOST_ENTRIES, Kind
from bot.experiences.sources.items import Channel, Item, Words, left_out, tag_of
from bot.experiences.sources.pictures import is_stated_picture
from bot.experiences.sources.polling_hints import every_minutes, skip_hours
from bot.experiences.sources.xml_limits import shortened, thinned

# A list of modules, which the standard library looks through: its parsers would come next.
feedparser.api.PREFERRED_XML_PARSERS[:] = [xml_limits.__name__]

_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_DECLARATION = re.compile(r"^<\?xml[^>]{0,300}\?>")
_ROOT = re.compile(r"<(?:\w{1,30}:)?(rss|feed|rdf)[\s>]", re.IGNORECASE)
_REFERENCE = re.compile(  # any that XML doesn't know, where a reference is one
    r"<!\[CDATA\[[\s\S]*?(?:\]\]>|\Z)|<!--[\s\S]*?(?:-->|\Z)|"
    r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{0,30};)?"
)
_ADDRESS = re.compile(r"https?://|/|www\.", re.IGNORECASE)
_KINDS = {"feed": Kind.ATOM, "rdf": Kind.RDF, "rss": Kind.RSS}

_Stated = Mapping[str, Any]


def parse_xml(text: str, url: str, now: datetime) -> Channel | None:
    """The feed in `text`, which came from `url`; None if it is XML of another kind. Broken XML
    gives what can be read."""
    text, count = thinned(shortened(_declared_once(text)), now)
    notes = [left_out(count)] if count > MOST_ENTRIES else []
    # Only what says where addresses begin starts from its own: in others they start from the site.
    data = _parsed(text, url if "base=" in text else "")
    entries, feed = data["entries"], data["feed"]
    if not (kind := _kind(data["version"], text, bool(entries))):
        return None
    if len(entries) < MOST_ENTRIES:
        notes = []
    if data["bozo"]:
        notes.append(_trouble(data["bozo_exception"]))
    return Channel(
        kind=kind,
        title=_words(feed, "title"),
        link=_link(feed),
        feed_link=_first_link(feed, "self"),
        names=tuple(_names(feed)),
        items=tuple(map(_item, entries)),
        every_minutes=every_minutes(
            feed.get("ttl"), feed.get("sy_updateperiod"), feed.get("sy_updatefrequency")
        ),
        skip_hours=skip_hours(text),
        notes=tuple(notes),
    )


def _declared_once(text: str) -> str:
    """The text with a declaration that states no encoding: it has none any more."""
    return "<?xml version='1.0'?>" + _DECLARATION.sub("", text)


def _parsed(text: str, url: str) -> _Stated:
    data = _feedparser(text, url)
    if data["bozo"] and (mended := _with_references(text)) != text:
        # The lenient parser could do it, but loses more, and makes `R&D;` of `R&D`.
        data = _feedparser(mended, url)
    return data


def _feedparser(text: str, url: str) -> _Stated:
    # From a stream: it would take a string for an address, and fetch it.
    parsed: _Stated = feedparser.parse(
        BytesIO(text.encode("utf-8", "replace")),
        response_headers={**_HEADERS, "content-location": url},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return parsed


def _with_references(text: str) -> str:
    """HTML's names as the characters that they stand for, and `&amp;` for what is only `&`."""
    declares = "<!ENTITY" in text

    def mended(match: re.Match[str]) -> str:
        if match[0].startswith("<"):
            return match[0]
        if name := match[1]:
            if found := html5.get(name):
                return escape(found)
            if declares:
                return match[0]
        return "&amp;" + match[0][1:]

    return _REFERENCE.sub(mended, text)


def _kind(version: str, text: str, has_entries: bool) -> Kind | None:
    if version.startswith("atom"):
        return Kind.ATOM
    if version in ("rss090", "rss10"):
        return Kind.RDF
    root = _ROOT.search(text)
    if version or root:
        return _KINDS[root[1].lower()] if root and not version else Kind.RSS
    return Kind.RSS if has_entries else None


def _trouble(error: Exception) -> str:
    line = error.getLineNumber() if hasattr(error, "getLineNumber") else None
    where = f" (line {line})" if line and isinstance(error, SAXException) else ""
    return f"It is not well-formed XML{where}; what could be read was read."


def _item(entry: _Stated) -> Item:
    contents = [content for content in entry.get("content", ()) if _is_text(content)]
    return Item(
        guid=entry.get("id"),
        link=entry.get("feedburner_origlink") or _link(entry),
        title=_words(entry, "title"),
        names=tuple(_names(entry)),
        published=tuple(_stated(entry, "published", "created", "updated")),
        updated=tuple(_stated(entry, "updated")),
        tags=tuple(_tags(entry)),
        bodies=tuple(filter(lambda words: words.text, _bodies(entry, contents))),
        base=next(_bases(entry, contents), None),
        picture=next(_pictures(entry), None),
    )


def _stated(entry: _Stated, *keys: str) -> Iterator[str]:
    """Past feedparser's own look-up, which warns of a date that stands for another one."""
    stated = dict(entry)
    return (value for key in keys if isinstance(value := stated.get(key), str))


def _words(holder: _Stated, key: str) -> Words:
    kind = (holder.get(f"{key}_detail") or {}).get("type", "text/html")
    text = holder.get(key)
    return Words(text if isinstance(text, str) else "", is_html=kind != "text/plain")


def _is_text(content: _Stated) -> bool:
    """Atom permits pictures and other files as content."""
    return str(content.get("type", "")).endswith(("html", "xml", "plain", "text"))


def _bodies(entry: _Stated, contents: Iterable[_Stated]) -> Iterator[Words]:
    for content in contents:
        text = (content.get("value") or "").replace("<br></br>", "<br>")  # to HTML it were two
        yield Words(text, is_html=content.get("type") != "text/plain")
    yield _words(entry, "summary")


def _bases(entry: _Stated, contents: Iterable[_Stated]) -> Iterator[str]:
    for words in (*contents, entry.get("summary_detail"), entry.get("title_detail")):
        if words and (base := words.get("base")):
            yield base


def _link(holder: _Stated) -> str | None:
    link = holder.get("link")
    if link and link == holder.get("id") and not _ADDRESS.match(link):
        link = None  # feedparser takes any id for an address, `42` as well
    return link or _first_link(holder, "alternate")


def _first_link(holder: _Stated, relation: str) -> str | None:
    links = holder.get("links", ())
    return next((link.get("href") for link in links if link.get("rel") == relation), None)


def _names(holder: _Stated) -> Iterator[str]:
    """One author's name is what was stated: feedparser takes it apart, and knows only addresses
    with short ends."""
    authors = [author["name"] for author in holder.get("authors", ()) if author.get("name")]
    yield from authors if len(authors) > 1 else [holder.get("author") or ""]


def _tags(entry: _Stated) -> Iterator[str]:
    return (tag_of(tag.get("term") or "", tag.get("label") or "") for tag in entry.get("tags", ()))


def _pictures(entry: _Stated) -> Iterator[str]:
    yield from (thumbnail.get("url", "") for thumbnail in entry.get("media_thumbnail", ()))
    yield from (media.get("url", "") for media in entry.get("media_content", ()) if _shows(media))
    for link in entry.get("links", ()):
        if link.get("rel") == "enclosure" and _shows({"url": link.get("href"), **link}):
            yield link.get("href", "")
    image = entry.get("image")
    if isinstance(image, Mapping) and (href := image.get("href")):
        yield href


def _shows(media: _Stated) -> bool:
    return is_stated_picture(media.get("type"), media.get("medium"), media.get("url"))
