"""Nominate, vote, withdraw: the commands, and the buttons and the form that follow."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler, Message
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.form import Values
from bot.core.ids import chosen, pressed
from bot.core.latest import Latest
from bot.core.reply import Reply, ask, turn_to
from bot.papers import keys
from bot.papers.drafts import PaperDrafts, Typed
from bot.papers.forms import nomination_form
from bot.papers.nominations import (
    Nominations,
)
from bot.papers.outcomes import (
    NeedsDetails,
    Outcome,
    Unconfirmed,
)
from bot.papers.queue import Queue
from bot.papers.replies import nominations as replies

TYPED_KEPT = 1000


class NominationHandlers:
    def __init__(self, nominations: Nominations, queue: Queue) -> None:
        self._nominations = nominations
        self._queue = queue
        self._typed: Latest[Actor, Typed] = Latest(TYPED_KEPT)
        self._previews = PaperDrafts()
        self.actions: Mapping[str, Handler] = {
            keys.VOTE: self._vote,
            keys.DETAILS: self._type_in,
            keys.SAME: self._same_paper,
            keys.POST_DRAFT: self._post_draft,
            keys.FIX_DRAFT: self._fix_draft,
            keys.DROP_DRAFT: self._drop_draft,
        }
        self.forms: Mapping[str, FormHandler] = {keys.NOMINATE: self._preview}

    async def nominate(self, call: Call, link: str, why: str | None) -> Reply:
        """Put a paper forward, by link, id, DOI or title."""
        outcome = await self._nominations.nominate(call.actor, link, why)
        return self._reply(call, outcome, why or "")

    async def nominate_message(self, call: Call, message: Message) -> Reply:
        """Put the first paper forward that a message, or a preview in it, links to."""
        if not message.text.strip() and not message.previews:
            raise UserError("That message has no text, so I can't find a paper in it.")
        text = "\n".join([message.text, *message.previews])
        outcome = await self._nominations.nominate(call.actor, text, title_allowed=False)
        return self._reply(call, outcome)

    async def withdraw(self, call: Call, nomination: str) -> Reply:
        """Take a nomination back: one's own, or any as an organiser."""
        return replies.withdrawn(await self._queue.withdraw(call.actor, chosen(nomination)))

    async def withdrawable(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """What may be withdrawn, as titles and ids."""
        found = [
            (nomination.paper.title, str(nomination.id))
            for nomination in await self._queue.nominations(actor)
            if (actor.organiser or nomination.member_ref == actor.member_ref)
            and typed.casefold() in nomination.paper.title.casefold()
        ]
        return found or [(replies.NONE_OF_YOURS, "none")]

    async def _vote(self, call: Call, nomination_id: str) -> Reply:
        vote = await self._queue.toggle_vote(call.actor, pressed(nomination_id))
        return replies.voted(vote.nomination, counted=vote.counted)

    async def _same_paper(self, call: Call, pair: str) -> Reply:
        mine, _, other = pair.partition(".")
        merged = await self._queue.merge(call.actor, pressed(mine), pressed(other))
        return replies.merged(merged)

    async def _type_in(self, call: Call, label: str) -> Reply:
        typed = self._typed.find(call.actor)
        if typed is None or typed.label != label:
            typed = Typed.of_label(label)
        return ask(nomination_form(typed.title, typed.link, typed.why))

    async def _preview(self, call: Call, _: str, values: Values) -> Reply:
        outcome = await self._nominations.preview(
            call.actor,
            title=values.text("title"),
            authors=values.text("authors"),
            link=values.text("link"),
            reason=values.text("why"),
        )
        return self._reply(call, outcome)

    async def _post_draft(self, call: Call, draft_id: str) -> Reply:
        draft = self._previews.get(call.actor, draft_id)
        return replies.posted(await self._nominations.post(call.actor, draft))

    async def _fix_draft(self, call: Call, draft_id: str) -> Reply:
        draft = self._previews.get(call.actor, draft_id)
        authors = ", ".join(draft.authors)
        return ask(nomination_form(draft.title, draft.link, draft.reason or "", authors))

    async def _drop_draft(self, call: Call, draft_id: str) -> Reply:
        self._previews.drop(call.actor, draft_id)
        return turn_to(replies.CANCELLED)

    def _reply(self, call: Call, outcome: Outcome | Unconfirmed, why: str = "") -> Reply:
        if isinstance(outcome, Unconfirmed):
            return replies.preview(outcome, self._previews.keep(call.actor, outcome.draft))
        if isinstance(outcome, NeedsDetails):
            self._typed.keep(call.actor, Typed(outcome.title, outcome.link, why))
        return replies.nominated(outcome)
