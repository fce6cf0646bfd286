"""Questions in the demo: what is there at the beginning, and how a visitor goes on with it."""

import discord

from bot.demo.serve import Demo
from tests.demo.page import Page, went_well
from tests.people import text_of


def cards(demo: Demo) -> list[str]:
    """The questions in their channel, without what the bot says to one person."""
    history = demo.world.questions.history(viewer=demo.world.member)
    return [
        text_of(message)
        for message in history
        if message.type is discord.MessageType.default and not message.flags.ephemeral
    ]


async def look(page: Page, place: str) -> None:
    assert went_well(await page.slash("demo look", place=place))


async def test_questions_are_there_from_the_start(demo):
    answered, wanted, unnamed = cards(demo)
    assert "**Answered by " in answered
    assert "0 answers · 1 other person wants to know" in wanted
    assert "asked by an anonymous member" in unnamed
    assert len(demo.world.questions.threads) == 3
    assert not demo.env.errors


async def test_a_question_is_asked_answered_and_accepted(demo, page):
    await look(page, "questions")
    assert went_well(await page.slash("ask"))
    mine = "Where do people in this group eat?"
    assert went_well(await page.submit(question=mine, topic=["Other"]))
    assert mine in cards(demo)[-1]
    await page.become(demo.world.others[0])
    assert went_well(await page.press("Answer"))
    assert went_well(await page.submit(answer="Next door."))
    await page.become(demo.world.member)
    assert went_well(await page.slash("demo look"))
    assert page.state["channel"]["name"] == f"4 · {mine}"
    assert went_well(await page.press("Accept"))
    assert "Next door." in cards(demo)[-1]
    assert not demo.env.errors


async def test_whoever_asks_unnamed_hears_of_answers_by_themselves(demo, page):
    """In their direct messages, where a button works, and from where one gets back."""
    await look(page, "questions")
    await page.slash("ask")
    await page.submit(
        question="Who pays for a broken robot?", topic=["Other"], options=["anonymous"]
    )
    await page.become(demo.world.others[0])
    await page.press("Answer")
    await page.submit(answer="The group.")
    await look(page, "messages")
    assert await page.texts() == [], "nobody else is told"
    await page.become(demo.world.member)
    assert page.state["channel"]["name"] == "papers", "messages are their owner's"
    await look(page, "messages")
    assert "Someone answered your question" in (await page.texts())[-1]
    assert went_well(await page.press("Accept"))
    assert "**Answered by " in cards(demo)[-1]
    assert went_well(await page.slash("demo look"))
    assert page.state["channel"]["name"] == "papers"
    assert not demo.env.errors


async def test_what_waits_for_the_organisers_is_for_them_alone(demo, page):
    await page.slash("demo look", place="organisers")
    assert "That is for organisers" in (await page.texts())[-1]
    await page.become(demo.world.organiser)
    await page.slash("settings questions", approval=True)
    await page.become(demo.world.member)
    await page.slash("ask")
    await page.submit(question="May I ask this?", topic=["Other"], options=["anonymous"])
    await page.become(demo.world.organiser)
    await look(page, "organisers")
    assert "Post this question?" in (await page.texts())[-1]
    assert went_well(await page.press("Approve"))
    assert "May I ask this?" in cards(demo)[-1]
    await page.become(demo.world.member)
    assert page.state["channel"]["name"] == "papers"
    assert not demo.env.errors


async def test_the_guest_answers_by_votes(demo, page):
    await page.become(demo.world.organiser)
    await look(page, "questions")
    guest = str(demo.world.guest.id)
    assert went_well(await page.slash("ama open", guest=guest, title="Two years in Lima"))
    await page.become(demo.world.member)
    await page.press("Ask a question")
    await page.submit(question="What did you eat there?")
    await page.become(demo.world.guest)
    assert went_well(await page.press("Answer next"))
    assert went_well(await page.submit(answer="Ceviche, every Sunday."))
    await look(page, "questions")
    await page.become(demo.world.organiser)
    assert went_well(await page.slash("ama close"))
    assert "Answered: 1 of 1 question" in cards(demo)[-1]
    assert not demo.env.errors


async def test_a_question_without_an_answer_is_offered_and_asked_about(demo, page):
    await page.become(demo.world.organiser)
    await page.slash("schedule pause")
    await page.slash("question helper", topic="Papers")
    seen = ""
    for _ in range(12):
        await page.slash("demo next")
        seen += (await page.texts())[-1]
    for expected in ("Can you help?", "This week's questions", "still open?"):
        assert expected in seen
    assert not demo.env.errors


async def test_each_page_looks_into_a_place_of_its_own(demo, page):
    other = await page.another()
    await other.become(demo.world.guest)
    await look(page, "questions")
    await other.texts()
    assert other.state["channel"]["name"] == "papers"
    assert went_well(await other.act("send_message", content="I am in #papers"))
    assert demo.world.channel.last_message.content == "I am in #papers"
