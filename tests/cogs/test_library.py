"""`/paper queue|show|search|history|withdraw`: what people find again, and take back."""

import pytest

from bot.papers.references.text import Kind, Reference
from bot.papers.sources.record import PaperRecord
from tests.people import Club, buttons_of, message_of, reply, text_of

CHOOSE = "Choose one from the list that appears as you type."


async def nominate_many(club: Club, count: int) -> None:
    for number in range(count):
        await club.application.nominations.nominate(
            club.actor(club.alice), f"arXiv:2401.{number:05}"
        )
    await club.application.tick()


@pytest.mark.parametrize("command", ["paper queue", "paper history", "schedule show"])
async def test_before_the_set_up_lists_say_what_to_do(newcomers: Club, command: str) -> None:
    for member in (newcomers.alice, newcomers.olga):
        answer = await member.slash(newcomers.papers, command)
        assert reply(answer).startswith("Paperclub isn't set up here yet.")
        newcomers.refused()


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("paper queue", {}, "Nothing is up for vote yet. Nominate a paper with `/paper nominate`."),
        (
            "paper history",
            {},
            "Nothing has been discussed yet. `/schedule show` lists the next meetings.",
        ),
        (
            "paper search",
            {"text": "attention"},
            "No paper here has all of these words. Nominate one with `/paper nominate`.",
        ),
    ],
)
async def test_empty_lists_say_what_to_do(
    club: Club, command: str, options: dict[str, str], sentence: str
) -> None:
    for member in (club.alice, club.olga):
        assert sentence in reply(await member.slash(club.papers, command, **options))


async def test_the_queue_shows_votes_in_the_order_of_the_pick(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    second = await club.nominate(club.bob, "arXiv:1706.03763")
    await club.alice.click(second, label="Upvote")
    assert reply(await club.bob.slash(club.papers, "paper queue")).splitlines() == [
        "### Up for vote",
        "1 · **2 votes** ✓ · [On 1706.03763](https://arxiv.org/abs/1706.03763)",
        "-# Ada Lovelace, Alan Turing · Journal of Tests 2017",
        "2 · **1 vote** · [On 1706.03762](https://arxiv.org/abs/1706.03762)",
        "-# Ada Lovelace, Alan Turing · Journal of Tests 2017",
    ]


async def test_one_votes_in_the_queue_and_sees_one_s_own_votes(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.alice, "arXiv:1706.03763")
    answer = await club.bob.slash(club.papers, "paper queue")
    assert list(buttons_of(message_of(answer))) == ["Upvote 1", "Upvote 2"]
    await club.bob.click(message_of(answer), label="Upvote 2")
    assert reply(answer).splitlines()[1].startswith("1 · **2 votes** ✓ · [On 1706.03763]")
    assert list(buttons_of(message_of(answer))) == ["✓ 1", "Upvote 2"]
    await club.bob.click(message_of(answer), label="✓ 1")
    assert "✓" not in reply(answer)
    assert set((await club.queue()).values()) == {1}


def turns_of(answer) -> list[str]:
    """Where the list can be turned to."""
    return [label for label in buttons_of(message_of(answer)) if "Upvote" not in label]


async def test_a_long_queue_is_turned_page_by_page(club: Club, start) -> None:
    await nominate_many(club, 25)
    answer = await club.bob.slash(club.papers, "paper queue")
    pages = [reply(answer)]
    assert turns_of(answer) == ["Next"]
    await club.bob.click(message_of(answer), label="Next")
    pages.append(reply(answer))
    assert turns_of(answer) == ["Previous", "Next"]
    await club.restart(start())
    await club.bob.click(message_of(answer), label="Next")
    pages.append(reply(answer))
    assert turns_of(answer) == ["Previous"]
    for number, page in enumerate(pages, 1):
        assert f"-# {number} of 3" in page
    titles = [line for page in pages for line in page.splitlines() if "· **1 vote**" in line]
    assert len(set(titles)) == 25
    await club.bob.click(message_of(answer), label="Previous")
    assert reply(answer) == pages[1]


async def test_papers_are_found_by_all_words_in_any_order(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.alice, "10.1000/xyz")
    for words in ("lovelace 03762", "TURING ON 1706", "2017 journal 1706.03762", "1706"):
        found = reply(await club.bob.slash(club.papers, "paper search", text=words))
        assert "On 1706.03762" in found
        assert "xyz" not in found
    for words in ("1706 nobody", "%", "_", "@everyone"):
        found = reply(await club.olga.slash(club.papers, "paper search", text=words))
        assert "No paper here has all of these words." in found


async def test_a_paper_that_was_found_is_chosen_and_shown(club: Club, start) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.alice, "arXiv:1706.03763")
    answer = await club.bob.slash(club.papers, "paper search", text="1706")
    await club.restart(start())
    shown = await club.bob.select(message_of(answer), ["1"])
    assert reply(shown).startswith("### [On 1706.03762](https://arxiv.org/abs/1706.03762)")


