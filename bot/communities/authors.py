"""Who wrote something: a member by name, or a pseudonym where they want to stay anonymous."""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from bot.communities.pseudonyms import Pseudonyms, private_address
from bot.communities.service import Actor

WHAT_THE_HOST_KNOWS = "`/about` says what the person who hosts me could find out."


class Written(Protocol):
    """A record of something that has an author: exactly one of these is set."""

    @property
    def member_ref(self) -> str | None: ...

    @property
    def pseudonym(self) -> str | None: ...


@dataclass(frozen=True)
class Author:
    """Who writes something: by name, or by a pseudonym."""

    member_ref: str | None
    member_name: str
    pseudonym: str | None

    @classmethod
    def of(
        cls, actor: Actor, community_id: int, pseudonyms: Pseudonyms, *, anonymous: bool
    ) -> "Author":
        if anonymous:
            return cls(None, "", pseudonyms.of(community_id, actor.member_ref))
        return cls(actor.member_ref, actor.name, None)

    def wrote(self, record: type[Any]) -> ColumnElement[bool]:
        """The condition for what they wrote in the same way; `record` is of something `Written`."""
        name = "member_ref" if self.pseudonym is None else "pseudonym"
        found: ColumnElement[bool] = getattr(record, name) == getattr(self, name)
        return found


def address_of(written: Written) -> str:
    """Where a message to the author goes. An anonymous one's tells nobody who that is."""
    if written.pseudonym is not None:
        return private_address(written.pseudonym)
    return f"user:{written.member_ref}"
