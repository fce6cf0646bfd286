"""Records of the communities, of what each has set, and of whom each has blocked."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.database import Base, unique_where


class Community(Base):
    """One chat server. Its settings stand in its row: there are few, and all are read together."""

    __tablename__ = "community"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    papers_channel_ref: Mapped[str | None] = mapped_column(String(64))
    experiences_channel_ref: Mapped[str | None] = mapped_column(String(64))
    organisers_channel_ref: Mapped[str | None] = mapped_column(String(64))
    organiser_role_ref: Mapped[str | None] = mapped_column(String(64))
    ping_role_ref: Mapped[str | None] = mapped_column(String(64))
    set_up_by_ref: Mapped[str | None] = mapped_column(
        String(64)
    )  # gets problems as direct messages
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]  # the bot was removed; nothing is deleted


class Incident(Base):
    """A problem that the organisers know of, notified once, until it is over."""

    __tablename__ = "incident"
    __table_args__ = (
        unique_where("uq_incident_open", "closed_at IS NULL", "community_id", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


_CAUSES = ("question_id", "answer_id", "experience_id")
_ONE_CAUSE = " + ".join(f"(CASE WHEN {cause} IS NULL THEN 0 ELSE 1 END)" for cause in _CAUSES)


class Block(Base):
    """An anonymous author is blocked, by something that they wrote. Nothing links two of these."""

    __tablename__ = "block"
    __table_args__ = (
        CheckConstraint(f"{_ONE_CAUSE} = 1", name="one_cause"),
        *(UniqueConstraint(cause) for cause in _CAUSES),
        Index("ix_block_pseudonym", "community_id", "pseudonym"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    pseudonym: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"))
    experience_id: Mapped[int | None] = mapped_column(
        ForeignKey("experience.id", ondelete="CASCADE")
    )
    by_ref: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
