"""Records of questions and answers.

    question 1──n answer 1──n answer_vote      question 1──n question_interest, question_pointer
    ama 1──n question 1──n question (follow-ups)

An anonymous author stands as a pseudonym where others have an id: `member_ref` or `pseudonym`,
never both. Counts are counted, not stored.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.database import Base, index_where, unique_where

DEFAULTS: dict[str, Any] = {
    "topics": ["Papers", "Internships", "Applications", "Studies", "Other"],
    "anonymous_questions": True,
    "anonymous_answers": False,
    "approval": False,
    "cooldown_minutes": 2,
    "digest": True,
}
_ONE_AUTHOR = "(member_ref IS NULL) <> (pseudonym IS NULL)"


def _community() -> Any:
    return mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)


def _question(**options: Any) -> Any:
    return mapped_column(ForeignKey("question.id", ondelete="CASCADE"), **options)


class QuestionSettingsRecord(Base):
    """How a community wants its questions. Without a row all is as `DEFAULTS` has it."""

    __tablename__ = "question_settings"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    channel_ref: Mapped[str | None] = mapped_column(String(64))
    topics: Mapped[list[str]] = mapped_column(JSON)
    anonymous_questions: Mapped[bool]
    anonymous_answers: Mapped[bool]
    approval: Mapped[bool]  # of anonymous questions
    cooldown_minutes: Mapped[int]  # between questions of one member
    digest: Mapped[bool]
    digest_at: Mapped[datetime | None] = mapped_column(index=True)  # when the next one is due


class QuestionKind(StrEnum):
    QUESTION = "question"
    RESEARCH = "research"  # an open research question: nobody is reminded to answer it


class QuestionState(StrEnum):
    DRAFT = "draft"  # similar ones were shown; the asker has not said yet whether to post it
    WAITING = "waiting"  # for the organisers
    WITHHELD = "withheld"  # by a blocked author; to them it looks as if it waited
    OPEN = "open"
    ANSWERED = "answered"  # an answer is accepted
    CLOSED = "closed"
    HIDDEN = "hidden"  # by the organisers
    DECLINED = "declined"  # by the organisers, before it was posted
    MERGED = "merged"  # into another one, before it was posted
    DELETED = "deleted"  # by its author; its text is gone


SHOWN = (QuestionState.OPEN, QuestionState.ANSWERED, QuestionState.CLOSED)


class Question(Base):
    """What a member asks."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        UniqueConstraint("community_id", "asked_key"),
        CheckConstraint(_ONE_AUTHOR, name="one_author"),
        CheckConstraint("kind IN ('question', 'research')", name="kind"),
        Index("ix_question_state", "community_id", "state", "id", "kind"),
        index_where("ix_question_draft", "state = 'draft'", "created_at"),
        Index("ix_question_member_ref", "community_id", "member_ref"),
        Index("ix_question_pseudonym", "community_id", "pseudonym"),
        Index("ix_question_check_at", "check_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    number: Mapped[int | None]  # of the community's, once it is posted
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    title: Mapped[str]
    details: Mapped[str]
    topic: Mapped[str]
    member_ref: Mapped[str | None] = mapped_column(String(64))
    member_name: Mapped[str]  # what others see them called; "" for an anonymous one
    pseudonym: Mapped[str | None] = mapped_column(String(64))
    addressee_ref: Mapped[str | None] = mapped_column(String(64))  # whom it is addressed to
    ama_id: Mapped[int | None] = mapped_column(ForeignKey("ama.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))  # it follows up
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    subject_kind: Mapped[str | None] = mapped_column(String(16))
    subject_id: Mapped[int | None]
    subject_title: Mapped[str | None]  # as it was called then
    subject_url: Mapped[str | None]
    channel_ref: Mapped[str | None] = mapped_column(String(64))  # where it was posted
    place: Mapped[str | None] = mapped_column(String(128))  # the outbox key of the thread it is in
    asked_key: Mapped[str] = mapped_column(String(64))  # the idempotency key
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    accepted_id: Mapped[int | None]  # the accepted answer
    accepted_by_asker: Mapped[bool] = mapped_column(server_default=false(), default=False)
    accepted_at: Mapped[datetime | None]
    state_reason: Mapped[str | None]  # why it was closed, or opened again
    check_at: Mapped[datetime | None]  # when to look whether it is to be offered or asked about
    moved_at: Mapped[datetime | None]  # when something last happened to it
    offered_at: Mapped[datetime | None]  # to helpers
    nudges: Mapped[int] = mapped_column(default=0)  # how often it was asked about
    edited_at: Mapped[datetime | None]  # by its author, since it was posted
    state_before: Mapped[str | None] = mapped_column(String(16))  # it was hidden
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)  # of what waits


class AnswerState(StrEnum):
    SHOWN = "shown"
    WITHHELD = "withheld"  # by a blocked author
    HIDDEN = "hidden"  # by the organisers
    DELETED = "deleted"  # by its author; its text is gone


class Answer(Base):
    """What somebody answers, in the form or as a message in the thread."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("community_id", "asked_key"),
        CheckConstraint(_ONE_AUTHOR, name="one_author"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    question_id: Mapped[int] = _question(index=True)
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]
    member_ref: Mapped[str | None] = mapped_column(String(64))
    member_name: Mapped[str]
    pseudonym: Mapped[str | None] = mapped_column(String(64))
    message_ref: Mapped[str | None] = mapped_column(String(80))  # where it stands, if not by us
    asked_key: Mapped[str] = mapped_column(String(96))
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]  # by its author
    message_url: Mapped[str | None]  # of the member's own message that was accepted
    attached: Mapped[str | None] = mapped_column(String(40))  # what that message has beside text


class AnswerVote(Base):
    __tablename__ = "answer_vote"

    answer_id: Mapped[int] = mapped_column(
        ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True
    )
    member_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]


class QuestionInterest(Base):
    """A member wants to know it too, or to hear of its answers, or both."""

    __tablename__ = "question_interest"
    __table_args__ = (Index("ix_question_interest_me_too", "question_id", "me_too"),)

    question_id: Mapped[int] = _question(primary_key=True)
    member_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    me_too: Mapped[bool]
    follows: Mapped[bool]
    created_at: Mapped[datetime]


class QuestionPointer(Base):
    """A paper that may help with an open research question."""

    __tablename__ = "question_pointer"
    __table_args__ = (UniqueConstraint("question_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = _question()
    reference: Mapped[str]  # what the library calls the paper
    title: Mapped[str]
    url: Mapped[str | None]
    note: Mapped[str]
    member_ref: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Helper(Base):
    """A member who wants to hear of questions of a topic that nobody answers."""

    __tablename__ = "helper"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(primary_key=True)
    member_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    offered_at: Mapped[datetime | None]


class AmaState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Ama(Base):
    """A guest answers questions (Ask Me Anything); a community has one at a time."""

    __tablename__ = "ama"
    __table_args__ = (unique_where("uq_ama_open", "state = 'open'", "community_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = _community()
    title: Mapped[str]
    guest_ref: Mapped[str] = mapped_column(String(64))
    guest_name: Mapped[str]
    channel_ref: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    opened_by_ref: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]


class EditorNote(Base):
    """What an organiser adds to an interview, before it all or below one of its questions."""

    __tablename__ = "editor_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    ama_id: Mapped[int] = mapped_column(ForeignKey("ama.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int | None] = _question()
    text: Mapped[str]
    by_ref: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class PublishConsent(Base):
    """Whether what somebody wrote may be published; anonymous authors are asked apart."""

    __tablename__ = "publish_consent"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    author: Mapped[str] = mapped_column(String(64), primary_key=True)  # an id or a pseudonym
    agreed: Mapped[bool | None]  # None: asked, not answered
    asked_at: Mapped[datetime]
