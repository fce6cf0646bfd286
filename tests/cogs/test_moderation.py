"""What organisers decide: the queue, hiding, blocking. They never learn who asked."""

import pytest
from simcord.builders import ChannelHandle

from tests.asking import QUESTION, UNNAMED, answer, ask, read
from tests.people import Club, buttons_of, fields_of, fill_in, message_of, reply, text_of

ON_ITS_WAY = "Thanks, I have your question. Members and organisers won't see who asked;"
ORGANISERS_ONLY = "Only organisers can do that"


@pytest.fixture
def office(club: Club) -> ChannelHandle:
    return club.guild.create_text_channel("office")


@pytest.fixture
async def moderated(ready: Club, questions, office) -> Club:
    """Unnamed questions wait for the organisers, who sit in an office."""
    await ready.set_up(questions=questions, organisers=office)
    await ready.olga.slash(ready.papers, "settings questions", approval=True, pause=0)
    return ready


async def number_of(club: Club, command: str, typed: str = "", option: str = "question") -> str:
    offered = await club.olga.autocomplete(club.papers, command, option, typed)
    return str(offered[0]["value"])


async def test_an_unnamed_question_waits_until_it_is_approved(
    moderated: Club, questions, office, start
) -> None:
    club = moderated
    assert reply(await ask(club, club.alice, Options=UNNAMED, Details="I am new.")).startswith(
        ON_ITS_WAY
    )
    assert not club.cards(questions)
    (review,) = club.cards(office)
    assert text_of(review).splitlines() == [
        f"### {QUESTION}",
        "Papers · asked by an anonymous member",
        "I am new.",
        "-# Post this question?",
    ]
    assert list(buttons_of(review)) == ["Approve", "Merge", "Decline"]
    mine = reply(await club.alice.slash(club.papers, "question list", which="mine"))
    assert "Waiting for the organisers" in mine
    await club.restart(start())
    refused = await club.bob.click(review, label="Approve")
    assert ORGANISERS_ONLY in reply(refused)
    approved = await club.olga.click(review, label="Approve")
    assert reply(approved).startswith("Posted: ")
    (card,) = club.cards(questions)
    assert "asked by an anonymous member" in text_of(card)
    await club.application.tick()
    (review,) = club.cards(office)
    assert f"Approved by <@{club.olga.id}>" in text_of(review)
    assert not buttons_of(review)
    (told,) = club.alice.user.dm_channel.history()
    assert "It's posted." in text_of(told)


async def test_what_is_declined_comes_back_to_whoever_asked(
    moderated: Club, questions, office
) -> None:
    club = moderated
    await ask(club, club.alice, Options=UNNAMED, Details="I am new.")
    (review,) = club.cards(office)
    approve = buttons_of(review)["Approve"]
    await club.olga.click(review, label="Decline")
    assert not club.cards(questions)
    (told,) = club.alice.user.dm_channel.history()
    assert QUESTION in text_of(told)
    assert "I am new." in text_of(told)
    assert await club.press(club.olga, approve) == "That question has already been decided."


async def test_what_was_asked_already_is_merged(moderated: Club, questions, office) -> None:
    club = moderated
    await ask(club, club.bob, "Where are labs?")
    await ask(club, club.alice, Options=UNNAMED)
    (review,) = club.cards(office)
    form = await club.olga.click(review, label="Merge")
    (other,) = fields_of(form)["Same question as"]["options"]
    assert other["label"] == "1 · Where are labs?"
    merged = await fill_in(club.olga, form, **{"Same question as": other["value"]})
    assert reply(merged).startswith("Merged.")
    assert len(club.cards(questions)) == 1
    (told,) = club.alice.user.dm_channel.history()
    assert "It has been asked already: **1 · Where are labs?** → <#" in text_of(told)
    await club.application.tick()
    assert f"Merged into 1 by <@{club.olga.id}>" in text_of(club.cards(office)[0])


