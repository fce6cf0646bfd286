"""Skipping a meeting to which people go asks first; and the *Undo* buttons of papers' commands."""

from collections import OrderedDict
from datetime import date

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.replies import Interaction, say
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import pressed
from bot.core.post import Button, Style, moment
from bot.core.text import plural
from bot.papers.cards import paper_link
from bot.papers.schedules import Schedules, SkipAsked
from bot.papers.undo import Undo
from bot.papers.views import Meeting

SKIP, PAUSE, PICK, CHANGE = "undo_skip", "undo_pause", "undo_pick", "undo_change"
WITHDRAW = "undo_withdraw"
CALL_OFF, KEEP = "call_off", "keep_meeting"
WITH_REASON = ".r"
REASONS_KEPT = 1000


class ScheduleUndo:
    """`actions` are the buttons that belong to it."""

    def __init__(self, schedules: Schedules, undo: Undo) -> None:
        self._schedules = schedules
        self._undo = undo
        self._reasons: OrderedDict[tuple[Actor, str], str] = OrderedDict()
        self.actions = {
            CALL_OFF: self._call_off,
            KEEP: self._keep,
            SKIP: self._undo_skip,
            PAUSE: self._undo_pause,
            PICK: self._undo_pick,
            CHANGE: self._undo_change,
            WITHDRAW: self._undo_withdrawal,
        }

    async def skip(self, interaction: Interaction, day_text: str, reason: str | None) -> None:
        """Call a meeting off; where people go, ask first."""
        actor = await actor_of(interaction)
        skipped = await self._schedules.skip_unless_people_go(actor, day_text, reason)
        if isinstance(skipped, Meeting):
            await _say_called_off(interaction, skipped)
            return
        await self._ask(interaction, actor, skipped, reason)

    async def _ask(
        self, interaction: Interaction, actor: Actor, asked: SkipAsked, reason: str | None
    ) -> None:
        day = asked.meeting.day.isoformat()
        if reason:
            self._reasons[actor, day] = reason
            if len(self._reasons) > REASONS_KEPT:
                self._reasons.popitem(last=False)
        go = "person is" if asked.going == 1 else "people are"
        await say(
            interaction,
            f"{asked.going:,} {go} going on {moment(asked.meeting.meets_at)}. Shall I call the "
            "meeting off and tell them?",
            Button(CALL_OFF, day + (WITH_REASON if reason else ""), "Call it off", Style.DANGER),
            Button(KEEP, day, "Keep it"),
        )

    async def _call_off(self, interaction: Interaction, argument: str) -> None:
        actor = await actor_of(interaction)
        day = argument.removesuffix(WITH_REASON)
        with_reason = day != argument
        reason = self._reasons.get((actor, day)) if with_reason else None
        if with_reason and reason is None:
            raise UserError("I don't remember your reason any more. Run `/schedule skip` again.")
        await _say_called_off(interaction, await self._schedules.skip(actor, day, reason))

    async def _keep(self, interaction: Interaction, argument: str) -> None:
        await say(interaction, "Kept: the meeting stays as it is.")

    async def _undo_skip(self, interaction: Interaction, argument: str) -> None:
        try:
            day = date.fromisoformat(argument)
        except ValueError as error:
            raise UserError("I don't know that meeting.") from error
        meeting = await self._undo.skip(await actor_of(interaction), day)
        await say(interaction, f"On again: the meeting on {moment(meeting.meets_at)}.")

    async def _undo_pause(self, interaction: Interaction, argument: str) -> None:
        now_is, _, before = argument.partition(".")
        await self._undo.pause(await actor_of(interaction), now_is=now_is, before=before)
        await say(interaction, "Undone. `/schedule show` lists the meetings.")

    async def _undo_pick(self, interaction: Interaction, argument: str) -> None:
        round_id, nomination_id = _numbers(argument, 2)
        actor = await actor_of(interaction)
        round_ = await self._undo.pick(actor, round_id, nomination_id)
        title = paper_link(round_.nomination.paper)
        await say(interaction, f"Taken back: {title} is in the queue again, and voting goes on.")

    async def _undo_change(self, interaction: Interaction, argument: str) -> None:
        round_id, before, after = _numbers(argument, 3)
        round_ = await self._undo.change(await actor_of(interaction), round_id, before, after)
        title = paper_link(round_.nomination.paper)
        await say(interaction, f"Undone: {title} is the paper of the week again.")

    async def _undo_withdrawal(self, interaction: Interaction, argument: str) -> None:
        actor = await actor_of(interaction)
        nomination = await self._undo.withdrawal(actor, pressed(argument))
        votes = plural(nomination.votes, "vote")
        await say(interaction, f"Up for vote again: {paper_link(nomination.paper)} has {votes}.")


def undo_pause(now_is: str, before: str) -> Button:
    return Button(PAUSE, f"{now_is}.{before}", "Undo")


def undo_pick(round_id: int, nomination_id: int) -> Button:
    return Button(PICK, f"{round_id}.{nomination_id}", "Undo")


def undo_change(round_id: int, before: int, after: int) -> Button:
    return Button(CHANGE, f"{round_id}.{before}.{after}", "Undo")


async def _say_called_off(interaction: Interaction, meeting: Meeting) -> None:
    undo = Button(SKIP, meeting.day.isoformat(), "Undo")
    await say(interaction, f"Called off: the meeting on {moment(meeting.meets_at)}.", undo)


def _numbers(argument: str, count: int) -> list[int]:
    parts = argument.split(".")
    if len(parts) != count:
        raise UserError("I don't know that button's meeting any more.")
    return [pressed(part) for part in parts]
