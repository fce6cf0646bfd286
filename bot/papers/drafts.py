"""Nominations that their nominators have not posted yet; a restart forgets them."""

import secrets
from dataclasses import dataclass

from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.latest import Latest
from bot.core.text import ELLIPSIS, cut
from bot.papers.outcomes import PaperDraft

DRAFTS_KEPT = 1000


@dataclass(frozen=True)
class Typed:
    """What a member has given of a paper that no source knows."""

    title: str
    link: str
    why: str = ""

    @property
    def label(self) -> str:
        """As much of it as a button can hold."""
        return cut(self.title or self.link, 80)

    @classmethod
    def of_label(cls, label: str) -> "Typed":
        """What is left of it after a restart. Half an address is no address."""
        if not label.startswith(("http://", "https://")):
            return cls(title=label, link="")
        return cls(title="", link="" if label.endswith(ELLIPSIS) else label)


class PaperDrafts:
    """What nominators look at before they post it, the latest of them."""

    def __init__(self) -> None:
        self._drafts: Latest[tuple[str, str, str], PaperDraft] = Latest(DRAFTS_KEPT)

    def keep(self, actor: Actor, draft: PaperDraft) -> str:
        """Keep a draft; returns the id that its buttons hold."""
        draft_id = secrets.token_hex(4)
        self._drafts.keep(_key(actor, draft_id), draft)
        return draft_id

    def get(self, actor: Actor, draft_id: str) -> PaperDraft:
        """The member's own draft, or UserError once it is gone."""
        draft = self._drafts.find(_key(actor, draft_id))
        if draft is None:
            raise UserError("That draft has expired. Nominate the paper again: `/paper nominate`.")
        return draft

    def drop(self, actor: Actor, draft_id: str) -> None:
        self._drafts.drop(_key(actor, draft_id))


def _key(actor: Actor, draft_id: str) -> tuple[str, str, str]:
    return actor.community_ref, actor.member_ref, draft_id
