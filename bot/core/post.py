"""What the bot says of its own accord, in terms that every platform can render.

The texts are Markdown as `core.text` escapes it, with the tokens that `moment`, `member`, `role`
and `channel` write; an adapter for another platform rewrites these tokens.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as PydanticField
from pydantic import TypeAdapter


class Job(StrEnum):
    """Which of the bot's jobs a post belongs to; it decides the accent colour."""

    PAPERS = "papers"
    EXPERIENCES = "experiences"
    QUESTIONS = "questions"
    NOTICE = "notice"


class Style(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True)
class Button:
    """`action` and `argument` come back when it is pressed, also after years and restarts."""

    action: str
    argument: str
    label: str
    style: Style = Style.SECONDARY


@dataclass(frozen=True)
class LinkButton:
    url: str
    label: str


@dataclass(frozen=True)
class Menu:
    """A choice of one of several things, each given by its value and how it is shown."""

    action: str
    hint: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """A small picture beside the text; `text` says what it shows, for those who can't see it."""

    url: str
    text: str = ""


@dataclass(frozen=True)
class Post:
    """A message: what matters stands first, since phones show one line.

    Only `ping_members` and `ping_roles` are notified, whatever the texts say. `pinged` is the line
    that shows them.
    """

    title: str
    text: str = ""
    details: tuple[str, ...] = ()
    footnote: str = ""
    buttons: tuple[Button | LinkButton, ...] = ()
    menu: Menu | None = None
    job: Job = Job.PAPERS
    picture: Picture | None = None
    pinged: str = ""
    ping_members: tuple[str, ...] = ()
    ping_roles: tuple[str, ...] = ()
    settled: bool = False  # what it asks for is done; its colour says so, too
    kind: Literal["post"] = "post"


@dataclass(frozen=True)
class Edit:
    """The message that the anchor posted becomes `post`; a forum's thread gets these `tags`."""

    post: Post
    tags: tuple[str, ...] | None = None  # None: those that it has
    kind: Literal["edit"] = "edit"


@dataclass(frozen=True)
class Thread:
    """A discussion thread on the message that the anchor posted."""

    name: str  # plain text
    kind: Literal["thread"] = "thread"


@dataclass(frozen=True)
class Rename:
    """The thread that the anchor opened gets this name."""

    name: str  # plain text
    kind: Literal["rename"] = "rename"


@dataclass(frozen=True)
class Lock:
    """The thread that the anchor opened takes no more messages from members, or does again."""

    locked: bool
    kind: Literal["lock"] = "lock"


@dataclass(frozen=True)
class Topic:
    """A message that begins a subject of its own: where the place is a forum, a thread.

    Of `tags` those are put on the thread that the forum has.
    """

    name: str  # plain text
    post: Post
    tags: tuple[str, ...] = ()
    kind: Literal["topic"] = "topic"


@dataclass(frozen=True)
class Event:
    """An entry in the platform's calendar, which leads to the message that the anchor posted.

    `place` is a channel as `channel` writes it, a link, or words; without one, the message is it.
    """

    name: str  # plain text
    text: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    kind: Literal["event"] = "event"


@dataclass(frozen=True)
class EventEdit:
    """The calendar entry that the anchor made becomes `event`; it keeps its times."""

    event: Event
    kind: Literal["event_edit"] = "event_edit"


class Status(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class EventStatus:
    """The calendar entry that the anchor made is now in this state."""

    status: Status
    kind: Literal["event_status"] = "event_status"


Action = Post | Edit | Thread | Rename | Lock | Topic | Event | EventEdit | EventStatus

_ACTION: TypeAdapter[Action] = TypeAdapter(Annotated[Action, PydanticField(discriminator="kind")])


def to_json(action: Action) -> str:
    return _ACTION.dump_json(action).decode()


def from_json(stored: str) -> Action:
    return _ACTION.validate_json(stored)


def pinging(post: Post, member_refs: Iterable[str]) -> Post:
    """The post, which notifies these members and nobody else."""
    refs = tuple(sorted(set(member_refs)))
    return replace(post, ping_members=refs, pinged=" ".join(map(member, refs)))


def moment(when: datetime, style: Literal["F", "f", "D", "t", "R"] = "F") -> str:
    """An instant that each reader sees in their own zone: F in full, D the date, R relative."""
    return f"<t:{int(when.timestamp())}:{style}>"


def when(instant: datetime) -> str:
    """An instant in full and relative form."""
    return f"{moment(instant)} ({moment(instant, 'R')})"


def member(ref: str) -> str:
    return f"<@{ref}>"


def role(ref: str) -> str:
    return f"<@&{ref}>"


def channel(ref: str) -> str:
    return f"<#{ref}>"
