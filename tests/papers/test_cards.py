"""Whatever a paper, a reason or a name holds: Discord takes the card, and none of it formats."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.discord.render import card
from bot.core.paging import page_of
from bot.core.post import Button, Event, Post, Thread
from bot.core.text import harmless
from bot.papers.cards import meetings
from bot.papers.cards.nominations import expired_nomination, nomination_card
from bot.papers.cards.papers import links, paper_link
from bot.papers.library import PaperDetails
from bot.papers.model import NominationState, PaperState, Round, RoundState
from bot.papers.outcomes import (
    AlreadyDiscussed,
    AlreadyUp,
    NeedsDetails,
    Nominated,
)
from bot.papers.references.text import Kind, Reference
from bot.papers.replies import library
from bot.papers.replies.nominations import outcome_sentence
from bot.papers.replies.schedule import schedule_card
from bot.papers.rules import TieBreak
from bot.papers.schedule.schedules import ScheduleView
from bot.papers.views import (
    Attendance,
    Discussed,
    Meeting,
    NominationView,
    PaperView,
    RoundView,
)
from tests import openapi
from tests.markup import render

NOON = datetime(2026, 1, 12, 11, tzinfo=UTC)
REF = "1456074443980800013"
OURS = "`/schedule resume`"
HOSTILE = (
    *("@everyone ", "<@&1> ", "<@123456789012345678>", "[a](https://evil.example)", "*", "_", "~~"),
    *("||", "`", "```\n", "\\", "\n# ", "\n> ", "\n- ", "\n1. ", "\u202e", ":smile:", "(", ")"),
    *("https://example.org/a_b ", "word ", "이름 ", "👩\u200d🔬", "x", "\u200b", "& "),
)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Short ones of hostile pieces, and ones that are as long as can be."""
    return st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join) | st.builds(
        lambda piece, start: (start + piece * longest)[:longest],
        st.sampled_from(HOSTILE),
        st.sampled_from(HOSTILE),
    )


urls = st.sampled_from(
    [
        *(
            None,
            "https://example.org/",
            "https://example.org/" + "(" * 160,
            "https://a.b/" + "x" * 499,
        ),
        *(
            "https://example.org/" + "x" * 600,
            "not an address",
            "https://a.bc/>|||",
            "https://x y.z",
        ),
    ]
)
titles = texts(1000).filter(str.strip)
papers = st.builds(
    PaperView,
    id=st.just(1),
    title=titles,
    authors=st.lists(texts(300), max_size=30).map(tuple),
    year=st.none() | st.integers(1, 9999),
    venue=st.none() | texts(500),
    abstract=st.none() | texts(6000),
    url=urls,
    pdf_url=urls,
    state=st.sampled_from(PaperState),
)
nominations = st.builds(
    NominationView,
    id=st.just(10**9),
    paper=papers,
    member_ref=st.just(REF),
    reason=st.none() | texts(500),
    state=st.sampled_from([state.value for state in NominationState]),
    votes=st.integers(0, 10**6),
    nominated_at=st.just(NOON),
)
rounds = st.builds(
    RoundView,
    id=st.just(10**9),
    meets_at=st.just(NOON),
    duration=st.just(timedelta(hours=8)),
    state=st.sampled_from(RoundState),
    nomination=nominations,
    attendance=st.builds(Attendance, *[st.integers(0, 10**6)] * 3),
    tie_break=st.none() | st.sampled_from(TieBreak),
)
discussed = st.builds(
    Discussed, paper=papers, met_at=st.just(NOON), thread_ref=st.sampled_from([None, REF])
)
going = st.lists(st.integers(10**18, 10**19 - 1).map(str), max_size=80, unique=True)


def texts_of(post: Post, *, late: bool = True) -> list[str]:
    """The card's texts, once Discord has taken it."""
    body: dict[str, Any] = {
        "flags": 1 << 15,
        "components": card(post, late=late, row_id=10**9).to_components(),
        "allowed_mentions": {
            "parse": [],
            "users": list(post.ping_members),
            "roles": list(post.ping_roles),
        },
    }
    if openapi.missing() is None:
        assert not openapi.message_faults(body)
    found, waiting = [], list(body["components"])
    while waiting:
        part = waiting.pop()
        found += [part["content"]] if part["type"] == 10 else []
        waiting += part.get("components", [])
    assert sum(map(len, found)) <= 4000
    return found


def check(post: Post, *expected: str) -> None:
    """Discord takes it, none of it formats but our own words, and what is expected is there."""
    found = texts_of(post)
    rendered = [render(text.replace(OURS, "")) for text in found]
    used = {name for one in rendered for name in one.formats}
    assert used <= {"heading", "bold", "strike", "mention", "time", "hidden link", "quote"}
    everything = "\n".join(found)
    assert not any(mark in everything for mark in ("@everyone", "<@&1>", "<@123456789012345678>"))
    assert "\u202e" not in everything
    for text in expected:
        assert text in everything


@given(nominations)
def test_a_nomination_fits(nomination: NominationView) -> None:
    check(nomination_card(nomination), f"<@{REF}>")
    check(expired_nomination(nomination))


@given(rounds)
def test_an_announcement_fits(round_: RoundView) -> None:
    check(meetings.announcement(round_, REF), f"<t:{int(NOON.timestamp())}:F>", f"<@{REF}>")


