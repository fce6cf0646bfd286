"""`code-in-answers` and `accept-as-answer`: what members write in threads and in forms."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.adapters.discord.calls import _attached_to
from bot.communities.calls import Message
from tests.asking import answer, ask
from tests.cogs.conftest import club, newcomers, questions, ready
from tests.markup import render
from tests.people import Club, reply, text_of

__all__ = ["club", "newcomers", "questions", "ready"]
CODE = "Try this:\n```py\nfor one in two:\n    three(one)\n# done\n```\nThat's **all**."


@pytest.fixture(autouse=True)
def case(shared: Path) -> None:
    for name in ("code-in-answers", "accept-as-answer"):
        assert (shared / "cases" / name / "README.md").is_file()


async def test_code_looks_like_code_wherever_it_is_shown(ready: Club, questions) -> None:
    await ask(ready, ready.alice, Details=CODE)
    await answer(ready, ready.bob, CODE, questions)
    (thread,) = questions.threads
    shown = await ready.bob.slash(ready.papers, "question show", question="1")
    for text in (
        text_of(ready.cards(questions)[0]),
        text_of(ready.cards(thread)[0]),
        reply(shown),
    ):
        assert "```py\nfor one in two:\n    three(one)\n# done\n```" in text
        assert "That's **all**." in text
    await ready.alice.click(ready.cards(thread)[0], label="Accept")
    await ready.application.tick()
    (line,) = [
        line for line in text_of(ready.cards(questions)[0]).splitlines() if "Answered by" in line
    ]
    assert "```" not in line
    assert "for one in two" in line


async def test_two_long_texts_on_one_card_leave_no_fence_open(ready: Club, questions) -> None:
    long = "```\n" + "x = 1\n" * 300 + "```"
    await ask(ready, ready.alice, Details=long)
    await answer(ready, ready.bob, long, questions)
    shown = await ready.bob.slash(ready.papers, "question show", question="1")
    assert reply(shown).count("```") == 4
    assert "code block" in render(reply(shown)).formats


@pytest.mark.parametrize(
    ("content", "files", "said"),
    [
        ("", [("plot.png", b"\x89PNG")], "*a picture*"),
        ("", [("talk.mp4", b"video")], "*a video*"),
        ("", [("notes.pdf", b"%PDF")], "*a file*"),
        (
            "Look:",
            [("plot.png", b"\x89PNG"), ("two.png", b"\x89PNG")],
            "Look: · *a picture and more*",
        ),
        ("A long answer. " * 130, [], "A long answer. A long answer."),
        ("👍", [], "👍"),
    ],
)
async def test_a_message_is_accepted_with_all_it_holds_and_a_link(
    ready: Club, questions, content: str, files: list[tuple[str, bytes]], said: str
) -> None:
    await ask(ready, ready.alice)
    (thread,) = questions.threads
    message = await ready.bob.send(thread, content, attachments=files)
    accepted = await ready.alice.context_menu(thread, "Accept as answer", message)
    assert reply(accepted) == "Accepted. Question 1 now shows this answer."
    await ready.application.tick()
    card = text_of(ready.cards(questions)[0])
    assert f"**Answered by <@{ready.bob.id}>:** {said}" in card
    assert f"[See the message]({message.jump_url})" in card
    shown = await ready.bob.slash(ready.papers, "question show", question="1")
    assert message.jump_url in reply(shown)


async def test_a_paying_members_long_message_is_accepted(ready: Club, questions) -> None:
    """Of 3,000 characters, which the simulated Discord doesn't take."""
    await ask(ready, ready.alice)
    (thread,) = questions.threads
    where, url = f"{thread.id}/7", "https://discord.com/channels/1/2/7"
    message = Message(where, str(thread.id), "5", "bob", "Long ago. " * 300, url)
    await ready.application.acceptance.accept_message(ready.actor(ready.alice), message)
    await ready.application.tick()
    card = text_of(ready.cards(questions)[0])
    assert "**Answered by <@5>:** Long ago. Long ago." in card
    assert f"… · [See the message]({url})" in card


async def test_a_forwarded_message_is_accepted(ready: Club, questions) -> None:
    await ask(ready, ready.alice)
    (thread,) = questions.threads
    source = await ready.bob.send(ready.papers, "Ask at the summer school.")
    message = await ready.bob.forward(source, thread)
    await ready.alice.context_menu(thread, "Accept as answer", message)
    await ready.application.tick()
    card = text_of(ready.cards(questions)[0])
    assert "Ask at the summer school. · *a forwarded message*" in card


async def test_a_message_with_nothing_to_see_is_refused(ready: Club, questions) -> None:
    await ask(ready, ready.alice)
    (thread,) = questions.threads
    message = await ready.bob.send(thread, "\u3164")
    refused = await ready.alice.context_menu(thread, "Accept as answer", message)
    assert reply(refused) == "There's nothing in that message to accept."
    ready.refused()


def test_what_a_message_holds_is_named() -> None:
    nothing = {"attachments": [], "message_snapshots": [], "stickers": [], "embeds": []}

    def named(**has: object) -> str | None:
        return _attached_to(SimpleNamespace(**{**nothing, "poll": None, **has}))  # type: ignore[arg-type]

    assert named() is None
    assert named(stickers=[1]) == "a sticker"
    assert named(embeds=[1]) == "a preview of a link"
    assert named(poll=object()) == "a poll"
    recording = SimpleNamespace(content_type="audio/ogg")
    assert named(attachments=[recording]) == "a recording"
