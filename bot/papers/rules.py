"""What the paper of the week decides, as functions of values and instants.

A round's plan, relative to the meeting at T (product rules; the offsets are in `Offsets`):

    open       T-5 d  call for nominations, if there are none      until the pick
               T-3 d  pick: the most votes win                     until T
               T      lapse: nothing was picked
    announced  T-24 h reminder                                     until the next reminder
               T-1 h  reminder (a group can set others, or none)   until T
               T      start                                        until the end
               end    close

A step that is found due after its "until" is dropped: done in silence, with a line in the log.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ROUNDS_WITHOUT_VOTES = 12  # after so many a nomination that nobody else voted for expires
FOREVER = timedelta(days=36_500)


class Step(StrEnum):
    """The steps; further reminders are named after their minutes, see `reminder`."""

    CALL = "call"
    PICK = "pick"
    LAPSE = "lapse"
    REMIND_DAY = "remind_day"
    REMIND_HOUR = "remind_hour"
    START = "start"
    CLOSE = "close"


REMINDER = "remind_"  # what the names of all reminders begin with
_NAMED = {timedelta(days=1): Step.REMIND_DAY, timedelta(hours=1): Step.REMIND_HOUR}


def reminder(before: timedelta) -> str:
    """The name of the reminder that comes so long before the meeting."""
    return _NAMED.get(before) or f"{REMINDER}{before // timedelta(minutes=1)}"


@dataclass(frozen=True)
class Offsets:
    """How long before the meeting each step is due."""

    call: timedelta = timedelta(days=5)
    pick: timedelta = timedelta(days=3)
    reminders: tuple[timedelta, ...] = (timedelta(days=1), timedelta(hours=1))
    # A round that opens late, such as the first one, still takes votes for half of the time that
    # is left, at most for this long.
    shortest_vote: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class Progress:
    """How far a round has come."""

    meets_at: datetime
    duration: timedelta
    opened_at: datetime
    announced_at: datetime | None  # None while it is open
    done: frozenset[str]

    @property
    def ends_at(self) -> datetime:
        return self.meets_at + self.duration


@dataclass(frozen=True)
class Planned:
    """A step, when it is due, and from when it is too late for it."""

    step: str
    due_at: datetime
    until: datetime

    def is_too_late(self, now: datetime) -> bool:
        return now >= self.until


def upcoming(progress: Progress, offsets: Offsets) -> Planned | None:
    """The next step of the round, or None when it has taken all."""
    return next((p for p in plan(progress, offsets) if p.step not in progress.done), None)


def plan(progress: Progress, offsets: Offsets) -> Iterator[Planned]:
    """All steps of the round as it stands, in order."""
    meets_at, announced_at = progress.meets_at, progress.announced_at
    if announced_at is None:
        pick = pick_at(progress, offsets)
        call = min(max(meets_at - offsets.call, progress.opened_at), pick)
        yield Planned(Step.CALL, call, pick)
        yield Planned(Step.PICK, pick, meets_at)
        yield Planned(Step.LAPSE, meets_at, meets_at + FOREVER)
        return
    longest_first = sorted(set(offsets.reminders), reverse=True)
    for before, after in zip(longest_first, [*longest_first, timedelta(0)][1:], strict=True):
        # Whoever has just read the announcement needs no reminder of it.
        if announced_at < meets_at - before:
            yield Planned(reminder(before), meets_at - before, meets_at - after)
    yield Planned(Step.START, meets_at, progress.ends_at)
    yield Planned(Step.CLOSE, progress.ends_at, progress.ends_at + FOREVER)


def pick_at(progress: Progress, offsets: Offsets) -> datetime:
    """When the round picks: later than usual if it opened late."""
    left = progress.meets_at - progress.opened_at
    earliest = progress.opened_at + min(offsets.shortest_vote, left / 2)
    return max(progress.meets_at - offsets.pick, earliest)


@dataclass(frozen=True)
class Candidate:
    """A nomination that is up for the pick."""

    nomination_id: int
    votes: int
    past_picks: int  # how often the nominator's papers were picked before
    nominated_at: datetime


class TieBreak(StrEnum):
    FEWER_PICKS = "fewer_picks"
    OLDER = "older"


@dataclass(frozen=True)
class Choice:
    nomination_id: int
    tie_break: TieBreak | None  # what decided, where the votes did not


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Most votes first; then fewer past picks of the nominator; then the older nomination."""
    return sorted(
        candidates, key=lambda c: (-c.votes, c.past_picks, c.nominated_at, c.nomination_id)
    )


def choose(candidates: Iterable[Candidate]) -> Choice | None:
    """The paper of the week, or None if there is nothing to pick."""
    order = ranked(candidates)
    if not order:
        return None
    first = order[0]
    tied = [c for c in order[1:] if c.votes == first.votes]
    if not tied:
        return Choice(first.nomination_id, None)
    equal_picks = any(c.past_picks == first.past_picks for c in tied)
    return Choice(first.nomination_id, TieBreak.OLDER if equal_picks else TieBreak.FEWER_PICKS)


def expires(votes_of_others: int, rounds_waited: int) -> bool:
    """Whether a nomination has waited long enough without a vote but its nominator's own."""
    return votes_of_others == 0 and rounds_waited >= ROUNDS_WITHOUT_VOTES


def normalised_title(title: str) -> str:
    """A title without case, accents, punctuation and spacing, for comparing works."""
    decomposed = unicodedata.normalize("NFKD", title).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in decomposed if not unicodedata.combining(c)))


def surname(author: str) -> str:
    """The surname of "First Last" or "Last, First", for comparing works."""
    last = author.split(",")[0] if "," in author else (author.split() or [""])[-1]
    return normalised_title(last)


def looks_the_same(
    one: tuple[str, Sequence[str], int | None], other: tuple[str, Sequence[str], int | None]
) -> bool:
    """Whether two (title, authors, year) may be one work: a suggestion, never a merge."""
    (title, authors, year), (other_title, other_authors, other_year) = one, other
    if normalised_title(title) != normalised_title(other_title) or not normalised_title(title):
        return False
    if authors and other_authors and surname(authors[0]) != surname(other_authors[0]):
        return False
    return year is None or other_year is None or abs(year - other_year) <= 1
