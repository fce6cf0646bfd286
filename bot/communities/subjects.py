"""What a question may be about: the value by which features point at each other's things."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor

PAPER, MEETING, EXPERIENCE = "paper", "meeting", "experience"
ASK = "ask"  # the action of a button whose argument is a `Subject.ref`


@dataclass(frozen=True)
class Subject:
    """A thing by its kind and its id of ours; `title` is people's text, `url` may be absent."""

    kind: str
    id: int | None  # None for what is only known by its address
    title: str
    url: str | None = None
    member_ref: str | None = None  # whose it is, if they may be asked

    @property
    def ref(self) -> str:
        """How buttons and choices name it."""
        return f"{self.kind}.{self.id}"


@dataclass(frozen=True)
class Work:
    """A paper that somebody points to; `reference` is one and the same for each of its links."""

    reference: str
    title: str
    url: str | None


class Works(Protocol):
    """Who knows papers."""

    async def work(self, actor: Actor, text: str) -> Work:
        """The paper that a link, an id or a title names. May ask outside services.

        Raises UserError where it names none that is known.
        """
        ...


class Subjects(Protocol):
    """Where a feature's things are found, inside the transactions of others."""

    async def subject(
        self, session: AsyncSession, community_id: int, number: int
    ) -> Subject | None:
        """The thing with this id, if the community has it and members may see it."""
        ...

    async def subject_behind(
        self, session: AsyncSession, community_id: int, key: str
    ) -> Subject | None:
        """The thing that a post shows, by its outbox key."""
        ...

    async def subjects_like(
        self, session: AsyncSession, community_id: int, typed: str
    ) -> list[Subject]:
        """Things whose text has what is typed; the latest without."""
        ...

    async def thread_of(
        self, session: AsyncSession, community_id: int, number: int, *, opening: bool
    ) -> str | None:
        """The outbox key of the thread in which it is discussed, if it has one.

        `opening`: what could have one and has none is given one.
        """
        ...


def number_in(key: str, kind: str) -> int:
    """The id in an outbox key of this kind, such as `round:17:announce`; 0 in another one."""
    found, _, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if found == kind and number.isdecimal() else 0
