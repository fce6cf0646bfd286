"""A chat platform in memory, with the faults that a real one has. It outlives every crash."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import event
from sqlalchemy.util import LRUCache

from bot.core.courier import Delivery, Sent
from bot.core.database import Database
from bot.core.errors import DeliveryDelayed, DeliveryRefused
from bot.core.post import (
    Edit,
    Event,
    EventEdit,
    EventStatus,
    Lock,
    Post,
    Rename,
    Status,
    Thread,
    Topic,
)
from bot.core.time.clock import Clock


class Fault(Enum):
    """What may become of a request."""

    NONE = auto()
    UNREACHED = auto()  # it never arrived, and nobody knows
    LOST = auto()  # it arrived; its answer did not
    BUSY = auto()  # "slow down": it certainly had no effect
    REFUSED = auto()
    BUG = auto()  # the sender itself breaks


@dataclass
class Message:
    """A message as the people in its channel see it."""

    ref: str
    place: str  # a channel's ref, a thread's, or `user:<ref>`
    mark: int  # the outbox row that it delivers
    post: Post
    late: bool
    sent_at: datetime
    edits: int = 0


@dataclass
class CalendarEntry:
    ref: str
    place: str  # the announcement
    event: Event
    status: Status | None = None  # None: it is ahead


@dataclass
class World:
    """What is there, and what goes wrong. `fault` is asked for every request that sends."""

    clock: Clock
    messages: list[Message] = field(default_factory=list)
    threads: dict[str, str] = field(default_factory=dict)  # by the message they stand on
    forums: set[str] = field(default_factory=set)  # channels that are
    locked: set[str] = field(default_factory=set)  # threads
    topics: dict[str, str] = field(default_factory=dict)  # the forum of each of its threads
    calendar: list[CalendarEntry] = field(default_factory=list)
    closed: set[str] = field(
        default_factory=set
    )  # places that the bot may not use or that are gone
    fault: Callable[[Delivery], Fault] = lambda delivery: Fault.NONE
    sends: list[Delivery] = field(default_factory=list)  # every request that sends, with any end
    finds: list[Delivery] = field(default_factory=list)
    meanwhile: Callable[[Delivery], Awaitable[None]] | None = None  # while a request is under way
    _numbers: int = 100

    def number(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def away(self, fault: Fault = Fault.UNREACHED) -> None:
        self.fault = lambda delivery: fault

    def back(self) -> None:
        self.fault = lambda delivery: Fault.NONE

    def within(self, place: str) -> list[Message]:
        """The messages of a channel, a thread or a person, the oldest first."""
        return [message for message in self.messages if message.place == place]

    def titled(self, beginning: str) -> list[Message]:
        return [m for m in self.messages if m.post.title.startswith(beginning)]

    def message(self, ref: str) -> Message:
        (found,) = (message for message in self.messages if message.ref == ref)
        return found


class WorldSender:
    """A sender that talks to the world. Requests take a turn of the loop there and back."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def find(self, delivery: Delivery) -> Sent | None:
        await asyncio.sleep(0)
        self._world.finds.append(delivery)
        fault = self._world.fault(delivery)
        if fault is Fault.REFUSED or self._is_closed(delivery):
            raise DeliveryRefused("I'm not let in there.")
        if fault in (Fault.UNREACHED, Fault.LOST):
            raise DeliveryDelayed("I could not reach the platform.")
        match delivery.action:
            case Post():
                places = (delivery.destination, delivery.elsewhere)
                found = [
                    Sent(message.ref, message.place)
                    for message in self._world.messages
                    if message.mark == delivery.id and message.place in places
                ]
            case Topic():
                found = [
                    Sent(m.ref, m.place) for m in self._world.messages if m.mark == delivery.id
                ]
            case Event():
                found = [
                    Sent(entry.ref)
                    for entry in self._world.calendar
                    if entry.place == _place(delivery) and entry.status in (None, Status.ACTIVE)
                ]
            case _:
                found = []
        await asyncio.sleep(0)
        return found[0] if found else None

    async def send(self, delivery: Delivery) -> Sent:
        await asyncio.sleep(0)
        self._world.sends.append(delivery)
        if self._world.meanwhile is not None:
            await self._world.meanwhile(delivery)
        fault = self._world.fault(delivery)
        if fault is Fault.BUG:
            raise RuntimeError("a bug")
        if fault is Fault.REFUSED or self._is_closed(delivery):
            raise DeliveryRefused("I'm not let in there.")
        if fault is Fault.BUSY:
            raise DeliveryDelayed("Slow down.", uncertain=False)
        if fault is Fault.UNREACHED:
            raise DeliveryDelayed("I could not reach the platform.")
        sent = self._apply(delivery)
        await asyncio.sleep(0)
        if fault is Fault.LOST:
            raise DeliveryDelayed("I could not reach the platform.")
        return sent

    def _is_closed(self, delivery: Delivery) -> bool:
        """Edits and threads happen where their message is."""
        place = delivery.destination
        if isinstance(delivery.action, Edit | Thread | Rename | Lock):
            assert delivery.anchor is not None
            place = delivery.anchor.message_ref.split("/")[0]
        above = [m.place for m in self._world.messages if m.ref.endswith(f"/{place}")]
        return bool({place, *above} & self._world.closed)

    def _apply(self, delivery: Delivery) -> Sent:
        world = self._world
        match delivery.action:
            case Post() as post:
                return self._post(delivery, delivery.destination, world.number(), post)
            case Topic(_, post) if delivery.destination not in world.forums:
                return self._post(delivery, delivery.destination, world.number(), post)
            case Topic(name, post):
                number = world.number()  # a forum's thread has its first message's id
                world.threads[number] = name
                world.topics[number] = delivery.destination
                return self._post(delivery, number, number, post)
            case Edit(post):
                message = world.message(_place(delivery))
                message.post, message.late = post, delivery.late
                message.edits += 1
                return Sent(message.ref, message.place)
            case Thread(name):
                on = _place(delivery).split("/")[1]
                world.threads.setdefault(on, name)
                return Sent(on, on)
            case Rename(name):
                world.threads[_place(delivery)] = name
                return Sent(_place(delivery))
            case Lock(locked):
                (world.locked.add if locked else world.locked.discard)(_place(delivery))
                return Sent(_place(delivery))
            case EventEdit(planned):
                (entry,) = (e for e in world.calendar if e.ref == _place(delivery))
                entry.event = planned
                return Sent(entry.ref)
            case Event() as planned:
                if planned.starts_at <= world.clock.now():
                    raise DeliveryRefused("The platform takes no event that has begun.")
                ref = f"event {len(world.calendar) + 1}"
                world.calendar.append(CalendarEntry(ref, _place(delivery), planned))
                return Sent(ref)
            case EventStatus(status):
                (entry,) = (e for e in world.calendar if e.ref == _place(delivery))
                if entry.status not in (Status.COMPLETED, Status.CANCELLED):
                    entry.status = status
                return Sent(entry.ref)

    def _post(self, delivery: Delivery, place: str, number: str, post: Post) -> Sent:
        ref, now = f"{place}/{number}", self._world.clock.now()
        self._world.messages.append(Message(ref, place, delivery.id, post, delivery.late, now))
        return Sent(ref, place)


def _place(delivery: Delivery) -> str:
    assert delivery.anchor is not None
    return delivery.anchor.message_ref


COMPILED: LRUCache[Any, Any] = LRUCache(500)


def make_quick(database: Database) -> None:
    """For tests that start an application hundreds of times.

    It does not wait for the disk, since no test makes a power cut; and statements are compiled
    once, not once for each start.
    """

    def hurry(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    event.listen(database._engine.sync_engine, "connect", hurry)
    for sessions in (database._readers, database._writers):
        sessions.kw["bind"].sync_engine._compiled_cache = COMPILED


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop turn until something has happened."""
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not happen")
