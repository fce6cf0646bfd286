"""From what a feed states, as raw strings, to a `Document`: the same way for every format."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape, unescape

import nh3

from bot.core.text import cut, one_line
from bot.experiences.sources import dates
from bot.experiences.sources.content import clean
from bot.experiences.sources.documents import (
    LONGEST_LEAD,
    LONGEST_TITLE,
    MOST_ENTRIES,
    SHORT_LEAD,
    Content,
    Document,
    Entry,
    Kind,
    identified,
)
from bot.experiences.sources.pictures import is_picture
from bot.experiences.sources.text_repair import repair, unescaped_once
from bot.experiences.sources.urls import absolute, is_local, published

_LONGEST_BODY = 1_000_000  # characters of HTML; what stands behind them nobody reads here
_LONGEST_SUMMARY = 20_000
_LONGEST_STATED_TITLE = 10_000
_LONGEST_GUID = 2_000
_LONGEST_NAMES = 200
_LONGEST_TAG = 100
_MOST_NAMES = 10
_MOST_TAGS = 20
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_EMAIL = re.compile(r"<?[^\s<>()@]{1,100}@[^\s<>()@]{1,200}>?")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_REFERENCE = re.compile(r"&#?\w{2,8};")


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is stated: HTML, or plain."""

    text: str = ""
    is_html: bool = True

    @property
    def html(self) -> str:
        if self.is_html:
            return self.text
        paragraphs = escape(self.text).replace("\r\n", "\n").split("\n\n")
        return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as it is stated.

    `published` and `updated` are dates, the most telling first; `bodies` are texts, the likeliest
    content first. `base` is where relative addresses in it begin, if it says so.
    """

    guid: str | None = None
    link: str | None = None
    title: Words = Words()
    names: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    bodies: tuple[Words, ...] = ()
    base: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed as it is stated."""

    kind: Kind
    title: Words = Words()
    link: str | None = None
    feed_link: str | None = None
    names: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    every_minutes: int | None = None
    skip_hours: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


def document(channel: Channel, url: str, now: datetime) -> Document:
    """The channel with everything odd put right; `url` is where it was found."""
    site_url = _address(channel.link, url, url)
    home = site_url if site_url and not is_local(site_url) else url
    items = _newest_items(channel.items, now)
    feed_names = _people(channel.names)
    stated_url = _address(channel.feed_link, url, home)
    stated = [_entry(item, home, feed_names, now) for item in items]
    entries = identified(stated, (site_url, stated_url, url))
    notes = [*channel.notes]
    if len(items) < len(channel.items):
        notes.append(left_out(len(channel.items)))
    if wrong := sum(_has_wrong_date(*pair) for pair in zip(items, entries, strict=True)):
        notes.append(
            f"The dates of {wrong:,} of its entries were ignored: "
            "they can't be read, can mean two days, or can't be right."
        )
    return Document(
        kind=channel.kind,
        title=_title(channel.title),
        site_url=site_url,
        feed_url=stated_url,
        entries=entries,
        every_minutes=channel.every_minutes,
        skip_hours=channel.skip_hours,
        notes=tuple(notes),
    )


def newest(dated: Sequence[datetime | None], most: int = MOST_ENTRIES) -> list[int]:
    """The places of the `most` newest entries, in order. One without a date counts as old as the
    one before it, so that without any dates the first ones stay: feeds begin with the newest.
    """
    carried, last = [], dated[0] or _LONG_AGO
    for date in dated:
        last = date or last
        carried.append(last)
    places = sorted(range(len(carried)), key=lambda place: carried[place], reverse=True)
    return sorted(places[:most])


def tag_of(term: str, label: str) -> str:
    """The term; the label where the term is an address."""
    return label if label and (not term or "://" in term) else term


def left_out(count: int) -> str:
    """The note on entries beyond the limit."""
    return f"It has {count:,} entries; only the newest {MOST_ENTRIES:,} were read."


def _newest_items(items: tuple[Item, ...], now: datetime) -> Sequence[Item]:
    if len(items) <= MOST_ENTRIES:
        return items
    places = newest([_date((*item.published, *item.updated), now) for item in items])
    return [items[place] for place in places]


def _entry(item: Item, home: str, feed_names: str, now: datetime) -> Entry:
    title, tags = _title(item.title), _tags(item.tags)
    link = _address(item.link, item.base or home, home)
    content = _content(item, title, link or home, home)
    updated_at = _date(item.updated, now)
    return Entry(
        guid=one_line(item.guid or "")[:_LONGEST_GUID] or None,
        link=link,
        title=title,
        author=_people(item.names) or feed_names,
        published_at=_date(item.published, now) or updated_at,
        updated_at=updated_at,
        tags=tags,
        content=content,
    )


def _content(item: Item, title: str, page: str, home: str) -> Content:
    """The longest text is the body; another one is at hand as its summary."""
    body = max(item.bodies, key=lambda words: len(words.text), default=Words())
    summary = next((words.html for words in item.bodies if words != body), "")
    base = _address(item.base, page, home) or page
    content = clean(
        published(unescaped_once(body.html[:_LONGEST_BODY]), home),
        base_url=base,
        title=title,
        summary=unescaped_once(summary)[:_LONGEST_SUMMARY],
        longest_lead=SHORT_LEAD if item.link else LONGEST_LEAD,
    )
    picture = _address(item.picture, base, home)
    if not picture or picture == content.image_url or not is_picture(picture):
        return content
    return replace(content, image_url=picture, image_text="")


def _address(stated: str | None, base: str, home: str) -> str | None:
    url = absolute(stated or "", base)
    return published(url, home) if url else None


def _title(stated: Words) -> str:
    """One line without markup. Some feeds escape their titles once too often."""
    text = stated.text[:_LONGEST_STATED_TITLE]
    if stated.is_html:
        if "<" in text:
            text = nh3.clean(text, tags=set())
        text = unescape(text)
    if _REFERENCE.search(text):
        text = unescape(text)
    return cut(one_line(repair(text)), LONGEST_TITLE)


def _people(names: Iterable[str]) -> str:
    """The names, each once, without mail addresses."""
    found = dict.fromkeys(_name(name) for name in names)
    return cut(", ".join([name for name in found if name][:_MOST_NAMES]), _LONGEST_NAMES)


def _name(text: str) -> str:
    """`Ann (ann@site.example)`, `ann@site.example (Ann)` and the like without the address."""
    name = _EMAIL.sub("", unescape(text[:_LONGEST_GUID])).replace("()", "")
    name = one_line(repair(name)).strip(' ,;<>"')
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


def _tags(stated: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its case, without markup."""
    found: dict[str, str] = {}
    for text in stated:
        words = _MARKUP.sub("", unescape(text[:_LONGEST_GUID]))
        tag = cut(one_line(repair(words)), _LONGEST_TAG)
        if tag:
            found.setdefault(tag.casefold(), tag)
        if len(found) == _MOST_TAGS:
            break
    return tuple(found.values())


def _date(stated: Iterable[str], now: datetime) -> datetime | None:
    """The first one that is a date."""
    return next((date for raw in stated if (date := dates.parse(raw, now))), None)


def _has_wrong_date(item: Item, entry: Entry) -> bool:
    stated = any(raw.strip() for raw in (*item.published, *item.updated))
    return stated and entry.published_at is None