async def test_what_is_decided_is_what_the_card_showed(moderated: Club, questions, office) -> None:
    club = moderated
    await ask(club, club.bob, "Where are labs?")
    await ask(club, club.alice, Options=UNNAMED)
    (review,) = club.cards(office)
    before = buttons_of(review)
    merging = await club.olga.click(review, label="Merge")
    (other,) = fields_of(merging)["Same question as"]["options"]
    form = await club.alice.slash(club.papers, "question edit", what="question.2")
    await fill_in(club.alice, form, **{"Your question": "Buy my course!"})
    late = await fill_in(club.olga, merging, **{"Same question as": other["value"]})
    seen = [reply(late), *[await club.press(club.olga, old) for old in before.values()]]
    for told in seen:
        assert "### Buy my course!" in told
        assert "It's been edited since you saw it." in told
    assert list(buttons_of(message_of(late))) == list(before)
    assert len(club.cards(questions)) == 1
    await club.application.tick()
    assert not club.alice.user.dm_channel.history()
    declined = await club.olga.click(message_of(late), label="Decline")
    assert reply(declined).startswith("Declined.")
    club.refused()


async def test_a_question_by_name_does_not_wait(moderated: Club, questions) -> None:
    assert reply(await ask(moderated, moderated.alice)).startswith("Posted as question 1 in")
    assert len(moderated.cards(questions)) == 1


async def test_a_closed_direct_message_is_no_error(moderated: Club, questions, office) -> None:
    club = moderated
    await ask(club, club.alice, Options=UNNAMED)
    (review,) = club.cards(office)
    club.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    await club.olga.click(review, label="Approve")
    await club.application.tick()
    assert len(club.cards(questions)) == 1
    assert len(club.cards(office)) == 1  # no notice of trouble


async def test_hiding_and_showing_again(ready: Club, questions, start) -> None:
    club = ready
    await ask(club, club.alice, Details="Something rude")
    number = await number_of(club, "moderate hide", "rude")
    refused = await club.bob.slash(club.papers, "question list")
    assert QUESTION in read(refused, questions)
    hidden = await club.olga.slash(club.papers, "moderate hide", question=number)
    await club.restart(start())
    (card,) = club.cards(questions)
    assert text_of(card).splitlines() == [
        "### Question 1",
        "The organisers have hidden this question.",
    ]
    assert QUESTION not in reply(await club.bob.slash(club.papers, "question list"))
    gone = await club.bob.slash(club.papers, "question show", question=number)
    assert "I don't know that question." in reply(gone)
    club.refused()
    assert "nothing" not in reply(await club.olga.click(message_of(hidden), label="Undo"))
    await club.application.tick()
    assert "Something rude" in text_of(club.cards(questions)[0])
    by_command = await club.olga.slash(club.papers, "moderate hide", question=number)
    assert reply(by_command).startswith("Hidden.")
    again = await club.olga.slash(club.papers, "moderate hide", question=number)
    assert reply(again).startswith("Hidden.")
    (offered,) = await club.olga.autocomplete(club.papers, "moderate show", "what", "lab")
    assert offered == {"name": f"1 · {QUESTION}", "value": f"question.{number}"}
    shown = await club.olga.slash(club.papers, "moderate show", what=offered["value"])
    assert reply(shown) == "It's shown again."


