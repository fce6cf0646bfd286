"""Members who ask and answer, and a bot that dies on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.outbox import State
from bot.questions.submissions import Draft, Similar
from tests.exactly_once.club import Club
from tests.exactly_once.crashes import Process

QUESTIONS = "questions"  # the channel
BERLIN = ZoneInfo("Europe/Berlin")  # where the group is


@dataclass
class Chat:
    """What people write in threads by themselves: where, and who."""

    said: list[tuple[str, str]] = field(default_factory=list)

    async def has_reply(self, thread_ref: str, since: datetime, besides: str | None) -> bool:
        return any(where == thread_ref and who != besides for where, who in self.said)


class Look:
    """The way into the threads of one process; it ends with it."""

    def __init__(self, chat: Chat, process: Process) -> None:
        self._chat, self._process = chat, process

    async def has_reply(self, thread_ref: str, since: datetime, besides: str | None) -> bool:
        await asyncio.sleep(0)
        self._process.check()
        found = await self._chat.has_reply(thread_ref, since, besides)
        await asyncio.sleep(0)
        return found


@dataclass
class Circle(Club):
    """A community that asks and answers. Who sees that nothing came of a press presses again."""

    chat: Chat = field(default_factory=Chat)

    def _parts(self) -> dict[str, Any]:
        return {"threads": Look(self.chat, self.process)}

    async def set_questions(self, **changes: Any) -> None:
        options: dict[str, Any] = {
            "channel_ref": QUESTIONS,
            "cooldown_minutes": 0,
            "anonymous_answers": True,
        }
        await self.application.question_settings.set(self.organiser, **(options | changes))

    async def thread_of(self, question_id: int) -> str:
        """The thread that a question has."""
        key = f"question:{question_id}:thread"
        ((ref,),) = await self.read(f"SELECT message_ref FROM outbox WHERE dedupe_key = '{key}'")
        return str(ref)

    async def ask(self, who: str, title: str, **typed: Any) -> int:
        """Returns the question's id; that it is much like another one holds nobody back."""
        presses = 0
        while True:
            found = await self.read(f"SELECT id, state FROM question WHERE title = '{title}'")
            if any(state != "draft" for _, state in found):
                return int(found[-1][0])
            presses += 1
            draft, key = Draft(title=title, **typed), f"{title} {presses}"
            asked = await self.do(
                lambda: self.application.question_submissions.ask(self.member(who), draft, key)  # noqa: B023 - awaited here
            )
            if isinstance(asked, Similar):
                await self.do(
                    lambda: self.application.question_submissions.post_draft(
                        self.member(who),
                        asked.draft_id,  # noqa: B023 - awaited here
                    )
                )

    async def reply(self, who: str, question_id: int, text: str, *, anonymous: bool = False) -> int:
        """Returns the answer's id."""
        presses = 0
        while True:
            for (answer_id,) in await self.read(f"SELECT id FROM answer WHERE text = '{text}'"):
                return int(answer_id)
            presses += 1
            key = f"{text} {presses}"
            await self.do(
                lambda: self.application.answers.answer(
                    self.member(who),
                    question_id,
                    text,
                    anonymous=anonymous,
                    key=key,  # noqa: B023 - awaited here
                )
            )

    async def keep_pressing(self, action: Callable[[], Awaitable[object]]) -> None:
        """What can be pressed again and again."""
        while await self.do(action) is None:
            pass

    async def help_with(self, who: str, topic: str, *, wanted: bool = True) -> None:
        """A member helps with a topic, or does not any more; the command turns it over."""
        helpers, actor = lambda: self.application.helpers, self.member(who)
        while (topic in await helpers().helps_with(actor)) != wanted:
            await self.do(lambda: helpers().help_with(actor, topic))

    async def open_session(self, guest: str, title: str, until: datetime | None = None) -> int:
        """Returns the AMA's id."""
        end = until and f"{until.astimezone(ZoneInfo('Europe/Berlin')):%d %B %Y %H:%M}"
        while True:
            for (ama_id,) in await self.read("SELECT id FROM ama WHERE state = 'open'"):
                return int(ama_id)
            await self.do(
                lambda: self.application.amas.open(
                    self.organiser, guest_ref=guest, guest_name="Mina", title=title, until=end
                )
            )

    async def close_session(self) -> None:
        while await self.read("SELECT id FROM ama WHERE state = 'open'"):
            await self.do(lambda: self.application.amas.close(self.organiser))

    async def after(self, time: timedelta) -> None:
        await self.at(self.clock.now() + time)

    async def states(self) -> dict[str, State]:
        """What became of each post."""
        rows = await self.read("SELECT dedupe_key, state FROM outbox WHERE kind <> 'edit'")
        return {key: State(state) for key, state in rows}
