"""Takes what waits in the outbox to the platform: claim, send, record.

Between the claim and the record the process may die or the answer may be lost. Such a row stands
`claimed`: the sender looks for the message first and sends it again only if it is not there.
"""

import asyncio
import logging
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.core.database import Database
from bot.core.errors import DeliveryDelayed, DeliveryRefused, NotSavedError
from bot.core.outbox import CALLED_OFF, PRIVATE, UNDELIVERED, OutboxRow, State, forget_text
from bot.core.post import Action, Edit, Post, Topic, from_json
from bot.core.time.clock import Clock, has_come

log = logging.getLogger(__name__)

LATE_AFTER = timedelta(minutes=15)  # a post that is later than this says so
OUTAGE_AFTER = timedelta(minutes=15)  # the organisers hear of an outage that lasts longer
LONGEST_PAUSE = timedelta(hours=1)
FURTHEST = timedelta(days=1)  # no pause is longer, whatever a platform wishes
LANES_AT_ONCE = 16
SEEN_TWICE = ("post", "topic", "event")  # anything else can be repeated, and needs no claim
LOOK_AGAIN = 1  # seconds


@dataclass(frozen=True)
class Anchor:
    """The row that another one follows up."""

    id: int
    message_ref: str


@dataclass(frozen=True)
class Delivery:
    """One thing to deliver. `id` marks it for ever; it cannot have arrived before `claimed_at`.

    `destination` is a channel's ref, `user:<ref>` for a direct message, or `community:<ref>` for
    the calendar; `private:<pseudonym>` for one of which nobody else is to learn, and which is a
    `user:<ref>` by the time that a sender sees it. `elsewhere` is another place where an earlier
    attempt may have left it.
    """

    id: int
    destination: str
    action: Action
    claimed_at: datetime
    late: bool
    anchor: Anchor | None
    elsewhere: str | None = None


@dataclass(frozen=True)
class Sent:
    """What is there now. Only the platform's adapter knows how its refs are made.

    `place_ref` is the channel or thread in which a message stands; a thread is its own place.
    """

    ref: str
    place_ref: str | None = None


class Sender(Protocol):
    """What a platform offers. Both raise DeliveryDelayed or DeliveryRefused, and nothing else."""

    async def find(self, delivery: Delivery) -> Sent | None:
        """What an earlier attempt has left there, if it did."""
        ...

    async def send(self, delivery: Delivery) -> Sent:
        """Deliver it."""
        ...


@dataclass(frozen=True)
class Problem:
    """A delivery that does not get through. `lasting`: not before a person changes something.

    `instead` is the channel that it was posted in, where a thread took it no more.
    """

    community_id: int
    key: str
    destination: str
    reason: str
    since: datetime
    lasting: bool
    instead: str | None = None


class Ledger(Protocol):
    """Who is told how it goes; both run inside the transaction that records it."""

    async def report(self, session: AsyncSession, problem: Problem, now: datetime) -> None: ...

    async def delivered(
        self, session: AsyncSession, community_id: int, destination: str, now: datetime
    ) -> None: ...


@dataclass(frozen=True)
class _Claim:
    """`private`: what becomes of it is said nowhere, for that would tell whom it is for."""

    delivery: Delivery
    key: str
    community_id: int
    revision: int
    uncertain: bool
    expired: bool
    private: bool


_ANCHOR = aliased(OutboxRow)
# Rows that wait for no other row's result. A post for a thread that could not be opened goes to
# the channel instead. What follows up something that will never be there is ready too: it is
# claimed and found to be moot.
_READY = and_(
    OutboxRow.state.in_(UNDELIVERED),
    or_(
        OutboxRow.anchor_id.is_(None),
        _ANCHOR.state.in_((State.SENT, State.EXPIRED)),
        and_(OutboxRow.kind == "post", _ANCHOR.kind == "thread", _ANCHOR.state == State.FAILED),
    ),
)
_HEADS = (
    select(OutboxRow.lane, OutboxRow.not_before)
    .outerjoin(_ANCHOR, _ANCHOR.id == OutboxRow.anchor_id)
    .where(_READY)
    .order_by(OutboxRow.id)
)
_HEAD = (
    select(OutboxRow, _ANCHOR)
    .outerjoin(_ANCHOR, _ANCHOR.id == OutboxRow.anchor_id)
    .where(_READY, OutboxRow.lane == bindparam("lane"))
    .order_by(OutboxRow.id)
    .limit(1)
)


