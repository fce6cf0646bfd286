"""What organisers are shown and answered when they moderate."""

from collections.abc import Sequence
from dataclasses import replace

from bot.communities.keys import RETRY
from bot.communities.moderation.features import Listed
from bot.core.outbox import Parked
from bot.core.paging import page_of
from bot.core.post import Button, Edit, EventEdit, Job, Post, Style, Topic, channel
from bot.core.reply import Reply, say
from bot.core.text import cut, escape, one_line

# Actions of buttons
QUEUE, OPEN = "moderate_queue", "moderate_open"
SHOW_AGAIN, UNBLOCK, BLOCKED = "moderate_show", "moderate_unblock", "moderate_blocked"

NOT_OURS = "That message isn't one of my questions, answers or experiences."
NOT_WAITING = "That isn't waiting any more."
A_PAGE = 5  # as many as there are buttons in a row
LONGEST_NAME = 80
_QUEUE = "Waiting for you"


def queue_page(waiting: Sequence[Listed], number: int) -> Post:
    """A page of what waits, with a row and a button for each."""
    if not waiting:
        return Post(_QUEUE, "Nothing is waiting for organisers.", job=Job.NOTICE)
    last = (len(waiting) - 1) // A_PAGE
    number = min(max(number, 0), last)
    first = number * A_PAGE
    here = list(enumerate(waiting[first : first + A_PAGE], first + 1))
    turns = [("Previous", number - 1)] if number else []
    turns += [("Next", number + 1)] if number < last else []
    return Post(
        title=_QUEUE,
        details=tuple(f"{position}. {one.name}" for position, one in here),
        footnote=f"{number + 1} of {last + 1}" if last else "",
        buttons=(
            *(
                Button(OPEN, str(one.target), f"Open {position}", Style.PRIMARY)
                for position, one in here
            ),
            *(Button(QUEUE, f"{page}.", label) for label, page in turns),
        ),
        job=Job.NOTICE,
    )


def named(kind: str, title: str) -> str:
    """How the queue names a thing: escaped."""
    return f"{kind}: {escape(cut(one_line(title) or 'Untitled', LONGEST_NAME))}"


def parked_name(one: Parked) -> str:
    return f"Not delivered: {_title(one)}"


def parked_card(one: Parked, community_ref: str) -> Post:
    """It as it would have been shown, and why it wasn't. Nobody is pinged."""
    post = _post_of(one) or Post(title=_title(one), job=Job.NOTICE)
    where = "" if ":" in one.destination else f" It was for {channel(one.destination)}."
    retry = Button(RETRY, community_ref, "Try again")
    has_retry = any(getattr(button, "action", "") == RETRY for button in post.buttons)
    return replace(
        post,
        details=(*post.details, f"**Not delivered:** {one.reason}{where}"),
        buttons=post.buttons if has_retry else (*post.buttons, retry),
        pinged="",
        ping_members=(),
        ping_roles=(),
    )


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


def blocked_page(blocking: Sequence[Listed], number: int) -> Post:
    """What authors are blocked for; nobody learns who they are."""
    rows = [f"- {escape(one.name)}" for one in blocking]
    empty = "Nobody is blocked."
    return page_of(
        "Authors of these are blocked", rows, number, BLOCKED, empty=empty, job=Job.NOTICE
    )


def choices(found: Sequence[Listed], typed: str = "") -> list[tuple[str, str]]:
    """Names and targets, as far as a name has what is typed."""
    fitting = (one for one in found if typed.casefold() in one.name.casefold())
    return [(one.name, str(one.target)) for one in fitting]


def shown_again() -> Reply:
    return say("It's shown again.")


def blocked(target: str) -> Reply:
    return say(
        "Blocked. What this author writes anonymously from now on stays unseen, and they aren't "
        "told. `/moderate unblock` lifts the block.",
        Button(UNBLOCK, target, "Undo"),
    )


def unblocked() -> Reply:
    return say("Unblocked. What they wrote meanwhile stays unseen.")
