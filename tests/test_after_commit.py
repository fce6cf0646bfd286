"""What is remembered in memory, and what is woken, follows what was saved: never what was not."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.core.errors import NotSavedError
from bot.questions.submissions import Draft
from tests.group import Bot, Group
from tests.saving import nothing_saved

STORY = "I asked around until somebody took me, and learned a lot there. " * 3

# Each changes something that is kept in memory as well, or that work in the background waits for.
CHANGES: dict[str, Callable[[Group], Awaitable[Any]]] = {
    "set up": lambda group: group.set_up(organiser_role_ref="new"),
    "preferences": lambda group: group.app.question_settings.set(group.organiser, digest=False),
    "nominate": lambda group: group.nominate("arXiv:1706.03762"),
    "pause": lambda group: group.app.schedules.pause(group.organiser),
    "ask": lambda group: group.app.question_submissions.ask(
        group.member(), Draft(title="How?"), "key"
    ),
    "hand in": lambda group: group.app.submissions.submit(
        group.member(), title="A summer", story=STORY, link="", anonymous=True
    ),
    "session": lambda group: group.app.amas.open(
        group.organiser, guest_ref="mina", guest_name="Mina", title="A PhD", until=None
    ),
    "joined": lambda group: group.app.communities.joined("test", "new", greet_in="lobby"),
}


@pytest.fixture
async def group(bot: Bot) -> Group:
    group = Group(bot)
    await group.set_up(organiser_role_ref="old")
    await group.app.question_settings.set(group.organiser, channel_ref="club-questions")
    return group


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_nothing_is_remembered_or_woken_by_what_was_not_saved(
    group: Group,
    change: Callable[[Group], Awaitable[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, woken = group.app, list[str]()
    await app.tick()

    async def organisers() -> str | None:
        return await app.communities.organiser_role("test", "club")

    assert await organisers() == "old"
    for wake in ("wake", "wake_gathered"):
        monkeypatch.setattr(app.scheduler, wake, woken.append)
    with nothing_saved(), pytest.raises(NotSavedError):
        await change(group)
    assert woken == []
    assert await organisers() == "old"
    await change(group)
    assert woken or await organisers() == "new"
