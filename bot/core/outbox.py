"""The outbox: everything the bot says of its own accord waits here until it has been said once.

    decision ─ put() ─> pending ─ claim ─> claimed ─ send ─> sent
                           ^                  │ ├─ lost answer ──> claimed  (look, then send again)
                           └── certain no ────┘ ├─ too late ─────> expired
                                                └─ refused ──────> failed   (until `revive`)

`put` runs in the transaction of the decision, so that a post exists exactly if its cause does.
A row that has a `claimed_at` may have arrived: before it is sent again, the sender looks for it.
What can be repeated unseen, as an edit, is sent without a claim.
Rows of one lane go out in order; a lane that is stuck holds up no other. No row is deleted; what a
message said is forgotten once it is there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot.core.database import Base, after_commit
from bot.core.post import (
    Action,
    Edit,
    EventEdit,
    Lock,
    Post,
    Rename,
    Thread,
    Topic,
    from_json,
    pinging,
    to_json,
)


class State(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    EXPIRED = "expired"
    FAILED = "failed"


UNDELIVERED = (State.PENDING, State.CLAIMED)
PRIVATE = "private:"  # what a destination begins with of which nobody is to learn
CALLED_OFF = "called off"  # why such a row is not said; it stays so whatever a clock tells


class OutboxRow(Base):
    """One thing to say or do. `anchor_id` is the row whose result it needs."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_undelivered", "state", "not_before"),
        Index("ix_outbox_community_lane", "community_id", "lane"),
        Index("ix_outbox_community_state", "community_id", "state"),
        Index("ix_outbox_message_ref", "community_id", "message_ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    dedupe_key: Mapped[str] = mapped_column(String(128), unique=True)
    destination: Mapped[str] = mapped_column(String(80))  # see `Delivery`
    lane: Mapped[str] = mapped_column(String(96))
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(Text)  # core.post, as JSON
    revision: Mapped[int] = mapped_column(default=0)  # counts the changes of an edit
    due_at: Mapped[datetime]  # when it was meant to go out; later than that it says so
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16), default=State.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]  # since when it may have arrived
    message_ref: Mapped[str | None] = mapped_column(String(80))  # see `Sent`
    place_ref: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]


_Anchor = aliased(OutboxRow)
_INSERT = insert(OutboxRow).values(
    anchor_id=select(_Anchor.id).where(_Anchor.dedupe_key == bindparam("anchor")).scalar_subquery()
)
_KNOWN_KEYS = select(OutboxRow.dedupe_key).where(
    OutboxRow.dedupe_key.in_(bindparam("keys", expanding=True))
)
_OUTCOMES = select(
    OutboxRow.dedupe_key,
    OutboxRow.id,
    OutboxRow.state,
    OutboxRow.destination,
    OutboxRow.message_ref,
    OutboxRow.place_ref,
).where(OutboxRow.dedupe_key.in_(bindparam("keys", expanding=True)))
_BY_KEY = select(OutboxRow).where(OutboxRow.dedupe_key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True, kw_only=True)
class Queued:
    """Something to say or do, for the community with this id of ours.

    `key` names it for ever. `anchor` is the key of the row whose result this one needs. `lane`
    defaults to the destination. After `expires_at` it is no longer worth saying; if it goes out
    later than `due_at`, which defaults to now, it says so.
    """

    key: str
    action: Action
    community_id: int
    destination: str
    lane: str | None = None
    anchor: str | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Delivered:
    """A row as services see it."""

    id: int
    state: State
    destination: str
    message_ref: str | None
    place_ref: str | None


@dataclass(frozen=True)
class Parked:
    """What was refused, and why: it waits for somebody to change something."""

    id: int
    key: str
    destination: str
    action: Action
    reason: str


