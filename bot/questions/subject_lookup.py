"""What a question can be about: papers, meetings, experiences, as other features know them."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.communities.subjects import Subject, Subjects
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox


class SubjectLookup:
    """Find things to ask about, by their refs, their messages or what somebody types."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        subjects: Mapping[str, Subjects],
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._subjects = subjects

    async def find(self, actor: Actor, ref: str) -> Subject:
        """What a question is to be about. Raises UserError where there is no such thing."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            return await self._find(session, community.id, ref)

    async def behind(self, actor: Actor, mark: int | None) -> Subject | None:
        """What a message of ours shows, by its mark, if a question can be about that."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            key = await self._outbox.key_by_id(session, community.id, mark or 0)
            for kind in self._subjects.values():
                subject = await kind.subject_behind(session, community.id, key or "")
                if subject is not None:
                    return subject
            return None

    async def like(self, actor: Actor, typed: str) -> list[Subject]:
        """What a question can be about, for autocomplete."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = [
                await kind.subjects_like(session, community.id, typed)
                for kind in self._subjects.values()
            ]
            return [subject for subjects in found for subject in subjects]

    async def _find(self, session: AsyncSession, community_id: int, ref: str) -> Subject:
        kind, _, number = ref.partition(".")
        if kind in self._subjects and number.isdecimal() and len(number) < 19:
            found = await self._subjects[kind].subject(session, community_id, int(number))
            if found is not None:
                return found
        raise UserError(
            "I don't know what that's about. Choose from the list that `/ask` shows as you type."
        )
