"""Records of the paper of the week.

    paper 1──n paper_reference          nomination n──1 paper        vote n──1 nomination
    schedule 1──n round n──1 nomination     round 1──n round_step    rsvp n──1 round
    schedule 1──n schedule_skip, meeting_place

Every row belongs to a community, directly or through its parent.
"""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.core.database import Base, unique_where


def _community() -> Any:
    return mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)


class PaperState(StrEnum):
    COMPLETE = "complete"
    WAITING = "waiting"  # a source was unavailable; asked again at `retry_at`
    UNKNOWN = "unknown"  # no source knows it; a person gave what is known


class Paper(Base):
    """One work, however many links point to it."""

    __tablename__ = "paper"
    __table_args__ = (Index("ix_paper_retry", "state", "retry_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = _community()
    title: Mapped[str]
    authors: Mapped[list[str]] = mapped_column(JSON)
    year: Mapped[int | None]
    venue: Mapped[str | None]
    abstract: Mapped[str | None]
    url: Mapped[str | None]
    pdf_url: Mapped[str | None]
    search_text: Mapped[str]  # what `/paper search` looks in: case-folded
    state: Mapped[str] = mapped_column(String(16))
    retry_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    # Not loaded unless asked for: most of what is shown does not need them.
    references: Mapped[list["PaperReference"]] = relationship(
        cascade="all, delete-orphan", order_by="PaperReference.id"
    )


class PaperReference(Base):
    """An id or address of a paper: one reference, one paper."""

    __tablename__ = "paper_reference"
    __table_args__ = (UniqueConstraint("community_id", "kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = _community()
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str]


class NominationState(StrEnum):
    OPEN = "open"
    PICKED = "picked"
    DISCUSSED = "discussed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    MERGED = "merged"  # it turned out to be the same work as another nomination


class Nomination(Base):
    """A paper put forward. At most one of a paper is up or picked at a time."""

    __tablename__ = "nomination"
    __table_args__ = (
        unique_where("uq_nomination_up", "state IN ('open', 'picked')", "community_id", "paper_id"),
        Index("ix_nomination_queue", "community_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="CASCADE"), index=True)
    member_ref: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(16), default=NominationState.OPEN)
    rounds_waited: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    paper: Mapped[Paper] = relationship(lazy="joined", innerjoin=True)


class Vote(Base):
    """One vote per member and nomination."""

    __tablename__ = "vote"

    nomination_id: Mapped[int] = mapped_column(
        ForeignKey("nomination.id", ondelete="CASCADE"), primary_key=True
    )
    member_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]


DEFAULT_REMINDERS = (24 * 60, 60)  # minutes


class Schedule(Base):
    """When a community meets. `next_due_at` is the next instant at which a step is due."""

    __tablename__ = "schedule"
    __table_args__ = (
        UniqueConstraint("community_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("duration_minutes BETWEEN 15 AND 480", name="duration"),
        CheckConstraint("cadence IN ('weekly', 'fortnightly', 'monthly')", name="cadence"),
        CheckConstraint("(cadence = 'monthly') = (nth IS NOT NULL)", name="nth"),
        Index("ix_schedule_next_due_at", "next_due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    weekday: Mapped[int]  # 0 is Monday
    local_time: Mapped[time]
    cadence: Mapped[str] = mapped_column(String(16))
    nth: Mapped[int | None]  # which such weekday of the month; -1 is the last
    anchor: Mapped[date]
    duration_minutes: Mapped[int]
    paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[date | None]  # the first day on which meetings may be held again
    place: Mapped[str | None]  # where the group meets, see `places`
    reminders: Mapped[list[int]] = mapped_column(  # minutes before a meeting, the longest first
        JSON, default=lambda: list(DEFAULT_REMINDERS)
    )
    next_due_at: Mapped[datetime | None]


class Skip(Base):
    """A day on which no meeting is held."""

    __tablename__ = "schedule_skip"
    __table_args__ = (UniqueConstraint("schedule_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id", ondelete="CASCADE"))
    day: Mapped[date]
    reason: Mapped[str | None]
    round_id: Mapped[int | None]  # the announced round that it has called off


class MeetingPlace(Base):
    """Where the meeting of one day is, if that is not where the group meets otherwise."""

    __tablename__ = "meeting_place"

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    place: Mapped[str]


class RoundState(StrEnum):
    OPEN = "open"  # nominations and votes are taken
    ANNOUNCED = "announced"
    HELD = "held"
    UNFILLED = "unfilled"  # the meeting's time came without a paper
    CANCELLED = "cancelled"  # skipped or paused


class Round(Base):
    """One occurrence of the schedule, from nominations to the meeting."""

    __tablename__ = "round"
    __table_args__ = (
        unique_where("uq_round_open", "state = 'open'", "schedule_id"),
        unique_where("uq_round_meets_at", "state <> 'cancelled'", "schedule_id", "meets_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = _community()
    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("schedule.id", ondelete="CASCADE"), index=True
    )
    day: Mapped[date]  # the local day
    meets_at: Mapped[datetime]
    duration_minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default=RoundState.OPEN)
    opened_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"))
    tie_break: Mapped[str | None] = mapped_column(String(16))  # what decided a tie
    # Outbox keys name a thing for ever: what is said or made again has a number in its key.
    changes: Mapped[int] = mapped_column(default=0)  # since the announcement
    events: Mapped[int] = mapped_column(default=0)  # calendar entries that were called off

    nomination: Mapped[Nomination | None] = relationship(lazy="selectin")


class RoundStep(Base):
    """A step of a round that was taken or dropped; each happens at most once."""

    __tablename__ = "round_step"

    round_id: Mapped[int] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), primary_key=True
    )
    step: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime]
    dropped: Mapped[bool] = mapped_column(default=False)  # it was too late for it


class Rsvp(Base):
    """Who comes: one answer per member and round."""

    __tablename__ = "rsvp"
    __table_args__ = (CheckConstraint("answer IN ('going', 'maybe', 'cant')", name="answer"),)

    round_id: Mapped[int] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), primary_key=True
    )
    member_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[str] = mapped_column(String(8))
    answered_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(default="")  # as the member was called then


class RemindersOff(Base):
    """A member who wants no reminders of this community's meetings."""

    __tablename__ = "reminders_off"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    member_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime]
