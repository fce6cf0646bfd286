"""What a feed's document says, once everything odd about it has been put right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.core.errors import PaperclubError
from bot.experiences.facts import facts_of
from bot.experiences.identity.keys import Keys, comparable, keys_of

MOST_ENTRIES = 1_000  # of a document; the newest ones
LONGEST_TITLE = 300  # characters
LONGEST_TEXT = 50_000
SHORT_LEAD = 3_000  # where the rest can be read elsewhere
LONGEST_LEAD = 6_000  # the longest story of a member fits, with its markup


class NotAFeed(PaperclubError):
    """The bytes are no feed; `str(error)` says what they are instead, in a sentence."""


class Kind(StrEnum):
    RSS = "rss"  # RSS 0.9x and 2.0
    RDF = "rdf"  # RSS 0.90 and 1.0
    ATOM = "atom"
    JSON = "json"


# What follows has no slots: a worker hands it over, and pickling takes half of the time without.


@dataclass(frozen=True)
class Content:
    """The body of an experience. `lead` is its beginning as clean HTML, at most `LONGEST_LEAD`
    characters, without boilerplate; `text` is all of it as plain text, a block a line, at most
    `LONGEST_TEXT` characters. Addresses in `lead` are absolute, http or https.
    """

    lead: str = ""
    text: str = ""
    image_url: str | None = None
    image_text: str = ""  # what the picture shows, if the page says so


@dataclass(frozen=True)
class Entry:
    """One item of a feed. Texts are plain: no markup, no control characters.

    `keys` hold beside the document's other entries: `identified` sets them.

    `author` is the entry's, or the feed's where the entry has none. `published_at` and
    `updated_at` are aware and UTC; a date that is missing, impossible or far off is None.
    """

    guid: str | None = None
    link: str | None = None
    title: str = ""
    author: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[str, ...] = ()
    content: Content = field(default_factory=Content)
    keys: Keys = field(default_factory=Keys)

    @property
    def comparable(self) -> str:
        return comparable(self.content.text, self.content.image_url)

    @property
    def facts(self) -> dict[str, str]:
        """What the rules find, by kind (see `facts.KINDS`); it takes a moment."""
        return facts_of(self.title, self.content.text, self.tags)


def identified(entries: Sequence[Entry], site: Iterable[str | None]) -> tuple[Entry, ...]:
    """The entries of a document with their keys. `site` are addresses of the site and the feed."""
    keys = keys_of(
        ((entry.guid, entry.link, entry.title, entry.comparable) for entry in entries), site
    )
    return tuple(replace(entry, keys=own) for entry, own in zip(entries, keys, strict=True))


@dataclass(frozen=True)
class Document:
    """A feed as it was at one moment, its entries in the document's order.

    `notes` are sentences for `/feed why`: what was wrong with the document and how it was read.
    """

    kind: Kind
    title: str
    site_url: str | None
    feed_url: str | None  # where it says that it lives
    entries: tuple[Entry, ...]
    every_minutes: int | None = None  # `ttl`, or what RSS's syndication module says
    skip_hours: frozenset[int] = frozenset()  # UTC
    notes: tuple[str, ...] = ()
