"""What comes of nominating a paper."""

from dataclasses import dataclass
from datetime import datetime

from bot.communities.service import Actor
from bot.papers.model import NominationState, PaperState
from bot.papers.sources.record import PaperRecord
from bot.papers.views import Discussed, NominationView, PaperView


@dataclass(frozen=True)
class Nominated:
    """The paper is up for vote; `waiting` says what is missing.

    `similar` is up, too, and may be the same work; or else `before`, which was discussed.
    """

    nomination: NominationView
    similar: NominationView | None = None
    waiting: str | None = None
    before: Discussed | None = None


@dataclass(frozen=True)
class AlreadyUp:
    """It was up already; `voted` tells whether this added a vote."""

    nomination: NominationView
    voted: bool


@dataclass(frozen=True)
class AlreadyDiscussed:
    discussed: Discussed


@dataclass(frozen=True)
class NeedsDetails:
    """No source knows it; the member can type title and authors."""

    reason: str
    title: str = ""
    link: str = ""


@dataclass(frozen=True)
class PaperDraft:
    """A paper that no source knows, as its nominator would post it."""

    title: str
    authors: tuple[str, ...] = ()
    link: str = ""
    reason: str | None = None
    record: PaperRecord | None = None  # what a page says of itself


@dataclass(frozen=True)
class Unconfirmed:
    """Not up yet: its nominator looks first at how it will look. `note` says why."""

    draft: PaperDraft
    note: str
    preview: NominationView


Outcome = Nominated | AlreadyUp | AlreadyDiscussed | NeedsDetails


def unconfirmed(actor: Actor, draft: PaperDraft, note: str, now: datetime) -> Unconfirmed:
    """A draft as it will look once it is posted."""
    record = draft.record
    paper = PaperView(
        id=0,
        title=draft.title,
        authors=draft.authors,
        year=record.year if record else None,
        venue=record.venue if record else None,
        abstract=record.abstract if record else None,
        url=draft.link or None,
        pdf_url=None,
        state=PaperState.UNKNOWN,
    )
    preview = NominationView(
        id=0,
        paper=paper,
        member_ref=actor.member_ref,
        reason=draft.reason,
        state=NominationState.OPEN,
        votes=1,
        nominated_at=now,
    )
    return Unconfirmed(draft, note, preview)