class Courier:
    """Delivers all that can be delivered now; one at a time in a lane, many lanes at once."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        clock: Clock,
        ledger: Ledger,
        *,
        reveal: Callable[[int, str], str | None] = lambda community_id, destination: None,
        first_pause: timedelta = timedelta(minutes=1),
    ) -> None:
        """`reveal` turns a private destination in a community into where it leads."""
        self._reveal = reveal
        self._database = database
        self._sender = sender
        self._clock = clock
        self._ledger = ledger
        self._first_pause = first_pause

    async def run(self) -> datetime | None:
        """Deliver until nothing more can go out; returns when the next attempt is due.

        Each lane has a task of its own. While some are at work the others are looked at again and
        again, so that a slow one holds up nobody.
        """
        gate = asyncio.Semaphore(LANES_AT_ONCE)
        tasks: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                lanes, next_at = await self._lanes()
                for lane in lanes:
                    # One that stumbled waits for the next run.
                    if lane not in tasks or _is_through(tasks[lane]):
                        tasks[lane] = asyncio.create_task(self._work_off(lane, gate))
                busy = [task for task in tasks.values() if not task.done()]
                if not busy:
                    break
                await asyncio.wait(busy, timeout=LOOK_AGAIN)
        finally:
            for task in tasks.values():
                task.cancel()
            ends = await asyncio.gather(*tasks.values(), return_exceptions=True)
        errors = [error for error in ends if isinstance(error, Exception)]
        if errors and all(isinstance(error, NotSavedError) for error in errors):
            raise errors[0]
        if errors:
            raise ExceptionGroup("lanes that stumbled", errors)
        return next_at

    async def _lanes(self) -> tuple[list[str], datetime | None]:
        """The lanes whose oldest row can go out now, and when the next of the others is due."""
        now = self._clock.now()
        async with self._database.reading() as session:
            rows = (await session.execute(_HEADS)).all()
        heads: dict[str, datetime] = {}
        for row in rows:
            heads.setdefault(row.lane, now if _is_due(row, now) else row.not_before)
        return (
            [lane for lane, at in heads.items() if at <= now],
            min((at for at in heads.values() if at > now), default=None),
        )

    async def _work_off(self, lane: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            while (claim := await self._claim(lane)) is not None:
                if not await self._deliver(claim):
                    return

    async def _claim(self, lane: str) -> _Claim | None:
        """The row that is next in the lane, if it is due; claimed if repeating it would be seen."""
        now = self._clock.now()
        async with self._database.reading() as session:
            head = await _head(session, lane, now)
            if head is None:
                return None
            if head[0].kind not in SEEN_TWICE:
                return _claim_of(*head, now)
        async with self._database.transaction() as session:
            head = await _head(session, lane, now)
            if head is None:
                return None
            claim = _claim_of(*head, now)
            if not claim.expired:  # what is only dropped can't have arrived
                row = head[0]
                row.state, row.claimed_at = State.CLAIMED, claim.delivery.claimed_at
            return claim

    async def _deliver(self, claim: _Claim) -> bool:
        """Deliver one row; tells whether the lane may go on."""
        looked, closed = not claim.uncertain, None
        try:
            claim = self._addressed(claim)
            sent = None if looked else await self._look(claim)
            looked = True
            if sent is None and not claim.expired:
                sent, closed = await self._send(claim.delivery)
        except DeliveryDelayed as error:
            await self._record_delay(claim, error)
            return False
        except DeliveryRefused as error:
            certain = looked and not error.uncertain
            await self._record_refusal(claim, error, certain=certain)
            return True
        except Exception as error:
            _log_bug(claim, error)
            await self._record_delay(claim, DeliveryDelayed("something unexpected went wrong"))
            return False
        await self._record(claim, sent, closed)
        return True

    async def _send(self, delivery: Delivery) -> tuple[Sent, DeliveryRefused | None]:
        """Send it, to the channel where the thread takes it no more; and why, if somebody can
        change that."""
        try:
            return await self._sender.send(delivery), None
        except DeliveryRefused as closed:
            if closed.thread_ref is None or closed.uncertain or delivery.elsewhere is None:
                raise
            there = replace(delivery, destination=delivery.elsewhere, elsewhere=None)
            try:
                sent = await self._sender.send(there)
            except DeliveryRefused as error:
                if closed.gone or error.uncertain:
                    raise
                raise closed from error  # as where the channel is a forum
            return sent, None if closed.gone else closed

    def _addressed(self, claim: _Claim) -> _Claim:
        """The claim, with the person in it whom a private destination stands for."""
        if not claim.private:
            return claim
        person = self._reveal(claim.community_id, claim.delivery.destination)
        if person is None:
            raise DeliveryRefused("The key that it was written with is gone.")
        return replace(claim, delivery=replace(claim.delivery, destination=person))

    async def _look(self, claim: _Claim) -> Sent | None:
        found = await self._sender.find(claim.delivery)
        if found is not None and not claim.private:
            log.info("%s had already arrived", claim.key)
        return found

    async def _record(
        self, claim: _Claim, sent: Sent | None, closed: DeliveryRefused | None
    ) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await session.get_one(OutboxRow, claim.delivery.id)
            row.claimed_at = None
            if sent is None:
                if not claim.private:
                    log.warning("%s was due %s and is dropped: too late", claim.key, row.due_at)
                _drop(row)
                return
            # An edit that was changed meanwhile goes out again.
            changed = row.revision != claim.revision
            row.state = State.PENDING if changed else State.SENT
            row.sent_at, row.attempts = now, 0
            if not changed:
                forget_text(row)
            if claim.private:
                return  # without its channel, which belongs to one person and would tell for ever
            row.message_ref, row.place_ref = sent.ref, sent.place_ref
            await self._ledger.delivered(session, row.community_id, row.destination, now)
            thread_ref = claim.delivery.destination
            if closed is not None:
                problem = _problem(row, str(closed), now, lasting=True, thread_ref=thread_ref)
                problem = replace(problem, instead=row.destination)
                await self._ledger.report(session, problem, now)
            elif sent.place_ref == thread_ref and thread_ref != row.destination:
                await self._ledger.delivered(session, row.community_id, thread_ref, now)
        if claim.delivery.late and isinstance(claim.delivery.action, Post | Topic):
            log.warning("%s went out late", claim.key)

    async def _record_delay(self, claim: _Claim, error: DeliveryDelayed) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await session.get_one(OutboxRow, claim.delivery.id)
            since = row.claimed_at or now
            if not error.uncertain and not claim.uncertain:
                row.state, row.claimed_at = State.PENDING, None
            row.attempts += 1
            if row.last_error != CALLED_OFF:  # on its way: it stays so
                row.last_error = str(error)
            pause = max(self._pause(row.attempts), error.retry_after or timedelta(0))
            row.not_before = now + min(pause, FURTHEST)
            if claim.private:
                return
            log.info("%s: %s; again at %s", row.dedupe_key, error, row.not_before)
            since = min(row.due_at, since)
            if now - since >= OUTAGE_AFTER and row.attempts > 1:
                problem = _problem(row, str(error), since, lasting=False)
                await self._ledger.report(session, problem, now)

    async def _record_refusal(
        self, claim: _Claim, error: DeliveryRefused, *, certain: bool
    ) -> None:
        """Park the row. Without certainty it is looked for before it is ever sent again.

        Of a private one nobody hears: that somebody takes no messages would tell who it is.
        """
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await session.get_one(OutboxRow, claim.delivery.id)
            if claim.private:
                row.state, row.claimed_at, row.last_error = State.EXPIRED, None, "not taken"
                forget_text(row)
                return
            if certain and _is_over(row, None, now):  # on its way
                _drop(row)
                return
            row.state = State.FAILED
            if row.last_error != CALLED_OFF:
                row.last_error = str(error)
            row.claimed_at = None if certain else row.claimed_at
            row.attempts += 1
            log.warning("%s was refused: %s", row.dedupe_key, error)
            thread_ref = error.thread_ref
            problem = _problem(row, str(error), now, lasting=True, thread_ref=thread_ref)
            await self._ledger.report(session, problem, now)

    def _pause(self, attempts: int) -> timedelta:
        """1, 2, 4 ... times the first pause, with jitter so that not all come back at once."""
        pause: timedelta = self._first_pause * 2 ** min(attempts - 1, 10)
        return min(pause, LONGEST_PAUSE) * random.uniform(0.8, 1.2)


def _log_bug(claim: _Claim, error: Exception) -> None:
    """Of a private one only where it was: what the error says may name its reader."""
    if not claim.private:
        log.error("%s met a bug in the sender", claim.key, exc_info=error)
        return
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s met a bug in the sender: %s\n%s", claim.key, type(error).__name__, where)


def _is_through(task: asyncio.Task[None]) -> bool:
    return task.done() and task.exception() is None


async def _head(
    session: AsyncSession, lane: str, now: datetime
) -> tuple[OutboxRow, OutboxRow | None] | None:
    """The oldest row of the lane that can go out, with its anchor; nothing while it is not due."""
    found = (await session.execute(_HEAD, {"lane": lane})).first()
    if found is None or not _is_due(found[0], now):
        return None
    row, anchor = found
    return row, anchor


def _is_due(row: Any, now: datetime) -> bool:
    """No pause is as long as what a clock that was far ahead has written."""
    return has_come(row.not_before, now, FURTHEST)


def _claim_of(row: OutboxRow, anchor: OutboxRow | None, now: datetime) -> _Claim:
    return _Claim(
        delivery=_delivery(row, anchor, now),
        key=row.dedupe_key,
        community_id=row.community_id,
        revision=row.revision,
        uncertain=row.claimed_at is not None,
        expired=_is_over(row, anchor, now),
        private=row.destination.startswith(PRIVATE),
    )


def _delivery(row: OutboxRow, anchor: OutboxRow | None, now: datetime) -> Delivery:
    action = from_json(row.action)
    destination, elsewhere, followed = row.destination, None, None
    if anchor is not None and anchor.message_ref is not None:
        followed = Anchor(anchor.id, anchor.message_ref)
        if isinstance(action, Post):
            # A post follows up a thread, or a forum's topic, by standing in it, once there is one.
            destination, elsewhere = anchor.place_ref or row.destination, row.destination
    return Delivery(
        id=row.id,
        destination=destination,
        action=action,
        claimed_at=row.claimed_at or now,
        late=_is_late(row, now) if isinstance(action, Post | Topic) else _was_late(action, anchor),
        anchor=followed,
        elsewhere=elsewhere,
    )


def _is_late(row: OutboxRow, at: datetime) -> bool:
    return at - row.due_at > LATE_AFTER


def _was_late(action: Action, anchor: OutboxRow | None) -> bool:
    """An edit of a late message still says that it was late."""
    if not isinstance(action, Edit) or anchor is None or anchor.sent_at is None:
        return False
    return _is_late(anchor, anchor.sent_at)


def _is_over(row: OutboxRow, anchor: OutboxRow | None, now: datetime) -> bool:
    """Whether it is too late, or called off, or what it follows up will never be there."""
    if row.last_error == CALLED_OFF or (row.expires_at is not None and row.expires_at <= now):
        return True
    return anchor is not None and anchor.state == State.EXPIRED


def _drop(row: OutboxRow) -> None:
    row.state, row.claimed_at = State.EXPIRED, None
    row.last_error = row.last_error or "too late"


def _problem(
    row: OutboxRow, reason: str, since: datetime, *, lasting: bool, thread_ref: str | None = None
) -> Problem:
    return Problem(
        community_id=row.community_id,
        key=row.dedupe_key,
        destination=thread_ref or row.destination,
        reason=reason,
        since=since,
        lasting=lasting,
    )