async def test_choices_that_are_empty_say_why(club: Club) -> None:
    async def offered(command: str, option: str, typed: str = "") -> list[str]:
        found = await club.bob.autocomplete(club.papers, command, option, typed)
        return [one["name"] for one in found]

    assert await offered("paper show", "paper") == [
        "Nothing has been nominated yet. Nominate a paper with /paper nominate."
    ]
    await club.nominate(club.alice, "arXiv:1706.03762")
    assert await offered("paper show", "paper", "nonsense") == ["No paper here has these words."]
    assert await offered("paper withdraw", "nomination") == [
        "You have no nomination like that in the queue."
    ]
    answer = await club.bob.slash(club.papers, "paper withdraw", nomination="none")
    assert reply(answer) == CHOOSE
    club.refused()


async def test_a_long_search_is_turned_with_its_words(club: Club) -> None:
    await nominate_many(club, 25)
    words = "lovelace turing journal of tests 2017 on 2401.000 ada alan"[:60]
    answer = await club.bob.slash(club.papers, "paper search", text=words)
    await club.bob.click(message_of(answer), label="Next")
    assert "-# 2 of 3" in reply(answer)
    await club.bob.click(message_of(answer), label="Next")
    assert "-# 3 of 3" in reply(answer)
    assert reply(answer).count("Ada Lovelace") == 5


async def test_history_lists_what_was_discussed_with_its_threads(club: Club, clock) -> None:
    await nominate_many(club, 12)
    for _ in range(12):
        await club.olga.slash(club.papers, "schedule pick")
        clock.advance(weeks=1)
        await club.application.tick()
    answer = await club.bob.slash(club.papers, "paper history")
    threads = [f"<#{thread.id}>" for thread in club.papers.threads]
    shown = reply(answer)
    assert [line.rpartition(" · ")[2] for line in shown.splitlines()[1:11]] == threads[:1:-1]
    await club.bob.click(message_of(answer), label="Next")
    assert "-# 2 of 2" in reply(answer)
    await club.bob.click(message_of(answer), label="Previous")
    assert reply(answer) == shown


async def test_a_paper_is_shown_with_all_that_is_known(club: Club, clock) -> None:
    card = await club.nominate(club.alice, "arXiv:1706.03762", "we keep citing it")
    await club.bob.click(card, label="Upvote")
    answer = await club.bob.slash(club.papers, "paper show", paper="1")
    assert reply(answer).splitlines() == [
        "### [On 1706.03762](https://arxiv.org/abs/1706.03762)",
        "Ada Lovelace, Alan Turing · Journal of Tests 2017",
        "> We test. It works.",
        f"**2 votes** · Nominated by <@{club.alice.id}>: we keep citing it",
        "-# arxiv:1706.03762",
    ]
    back = await club.bob.click(message_of(answer), label="Upvote")
    assert "has 1 vote" in reply(back)
    await club.olga.slash(club.papers, "schedule pick")
    clock.advance(days=8)
    await club.application.tick()
    answer = await club.olga.slash(club.papers, "paper show", paper="1")
    (thread,) = club.papers.threads
    assert f"Discussed on <t:1768215600:D> → <#{thread.id}>" in reply(answer)
    assert list(buttons_of(message_of(answer))) == ["Paper"]


async def test_a_bare_paper_is_shown_without_gaps(club: Club, resolver) -> None:
    resolver.default = PaperRecord(title="A Note")
    await club.nominate(club.alice, "10.1000/note")
    answer = reply(await club.bob.slash(club.papers, "paper show", paper="1"))
    assert answer.splitlines()[1].startswith("**1 vote** · Nominated by")
    queue = reply(await club.bob.slash(club.papers, "paper queue"))
    assert queue.splitlines()[1:] == ["1 · **1 vote** · [A Note](https://doi.org/10.1000/note)"]
    found = reply(await club.bob.slash(club.papers, "paper search", text="note"))
    assert found.splitlines()[1:] == ["[A Note](https://doi.org/10.1000/note)"]


