"""Organisers look at what members submitted: edit it, post it or decline it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import address_of
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.edited import EditedSince
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued, State
from bot.core.post import Post
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.experiences.archive import channel_for
from bot.experiences.keys import author_key, review_key, review_name
from bot.experiences.model import Experience, ExperienceState
from bot.experiences.publishing import Publishing
from bot.experiences.queries import find_experience
from bot.experiences.review_cards import declined, reopened, review_card
from bot.experiences.submissions import contents_of
from bot.experiences.views import ExperienceView

DECIDED = "That experience has already been decided."


class Reviews:
    """What organisers decide about submitted experiences, and about authors' edits of them."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        publishing: Publishing,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._publishing = publishing
        self._outbox = outbox
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # searches are to find it as it is

    async def waiting(self, actor: Actor) -> list[ExperienceView]:
        """What waits for a decision, the oldest first."""
        actor.require_organiser()
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Experience)
                .where(Experience.community_id == community.id)
                .where(
                    or_(
                        Experience.state == ExperienceState.SUBMITTED,
                        Experience.revision.is_not(None),
                    )
                )
                .order_by(Experience.id)
            )
            return [ExperienceView.to_review(one) for one in found.scalars()]

    async def review(self, actor: Actor, experience_id: int) -> Post:
        """The card to decide by, with its buttons."""
        return review_card(await self.read(actor, experience_id), actor.community_ref)

    async def read(self, actor: Actor, experience_id: int) -> ExperienceView:
        """What is to be decided, for an organiser who edits it."""
        async with self._database.reading() as session:
            return ExperienceView.to_review(await self._submitted(session, actor, experience_id))

    async def edit(
        self,
        actor: Actor,
        experience_id: int,
        version: int | None = None,
        *,
        title: str,
        story: str,
        link: str,
    ) -> ExperienceView:
        """Change what was submitted, before it is decided. It is another version then: nobody
        decides on a text that they haven't seen."""
        contents = contents_of(title, story, link)
        async with self._database.transaction() as session:
            await once(session, actor.request, "submissions.edit", self._clock.now())
            experience = await self._submitted(session, actor, experience_id, version)
            if experience.revision is None:
                set_contents(experience, contents)
            else:
                experience.revision = contents
            experience.version += 1
            shown = ExperienceView.to_review(experience)
            await show_review(session, self._outbox, experience, actor.community_ref, self._clock)
            return shown

    async def approve(
        self, actor: Actor, experience_id: int, version: int | None = None
    ) -> ExperienceView:
        """Post it, or what its author has made of it. Raises UserError where there is no channel
        for experiences, or where it is not the `version` any more that was looked at."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "submissions.approve", self._clock.now())
            experience = await self._submitted(session, actor, experience_id, version)
            if experience.revision is not None:
                set_contents(experience, experience.revision)
                experience.revision = None
                await session.flush()
                await self._publishing.retitled(session, experience)
            else:
                community = await self._communities.require(session, actor)
                channel_ref = await channel_for(session, community, experience)
                await self._publishing.publish(session, experience, channel_ref)
            experience.searchable = False
            after_commit(session, self.on_change)
            return await self._decided(session, actor, experience, "Approved")

    async def decline(
        self, actor: Actor, experience_id: int, version: int | None = None
    ) -> ExperienceView:
        """Don't post it, or leave it as it was; its author is told."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "submissions.decline", self._clock.now())
            experience = await self._submitted(session, actor, experience_id, version)
            shown = ExperienceView.to_review(experience)
            await self._tell_author(session, experience, "declined", declined(shown))
            decided = await self._decided(session, actor, experience, "Declined")
            if experience.revision is None:
                experience.state = ExperienceState.DECLINED
            experience.declined, experience.revision = experience.revision, None
            return decided

    async def reopen(self, actor: Actor, experience_id: int) -> ExperienceView:
        """Undo a decline: it waits again, and its author is told if they had been told."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "submissions.reopen", self._clock.now())
            experience = await self._own(session, actor, experience_id)
            if experience.state == ExperienceState.SUBMITTED or experience.revision is not None:
                raise UserError("It's already waiting for a decision.")
            if experience.state != ExperienceState.DECLINED and experience.declined is None:
                raise UserError("That can't be undone any more.")
            key = author_key(experience.id, experience.version, "declined")
            told = await self._outbox.find(session, key)
            await self._outbox.cancel(session, [key], now=self._clock.now())
            if experience.declined is None:
                experience.state = ExperienceState.SUBMITTED
            experience.revision, experience.declined = experience.declined, None
            shown = ExperienceView.to_review(experience)
            if told is None or told.state != State.PENDING:
                await self._tell_author(session, experience, "reopened", reopened(shown))
            experience.version += 1
            await show_review(session, self._outbox, experience, actor.community_ref, self._clock)
            return shown

    async def _tell_author(
        self, session: AsyncSession, experience: Experience, what: str, post: Post
    ) -> None:
        destination = address_of(experience)
        message = Queued(
            key=author_key(experience.id, experience.version, what),
            action=post,
            community_id=experience.community_id,
            destination=destination,
            lane=f"answers:{destination}",
        )
        await self._outbox.put(session, message, now=self._clock.now())

    async def _decided(
        self, session: AsyncSession, actor: Actor, experience: Experience, outcome: str
    ) -> ExperienceView:
        shown = ExperienceView.to_review(experience)
        card = review_card(shown, actor.community_ref, outcome=outcome, by=actor.member_ref)
        key = review_name(experience.id, experience.review)
        await self._communities.notices.settle(session, experience.community_id, key, card)
        return shown

    async def _submitted(
        self, session: AsyncSession, actor: Actor, experience_id: int, version: int | None = None
    ) -> Experience:
        """What waits for a decision of this community's organisers."""
        actor.require_organiser()
        experience = await self._own(session, actor, experience_id)
        if experience.state != ExperienceState.SUBMITTED and experience.revision is None:
            raise UserError(DECIDED)
        if version is not None and version != experience.version:
            card = review_card(ExperienceView.to_review(experience), actor.community_ref)
            raise EditedSince(card, experience.version)
        return experience

    async def _own(self, session: AsyncSession, actor: Actor, experience_id: int) -> Experience:
        community = await self._communities.require(session, actor)
        experience = await find_experience(session, community.id, experience_id)
        if experience is None:
            raise UserError("I don't know that experience.")
        return experience


async def show_review(
    session: AsyncSession, outbox: Outbox, experience: Experience, community_ref: str, clock: Clock
) -> None:
    """Have the card that organisers decide by show what is to be decided now."""
    card = review_card(ExperienceView.to_review(experience), community_ref)
    await outbox.put_edit(
        session, review_key(experience.id, experience.review), card, now=clock.now()
    )


def set_contents(experience: Experience, contents: dict[str, Any]) -> None:
    for name, value in contents.items():
        setattr(experience, name, value)
