"""The *Undo* buttons of what organisers and members change."""

from collections.abc import Mapping
from datetime import date

from bot.communities.calls import Call, FormHandler, Handler
from bot.core.errors import UserError
from bot.core.ids import GONE, pressed
from bot.core.reply import Reply
from bot.papers import keys
from bot.papers.replies import nominations, schedule
from bot.papers.undo import Undo


class UndoHandlers:
    def __init__(self, undo: Undo) -> None:
        self._undo = undo
        self.actions: Mapping[str, Handler] = {
            keys.UNDO_SKIP: self._skip,
            keys.UNDO_PAUSE: self._pause,
            keys.UNDO_PICK: self._pick,
            keys.UNDO_CHANGE: self._change,
            keys.UNDO_WITHDRAW: self._withdrawal,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def _skip(self, call: Call, argument: str) -> Reply:
        try:
            day = date.fromisoformat(argument)
        except ValueError as error:
            raise UserError(GONE) from error
        return schedule.on_again(await self._undo.skip(call.actor, day))

    async def _pause(self, call: Call, argument: str) -> Reply:
        now_is, _, before = argument.partition(".")
        await self._undo.pause(call.actor, now_is=now_is, before=before)
        return schedule.PAUSE_UNDONE

    async def _pick(self, call: Call, argument: str) -> Reply:
        round_id, nomination_id = _numbers(argument, 2)
        return schedule.pick_undone(await self._undo.pick(call.actor, round_id, nomination_id))

    async def _change(self, call: Call, argument: str) -> Reply:
        round_id, before, after = _numbers(argument, 3)
        round_ = await self._undo.change(call.actor, round_id, before, after)
        return schedule.change_undone(round_)

    async def _withdrawal(self, call: Call, argument: str) -> Reply:
        nomination = await self._undo.withdrawal(call.actor, pressed(argument))
        return nominations.withdrawal_undone(nomination)


def _numbers(argument: str, count: int) -> list[int]:
    parts = argument.split(".")
    if len(parts) != count:
        raise UserError(GONE)
    return [pressed(part) for part in parts]
