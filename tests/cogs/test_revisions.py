"""`/question edit`, `/question delete`, and *Undo* in the replies around questions."""

import pytest
from simcord.builders import ChannelHandle

from tests.asking import QUESTION, UNNAMED, answer, ask
from tests.people import Club, buttons_of, fields_of, fill_in, message_of, reply, text_of


def is_locked(club: Club, thread: ChannelHandle) -> bool:
    return bool(club.env.backend.channels[thread.id].thread_metadata.locked)


@pytest.mark.parametrize("how", [[], UNNAMED])
async def test_an_author_edits_a_question_and_its_thread_follows(
    ready: Club, questions, start, how
) -> None:
    club = ready
    await ask(club, club.alice, "How do I find a laab?", Options=how)
    (offered,) = await club.alice.autocomplete(club.papers, "question edit", "what", "laab")
    assert offered == {"name": "1 · How do I find a laab?", "value": "question.1"}
    assert not await club.bob.autocomplete(club.papers, "question edit", "what", "")
    await club.restart(start())
    form = await club.alice.slash(club.papers, "question edit", what="question.1")
    assert fields_of(form)["Your question"]["value"] == "How do I find a laab?"
    said = await fill_in(club.alice, form, **{"Your question": QUESTION})
    assert reply(said).startswith("Saved.")
    await club.application.tick()
    (card,) = club.cards(questions)
    assert text_of(card).startswith(f"### {QUESTION}")
    assert questions.threads[0].name == f"1 · {QUESTION}"


@pytest.mark.parametrize("how", [[], UNNAMED])
async def test_an_author_deletes_a_question_after_being_asked(ready: Club, questions, how) -> None:
    club = ready
    await ask(club, club.alice, Options=how)
    await answer(club, club.bob, "Write to them.", questions)
    seen = await club.bob.slash(club.papers, "question show", question="1")
    assert not buttons_of(message_of(seen))
    seen = await club.alice.slash(club.papers, "question show", question="1")
    assert list(buttons_of(message_of(seen))) == ["Edit", "Delete"]
    asked_first = await club.alice.click(message_of(seen), label="Delete")
    assert QUESTION in text_of(club.cards(questions)[0])
    for _ in range(2):
        done = await club.alice.click(message_of(asked_first), label="Delete")
        assert reply(done).startswith("Deleted.")
    await club.application.tick()
    assert "deleted by its author" in text_of(club.cards(questions)[0])
    (thread,) = questions.threads
    assert thread.name == "1 · deleted by its author"
    assert "Write to them." in text_of(club.cards(thread)[0])


async def test_an_answer_is_edited_and_deleted(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    await answer(club, club.bob, "Upstairs.", questions)
    form = await club.bob.slash(club.papers, "question edit", what="answer.1")
    await fill_in(club.bob, form, **{"Your answer": "Downstairs."})
    await club.application.tick()
    (given,) = club.cards(questions.threads[0])
    assert "Downstairs." in text_of(given)
    sure = await club.bob.slash(club.papers, "question delete", what="answer.1")
    await club.bob.click(message_of(sure), label="Delete")
    await club.application.tick()
    assert "deleted by its author" in text_of(club.cards(questions.threads[0])[0])


@pytest.mark.parametrize("what", ["x", "question.", "answer.x", "question.0", "nomination.1", "."])
async def test_what_nobody_wrote_gets_a_sentence(ready: Club, questions, what: str) -> None:
    club = ready
    await ask(club, club.alice)
    for command in ("edit", "delete"):
        said = await club.alice.slash(club.papers, f"question {command}", what=what)
        assert "Something went wrong" not in reply(said)
    for action in ("question_edit", "question_delete", "question_delete_now", "undo_close"):
        assert "Something went wrong" not in await club.press(club.alice, f"pc:{action}:{what}")
    for action in ("undo_accept", "undo_decision", "moderate_lock", "moderate_hide"):
        assert "Something went wrong" not in await club.press(club.olga, f"pc:{action}:{what}")
    assert "Only its author" in reply(
        await club.olga.slash(club.papers, "question delete", what="question.1")
    )
    club.refused()


async def test_closing_and_accepting_are_undone(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    for text in ("First.", "Second."):
        await answer(club, club.bob, text, questions)
    thread = questions.threads[0]
    await club.alice.click(club.cards(thread)[0], label="Accept")
    second = await club.alice.click(club.cards(thread)[1], label="Accept")
    for _ in range(2):
        undone = await club.alice.click(message_of(second), label="Undo")
        assert reply(undone) == "Undone: question 1 is answered."
    await club.application.tick()
    assert "First." in text_of(club.cards(questions)[0])
    assert [text_of(one).count("✓") for one in club.cards(thread)] == [1, 0]
    closed = await club.alice.slash(club.papers, "question close", question="1", reason="Done.")
    undo = buttons_of(message_of(closed))["Undo"]
    assert (
        await club.press(club.bob, undo) == "Only the person who asked or an organiser can do that."
    )
    for _ in range(2):
        undone = await club.alice.click(message_of(closed), label="Undo")
        assert reply(undone).endswith("is answered again.")
    await club.application.tick()
    card = text_of(club.cards(questions)[0])
    assert "**Closed**" not in card
    assert "First." in card


async def test_hiding_renames_the_thread_offers_to_lock_it_and_is_undone(
    ready: Club, questions
) -> None:
    club = ready
    await ask(club, club.alice, "Something rude")
    await club.alice.slash(club.papers, "question close", question="1")
    hidden = await club.olga.slash(club.papers, "moderate hide", question="1")
    assert list(buttons_of(message_of(hidden))) == ["Undo", "Lock its thread", "Block its author"]
    await club.application.tick()
    (thread,) = questions.threads
    assert thread.name == "1 · hidden by the organisers"
    lock = buttons_of(message_of(hidden))["Lock its thread"]
    assert "Only organisers" in await club.press(club.bob, lock)
    locked = await club.olga.click(message_of(hidden), label="Lock its thread")
    assert reply(locked).startswith("Locked:")
    await club.application.tick()
    assert is_locked(club, questions.threads[0])
    await club.olga.click(message_of(hidden), label="Undo")
    await club.application.tick()
    (thread,) = questions.threads
    assert thread.name == "1 · Something rude"
    assert not is_locked(club, thread)
    assert "**Closed**" in text_of(club.cards(questions)[0])  # as it was


async def test_declining_is_undone(ready: Club, questions) -> None:
    club = ready
    office = club.guild.create_text_channel("office")
    await club.set_up(questions=questions, organisers=office)
    await club.olga.slash(club.papers, "settings questions", approval=True)
    await ask(club, club.alice, Options=UNNAMED)
    for _ in range(2):
        declined = await club.olga.click(club.cards(office)[0], label="Decline")
        undone = await club.olga.click(message_of(declined), label="Undo")
        assert reply(undone).startswith("Undone:")
        await club.application.tick()
    told = [text_of(one) for one in club.alice.user.dm_channel.history()]
    assert ["decided not" in one for one in told] in ([True, False] * 2, [False, True] * 2)
    await club.olga.click(club.cards(office)[0], label="Approve")
    assert len(club.cards(questions)) == 1
    late = await club.olga.click(message_of(declined), label="Undo")
    assert "can't be undone any more" in reply(late)