class Outbox:
    """Puts posts into the queue. `on_new` is called after the commit, to wake the courier.

    For an edit `on_edit` is: many votes make one edit, and waiting for a few is no loss.
    """

    def __init__(self) -> None:
        self.on_new: Callable[[], None] = lambda: None
        self.on_edit: Callable[[], None] = lambda: None

    async def put(self, session: AsyncSession, *rows: Queued, now: datetime) -> int:
        """Queue those whose keys were never queued, in this order; returns how many that are.

        An anchor may be among them, before the row that needs it.
        """
        after_commit(session, self.on_new)
        wanted = {key for row in rows for key in (row.key, row.anchor) if key}
        known = set((await session.execute(_KNOWN_KEYS, {"keys": list(wanted)})).scalars())
        new = [row for row in rows if row.key not in known]
        if new:
            assert wanted <= known.union(row.key for row in new), "an anchor is queued first"
            await (await session.connection()).execute(_INSERT, [_record(row, now) for row in new])
        return len(new)

    async def put_edit(
        self,
        session: AsyncSession,
        anchor: str,
        post: Post,
        *,
        tags: tuple[str, ...] | None = None,
        name: str | None = None,
        still_pings: bool = False,
        now: datetime,
    ) -> None:
        """Make the message of `anchor` show `post`. Only the newest content is ever sent.

        While the message itself has not been sent, it is the message that changes; if it
        `still_pings`, it notifies whom it was to notify. A topic is opened by this `name` then.
        """
        key = change_key(anchor, Edit.kind)
        rows = {row.dedupe_key: row for row in await _rows(session, anchor, key)}
        row, edit = rows.get(anchor), rows.get(key)
        if row is None or (row.state == State.SENT and row.destination.startswith(PRIVATE)):
            return  # where it went, nobody knows any more
        if row.state == State.EXPIRED:
            row.action = to_json(_showing(post, tags, name, row, still_pings=still_pings))
            return
        if _is_unsent(row):
            row.action = to_json(_showing(post, tags, name, row, still_pings=still_pings))
            if edit is None:
                return
            # It was made when the message might have been there, and will still go out after it.
        await self._change(session, row, edit, key, Edit(post, tags), now)

    async def put_change(
        self,
        session: AsyncSession,
        anchor: str,
        change: Rename | Lock | EventEdit,
        *,
        now: datetime,
    ) -> None:
        """Have the thread or calendar entry of `anchor` be like this. Only the newest is sent.

        What is not there yet is made so.
        """
        key = change_key(anchor, change.kind)
        rows = {row.dedupe_key: row for row in await _rows(session, anchor, key)}
        row, earlier = rows.get(anchor), rows.get(key)
        if row is None or row.state == State.EXPIRED:
            return
        made = _made(change)
        if made is not None:
            if (made if earlier is None else to_json(change)) == (earlier or row).action:
                return
            if row.state == State.SENT and row.kind == Thread.kind:
                row.action = made  # the name that it had is not to be kept
            if _is_unsent(row):
                row.action = made
                if row.kind == "event":  # a thread may be on its way unclaimed
                    row.state, row.attempts, row.not_before = State.PENDING, 0, now
                    after_commit(session, self.on_new)
                    if earlier is None:
                        return
        await self._change(session, row, earlier, key, change, now)

    async def _change(
        self,
        session: AsyncSession,
        row: OutboxRow,
        change: OutboxRow | None,
        key: str,
        action: Edit | Rename | Lock | EventEdit,
        now: datetime,
    ) -> None:
        """Queue the newest content of what `row` has sent, in place of an earlier one."""
        if change is None:
            change = OutboxRow(
                community_id=row.community_id,
                dedupe_key=key,
                destination=row.destination,
                # Discord takes few new names in ten minutes: they hold up nothing else.
                lane=f"{'edits' if isinstance(action, Edit) else 'changes'}:{row.destination}",
                anchor_id=row.id,
                kind=action.kind,
                revision=0,
            )
            session.add(change)
        change.action = to_json(action)
        change.revision += 1
        change.state, change.last_error = State.PENDING, None
        change.attempts = 0
        change.due_at = change.not_before = now
        await session.flush()
        after_commit(session, self.on_edit)

    async def cancel(self, session: AsyncSession, keys: Sequence[str], *, now: datetime) -> None:
        """Drop what has not been said yet. What may have arrived is looked for, not sent again."""
        for row in await _rows(session, *keys):
            if row.state not in (*UNDELIVERED, State.FAILED):
                continue
            row.last_error = CALLED_OFF
            if row.claimed_at is None:
                row.state = State.EXPIRED
            else:
                row.state, row.expires_at, row.not_before = State.CLAIMED, now, now
            after_commit(session, self.on_new)

    async def erase(self, session: AsyncSession, keys: Sequence[str], *, now: datetime) -> None:
        """Drop what has not been said yet, for good: nothing of what it says is kept."""
        await self.cancel(session, keys, now=now)
        for row in await _rows(session, *keys):
            if row.state != State.CLAIMED:  # which goes the way of what is sent or dropped
                forget_text(row)

    async def reopen(
        self, session: AsyncSession, keys: Sequence[str], *, until: datetime, now: datetime
    ) -> None:
        """Say what was called off after all, until then. What has been said stays so."""
        for row in await _rows(session, *keys):
            if row.state == State.EXPIRED and row.sent_at is None:
                row.state, row.attempts = State.PENDING, 0
            elif row.state != State.CLAIMED:
                continue
            row.last_error, row.expires_at, row.not_before = None, until, now
            after_commit(session, self.on_new)

    async def revive(
        self,
        session: AsyncSession,
        *,
        now: datetime,
        community_id: int | None = None,
        destination: str | None = None,
    ) -> int:
        """Try again what had been refused and is still worth saying; returns how many rows."""
        statement = (
            update(OutboxRow)
            .where(OutboxRow.state == State.FAILED)
            .where(or_(OutboxRow.expires_at.is_(None), OutboxRow.expires_at > now))
            .values(state=State.PENDING, attempts=0, not_before=now)
            .returning(OutboxRow.id)
        )
        if community_id is not None:
            statement = statement.where(OutboxRow.community_id == community_id)
        if destination is not None:
            statement = statement.where(OutboxRow.destination == destination)
        revived = (await session.execute(statement)).scalars().all()
        if revived:
            after_commit(session, self.on_new)
        return len(revived)

    async def redirect(
        self, session: AsyncSession, *, community_id: int, new: str, now: datetime
    ) -> None:
        """What has not been said in the community's channel is to be said in `new`.

        That is all that waits in a channel's own lane, whichever channel it was meant for. What
        follows up a message that is there stays where the message is.
        """
        sent = select(OutboxRow.id).where(OutboxRow.state == State.SENT)
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.community_id == community_id)
            .where(OutboxRow.lane == OutboxRow.destination, OutboxRow.destination.not_like("%:%"))
            .where(OutboxRow.state.in_((State.PENDING, State.FAILED)))
            .where(
                or_(
                    OutboxRow.kind == "post",
                    OutboxRow.anchor_id.is_(None),
                    OutboxRow.anchor_id.not_in(sent),
                )
            )
            .values(destination=new, lane=new)
        )
        await self.revive(session, now=now, community_id=community_id, destination=new)

    async def move(
        self,
        session: AsyncSession,
        keys: Sequence[str],
        *,
        destination: str,
        lane: str,
        now: datetime,
    ) -> None:
        """What has not been said of these is to be said elsewhere."""
        for row in await _rows(session, *keys):
            if row.state in (State.PENDING, State.FAILED) and row.claimed_at is None:
                row.destination, row.lane = destination, lane
                row.state, row.attempts, row.not_before = State.PENDING, 0, now
                after_commit(session, self.on_new)

    async def spare(
        self, session: AsyncSession, community_id: int, pattern: str, member_ref: str
    ) -> None:
        """Ping this member no more with what has not been said yet, of the keys LIKE `pattern`.

        What may have arrived is changed as well: if it has not, it is sent again as it is now.
        """
        waiting = await session.execute(
            select(OutboxRow)
            .where(OutboxRow.community_id == community_id, OutboxRow.kind == "post")
            .where(OutboxRow.dedupe_key.like(pattern))
            .where(OutboxRow.state.in_((*UNDELIVERED, State.FAILED)))
        )
        for row in waiting.scalars():
            post = from_json(row.action)
            if isinstance(post, Post) and member_ref in post.ping_members:
                row.action = to_json(pinging(post, set(post.ping_members) - {member_ref}))

    async def keys(self, session: AsyncSession, community_id: int, pattern: str) -> list[str]:
        """The keys LIKE `pattern` of all messages that were ever queued."""
        found = await session.execute(
            select(OutboxRow.dedupe_key)
            .where(OutboxRow.community_id == community_id)
            .where(OutboxRow.kind.in_(("post", "topic")), OutboxRow.dedupe_key.like(pattern))
        )
        return list(found.scalars())

    async def waiting(self, session: AsyncSession, community_id: int, pattern: str) -> list[str]:
        """The keys LIKE `pattern` of what has not been said yet."""
        found = await session.execute(
            select(OutboxRow.dedupe_key)
            .where(OutboxRow.community_id == community_id)
            .where(OutboxRow.dedupe_key.like(pattern))
            .where(OutboxRow.state.in_((*UNDELIVERED, State.FAILED)))
        )
        return list(found.scalars())

    async def parked(self, session: AsyncSession, community_id: int) -> list[Parked]:
        """What was refused and may still be said, the oldest first. Nothing that is private."""
        found = await session.execute(
            select(OutboxRow)
            .where(OutboxRow.community_id == community_id, OutboxRow.state == State.FAILED)
            .where(OutboxRow.destination.not_like(f"{PRIVATE}%"))
            .order_by(OutboxRow.id)
        )
        return [
            Parked(
                row.id,
                row.dedupe_key,
                row.destination,
                from_json(row.action),
                row.last_error or "",
            )
            for row in found.scalars()
        ]

    async def is_held_up(self, session: AsyncSession, community_id: int, destination: str) -> bool:
        """Whether something that was to go there has failed and is not there yet."""
        found = await session.execute(
            select(OutboxRow.id)
            .where(OutboxRow.community_id == community_id, OutboxRow.destination == destination)
            .where(OutboxRow.state.in_((*UNDELIVERED, State.FAILED)))
            .where(OutboxRow.last_error.is_not(None))
            .limit(1)
        )
        return found.first() is not None

    async def is_struggling(self, session: AsyncSession, community_id: int) -> bool:
        """Whether something that waits here has failed more than once.

        Nothing private: to whom it goes would tell by how long trouble lasts.
        """
        found = await session.execute(
            select(OutboxRow.id)
            .where(OutboxRow.community_id == community_id)
            .where(OutboxRow.state.in_(UNDELIVERED), OutboxRow.attempts > 1)
            .where(OutboxRow.destination.not_like(f"{PRIVATE}%"))
            .limit(1)
        )
        return found.first() is not None

    async def unused(self, session: AsyncSession, key: str) -> str:
        """The key, or the first of `key:2`, `key:3`, ... that no row has."""
        keys = [key, *(f"{key}:{number}" for number in range(2, 100))]
        known = set((await session.execute(_KNOWN_KEYS, {"keys": keys})).scalars())
        return next((one for one in keys if one not in known), keys[-1])

    async def find(self, session: AsyncSession, key: str) -> Delivered | None:
        """What became of the row with this key."""
        return (await self.find_all(session, [key])).get(key)

    async def key_of(self, session: AsyncSession, community_id: int, thread_ref: str) -> str | None:
        """The key of the row that has opened this thread."""
        found = await session.execute(
            select(OutboxRow.dedupe_key)
            .where(OutboxRow.community_id == community_id, OutboxRow.kind == "thread")
            .where(OutboxRow.message_ref == thread_ref)
        )
        return found.scalars().first()

    async def key_by_id(self, session: AsyncSession, community_id: int, row_id: int) -> str | None:
        """The key of the row with this id, which marks its message."""
        found = await session.execute(
            select(OutboxRow.dedupe_key).where(
                OutboxRow.community_id == community_id, OutboxRow.id == row_id
            )
        )
        return found.scalar_one_or_none()

    async def find_all(self, session: AsyncSession, keys: Sequence[str]) -> dict[str, Delivered]:
        """What became of the rows with these keys, of those that were ever queued."""
        found = await session.execute(_OUTCOMES, {"keys": keys})
        return {
            key: Delivered(number, State(state), destination, message_ref, place_ref)
            for key, number, state, destination, message_ref, place_ref in found
        }


