"""Records of internship experiences.

    feed 1──n feed_entry n──1 experience        experience_search: what `search` looks in

An experience stays when its feed is removed, and when the feed has dropped the entry. The same
experience in two feeds has two entries and one experience.
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

from bot.core.database import Base, index_where


class Delivery(StrEnum):
    AT_ONCE = "at_once"
    WEEKLY = "weekly"  # gathered into a digest


class FeedState(StrEnum):
    FOLLOWED = "followed"
    PAUSED = "paused"  # by an organiser, or because the site says that it is gone for good


class Feed(Base):
    """A source that a community follows."""

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("community_id", "url"),
        CheckConstraint("delivery IN ('at_once', 'weekly')", name="delivery"),
        CheckConstraint("state IN ('followed', 'paused')", name="state"),
        Index("ix_feed_next_poll_at", "next_poll_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    url: Mapped[str]
    title: Mapped[str]
    site_url: Mapped[str | None]
    channel_ref: Mapped[str] = mapped_column(String(64))
    categories: Mapped[list[str]] = mapped_column(JSON)
    keywords: Mapped[list[str]] = mapped_column(JSON)
    excluded: Mapped[list[str]] = mapped_column(JSON)
    latest: Mapped[int]  # how many of those that were there at first to post
    delivery: Mapped[str] = mapped_column(String(16))
    digest_at: Mapped[datetime | None]  # when the next digest is due
    state: Mapped[str] = mapped_column(String(16))
    added_by_ref: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # it is kept a day longer, in case that was a mistake

    # What the last poll has found out.
    next_poll_at: Mapped[datetime | None]  # None while it is paused
    read_at: Mapped[datetime | None]  # the last time that it could be read
    newest_at: Mapped[datetime | None]  # when it last had something new
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None] = mapped_column(String(64))
    every_minutes: Mapped[int | None]  # how often the document wants to be asked for at most
    skip_hours: Mapped[list[int]] = mapped_column(JSON, server_default=text("'[]'"))  # UTC
    notes: Mapped[list[str]] = mapped_column(JSON)  # what was odd about the document
    failures: Mapped[int]  # since it could last be read
    failing_since: Mapped[datetime | None]
    last_error: Mapped[str | None]
    told_at: Mapped[datetime | None]  # when the organisers were told of this failing
    # In how many polls all of it looked new, one after the other, and since when.
    turnovers: Mapped[int] = mapped_column(server_default=text("0"))
    turning_since: Mapped[datetime | None]


class FeedEntry(Base):
    """An entry that a feed has, or once had. The keys say how to know it again: see `rules`."""

    __tablename__ = "feed_entry"
    __table_args__ = (Index("ix_feed_entry_feed_id", "feed_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id", ondelete="CASCADE"))
    experience_id: Mapped[int | None] = mapped_column(
        ForeignKey("experience.id", ondelete="SET NULL"), index=True
    )
    guid_key: Mapped[str | None] = mapped_column(String(32))
    address_key: Mapped[str | None] = mapped_column(String(32))
    title_key: Mapped[str | None] = mapped_column(String(32))
    slug_key: Mapped[str | None] = mapped_column(String(32))
    content_key: Mapped[str | None] = mapped_column(String(32))  # None if older than this key
    digest: Mapped[str] = mapped_column(String(32))  # of what is shown and searched
    published_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(String(16))  # see `rules.Verdict`


class Origin(StrEnum):
    FEED = "feed"
    MEMBER = "member"
    ARCHIVE = "archive"  # imported from a folder


class ExperienceState(StrEnum):
    KEPT = "kept"  # in the archive; it was there before anybody followed its feed
    WAITING = "waiting"  # to be posted
    POSTED = "posted"
    SUBMITTED = "submitted"  # by a member; an organiser is to decide
    WITHHELD = "withheld"  # by a blocked author; nobody but them knows of it
    DECLINED = "declined"
    HIDDEN = "hidden"  # it was posted, and an organiser has taken it down
    DELETED = "deleted"  # by its author; nothing of what they wrote is left


_NOTHING, _ONE = text("'{}'"), text("1")

SHOWN = (ExperienceState.KEPT, ExperienceState.WAITING, ExperienceState.POSTED)


class Experience(Base):
    """A first-hand experience of an internship."""

    __tablename__ = "experience"
    __table_args__ = (
        Index("ix_experience_address_key", "community_id", "address_key"),
        Index("ix_experience_title_key", "community_id", "title_key"),
        Index("ix_experience_latest", "community_id", "dated_at", "id", "state"),
        Index("ix_experience_feed_id", "feed_id", "state"),
        index_where("ix_experience_unsearchable", "NOT searchable", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    feed_id: Mapped[int | None] = mapped_column(ForeignKey("feed.id", ondelete="SET NULL"))
    origin: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    title: Mapped[str]
    author: Mapped[str]
    blog: Mapped[str]  # the feed's title
    link: Mapped[str | None]
    address_key: Mapped[str | None] = mapped_column(String(32))
    title_key: Mapped[str | None] = mapped_column(String(32))
    slug_key: Mapped[str | None] = mapped_column(String(32))
    published_at: Mapped[datetime | None]
    dated_at: Mapped[datetime]  # when it was published, or else first seen
    lead: Mapped[str]  # its beginning, as clean HTML
    text: Mapped[str]  # all of it, without markup
    story: Mapped[str | None]  # as a member wrote it, with Markdown
    image_url: Mapped[str | None]
    image_text: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(JSON)
    # What the rules have found, once it is `searchable`; and what people say ("" removes).
    facts: Mapped[dict[str, str]] = mapped_column(JSON, server_default=_NOTHING)
    corrections: Mapped[dict[str, str]] = mapped_column(JSON, server_default=_NOTHING)
    searchable: Mapped[bool] = mapped_column(server_default=false())
    # Who submitted it: a member by name, or a pseudonym where it is `anonymous`. Older versions
    # kept an id for both; `anonymity` sees to those at the start.
    member_ref: Mapped[str | None] = mapped_column(String(64))
    pseudonym: Mapped[str | None] = mapped_column(String(64))
    anonymous: Mapped[bool] = mapped_column(server_default=false())
    # What its author has made of a posted one, as columns of this table; it waits for an organiser.
    revision: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # The one that was declined last, until its author writes another: that can be undone.
    declined: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    review: Mapped[int] = mapped_column(server_default=_ONE)  # which card is looked at
    version: Mapped[int] = mapped_column(server_default=_ONE)  # of what waits, see the card


class CorrectionState(StrEnum):
    WAITING = "waiting"  # for a named author, or an organiser
    APPLIED = "applied"
    DECLINED = "declined"
    REVERTED = "reverted"  # it was applied, and is no more; or was taken back before


class Correction(Base):
    """What somebody said that a fact of an experience is; kept with what was there before."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    experience_id: Mapped[int] = mapped_column(
        ForeignKey("experience.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    shown: Mapped[str]  # what the experience showed before
    before: Mapped[str | None]  # the correction that held before, if there was one
    value: Mapped[str]  # "" removes
    state: Mapped[str] = mapped_column(String(16))
    by_ref: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    decided_by_ref: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
