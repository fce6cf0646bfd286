"""What a source answers."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.papers.references.text import Reference


@dataclass(frozen=True)
class PaperRecord:
    """A paper's metadata as a source gives them: plain text, whitespace folded, no markup.

    `references` are all the ids that the source states for this very work, the asked one included.
    """

    title: str
    authors: tuple[str, ...] = ()  # "First Last", in the order of the paper
    year: int | None = None
    venue: str | None = None
    abstract: str | None = None
    url: str | None = None  # the page to send a reader to
    pdf_url: str | None = None
    references: frozenset[Reference] = field(default_factory=frozenset)
    certain: bool = True  # False: a page's title, which may be no paper's


@dataclass(frozen=True)
class NotFound:
    """The source is sure that it has no such paper; `reason` is a sentence for the member."""

    reason: str


@dataclass(frozen=True)
class Unavailable:
    """The source could not say (429, 5xx, challenge page, timeout); ask again later."""

    reason: str
    retry_after: timedelta | None = None


Answer = PaperRecord | NotFound | Unavailable
