"""Members correct facts of experiences; what was there before is kept, and can be restored.

correct ──> APPLIED, told to the organisers with *Revert*
   └──────> WAITING, where a member handed it in by name and somebody else corrects it:
            that member, or an organiser, accepts or declines
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued
from bot.core.requests import once
from bot.core.text import one_line
from bot.core.time.clock import Clock
from bot.experiences.archive import LONGEST_FACT, NO_SUCH_EXPERIENCE, shown_experience
from bot.experiences.facts import KINDS
from bot.experiences.keys import correction_keys, correction_name
from bot.experiences.model import SHOWN, Correction, CorrectionState, Experience
from bot.experiences.publishing import Publishing
from bot.experiences.review_cards import correction_card
from bot.experiences.views import CorrectionView, ExperienceView

CORRECTABLE = KINDS
NO_SUCH_KIND = "I don't know that kind of fact."
NO_SUCH_CORRECTION = "I don't know that correction."
NOT_YOURS = "Only the person who made the correction, or an organiser, can undo it."
NOT_YOURS_TO_DECIDE = "Only the author of the experience, or an organiser, can decide that."
CORRECTED_SINCE = "It has been corrected again since then. Please correct it once more instead."
DECIDED = "That correction has already been decided."
UNDONE = "That correction has already been undone."


@dataclass(frozen=True)
class Corrected:
    """What came of a correction."""

    experience: ExperienceView
    correction: CorrectionView


class Corrections:
    """What people say that facts are."""

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

    async def correct(
        self, actor: Actor, experience_id: int, kind: str, value: str
    ) -> Corrected | None:
        """Say what a fact is, or with an empty value that there is none. None changes nothing."""
        value = one_line(value)
        if kind not in KINDS:
            raise UserError(NO_SUCH_KIND)
        if len(value) > LONGEST_FACT:
            raise UserError(f"Please use at most {LONGEST_FACT} characters.")
        async with self._database.transaction() as session:
            await once(session, actor.request, "corrections.correct", self._clock.now())
            experience = await shown_experience(session, self._communities, actor, experience_id)
            shown = ExperienceView.of(experience).facts.get(kind, "")
            if shown == value:
                return None
            author = None if experience.anonymous else experience.member_ref
            waits = author is not None and author != actor.member_ref and not actor.organiser
            correction = Correction(
                experience_id=experience.id,
                kind=kind,
                shown=shown,
                before=experience.corrections.get(kind),
                value=value,
                state=CorrectionState.WAITING if waits else CorrectionState.APPLIED,
                by_ref=actor.member_ref,
                made_at=self._clock.now(),
            )
            session.add(correction)
            await session.flush()
            if not waits:
                await self._set(session, experience, kind, value)
            await self._tell(session, experience, correction, author, actor.community_ref)
            return Corrected(ExperienceView.of(experience), CorrectionView.of(correction))

    async def accept(self, actor: Actor, correction_id: int) -> Corrected:
        """Apply a correction that waits."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "corrections.accept", self._clock.now())
            correction, experience = await self._waiting(session, actor, correction_id)
            correction.before = experience.corrections.get(correction.kind)
            correction.shown = ExperienceView.of(experience).facts.get(correction.kind, "")
            await self._set(session, experience, correction.kind, correction.value)
            return await self._decided(session, actor, experience, correction, "applied")

    async def decline(self, actor: Actor, correction_id: int) -> Corrected:
        """Leave the fact as it is."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "corrections.decline", self._clock.now())
            correction, experience = await self._waiting(session, actor, correction_id)
            return await self._decided(session, actor, experience, correction, "declined")

    async def reconsider(self, actor: Actor, correction_id: int) -> Corrected:
        """Undo a decline: the correction waits for a decision again."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "corrections.reconsider", self._clock.now())
            correction, experience = await self._to_decide(session, actor, correction_id)
            if correction.state == CorrectionState.WAITING:
                raise UserError("It's already waiting for a decision.")
            if correction.state != CorrectionState.DECLINED:
                raise UserError("That can't be undone any more.")
            return await self._decided(session, actor, experience, correction, "waiting")

    async def revert(self, actor: Actor, correction_id: int) -> Corrected:
        """Restore what was there before a correction, or take it back while it waits.

        Raises UserError where that was done already, or somebody has corrected it again.
        """
        async with self._database.transaction() as session:
            await once(session, actor.request, "corrections.revert", self._clock.now())
            correction, experience = await self._own(session, actor, correction_id)
            if not actor.organiser and actor.member_ref != correction.by_ref:
                raise UserError(NOT_YOURS)
            if correction.state == CorrectionState.REVERTED:
                raise UserError(UNDONE)
            if correction.state == CorrectionState.DECLINED:
                raise UserError(DECIDED)
            if correction.state == CorrectionState.APPLIED:
                if experience.corrections.get(correction.kind) != correction.value:
                    raise UserError(CORRECTED_SINCE)
                await self._set(session, experience, correction.kind, correction.before)
            return await self._decided(session, actor, experience, correction, "reverted")

    async def _set(
        self, session: AsyncSession, experience: Experience, kind: str, value: str | None
    ) -> None:
        """Have the correction of a fact be this; None: there is none. The post shows it, too."""
        corrections = {k: v for k, v in experience.corrections.items() if k != kind}
        experience.corrections = corrections if value is None else corrections | {kind: value}
        experience.searchable = False
        after_commit(session, self.on_change)
        await session.flush()
        await self._publishing.refresh(session, [experience.id])

    async def _tell(
        self,
        session: AsyncSession,
        experience: Experience,
        correction: Correction,
        author: str | None,
        community_ref: str,
    ) -> None:
        card = correction_card(
            ExperienceView.of(experience), CorrectionView.of(correction), community_ref
        )
        name = correction_name(correction.id)
        await self._communities.notices.post(session, experience.community_id, name, card)
        if correction.state == CorrectionState.WAITING:
            destination = f"user:{author}"
            to_author = Queued(
                key=name,
                action=card,
                community_id=experience.community_id,
                destination=destination,
                lane=f"answers:{destination}",
            )
            await self._outbox.put(session, to_author, now=self._clock.now())

    async def _decided(
        self,
        session: AsyncSession,
        actor: Actor,
        experience: Experience,
        correction: Correction,
        state: str,
    ) -> Corrected:
        correction.state = CorrectionState(state)
        waits = correction.state == CorrectionState.WAITING
        correction.decided_by_ref = None if waits else actor.member_ref
        correction.decided_at = None if waits else self._clock.now()
        done = Corrected(ExperienceView.of(experience), CorrectionView.of(correction))
        card = correction_card(done.experience, done.correction, actor.community_ref)
        for key in correction_keys(correction.id):
            await self._outbox.put_edit(session, key, card, now=self._clock.now())
        return done

    async def _waiting(
        self, session: AsyncSession, actor: Actor, correction_id: int
    ) -> tuple[Correction, Experience]:
        correction, experience = await self._to_decide(session, actor, correction_id)
        if correction.state != CorrectionState.WAITING:
            raise UserError(DECIDED)
        return correction, experience

    async def _to_decide(
        self, session: AsyncSession, actor: Actor, correction_id: int
    ) -> tuple[Correction, Experience]:
        correction, experience = await self._own(session, actor, correction_id)
        is_author = not experience.anonymous and experience.member_ref == actor.member_ref
        if not actor.organiser and not is_author:
            raise UserError(NOT_YOURS_TO_DECIDE)
        return correction, experience

    async def _own(
        self, session: AsyncSession, actor: Actor, correction_id: int
    ) -> tuple[Correction, Experience]:
        community = await self._communities.require(session, actor)
        correction = await session.get(Correction, correction_id)
        if correction is None:
            raise UserError(NO_SUCH_CORRECTION)
        experience = await session.get_one(Experience, correction.experience_id)
        if experience.community_id != community.id:
            raise UserError(NO_SUCH_CORRECTION)
        if experience.state not in SHOWN:
            raise UserError(NO_SUCH_EXPERIENCE)
        return correction, experience