async def test_hiding_an_answer_by_its_menu(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    await answer(club, club.bob, "Something rude", questions)
    (thread,) = questions.threads
    (given,) = club.cards(thread)
    await club.alice.click(given, label="Accept")
    said = await club.bob.send(thread, "By hand")
    told = reply(await club.olga.context_menu(thread, "Hide this", said))
    assert told == "That message isn't one of my questions, answers or experiences."
    club.refused()
    hidden = await club.olga.context_menu(thread, "Hide this", given)
    await club.application.tick()
    assert "The organisers have hidden this answer." in text_of(club.cards(thread)[0])
    (card,) = club.cards(questions)
    assert "Something rude" not in text_of(card)
    assert "0 answers" in text_of(card)
    blocked = await club.olga.click(message_of(hidden), label="Block its author")
    assert "Its author isn't anonymous." in reply(blocked)
    await club.olga.click(message_of(hidden), label="Undo")
    await club.application.tick()
    assert "Something rude" in text_of(club.cards(thread)[0])


async def test_a_blocked_author_is_not_told_and_not_seen(ready: Club, questions, start) -> None:
    club = ready
    await club.olga.slash(club.papers, "settings questions", pause=0)
    first = reply(await ask(club, club.alice, Options=UNNAMED))
    number = await number_of(club, "moderate block", option="what")
    said = await club.olga.slash(club.papers, "moderate block", what=number)
    assert reply(said).startswith("Blocked.")
    assert QUESTION in reply(await club.olga.slash(club.papers, "moderate blocked"))
    await club.restart(start())
    second = reply(await ask(club, club.alice, "Is anybody reading?", Options=UNNAMED))
    assert second == first
    await ask(club, club.bob, "May I ask, too?", Options=UNNAMED)
    await ask(club, club.alice, "And by name?")
    assert [text_of(card).splitlines()[0] for card in club.cards(questions)] == [
        f"### {QUESTION}",
        "### May I ask, too?",
        "### And by name?",
    ]
    (offered,) = await club.olga.autocomplete(club.papers, "moderate unblock", "what", "")
    what = offered["value"]
    said = await club.olga.slash(club.papers, "moderate unblock", what=what)
    assert reply(said).startswith("Unblocked.")
    await ask(club, club.alice, "Here again?", Options=UNNAMED)
    assert "Here again?" in text_of(club.cards(questions)[-1])
    said = await club.olga.slash(club.papers, "moderate unblock", what=what)
    assert "Nobody is blocked for that." in reply(said)
    club.refused()


async def test_unnamed_answers_where_the_group_takes_them(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    await club.olga.slash(club.papers, "settings questions", anonymous_answers=True)
    said = await answer(club, club.bob, "From experience: no.", questions, Options=UNNAMED)
    assert reply(said).startswith(
        "Thanks, I have your answer. Members and organisers won't see who answered;"
    )
    (thread,) = questions.threads
    (given,) = club.cards(thread)
    assert "by an anonymous member" in text_of(given)
    hidden = await club.olga.context_menu(thread, "Hide this", given)
    said = await club.olga.click(message_of(hidden), label="Block its author")
    assert reply(said).startswith("Blocked.")
    unblock = message_of(said)
    said = await answer(club, club.bob, "Again!", questions, Options=UNNAMED)
    assert reply(said).startswith(
        "Thanks, I have your answer. Members and organisers won't see who answered;"
    )
    assert len(club.cards(thread)) == 1
    (offered,) = await club.olga.autocomplete(club.papers, "moderate show", "what", "no")
    assert offered["name"] == "Answer to 1 · From experience: no."
    await club.olga.slash(club.papers, "moderate show", what=offered["value"])
    assert reply(await club.olga.click(unblock, label="Undo")).startswith("Unblocked.")
    await answer(club, club.bob, "And again!", questions, Options=UNNAMED)
    assert len(club.cards(thread)) == 2


async def test_an_author_can_be_blocked_from_the_queue(moderated: Club, questions, office) -> None:
    club = moderated
    await ask(club, club.alice, Options=UNNAMED)
    assert not await club.olga.autocomplete(club.papers, "moderate block", "what", "zebra")
    offered = await club.olga.autocomplete(club.papers, "moderate block", "what", "BERLIN")
    assert [one["name"] for one in offered] == [QUESTION]
    await club.olga.slash(club.papers, "moderate block", what=offered[0]["value"])
    await ask(club, club.alice, "Is anybody reading?", Options=UNNAMED)
    assert len(club.cards(office)) == 1


async def test_members_cannot_moderate(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    (question,) = await club.application.question_search.listed(club.actor(club.bob))
    number = question.id
    for button in (f"moderate_block:question.{number}", f"moderate_show:question.{number}"):
        assert ORGANISERS_ONLY in await club.press(club.bob, f"pc:{button}")
    assert ORGANISERS_ONLY in await club.press(club.bob, f"pc:moderate_unblock:question.{number}")
    for action in ("approve", "decline", "merge"):
        told = await club.press(club.bob, f"pc:question_{action}:{club.guild.id}.{number}")
        assert ORGANISERS_ONLY in told


async def test_settings_say_what_is_wrong(ready: Club) -> None:
    club = ready
    for options, sentence in (
        ({"topics": " , ,"}, "Name at least one topic"),
        ({"topics": ", ".join(map(str, range(30)))}, "A menu holds 25 topics at most"),
        ({"topics": "x" * 50}, "A topic can have up to 40 characters."),
    ):
        said = await club.olga.slash(club.papers, "settings questions", **options)
        assert sentence in reply(said)
        club.refused()
    said = await club.olga.slash(club.papers, "settings questions", topics="Visa, visa, 유학")
    assert "**Topics:** visa, 유학" in reply(said)
    form = await club.alice.slash(club.papers, "ask")
    assert form.modal is not None
