"""From the bytes of a feed to a `Document`, whatever the bytes are.

    read ─> unpack ─> decode ─> drop what XML forbids ─> JSON Feed, or RSS, RDF, Atom ─> document

It may take long, or all of the memory, for a document that is made to do harm: `workers.Readers`
runs it where that does no harm.
"""

import re
import zlib
from dataclasses import replace
from datetime import datetime

from bot.experiences.sources.documents import Document, NotAFeed
from bot.experiences.sources.encodings import decode
from bot.experiences.sources.items import Channel, document
from bot.experiences.sources.json_feed import parse_json
from bot.experiences.sources.xml_feed import parse_xml

_MOST_UNPACKED = 20_000_000  # bytes
_GZIP = b"\x1f\x8b"
_FILES = {
    b"%PDF-": "a PDF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PK\x03\x04": "an archive or office file",
    b"\x7fELF": "a program",
}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_ASCII = {code: None for code in range(128) if _FORBIDDEN.match(chr(code))}
_FORBIDDEN_REFERENCE = re.compile(  # to a control character, a surrogate, or beyond Unicode
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef]|1[1-9a-f][0-9a-f]{4}|"
    r"[2-9a-f][0-9a-f]{5}|[1-9a-f][0-9a-f]{6,})(?![0-9a-f])|"
    r"0*(?:[0-8]|1[1245-9]|2\d|3[01]|5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|"
    r"5734[0-3]|6553[45]|111411[2-9]|11141[2-9]\d|1114[2-9]\d\d|111[5-9]\d{3}|11[2-9]\d{4}|"
    r"1[2-9]\d{5}|[2-9]\d{6}|[1-9]\d{7,})(?!\d));?",
    re.IGNORECASE,
)
_PAIR = re.compile(r"&#x(d[89ab][0-9a-f]{2});&#x(d[c-f][0-9a-f]{2});", re.IGNORECASE)
_BEFORE_DECLARATION = 10_000
_BEGINNING = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_NO_ROOT = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|<[?!][^>]*(?:>|\Z)|[^<]+|<(?![A-Za-z?!])")
_FIRST_TAG = re.compile(r"<([A-Za-z][\w.:-]{0,100})")
_WITHIN_A_PAGE = re.compile(  # with what makes it one, so that words about feeds are none
    r"<script\b[\s\S]*?(?:</script|\Z)|<!--[\s\S]*?(?:-->|\Z)|"
    r"(?P<feed><(?P<name>rss(?=\s[^>]*\bversion=)|(?:feed|rdf:RDF)(?=\s[^>]*\bxmlns))\b)",
    re.IGNORECASE,
)
_PAGE_TAGS = frozenset({"html", "head", "body", "meta", "title", "script", "div", "p", "center"})
_OTHERS = {
    "opml": "That is a list of feeds (OPML), not a feed.",
    "urlset": "That is a sitemap, not a feed.",
    "sitemapindex": "That is a sitemap, not a feed.",
    "svg": "That is a picture, not a feed.",
}


def read(body: bytes, *, url: str, charset: str | None, now: datetime) -> Document:
    """The feed in `body`, which came from `url`, where the server stated `charset`.

    Raises NotAFeed. A feed that is broken gives what can be read of it, and a note.
    """
    body = _unpacked(body)
    decoded = decode(body, charset)
    text, note = _begun(_permitted(decoded.text))
    notes = [sentence for sentence in (decoded.note, note) if sentence]
    if not text:
        raise NotAFeed("The document is empty.")
    if kind := next((kind for start, kind in _FILES.items() if body.startswith(start)), None):
        raise NotAFeed(f"That is {kind}, not a feed.")
    channel = _channel(text, url, now)
    found = document(channel, url, now)
    if not found.entries:
        notes.append("It has no entries.")
    return replace(found, notes=(*notes, *found.notes))


def _unpacked(body: bytes) -> bytes:
    """Some servers send a compressed file without saying so."""
    if not body.startswith(_GZIP):
        return body
    try:
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        unpacked = unpacker.decompress(body, _MOST_UNPACKED)
    except zlib.error as error:
        raise NotAFeed("That is a compressed file that can't be unpacked.") from error
    if unpacker.unconsumed_tail:
        raise NotAFeed("That is a compressed file with more in it than a feed has.")
    return unpacked


def _permitted(text: str) -> str:
    """Without characters, or references to some, that XML forbids: one of them would spoil all."""
    text = text.translate(_FORBIDDEN_ASCII) if text.isascii() else _FORBIDDEN.sub("", text)
    if "&#" in text:
        text = _PAIR.sub(_joined, text)
        text = _FORBIDDEN_REFERENCE.sub("", text)
    return text


def _joined(pair: re.Match[str]) -> str:
    """The character that two halves stand for, as UTF-16 writes it."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _begun(text: str) -> tuple[str, str | None]:
    """The text from where the document begins; servers put warnings in front of it."""
    text = text.lstrip("\ufeff\u200b \t\r\n")
    start = text.find("<?xml", 0, _BEFORE_DECLARATION)
    if start < 0 and not text.startswith(("<", "{", "[")):
        found = _BEGINNING.search(text[:_BEFORE_DECLARATION])
        start = found.start() if found else 0
    if start <= 0 or text.startswith(("{", "[")):
        return text, None
    return text[start:], "Something else stood in front of it, and was skipped."


def _channel(text: str, url: str, now: datetime) -> Channel:
    if text.startswith(("{", "[")):
        if found := parse_json(text, now):
            return found
        raise NotAFeed("That is JSON, but not a feed.")
    root = _root(text)
    tag = _FIRST_TAG.match(text, root)
    name = tag[1].lower() if tag else ""
    if name in _PAGE_TAGS and (wrapped := _within_a_page(text)):
        return _feed(wrapped, url, now)
    if "<!ENTITY" not in text[:root]:
        text = "\n" * text.count("\n", 0, root) + text[root:]  # lines keep their numbers
    if not name:
        raise NotAFeed("That is neither XML nor JSON, so it is not a feed.")
    if name in _PAGE_TAGS:
        raise NotAFeed("That is a web page, not a feed.")
    if name in _OTHERS:
        raise NotAFeed(_OTHERS[name])
    return _feed(text, url, now)


def _root(text: str) -> int:
    """Where the first element begins, behind comments, instructions and the document type."""
    place = 0
    while found := _NO_ROOT.match(text, place):
        place = found.end()
    return place


def _within_a_page(text: str) -> str | None:
    """The feed that somebody wrapped into a web page."""
    for found in _WITHIN_A_PAGE.finditer(text):
        if found["feed"]:
            end = text.lower().rfind(f"</{found['name'].lower()}>")
            return text[found.start() : end + len(found["name"]) + 3] if end > 0 else None
    return None


def _feed(text: str, url: str, now: datetime) -> Channel:
    if channel := _xml(text, url, now):
        return channel
    raise NotAFeed("That is XML, but not a feed.")


def _xml(text: str, url: str, now: datetime) -> Channel | None:
    try:
        return parse_xml(text, url, now)
    except MemoryError:
        raise
    except Exception as error:  # the parser fails in many ways on what is made to break it
        raise NotAFeed("It is too broken to be read as a feed.") from error
