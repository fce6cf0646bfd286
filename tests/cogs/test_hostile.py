"""Names and titles that want to ping, format or mislead: the whole way through a round."""

import pytest

from bot.papers.references.text import Kind, Reference
from bot.papers.sources.record import PaperRecord
from tests.markup import render
from tests.people import Club, assert_nothing_pings, components_of, message_of, reply, text_of

EVIL = (
    "@everyone @here <@{bob}> <@&{role}> [free GPU](https://evil.example) **b** __u__ ~~s~~ ||x|| "
    "`code` ```block``` \u202egnp.exe\u202c :tada: <t:0:R> </help:1>\n"
    "# heading\n> quote\n- list\n1. one"
)
OURS = {"heading", "bold", "hidden link", "quote", "mention", "time", "code", "italics", "strike"}
THEIRS = {"bold", "code", "code block", "italics", "list", "quote", "strike", "underline"}


@pytest.fixture
def evil(club: Club) -> str:
    return EVIL.format(bob=club.bob.id, role=club.organisers.id)


@pytest.fixture
def nasty(club: Club, resolver, evil: str) -> PaperRecord:
    record = PaperRecord(
        title=evil,
        authors=(evil, "- Ada\nLovelace", "||Alan||", "@everyone"),
        year=2020,
        venue=evil,
        abstract=f"{evil} {evil}. {evil}.",
        url="https://example.org/a_(b)_c?x=@everyone",
        pdf_url="https://example.org/a b.pdf",
    )
    resolver.answers[Reference(Kind.DOI, "10.1000/evil")] = record
    return record


def assert_harmless(club: Club, text: str, formats: set[str] = OURS) -> None:
    """Nothing in it pings bob or the role, hides a link, turns the direction or has other formats.

    Members may mark what they write themselves, questions and answers: those have `THEIRS`, too.
    """
    for mark in (f"<@{club.bob.id}>", f"<@&{club.organisers.id}>", "@here", "\u202e", "</help:1>"):
        assert mark not in text
    assert "@everyone" not in text.replace("?x=@everyone)", "")  # an address, not a text
    rendered = render(text)
    assert set(rendered.formats) <= formats
    assert not any("evil.example" in one and one.startswith("[") for one in rendered.links)
    for line in text.splitlines():
        assert not line.startswith(("# ", ">>>"))
        assert "list" in formats or not line.startswith(("- ", "1. "))


async def test_a_round_of_an_evil_paper_is_harmless(club: Club, nasty, evil, clock) -> None:
    said = [
        reply(
            await club.alice.slash(
                club.papers, "paper nominate", link="10.1000/evil", why=evil[:400]
            )
        )
    ]
    for command, options in (
        ("paper queue", {}),
        ("paper search", {"text": "everyone"}),
        ("paper show", {"paper": "1"}),
    ):
        said.append(reply(await club.bob.slash(club.papers, command, **options)))
    said.append(reply(await club.olga.slash(club.papers, "schedule pick")))
    await club.alice.click(club.card("Paper of the week:"), label="Going")
    for _ in range(4):
        clock.instant = await club.application.rounds.next_due()
        await club.application.tick()
    for command in ("paper history", "schedule show"):
        said.append(reply(await club.bob.slash(club.papers, command)))
    (thread,) = club.papers.threads
    said += [text_of(message) for message in (*club.cards(), *thread.history())]
    assert len(said) > 10
    for text in said:
        assert_harmless(club, text)
    assert "\n" not in (thread.name or "")
    mentions = [
        request.json["allowed_mentions"]
        for request in club.env.http_requests
        if request.method == "POST" and request.path.endswith("/messages")
    ]
    assert [one["users"] for one in mentions if one.get("users")] == [[club.alice.id]] * 3
    assert not any(one.get("roles") or one.get("parse") for one in mentions)


async def test_every_request_says_whom_it_may_ping(club: Club, nasty, evil, clock) -> None:
    await club.nominate(club.alice, "10.1000/evil", evil[:400])
    await club.olga.slash(club.papers, "schedule pick")
    await club.olga.slash(club.papers, "schedule skip", date="2026-01-12", reason=evil[:200])
    assert assert_nothing_pings(club) > 5


async def test_evil_text_in_commands_comes_back_harmless(club: Club, evil: str) -> None:
    for command, options in (
        ("schedule set", {"weekday": 1, "time": evil}),
        ("schedule set", {"weekday": 1, "time": "18:00", "zone": evil}),
        ("schedule skip", {"date": evil}),
        ("schedule pause", {"until": evil}),
        ("schedule pick", {"paper": evil}),
        ("paper show", {"paper": evil}),
        ("paper withdraw", {"nomination": evil}),
    ):
        answer = await club.olga.slash(club.papers, command, **options)
        assert_harmless(club, reply(answer))
    club.refused()


async def test_search_words_in_a_button_stay_words(club: Club) -> None:
    for number in range(11):
        await club.application.nominations.nominate(
            club.actor(club.alice), f"arXiv:2401.{number:05}"
        )
    await club.application.tick()
    answer = await club.bob.slash(club.papers, "paper search", text="  ada \n  lovelace. ")
    assert "No paper here" in reply(answer)
    answer = await club.bob.slash(club.papers, "paper search", text=" ada \n\t lovelace ")
    ids = [part.get("custom_id") for part in components_of(message_of(answer))]
    assert "pc:search:1.ada lovelace" in ids
    await club.bob.click(message_of(answer), label="Next")
    assert "-# 2 of 2" in reply(answer)
