"""A crash at each await of what happens around questions, then a restart.

Whatever the instant: after the restart everything is as if there had been no crash, for the people
and in the database.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from bot.communities.subjects import MEETING, Subject
from bot.core.post import Post
from tests.effort import Effort
from tests.exactly_once.club import Snapshot, crash_at_each_await
from tests.exactly_once.questions import QUESTIONS, Circle
from tests.group import DAY, HOUR, text_of
from tests.world import Message, World

STAGES = (
    *("ask", "ask_unnamed", "me_too", "offer", "answer", "answer_unnamed", "accept", "digest"),
    *("nudge", "open_session", "ask_guest", "answer_as_guest", "close_session"),
    *("edit", "edit_answer", "hide", "delete"),
)
TABLES = (
    "SELECT dedupe_key, destination, state, sent_at FROM outbox WHERE kind <> 'edit' ORDER BY id",
    "SELECT dedupe_key FROM outbox WHERE claimed_at IS NOT NULL OR state <> 'sent'",
    "SELECT id, number, kind, state, title, topic, member_ref, pseudonym, addressee_ref, ama_id,"
    " subject_id, channel_ref, place, posted_at, accepted_id, accepted_by_asker, accepted_at,"
    " check_at, moved_at, offered_at, nudges, edited_at, state_before FROM question ORDER BY id",
    "SELECT id, question_id, state, text, member_ref, pseudonym, edited_at FROM answer ORDER BY id",
    "SELECT * FROM question_interest ORDER BY question_id, member_ref",
    "SELECT * FROM helper ORDER BY topic, member_ref",
    "SELECT * FROM ama",
    "SELECT digest_at FROM question_settings",
    "SELECT rowid, * FROM question_search ORDER BY rowid",
)


class Story:
    """What happens to a question by name, to one without, and to a guest."""

    def __init__(self, circle: Circle) -> None:
        self.circle, self.now = circle, circle.clock.now()

    def stages(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {name: getattr(self, f"_{name}") for name in STAGES}

    async def _ask(self) -> None:
        """About a meeting, which has a thread, and for somebody."""
        ((number,),) = await self.circle.read("SELECT id FROM round WHERE state = 'held'")
        about = Subject(MEETING, number, "On attention")
        await self.circle.ask("901", "How do I find a lab?", topic="Papers", to="920", about=about)
        await self.circle.tick()

    async def _ask_unnamed(self) -> None:
        await self.circle.ask("902", "Is a gap year bad?", topic="Papers", anonymous=True)
        await self.circle.tick()

    async def _me_too(self) -> None:
        for who in ("903", "904"):
            await self._press(lambda app, who=who: app.followers.me_too(self._member(who), 1))

    async def _offer(self) -> None:
        await self.circle.at(self.now + DAY)

    async def _answer(self) -> None:
        await self.circle.reply("905", 1, "Write to them.")
        await self.circle.tick()

    async def _answer_unnamed(self) -> None:
        await self.circle.reply("905", 2, "Not at all.", anonymous=True)
        await self.circle.tick()

    async def _accept(self) -> None:
        await self._press(lambda app: app.acceptance.accept(self._member("901"), 1))

    async def _digest(self) -> None:
        await self.circle.at(self.now + 6 * DAY)

    async def _nudge(self) -> None:
        await self.circle.at(self.now + 15 * DAY + HOUR)

    async def _open_session(self) -> None:
        await self.circle.open_session("920", "Ask Mina", self.now + 16 * DAY)
        await self.circle.tick()

    async def _ask_guest(self) -> None:
        await self.circle.ask("901", "What do you read?", ama_id=1)
        await self.circle.tick()

    async def _answer_as_guest(self) -> None:
        await self.circle.reply("920", 3, "Novels.")
        await self.circle.tick()

    async def _close_session(self) -> None:
        """By itself, when its time is over."""
        await self.circle.at(self.now + 16 * DAY)

    async def _edit(self) -> None:
        def edited(app: Any) -> Any:
            by = self._member("901")
            return app.revisions.edit_question(by, 1, title="How do I find a flat?", details="")

        await self._repeat(edited)

    async def _edit_answer(self) -> None:
        def edited(app: Any) -> Any:
            return app.revisions.edit_answer(self._member("905"), 1, "Write to all of them.")

        await self._repeat(edited)

    async def _hide(self) -> None:
        await self._press(lambda app: app.moderation.hide(self.circle.organiser, 3))

    async def _delete(self) -> None:
        await self._repeat(lambda app: app.revisions.delete_question(self._member("902"), 2))

    async def _repeat(self, action: Callable[[Any], Awaitable[None]]) -> None:
        """What returns nothing is pressed again until it says that it is done."""

        async def done() -> bool:
            await action(self.circle.application)
            return True

        await self.circle.keep_pressing(done)
        await self.circle.tick()

    async def _press(self, action: Callable[[Any], Awaitable[object]]) -> None:
        await self.circle.keep_pressing(lambda: action(self.circle.application))
        await self.circle.tick()

    def _member(self, name: str) -> Any:
        return self.circle.member(name)


@pytest.mark.parametrize("stage", STAGES)
async def test_a_crash_at_every_await(
    circle: Circle, world: World, stage: str, tmp_path: Path, effort: Effort
) -> None:
    stages = Story(circle).stages()
    for earlier in STAGES[: STAGES.index(stage)]:
        await stages[earlier]()
    before = await Snapshot.of(circle, world, tmp_path / "before.db")
    await crash_at_each_await(
        circle, before, stages[stage], partial(everything, circle, world), effort
    )


async def test_the_weeks_that_the_crashes_are_compared_with(circle: Circle, world: World) -> None:
    """Each is told what concerns them, once."""
    before = len(world.messages)
    for stage in Story(circle).stages().values():
        await stage()

    said = [(_place(m, world), m.post.title, m.post.ping_members) for m in world.messages[before:]]
    thread, other = f"thread of {QUESTIONS} 1", f"thread of {QUESTIONS} 2"
    session = f"thread of {QUESTIONS} 3"
    assert sorted(said) == sorted(
        [
            (QUESTIONS, "✓ How do I find a flat?", ()),
            (thread, "A question for you", ("920",)),
            ("thread of papers 1", "Someone asked about this", ()),
            (QUESTIONS, "Question 2", ()),
            (thread, "Can you help?", ()),  # edited, too
            (other, "Question 2", ()),
            (thread, "✓ Answer to question 1", ()),  # an edit has nobody to notify
            (other, "Answer to question 2", ()),
            ("user:902", "Someone answered your question", ()),
            (QUESTIONS, "This week's questions", ()),
            (other, "Question 2", ()),
            ("user:902", "Is question 2 still open?", ()),
            (QUESTIONS, "Ask me anything: Ask Mina", ()),
            (session, "Welcome", ("920",)),
            (session, "Question 3", ()),
            (session, "Answer to question 3", ("901",)),
            (QUESTIONS, "AMA summary: Ask Mina", ()),
        ]
    )
    sent = [d.action for d in world.sends if isinstance(d.action, Post)]
    (answer,) = (post for post in sent if post.title == "Answer to question 1")
    assert answer.ping_members == ("901", "903", "904")
    (digest,) = world.titled("This week's questions")
    assert "> Write to them." in text_of(digest.post)
    (card,) = world.titled("✓ How do I find a flat?")
    assert "2 other people want to know" in text_of(card.post)
    assert "**Answered by <@905>:** Write to all of them." in text_of(card.post)
    assert {"1 · How do I find a flat?", "2 · deleted by its author"} <= set(world.threads.values())


def _place(message: Message, world: World) -> str:
    """Where a message stands, in words that don't go by numbers."""
    for channel in (QUESTIONS, "papers"):
        opened = [m for m in world.within(channel) if m.ref.split("/")[1] in world.threads]
        for number, one in enumerate(opened, 1):
            if one.ref == f"{channel}/{message.place}":
                return f"thread of {channel} {number}"
    return message.place


async def everything(circle: Circle, world: World) -> list[Any]:
    """What there is to see, and what is stored. Channels don't wait for each other."""
    seen = [(m.mark, _place(m, world), m.post, m.sent_at) for m in world.messages]
    threads = [(m.mark, world.threads.get(m.ref.split("/")[1])) for m in world.messages]
    stored = [await circle.read(statement) for statement in TABLES]
    return [sorted(seen, key=itemgetter(0)), sorted(threads, key=itemgetter(0)), *stored]