@pytest.mark.parametrize("value", ["attention", "99", "-1", "1.5", "9" * 30, "٣", " ", "1 or 1=1"])
@pytest.mark.parametrize(
    ("command", "option", "unknown"),
    [
        (
            "paper show",
            "paper",
            "I can't find that paper. Choose one from the list that appears as you type.",
        ),
        (
            "paper withdraw",
            "nomination",
            "I can't find that nomination. `/paper queue` shows what's up for vote.",
        ),
    ],
)
async def test_a_value_that_was_not_offered_is_refused(
    club: Club, command: str, option: str, unknown: str, value: str
) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    answer = await club.olga.slash(club.papers, command, **{option: value})
    assert reply(answer) == (unknown if value == "99" else CHOOSE)
    club.refused()
    assert await club.queue() == {"On 1706.03762": 1}


# --- suggestions ------------------------------------------------------------------------------


async def test_papers_are_suggested_as_one_types(club: Club) -> None:
    await nominate_many(club, 30)
    offered = await club.bob.autocomplete(club.papers, "paper show", "paper", "")
    assert len(offered) == 25
    offered = await club.bob.autocomplete(club.papers, "paper show", "paper", "2401.00007")
    assert offered == [{"name": "On 2401.00007", "value": "8"}]
    offered = await club.olga.autocomplete(club.papers, "schedule pick", "paper", "")
    assert len(offered) == 25


async def test_a_title_of_300_characters_is_suggested_in_short(club: Club, resolver) -> None:
    title = "A very long title of a paper about everything " * 7
    resolver.answers[Reference(Kind.DOI, "10.1000/long")] = PaperRecord(title=title[:300])
    await club.nominate(club.alice, "10.1000/long")
    (offered,) = await club.alice.autocomplete(club.papers, "paper show", "paper", "everything")
    assert len(offered["name"]) <= 100
    assert offered["name"].endswith("…")
    shown = reply(await club.alice.slash(club.papers, "paper show", paper=offered["value"]))
    assert "A very long title" in shown
    await club.olga.slash(club.papers, "schedule pick", paper=offered["value"])
    (thread,) = club.papers.threads
    assert len(thread.name or "") <= 100


async def test_only_what_one_may_withdraw_is_suggested(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.bob, "arXiv:1706.03763")

    async def offered(member) -> list[str]:
        command = ("paper withdraw", "nomination", "on 17")
        return [one["name"] for one in await member.autocomplete(club.papers, *command)]

    assert await offered(club.alice) == ["On 1706.03762"]
    assert await offered(club.olga) == ["On 1706.03762", "On 1706.03763"]


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("paper show", "paper"),
        ("paper withdraw", "nomination"),
        ("schedule pick", "paper"),
        ("schedule skip", "date"),
    ],
)
async def test_before_the_set_up_nothing_is_suggested(
    newcomers: Club, command: str, option: str, caplog
) -> None:
    assert await newcomers.olga.autocomplete(newcomers.papers, command, option, "a") == []
    assert not caplog.records


# --- withdrawing ------------------------------------------------------------------------------


async def test_a_member_withdraws_their_own(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    answer = await club.alice.slash(club.papers, "paper withdraw", nomination="1")
    assert reply(answer) == "Withdrawn: [On 1706.03762](https://arxiv.org/abs/1706.03762)."
    assert await club.queue() == {}
    assert list(buttons_of(club.card("Withdrawn."))) == []
    answer = await club.alice.slash(club.papers, "paper withdraw", nomination="1")
    assert reply(answer) == "That nomination is no longer up for vote."
    club.refused()


async def test_a_member_cannot_withdraw_what_is_another_s(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    answer = await club.bob.slash(club.papers, "paper withdraw", nomination="1")
    assert reply(answer) == "Only the nominator or an organiser can withdraw a nomination."
    club.refused()
    assert await club.queue() == {"On 1706.03762": 1}


@pytest.mark.parametrize("by_role", [False, True])
async def test_an_organiser_withdraws_any(club: Club, by_role: bool) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    organiser = club.add_member("oscar", club.organisers) if by_role else club.olga
    answer = await organiser.slash(club.papers, "paper withdraw", nomination="1")
    assert reply(answer).startswith("Withdrawn: ")
    assert await club.queue() == {}


async def test_what_was_withdrawn_can_be_nominated_again(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.alice.slash(club.papers, "paper withdraw", nomination="1")
    again = await club.nominate(club.bob, "arXiv:1706.03762")
    assert f"Nominated by <@{club.bob.id}>" in text_of(again)