def change_key(anchor: str, kind: str) -> str:
    """The key of the row that changes what the one of `anchor` has made."""
    return f"{anchor}:{kind}"


_FORGOTTEN: dict[str, str] = {
    action.kind: to_json(action) for action in (Post(""), Topic("", Post("")), Edit(Post("")))
}


def forget_text(row: OutboxRow) -> None:
    """Keep nothing of what a message said: neither sending nor editing it needs that any more."""
    row.action = _FORGOTTEN.get(row.kind, row.action)


def _record(row: Queued, now: datetime) -> dict[str, Any]:
    return {
        "community_id": row.community_id,
        "dedupe_key": row.key,
        "destination": row.destination,
        "lane": row.lane or row.destination,
        "anchor": row.anchor,
        "kind": row.action.kind,
        "action": to_json(row.action),
        "due_at": row.due_at or now,
        "not_before": now,
        "expires_at": row.expires_at,
    }


def _made(change: Rename | Lock | EventEdit) -> str | None:
    """What makes the thread or entry so from the beginning; no thread begins locked."""
    match change:
        case Rename(name):
            return to_json(Thread(name))
        case EventEdit(event):
            return to_json(event)
        case Lock():
            return None


def _is_unsent(row: OutboxRow) -> bool:
    return row.state in (State.PENDING, State.FAILED) and row.claimed_at is None


def _showing(
    post: Post,
    tags: tuple[str, ...] | None,
    name: str | None,
    row: OutboxRow,
    *,
    still_pings: bool,
) -> Action:
    """What a message that has not been sent becomes, in a forum or not."""
    if row.kind != "topic" and not still_pings:
        return post
    action = from_json(row.action)
    if isinstance(action, Topic):
        tags = action.tags if tags is None else tags
        return replace(action, name=name or action.name, post=post, tags=tags)
    return pinging(post, action.ping_members) if isinstance(action, Post) else post


async def _rows(session: AsyncSession, *keys: str) -> Sequence[OutboxRow]:
    return (await session.execute(_BY_KEY, {"keys": keys})).scalars().all()
