"""What the services return: frozen values."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.experiences.facts import facts_of
from bot.experiences.model import (
    Correction,
    CorrectionState,
    Delivery,
    Experience,
    ExperienceState,
    Feed,
    FeedState,
)
from bot.experiences.sources.documents import Entry


@dataclass(frozen=True)
class ExperienceView:
    """An experience, as it is shown."""

    id: int
    state: ExperienceState
    title: str
    author: str
    blog: str
    link: str | None
    published_at: datetime | None
    lead: str
    text: str
    image_url: str | None
    image_text: str
    tags: tuple[str, ...]
    facts: dict[str, str]
    story: str  # as a member wrote it
    version: int  # of what is to be decided
    edits: bool  # whether that is to replace what is posted
    member_ref: str | None  # who submitted it, unless they are anonymous
    anonymous: bool = False

    @classmethod
    def of(cls, experience: Experience) -> Self:
        found = experience.facts
        if not experience.searchable:  # it is new, and nobody has looked yet
            found = facts_of(experience.title, experience.text, experience.tags)
        facts = found | experience.corrections
        return cls(
            id=experience.id,
            state=ExperienceState(experience.state),
            title=experience.title,
            author=experience.author,
            blog=experience.blog,
            link=experience.link,
            published_at=experience.published_at,
            lead=experience.lead,
            text=experience.text,
            image_url=experience.image_url,
            image_text=experience.image_text,
            tags=tuple(experience.tags),
            facts={kind: value for kind, value in facts.items() if value},
            story=experience.story or "",
            member_ref=None if experience.anonymous else experience.member_ref,
            version=experience.version,
            edits=False,
            anonymous=experience.anonymous,
        )

    @classmethod
    def to_review(cls, experience: Experience) -> Self:
        """It as it would be, if organisers approve what its author has made of it."""
        view = cls.of(experience)
        if experience.revision is None:
            return view
        names = ("title", "link", "lead", "text", "story")
        contents = {name: experience.revision[name] for name in names}
        facts = facts_of(contents["title"], contents["text"], view.tags) | experience.corrections
        shown = {kind: value for kind, value in facts.items() if value}
        return replace(view, **contents, facts=shown, edits=True)

    @classmethod
    def of_entry(cls, entry: Entry, blog: str) -> Self:
        """An entry as the experience that it would become; `id` is 0."""
        content = entry.content
        return cls(
            id=0,
            state=ExperienceState.WAITING,
            title=entry.title,
            author=entry.author,
            blog=blog,
            link=entry.link,
            published_at=entry.published_at,
            lead=content.lead,
            text=content.text,
            image_url=content.image_url,
            image_text=content.image_text,
            tags=entry.tags,
            facts=entry.facts,
            story="",
            member_ref=None,
            version=1,
            edits=False,
        )


@dataclass(frozen=True)
class CorrectionView:
    """What somebody said that a fact is. An empty `value`: that there is none."""

    id: int
    kind: str
    shown: str  # before
    value: str
    state: CorrectionState
    by_ref: str
    decided_by_ref: str | None

    @classmethod
    def of(cls, correction: Correction) -> Self:
        return cls(
            id=correction.id,
            kind=correction.kind,
            shown=correction.shown,
            value=correction.value,
            state=CorrectionState(correction.state),
            by_ref=correction.by_ref,
            decided_by_ref=correction.decided_by_ref,
        )


@dataclass(frozen=True)
class FeedView:
    """A feed, as it is shown to organisers."""

    id: int
    url: str
    title: str
    channel_ref: str
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    excluded: tuple[str, ...]
    delivery: Delivery
    state: FeedState
    next_poll_at: datetime | None
    read_at: datetime | None
    newest_at: datetime | None
    failing_since: datetime | None
    last_error: str | None

    @classmethod
    def of(cls, feed: Feed) -> Self:
        return cls(
            id=feed.id,
            url=feed.url,
            title=feed.title,
            channel_ref=feed.channel_ref,
            categories=tuple(feed.categories),
            keywords=tuple(feed.keywords),
            excluded=tuple(feed.excluded),
            delivery=Delivery(feed.delivery),
            state=FeedState(feed.state),
            next_poll_at=feed.next_poll_at,
            read_at=feed.read_at,
            newest_at=feed.newest_at,
            failing_since=feed.failing_since,
            last_error=feed.last_error,
        )