@given(rounds, going, texts(200))
def test_what_is_said_in_the_thread_fits(round_: RoundView, members: list[str], why: str) -> None:
    for post in (
        meetings.reminder(round_, members),
        meetings.started(round_, members),
        meetings.called_off(round_, members, why),
    ):
        check(post, *(f"<@{ref}>" for ref in members))


@given(rounds)
def test_threads_and_events_have_names_that_discord_takes(round_: RoundView) -> None:
    thread, event = (
        meetings.discussion_thread(round_.nomination.paper),
        meetings.calendar_event(round_),
    )
    assert isinstance(thread, Thread)
    assert isinstance(event, Event)
    for name in (thread.name, event.name):
        assert 1 <= len(name) <= 100
        assert "\n" not in name
        assert name == name.strip()
    assert len(event.text) <= 1000


@given(
    papers,
    st.none() | nominations,
    st.none() | discussed,
    st.lists(st.builds(Reference, st.sampled_from(Kind), texts(2000)), max_size=9),
)
def test_a_paper_that_is_looked_up_fits(
    paper: PaperView,
    nomination: NominationView | None,
    before: Discussed | None,
    references: list[Reference],
) -> None:
    check(library.paper_card(PaperDetails(paper, tuple(references), nomination, before)))


@given(
    st.one_of(
        st.builds(Nominated, nominations, st.none() | nominations, st.none() | texts(300)),
        st.builds(AlreadyUp, nominations, st.booleans()),
        st.builds(AlreadyDiscussed, discussed),
        st.builds(NeedsDetails, st.just("Nobody knows it."), texts(300), texts(300)),
    )
)
def test_an_answer_to_a_nomination_fits_in_a_message(outcome: Any) -> None:
    sentence = outcome_sentence(
        replace(outcome, waiting="It is away.") if isinstance(outcome, Nominated) else outcome
    )
    assert len(sentence) <= 2000
    assert set(render(sentence).formats) <= {"hidden link", "time", "mention"}


@given(st.lists(nominations, max_size=2), st.lists(discussed, max_size=2), st.integers(0, 3))
@settings(max_examples=30)
def test_every_page_of_a_list_fits(
    up: list[NominationView], before: list[Discussed], page: int
) -> None:
    for rows in (
        [library.queue_row(n, one, voted=n % 2 == 0) for n, one in enumerate(up, 1)] * 6,
        [library.paper_row(nomination.paper) for nomination in up] * 6,
        [library.history_row(one) for one in before] * 6,
    ):
        check(page_of("Papers found", rows, page, "search", empty="None.", argument="x" * 60))


@given(papers, texts(200), st.none() | st.just(date(2026, 3, 1)), st.booleans())
def test_a_schedule_fits(paper: PaperView, why: str, until: date | None, paused: bool) -> None:
    days = [date(2026, 1, 12) + timedelta(weeks=week) for week in range(5)]
    meetings = [Meeting(day, NOON, note=f"skipped: {why}") for day in days[1:]]
    check(
        schedule_card(
            ScheduleView(
                description="The last Friday of each month at 17:00 (America/Port_of_Spain)",
                duration=timedelta(hours=8),
                paused=paused,
                paused_until=until,
                meetings=(Meeting(days[0], NOON, paper, "announced"), *meetings),
            )
        )
    )


def pages(count: int) -> list[Post]:
    rows = [f"row {number}" for number in range(count)]
    return [page_of("Rows", rows, number, "turn", empty="None yet.") for number in range(4)]


def test_twenty_five_rows_make_three_pages() -> None:
    first, second, third, beyond = pages(25)
    assert [len(page.details) for page in (first, second, third)] == [10, 10, 5]
    assert [page.footnote for page in (first, second, third)] == ["1 of 3", "2 of 3", "3 of 3"]
    assert [[button.label for button in page.buttons] for page in (first, second, third)] == [
        ["Next"],
        ["Previous", "Next"],
        ["Previous"],
    ]
    assert beyond == third  # the list has become shorter since the button was shown


def test_ten_rows_need_no_buttons_and_none_say_what_to_do() -> None:
    assert pages(10)[0].buttons == ()
    assert pages(10)[0].footnote == ""
    assert pages(0)[0].text == "None yet."


def test_a_button_leads_to_its_page() -> None:
    button = pages(25)[0].buttons[0]
    assert isinstance(button, Button)
    assert (button.action, button.argument) == ("turn", "1.")


def test_no_invite_stands_behind_a_title_on_a_button_or_in_an_event() -> None:
    """Nor does an event or a thread show what people wrote as anything but words."""
    invite = "https://discord.gg/abcdef"
    paper = PaperView(
        id=1,
        title="*Free* stuff: discord.gg/abcdef @everyone <@123456789012345678>",
        authors=("**Eve** discord.gg/abcdef",),
        year=2024,
        venue="",
        abstract="",
        url=invite,
        pdf_url="https://example.org/?to=discord.com/invite/x",
        state=PaperState.COMPLETE,
    )
    nomination = NominationView(1, paper, REF, None, "open", 1, NOON)
    round_ = RoundView.of(
        Round(id=1, meets_at=NOON, duration_minutes=60, state="announced"),
        nomination,
        Attendance(),
        None,
    )
    event, thread = meetings.calendar_event(round_), meetings.discussion_thread(paper)
    assert links(paper) == ()
    written = [paper_link(paper), event.name, event.text, thread.name]
    for text in written:
        assert harmless(text) == text
        assert "@everyone" not in text
        assert "<@123456789012345678>" not in text
    assert render(event.text).formats == []
