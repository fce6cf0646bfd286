"""JSON Feed, versions 1.0 and 1.1. Fields of the wrong type count as missing."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.experiences.sources import dates
from bot.experiences.sources.documents import MOST_ENTRIES, Kind
from bot.experiences.sources.items import Channel, Item, Words, left_out, newest

_ITEMS = re.compile(r"\"items\"\s*:\s*\[")
_COMMA = re.compile(r"\"(?:[^\"\\]|\\.)*\"|,(?=\s*[}\]])", re.DOTALL)  # before a bracket
_OBJECT = re.compile(r"[\s,]*\{")
_FIELD = re.compile(r"\"(version|title|home_page_url|feed_url)\"\s*:\s*\"([^\"\\]*)\"")


def parse_json(text: str, now: datetime) -> Channel | None:
    """The feed in `text`; None if it is JSON of another kind, or not JSON."""
    feed, note = _loaded(text)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return None
    if "jsonfeed" not in _text(feed, "version") and not _text(feed, "title"):
        return None
    items = list(_objects(feed, "items"))
    kept = items if len(items) <= MOST_ENTRIES else _newest(items, now)
    return Channel(
        kind=Kind.JSON,
        title=Words(_text(feed, "title"), is_html=False),
        link=_text(feed, "home_page_url"),
        feed_link=_text(feed, "feed_url"),
        names=tuple(_names(feed)),
        items=tuple(map(_item, kept)),
        notes=(*note, *((left_out(len(items)),) if len(kept) < len(items) else ())),
    )


def _loaded(text: str) -> tuple[Any, tuple[str, ...]]:
    """What the text holds, and a note where it is broken: then it is what can be read of it."""
    try:
        return json.loads(text, strict=False), ()
    except ValueError:
        pass
    except RecursionError:
        return None, ()
    text = _COMMA.sub(lambda found: "" if found[0] == "," else found[0], text)
    beginning = _ITEMS.search(text)
    if not beginning:
        return None, ()
    items, place, decoder = [], beginning.end(), json.JSONDecoder(strict=False)
    while start := _OBJECT.match(text, place):
        try:
            item, place = decoder.raw_decode(text, start.end() - 1)
        except (ValueError, RecursionError):
            break
        items.append(item)
    head = dict(_FIELD.findall(text[: beginning.start()]))
    return head | {"items": items}, ("It is not well-formed JSON; what could be read was read.",)


def _newest(items: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    stated = (_text(item, "date_published") or _text(item, "date_modified") for item in items)
    return [items[place] for place in newest([dates.parse(raw, now) for raw in stated])]


def _item(item: dict[str, Any]) -> Item:
    guid = _text(item, "id")
    address = guid if guid.startswith(("http://", "https://")) else ""
    return Item(
        guid=guid,
        link=_text(item, "url") or _text(item, "external_url") or address,
        title=Words(_text(item, "title"), is_html=False),
        names=tuple(_names(item)),
        published=(_text(item, "date_published"),),
        updated=(_text(item, "date_modified"),),
        tags=tuple(_strings(item, "tags")),
        bodies=tuple(words for words in _bodies(item) if words.text.strip()),
        picture=next(_pictures(item), None),
    )


def _bodies(item: dict[str, Any]) -> Iterator[Words]:
    yield Words(_text(item, "content_html"))
    if not _text(item, "content_html"):  # the same in plain text, if there are both
        yield Words(_text(item, "content_text"), is_html=False)
    yield Words(_text(item, "summary"), is_html=False)


def _names(holder: dict[str, Any]) -> Iterator[str]:
    """`authors` since 1.1, one `author` before."""
    for author in (*_objects(holder, "authors"), holder.get("author")):
        if isinstance(author, dict):
            yield _text(author, "name")


def _pictures(item: dict[str, Any]) -> Iterator[str]:
    yield from filter(None, (_text(item, "image"), _text(item, "banner_image")))
    for attachment in _objects(item, "attachments"):
        if _text(attachment, "mime_type").startswith("image/"):
            yield _text(attachment, "url")


def _objects(holder: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    values = holder.get(key)
    return (value for value in (values if isinstance(values, list) else ()) if type(value) is dict)


def _strings(holder: dict[str, Any], key: str) -> Iterator[str]:
    values = holder.get(key)
    return (value for value in (values if isinstance(values, list) else ()) if type(value) is str)


def _text(holder: dict[str, Any], key: str) -> str:
    """The text at `key`; numbers are used as ids and dates, too."""
    value = holder.get(key)
    if isinstance(value, str):
        return value
    return str(value) if type(value) in (int, float) else ""
