"""`/moderate queue`: what waits for organisers, wherever the message about it went."""

from collections.abc import Sequence
from dataclasses import replace

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.replies import Interaction, show, turn_page
from bot.communities.service import NOTICE, Actor, Communities
from bot.core.errors import UserError
from bot.core.ids import chosen
from bot.core.outbox import Parked
from bot.core.paging import target_of
from bot.core.post import Button, Edit, EventEdit, Job, Post, Style, Topic, channel
from bot.core.text import cut, escape, one_line
from bot.experiences.submissions import Submissions
from bot.questions.moderation import Moderating

QUEUE, OPEN = "moderate_queue", "moderate_open"
A_PAGE = 5  # as many as there are buttons in a row
LONGEST_NAME = 80
QUESTION, EXPERIENCE, PARKED = "question", "experience", "parked"


class ModerationQueue:
    """Lists questions, experiences and what could not be delivered; opens each card privately.

    `actions` are its buttons.
    """

    def __init__(
        self, moderating: Moderating, submissions: Submissions, communities: Communities
    ) -> None:
        self._moderating = moderating
        self._submissions = submissions
        self._communities = communities
        self.actions = {QUEUE: self._turn, OPEN: self._open}

    async def page(self, actor: Actor, number: int) -> Post:
        """One page: a row and a button for each."""
        rows = await self._rows(actor)
        if not rows:
            return Post("Waiting for you", "Nothing waits for organisers.", job=Job.NOTICE)
        last = (len(rows) - 1) // A_PAGE
        number = min(max(number, 0), last)
        first = number * A_PAGE
        here = list(enumerate(rows[first : first + A_PAGE], first + 1))
        turns = [("Previous", number - 1)] if number else []
        turns += [("Next", number + 1)] if number < last else []
        return Post(
            title="Waiting for you",
            details=tuple(f"{position}. {name}" for position, (_, name) in here),
            footnote=f"{number + 1} of {last + 1}" if last else "",
            buttons=(
                *(
                    Button(OPEN, target, f"Open {position}", Style.PRIMARY)
                    for position, (target, _) in here
                ),
                *(Button(QUEUE, f"{page}.", label) for label, page in turns),
            ),
            job=Job.NOTICE,
        )

    async def _rows(self, actor: Actor) -> Sequence[tuple[str, str]]:
        """What opens it, and how it is called."""
        questions = await self._moderating.waiting(actor)
        handed_in = await self._submissions.waiting(actor)
        undelivered = await self._communities.parked(actor)
        return (
            *((f"{QUESTION}.{one.id}", _named("Question", one.title)) for one in questions),
            *((f"{EXPERIENCE}.{one.id}", _named("Experience", one.title)) for one in handed_in),
            *(
                (f"{PARKED}.{one.id}", f"Not delivered: {_title(one)}")
                for one in undelivered
                if not one.key.startswith(_REVIEWS)  # those are listed above
            ),
        )

    async def _turn(self, interaction: Interaction, target: str) -> None:
        number, _ = target_of(target)
        await turn_page(interaction, await self.page(await actor_of(interaction), number))

    async def _open(self, interaction: Interaction, target: str) -> None:
        actor = await actor_of(interaction)
        kind, _, number = target.partition(".")
        await show(interaction, await self._card(actor, kind, chosen(number)))

    async def _card(self, actor: Actor, kind: str, number: int) -> Post:
        if kind == QUESTION:
            return await self._moderating.review(actor, number)
        if kind == EXPERIENCE:
            return await self._submissions.review(actor, number)
        for one in await self._communities.parked(actor):
            if one.id == number:
                return _parked_card(one, actor.community_ref)
        raise UserError("That doesn't wait any more.")


_REVIEWS = (f"{NOTICE}question:", f"{NOTICE}review:")


def _named(kind: str, title: str) -> str:
    return f"{kind}: {escape(cut(one_line(title) or 'Untitled', LONGEST_NAME))}"


def _post_of(one: Parked) -> Post | None:
    if isinstance(one.action, Topic | Edit):
        return one.action.post
    return one.action if isinstance(one.action, Post) else None


def _title(one: Parked) -> str:
    """A post's title is as it will be shown; threads and calendar entries have a plain name."""
    post = _post_of(one)
    if post is not None:
        return post.title
    named = one.action.event if isinstance(one.action, EventEdit) else one.action
    return escape(cut(one_line(getattr(named, "name", named.kind)), LONGEST_NAME))


def _parked_card(one: Parked, community_ref: str) -> Post:
    """It as it would have been shown, and why it wasn't. Nobody is pinged."""
    post = _post_of(one) or Post(title=_title(one), job=Job.NOTICE)
    where = "" if ":" in one.destination else f" It was for {channel(one.destination)}."
    retry = Button("retry", community_ref, "Try again")
    has_retry = any(getattr(button, "action", "") == retry.action for button in post.buttons)
    return replace(
        post,
        details=(*post.details, f"**Not delivered:** {one.reason}{where}"),
        buttons=post.buttons if has_retry else (*post.buttons, retry),
        pinged="",
        ping_members=(),
        ping_roles=(),
    )
