"""What people send or press again since an answer was lost, and what Discord delivers twice."""

from tests.process.harness import in_days, text_of

HOME = ("alice", "#general")
ANSWERS = "POST /interactions/*"
QUESTION = {"Your question": "How do I find a lab in Berlin?"}


async def test_a_lost_answer_and_a_second_delivery_do_nothing_twice(stage):
    wire = stage.wire
    bot = await stage.run(wait="commands")
    where = {"papers": "papers", "questions": "general"}
    await wire.slash(*HOME, "setup start", zone="UTC", **where, **in_days(4))

    lost = wire.faults.add(ANSWERS, 503, times=1, when="after")
    form = await wire.slash("bob", "#general", "ask")  # is open, though the bot heard otherwise
    await stage.until(lambda: lost.hits)
    unheard = wire.faults.add(ANSWERS, "reset", times=100)
    silent = await wire.submit_modal("bob", form, QUESTION)
    assert silent.failed
    assert unheard.hits
    wire.faults.clear()
    again = await wire.submit_modal("bob", form, QUESTION)
    assert "Posted as question 1 in" in text_of(again.message)
    await stage.quiet()
    assert stage.query("SELECT count(*) FROM question") == [(1,)]
    assert len(stage.posted("How do I find a lab", "#general")) == 1

    await wire.slash("bob", "#general", "paper nominate", link="arXiv:1706.03762")
    await stage.quiet()
    (card,) = stage.posted("Nominated by", "#papers")
    voted = await wire.click("carol", card, "Upvote")
    wire.launch(voted)
    await stage.until(lambda: len(voted.followups) == 1)
    await stage.quiet()
    assert text_of(voted.followups[0]) == text_of(voted.message)
    assert stage.query("SELECT count(*) FROM vote") == [(2,)]
    assert "Traceback" not in bot.log
