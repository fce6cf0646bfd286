"""Authors edit and delete the experiences that they submitted, by name or anonymously.

    edit ──> what waits changes, and its card; what is posted waits for an organiser first
    delete ──> its text is gone from the database, and from the bot's cards as soon as they can
               be edited; its thread and others' questions stay, and so do copies elsewhere
               (docs/privacy.md has the list)

A blocked author's edits of what organisers have seen are dropped without a word.
"""

from collections.abc import Callable

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author
from bot.communities.blocks import is_blocked
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.experiences.cards import DELETED, withdrawn_card
from bot.experiences.keys import card_key, keys_about, review_key, review_name
from bot.experiences.model import Correction, Experience, ExperienceState
from bot.experiences.publishing import Publishing
from bot.experiences.queries import find_experience
from bot.experiences.review_cards import review_card
from bot.experiences.reviews import set_contents, show_review
from bot.experiences.search import forget
from bot.experiences.submissions import contents_of
from bot.experiences.views import ExperienceView

UNDECIDED = (ExperienceState.SUBMITTED, ExperienceState.WITHHELD)
EDITABLE = (*UNDECIDED, ExperienceState.POSTED)
PUBLISHED = (ExperienceState.POSTED, ExperienceState.HIDDEN)
DELETABLE = (*EDITABLE, ExperienceState.HIDDEN, ExperienceState.DECLINED)
NOT_YOURS = "That isn't an experience of yours. `/experience edit` lists yours."
SUGGESTED = 25


class OwnExperiences:
    """What authors do with their own experiences."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        publishing: Publishing,
        outbox: Outbox,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._publishing = publishing
        self._outbox = outbox
        self._pseudonyms = pseudonyms
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # searches are to find it as it is

    async def listed(self, actor: Actor, *, editable: bool) -> list[ExperienceView]:
        """What they may edit, or delete, the latest first; for their eyes only."""
        states = EDITABLE if editable else DELETABLE
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            authors = [
                Author.of(actor, community.id, self._pseudonyms, anonymous=anonymous)
                for anonymous in (False, True)
            ]
            found = await session.execute(
                select(Experience)
                .where(Experience.community_id == community.id, Experience.state.in_(states))
                .where(or_(*(author.wrote(Experience) for author in authors)))
                .order_by(Experience.id.desc())
                .limit(SUGGESTED)
            )
            return [ExperienceView.to_review(one) for one in found.scalars()]

    async def read(self, actor: Actor, experience_id: int) -> ExperienceView:
        """It as its author last wrote it, for the form."""
        async with self._database.reading() as session:
            return ExperienceView.to_review(await self._own(session, actor, experience_id))

    async def edit(
        self, actor: Actor, experience_id: int, *, title: str, story: str, link: str
    ) -> ExperienceView:
        """Change what waits; what is posted changes when an organiser approves it."""
        contents = contents_of(title, story, link)
        async with self._database.transaction() as session:
            await once(session, actor.request, "own.edit", self._clock.now())
            experience = await self._own(session, actor, experience_id)
            shown = ExperienceView.of(experience)
            before = experience.revision or {name: getattr(experience, name) for name in contents}
            if before == contents:
                return shown
            withheld = experience.state == ExperienceState.WITHHELD
            if not withheld and await is_blocked(
                session, experience.community_id, experience.pseudonym
            ):
                return shown
            if experience.state not in UNDECIDED:
                await self._revise(session, actor, experience, contents)
                return shown
            set_contents(experience, contents)
            experience.version += 1
            if not withheld:
                await self._show_review(session, actor, experience)
            return shown

    async def _revise(
        self,
        session: AsyncSession,
        actor: Actor,
        experience: Experience,
        contents: dict[str, object],
    ) -> None:
        waits = experience.revision is not None
        experience.revision, experience.declined = contents, None
        experience.version += 1
        if waits:
            await self._show_review(session, actor, experience)
            return
        experience.review += 1
        card = review_card(ExperienceView.to_review(experience), actor.community_ref)
        name = review_name(experience.id, experience.review)
        await self._communities.notices.post(session, experience.community_id, name, card)

    async def delete(self, actor: Actor, experience_id: int) -> None:
        """Keep nothing of its text, and have the cards that show it edited. Twice is once."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "own.delete", self._clock.now())
            states = (*DELETABLE, ExperienceState.DELETED)
            experience = await self._own(session, actor, experience_id, states)
            if experience.state == ExperienceState.DELETED:
                return
            posted = experience.state in PUBLISHED
            experience.state = ExperienceState.DELETED
            _empty(experience)
            await session.flush()
            await forget(session, experience.id)
            after_commit(session, self.on_change)
            if posted:
                await self._publishing.retitled(session, experience)
            await self._forget(session, experience)
            for review in range(1, experience.review + 1):
                key = review_key(experience.id, review)
                await self._outbox.put_edit(session, key, withdrawn_card(), now=self._clock.now())

    async def _forget(self, session: AsyncSession, experience: Experience) -> None:
        """Keep nothing of what was said to its author, or of what was corrected."""
        told = await self._outbox.keys(session, experience.community_id, keys_about(experience.id))
        to_author = [key for key in told if key != card_key(experience.id)]
        await self._outbox.erase(session, to_author, now=self._clock.now())
        await session.execute(delete(Correction).where(Correction.experience_id == experience.id))

    async def _show_review(
        self, session: AsyncSession, actor: Actor, experience: Experience
    ) -> None:
        await show_review(session, self._outbox, experience, actor.community_ref, self._clock)

    async def _own(
        self,
        session: AsyncSession,
        actor: Actor,
        experience_id: int,
        states: tuple[ExperienceState, ...] = EDITABLE,
    ) -> Experience:
        community = await self._communities.require(session, actor)
        experience = await find_experience(session, community.id, experience_id)
        if experience is None:
            raise UserError(NOT_YOURS)
        author = Author.of(
            actor, community.id, self._pseudonyms, anonymous=experience.pseudonym is not None
        )
        wrote = (author.member_ref, author.pseudonym)
        is_own = wrote == (experience.member_ref, experience.pseudonym)
        if not is_own or experience.state not in states:
            raise UserError(NOT_YOURS)
        return experience


def _empty(experience: Experience) -> None:
    """What its author wrote, and what is made of that."""
    experience.title = DELETED
    experience.lead = experience.text = experience.author = experience.image_text = ""
    experience.link = experience.story = experience.image_url = None
    experience.revision = experience.declined = None
    experience.address_key = experience.title_key = experience.slug_key = None
    experience.facts, experience.corrections, experience.tags = {}, {}, []
