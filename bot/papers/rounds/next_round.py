"""The next round: opened for a meeting, and what it takes over from one that was moved."""

from datetime import date, datetime, timedelta
from itertools import takewhile
from operator import itemgetter

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.outbox import Outbox, State
from bot.papers.keys import round_key
from bot.papers.model import Round, RoundState, RoundStep, Schedule
from bot.papers.rounds.queries import DONE, progress_of
from bot.papers.rules import Offsets, Step, pick_at

ROUNDS_LOOKED_AT = 20  # nobody changes a schedule more often between two meetings
MOVED_AT_MOST = timedelta(days=6)  # a round that is further away is another one
UNSENT = (State.EXPIRED, State.FAILED)

_RECENT = (
    select(Round.id, Round.state, Round.meets_at, Round.opened_at, Round.announced_at)
    .where(Round.schedule_id == bindparam("schedule_id"))
    .order_by(Round.id.desc())
    .limit(ROUNDS_LOOKED_AT)
)
_TAKEN = DONE.where(~RoundStep.dropped)


async def open_round(
    session: AsyncSession,
    outbox: Outbox,
    schedule: Schedule,
    meeting: tuple[date, datetime] | None,
    offsets: Offsets,
    now: datetime,
) -> Round | None:
    """Open a round for this meeting, if there is one."""
    if meeting is None:
        return None
    day, meets_at = meeting
    round_ = Round(
        community_id=schedule.community_id,
        schedule_id=schedule.id,
        day=day,
        meets_at=meets_at,
        duration_minutes=schedule.duration_minutes,
        state=RoundState.OPEN,
        opened_at=now,
        nomination=None,
    )
    inherited = await _inherit(session, outbox, round_, offsets)
    session.add(round_)
    await session.flush()
    session.add_all(RoundStep(round_id=round_.id, step=step, at=now) for step in inherited)
    return round_


async def _inherit(
    session: AsyncSession, outbox: Outbox, round_: Round, offsets: Offsets
) -> frozenset[str]:
    """The steps of an open round that was moved or put off: this one goes on after them.

    Nominations are not asked for again. The pick keeps its time if that is still to come;
    otherwise there is time to vote from now on.
    """
    found = await session.execute(_RECENT, {"schedule_id": round_.schedule_id})
    since_the_last_meeting = takewhile(
        lambda r: r.state == RoundState.CANCELLED and r.announced_at is None, found
    )
    distance, moved = min(
        ((abs(r.meets_at - round_.meets_at), r) for r in since_the_last_meeting),
        key=itemgetter(0),
        default=(timedelta.max, None),
    )
    if moved is None or distance > MOVED_AT_MOST:
        return frozenset()
    done = await _posted(session, outbox, moved.id)
    opened_now, round_.opened_at = round_.opened_at, moved.opened_at
    if pick_at(progress_of(round_, done), offsets) > opened_now:
        return done - {Step.PICK}
    round_.opened_at = opened_now
    return done


async def _posted(session: AsyncSession, outbox: Outbox, round_id: int) -> frozenset[str]:
    """The steps that were taken, apart from those whose post never got out; none of those
    that end a round."""
    taken = await session.execute(_TAKEN, {"round_id": round_id})
    done = {round_key(round_id, step): step for step in taken.scalars()}
    posts = await outbox.find_all(session, list(done))
    unsent = {done[key] for key, post in posts.items() if post.state in UNSENT}
    return frozenset(done.values()) - unsent - {Step.LAPSE}
