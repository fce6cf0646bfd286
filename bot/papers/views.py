"""What the services return: frozen values, made from records inside the transaction."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.papers.model import Nomination, Paper, PaperState, Round, RoundState
from bot.papers.rules import TieBreak


@dataclass(frozen=True)
class PaperView:
    """A paper as members see it. `title` and the rest are plain text."""

    id: int
    title: str
    authors: tuple[str, ...]
    year: int | None
    venue: str | None
    abstract: str | None
    url: str | None
    pdf_url: str | None
    state: PaperState

    @classmethod
    def of(cls, paper: Paper) -> "PaperView":
        return cls(
            id=paper.id,
            title=paper.title,
            authors=tuple(paper.authors),
            year=paper.year,
            venue=paper.venue,
            abstract=paper.abstract,
            url=paper.url,
            pdf_url=paper.pdf_url,
            state=PaperState(paper.state),
        )


@dataclass(frozen=True)
class NominationView:
    """A nomination with its votes."""

    id: int
    paper: PaperView
    member_ref: str
    reason: str | None
    state: str
    votes: int
    nominated_at: datetime

    @classmethod
    def of(cls, nomination: Nomination, votes: int) -> "NominationView":
        return cls(
            id=nomination.id,
            paper=PaperView.of(nomination.paper),
            member_ref=nomination.member_ref,
            reason=nomination.reason,
            state=nomination.state,
            votes=votes,
            nominated_at=nomination.created_at,
        )


@dataclass(frozen=True)
class Attendee:
    """Somebody who goes. `name` is plain text, or empty where it is not known."""

    ref: str
    name: str


@dataclass(frozen=True)
class Attendance:
    """How many answered what, and the first of those who go."""

    going: int = 0
    maybe: int = 0
    cant: int = 0
    first: tuple[Attendee, ...] = ()


@dataclass(frozen=True)
class RoundView:
    """A round that has a paper, as its posts show it."""

    id: int
    meets_at: datetime
    duration: timedelta
    state: RoundState
    nomination: NominationView
    attendance: Attendance
    tie_break: TieBreak | None
    place: str | None = None

    @classmethod
    def of(
        cls,
        round_: Round,
        nomination: NominationView,
        attendance: Attendance,
        place: str | None,
    ) -> "RoundView":
        return cls(
            id=round_.id,
            meets_at=round_.meets_at,
            duration=timedelta(minutes=round_.duration_minutes),
            state=RoundState(round_.state),
            nomination=nomination,
            attendance=attendance,
            tie_break=TieBreak(round_.tie_break) if round_.tie_break else None,
            place=place,
        )

    @property
    def ends_at(self) -> datetime:
        return self.meets_at + self.duration


@dataclass(frozen=True)
class Meeting:
    """A date of the schedule and what is known of it."""

    day: date
    meets_at: datetime
    paper: PaperView | None = None
    note: str = ""  # "skipped: holidays", "announced", ...
    place: str | None = None


@dataclass(frozen=True)
class Dropped:
    """A step for which it was too late."""

    step: str
    at: datetime
    meets_at: datetime


@dataclass(frozen=True)
class Discussed:
    """A paper the community has talked about, and where."""

    paper: PaperView
    met_at: datetime
    thread_ref: str | None
