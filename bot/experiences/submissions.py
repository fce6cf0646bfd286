"""Accounts that members send in: written, looked at by an organiser, posted or declined."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author, address_of
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.core.clock import Clock
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued
from bot.core.post import Post
from bot.core.text import has_words, one_line, plain, web_address
from bot.experiences.archive import channel_for
from bot.experiences.identity import Keys, keys_of
from bot.experiences.model import Experience, ExperienceState, Origin
from bot.experiences.posts import declined, review_card
from bot.experiences.publishing import Publishing
from bot.experiences.sources.content import clean
from bot.experiences.views import ExperienceView

LONGEST_TITLE = 200
LONGEST_STORY = 3000  # with what its markup takes it has to fit into a card
LONGEST_LINK = 500
SHORTEST_STORY = 100
MOST_WAITING = 5  # of one member's
DECIDED = "That account is decided already."

# Whether what is written in a community under a pseudonym is withheld.
IsBlocked = Callable[[AsyncSession, int, str | None], Awaitable[bool]]


class Submissions:
    """Use cases around accounts that members write."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        publishing: Publishing,
        outbox: Outbox,
        pseudonyms: Pseudonyms,
        is_blocked: IsBlocked,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._publishing = publishing
        self._outbox = outbox
        self._pseudonyms = pseudonyms
        self._is_blocked = is_blocked
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # searches are to find it as it is

    async def submit(
        self, actor: Actor, *, title: str, story: str, link: str, anonymous: bool
    ) -> ExperienceView:
        """Hand in an account; the organisers look at it first.

        `story` may have Markdown. Nobody in the chat learns who wrote one that is `anonymous`. A
        blocked author isn't told: what they hand in seems to wait.
        """
        contents = _contents(title, story, link)
        now = self._clock.now()
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            author = Author.of(actor, community.id, self._pseudonyms, anonymous=anonymous)
            await _require_room(session, community.id, author)
            blocked = await self._is_blocked(session, community.id, author.pseudonym)
            experience = Experience(
                **contents,
                community_id=community.id,
                feed_id=None,
                origin=Origin.MEMBER,
                state=ExperienceState.WITHHELD if blocked else ExperienceState.SUBMITTED,
                author="",
                blog="",
                image_url=None,
                image_text="",
                published_at=now,
                dated_at=now,
                tags=[],
                facts={},
                corrections={},
                member_ref=author.member_ref,
                pseudonym=author.pseudonym,
                anonymous=anonymous,
                searchable=False,
            )
            session.add(experience)
            await session.flush()
            shown = ExperienceView.of(experience)
            if not blocked:
                card = review_card(shown, actor.community_ref)
                name = _review_name(experience.id)
                await self._communities.tell(session, community.id, name, card)
            return shown

    async def waiting(self, actor: Actor) -> list[ExperienceView]:
        """What was handed in and waits for a decision, the oldest first."""
        actor.require_organiser()
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Experience)
                .where(Experience.community_id == community.id)
                .where(Experience.state == ExperienceState.SUBMITTED)
                .order_by(Experience.id)
            )
            return [ExperienceView.of(one) for one in found.scalars()]

    async def review(self, actor: Actor, experience_id: int) -> Post:
        """The card of what was handed in, with its buttons."""
        return review_card(await self.read(actor, experience_id), actor.community_ref)

    async def read(self, actor: Actor, experience_id: int) -> ExperienceView:
        """What is to be decided, for an organiser who edits it."""
        async with self._database.reading() as session:
            return ExperienceView.of(await self._submitted(session, actor, experience_id))

    async def edit(
        self, actor: Actor, experience_id: int, *, title: str, story: str, link: str
    ) -> ExperienceView:
        """An organiser changes what was handed in, before it is decided."""
        contents = _contents(title, story, link)
        async with self._database.transaction() as session:
            experience = await self._submitted(session, actor, experience_id)
            for name, value in contents.items():
                setattr(experience, name, value)
            shown = ExperienceView.of(experience)
            await self._show_review(session, experience, review_card(shown, actor.community_ref))
            return shown

    async def approve(self, actor: Actor, experience_id: int) -> ExperienceView:
        """Post it. Raises UserError where there is no channel for experiences."""
        async with self._database.transaction() as session:
            experience = await self._submitted(session, actor, experience_id)
            community = await self._communities.require(session, actor)
            channel_ref = await channel_for(session, community, experience)
            await self._publishing.publish(session, experience, channel_ref)
            experience.searchable = False
            after_commit(session, self.on_change)
            return await self._decided(session, actor, experience, "Approved")

    async def decline(self, actor: Actor, experience_id: int) -> ExperienceView:
        """Don't post it; whoever wrote it is told."""
        async with self._database.transaction() as session:
            experience = await self._submitted(session, actor, experience_id)
            experience.state = ExperienceState.DECLINED
            destination = address_of(experience)
            answer = Queued(
                key=f"experience:{experience.id}:declined",
                action=declined(ExperienceView.of(experience)),
                community_id=experience.community_id,
                destination=destination,
                lane=f"answers:{destination}",
            )
            await self._outbox.put(session, answer, now=self._clock.now())
            return await self._decided(session, actor, experience, "Declined")

    async def _decided(
        self, session: AsyncSession, actor: Actor, experience: Experience, outcome: str
    ) -> ExperienceView:
        shown = ExperienceView.of(experience)
        card = review_card(shown, actor.community_ref, outcome=outcome, by=actor.member_ref)
        key = _review_name(experience.id)
        await self._communities.settled(session, experience.community_id, key, card)
        return shown

    async def _show_review(self, session: AsyncSession, experience: Experience, card: Post) -> None:
        key = f"notice:{_review_name(experience.id)}"
        await self._outbox.put_edit(session, key, card, now=self._clock.now())

    async def _submitted(
        self, session: AsyncSession, actor: Actor, experience_id: int
    ) -> Experience:
        """What waits for a decision of this community's organisers."""
        actor.require_organiser()
        community = await self._communities.require(session, actor)
        experience = await session.get(Experience, experience_id)
        if experience is None or experience.community_id != community.id:
            raise UserError("I don't know that account.")
        if experience.state != ExperienceState.SUBMITTED:
            raise UserError(DECIDED)
        return experience


