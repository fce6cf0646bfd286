"""What somebody does on a platform, as handlers are told of it: who, where, about which message."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.communities.service import Actor
from bot.core.form import Values
from bot.core.reply import Reply

MOST_SUGGESTED = 25  # things that autocomplete offers, as far as every platform has room


class Need(StrEnum):
    """What the bot is to do in a channel."""

    POST = "post"  # cards, with threads
    TELL = "tell"  # organisers of problems
    EVENT = "event"  # a calendar entry for a voice channel
    CALENDAR = "calendar"  # calendar entries at all


class ChannelKind(StrEnum):
    """What a channel is for."""

    TEXT = "text"
    FORUM = "forum"
    VOICE = "voice"  # to talk in, with a stage or without
    OTHER = "other"


@dataclass(frozen=True)
class Command:
    """A command that there is. `mention` is to click on where that works; a message's menu has
    none."""

    name: str
    description: str
    mention: str = ""
    for_organisers: bool = False


@dataclass(frozen=True)
class Message:
    """A message that somebody chose. `mark` is the outbox row that it delivers, if it is ours."""

    ref: str
    place_ref: str  # the channel or thread in which it stands
    author_ref: str
    author_name: str
    text: str
    url: str
    attached: str | None = None  # what it has beside text, in words
    previews: tuple[str, ...] = ()  # addresses that it shows previews of
    is_ours: bool = False
    by_bot: bool = False
    is_note: bool = False  # the platform's own, such as "a thread was opened"
    mark: int | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who was chosen as a command's option."""

    ref: str
    name: str
    is_bot: bool = False


@dataclass(frozen=True)
class Upload:
    """A file that came with a command; it is fetched when it is read."""

    size: int  # bytes
    read: Callable[[], Awaitable[bytes]]


class Call(Protocol):
    """A command, a press or a form, for as long as it is handled."""

    @property
    def actor(self) -> Actor:
        """Who it is, in the community in which it happened. UserError in a direct message."""

    @property
    def place_ref(self) -> str:
        """The channel or thread in which it happened."""

    @property
    def in_community(self) -> bool:
        """Whether it happened in a community; else it was in a direct message."""

    async def organiser_of(self, community_ref: str) -> Actor:
        """Who presses a button of a notice, which names its community: it may be in a direct
        message. Raises UserError unless they are in that community."""

    async def person_of(self, target: str) -> tuple[Actor, str]:
        """Who presses a button, and its argument; in a direct message it begins with the community.

        There, nobody is taken for an organiser; whoever has left is nobody there any more.
        """

    def mention(self, command: str) -> str:
        """A command by its whole name, such as `paper nominate`, to click on where that works."""

    def commands(self) -> Sequence[Command]:
        """All commands in order of their names, then those of messages' menus."""

    def channel_in(self, text: str) -> str | None:
        """The channel that a text mentions or is a link to."""

    def channel_kind(self, channel_ref: str) -> ChannelKind | None:
        """What kind of channel or thread this is; None where the community has none such."""

    def can_ping(self, role_ref: str, channel_ref: str) -> bool:
        """Whether the bot can ping a role in a channel."""

    def can_lock_threads(self) -> bool:
        """Whether the bot can lock threads."""

    def has_channel(self, channel_ref: str) -> bool:
        """Whether the community has this channel, as far as is known."""

    def lacks(self, channel_ref: str, need: Need) -> str:
        """Which permissions the bot lacks for this in a channel, in words; else nothing."""


Handler = Callable[[Call, str], Awaitable[Reply]]  # of a button or menu, with its argument
FormHandler = Callable[[Call, str, Values], Awaitable[Reply]]  # of a form, with its argument


class Handlers(Protocol):
    """What buttons, menus and forms lead to, by their actions. The names are stored for ever."""

    @property
    def actions(self) -> Mapping[str, Handler]: ...

    @property
    def forms(self) -> Mapping[str, FormHandler]: ...