def _contents(title: str, story: str, link: str) -> dict[str, Any]:
    """What people write, as the columns of an account. Raises UserError."""
    title, story, link = one_line(title), plain(story).strip(), link.strip()
    if not has_words(title):
        raise UserError("The title is missing. Say where you were, such as “A summer at CERN”.")
    if len(title) > LONGEST_TITLE:
        raise UserError(f"That title is too long: {LONGEST_TITLE} characters are the most.")
    if not SHORTEST_STORY <= len(story) <= LONGEST_STORY:
        raise UserError(
            f"Your account has {len(story)} characters; I take {SHORTEST_STORY} to {LONGEST_STORY}."
        )
    if link and web_address(link) is None:
        raise UserError("That is not a link I can show. It begins with `https://`.")
    # Imported here: the parser takes a moment to load, and few accounts come by the form.
    from markdown_it import MarkdownIt

    content = clean(MarkdownIt().render(story), base_url=None, title=title)
    keys: Keys = keys_of([(None, link or None, title)], ())[0]
    return {
        "title": title,
        "link": link or None,
        "address_key": keys.address,
        "title_key": keys.title,
        "slug_key": keys.slug,
        "lead": content.lead,
        "text": content.text,
        "story": story,
    }


async def _require_room(session: AsyncSession, community_id: int, author: Author) -> None:
    waiting = await session.execute(
        select(func.count())
        .select_from(Experience)
        .where(
            Experience.community_id == community_id,
            author.wrote(Experience),
            Experience.state.in_((ExperienceState.SUBMITTED, ExperienceState.WITHHELD)),
        )
    )
    if waiting.scalar_one() >= MOST_WAITING:
        raise UserError(
            f"{MOST_WAITING} of your accounts wait for the organisers. Give them a moment."
        )


def _review_name(experience_id: int) -> str:
    return f"review:{experience_id}"
