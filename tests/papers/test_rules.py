"""What is due when, which paper wins, and which papers are the same."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.rules import (
    ROUNDS_WITHOUT_VOTES,
    Candidate,
    Choice,
    Offsets,
    Planned,
    Progress,
    Step,
    TieBreak,
    choose,
    expires,
    looks_the_same,
    normalised_title,
    plan,
    ranked,
    surname,
    upcoming,
)

MEETING = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFSETS = Offsets()


def progress(
    *done: Step, opened: timedelta = 7 * DAY, announced: timedelta | None = None
) -> Progress:
    """A meeting of an hour; `opened` and `announced` are how long before it."""
    return Progress(
        meets_at=MEETING,
        duration=HOUR,
        opened_at=MEETING - opened,
        announced_at=None if announced is None else MEETING - announced,
        done=frozenset(done),
    )


def due(of: Progress) -> dict[Step, timedelta]:
    """When each step is due, before the meeting."""
    return {planned.step: MEETING - planned.due_at for planned in plan(of, OFFSETS)}


# The plan


def test_a_round_calls_at_five_days_picks_at_three_and_lapses_at_the_meeting() -> None:
    assert due(progress()) == {Step.CALL: 5 * DAY, Step.PICK: 3 * DAY, Step.LAPSE: 0 * DAY}


def test_an_announced_round_reminds_twice_starts_and_ends() -> None:
    assert due(progress(announced=3 * DAY)) == {
        Step.REMIND_DAY: DAY,
        Step.REMIND_HOUR: HOUR,
        Step.START: 0 * DAY,
        Step.CLOSE: -HOUR,
    }


@pytest.mark.parametrize(
    ("announced", "reminders"),
    [
        (25 * HOUR, {Step.REMIND_DAY, Step.REMIND_HOUR}),
        (24 * HOUR, {Step.REMIND_HOUR}),
        (2 * HOUR, {Step.REMIND_HOUR}),
        (HOUR, set()),
        (timedelta(minutes=1), set()),
    ],
)
def test_whoever_has_just_read_the_announcement_is_not_reminded(
    announced: timedelta, reminders: set[Step]
) -> None:
    assert set(due(progress(announced=announced))) - {Step.START, Step.CLOSE} == reminders


@pytest.mark.parametrize(
    ("opened", "call", "pick"),
    [
        (7 * DAY, 5 * DAY, 3 * DAY),
        (5 * DAY, 5 * DAY, 3 * DAY),
        (4.5 * DAY, 4.5 * DAY, 3 * DAY),
        (4 * DAY, 4 * DAY, 3 * DAY),
        (3.5 * DAY, 3.5 * DAY, 2.5 * DAY),  # a day of votes
        (2 * DAY, 2 * DAY, DAY),
        (DAY, DAY, DAY / 2),  # half of what is left
        (2 * HOUR, 2 * HOUR, HOUR),
    ],
)
def test_a_round_that_opens_late_still_takes_votes(
    opened: timedelta, call: timedelta, pick: timedelta
) -> None:
    assert due(progress(opened=opened)) == {Step.CALL: call, Step.PICK: pick, Step.LAPSE: 0 * DAY}


@pytest.mark.parametrize(
    ("step", "last_worth", "announced"),
    [
        (Step.CALL, 3 * DAY, None),
        (Step.PICK, 0 * DAY, None),
        (Step.REMIND_DAY, HOUR, 3 * DAY),  # both due at once: only the later one
        (Step.REMIND_HOUR, 0 * DAY, 3 * DAY),
        (Step.START, -HOUR, 3 * DAY),
    ],
)
def test_a_step_is_worth_taking_until_the_next_one_has_its_turn(
    step: Step, last_worth: timedelta, announced: timedelta | None
) -> None:
    (planned,) = (p for p in plan(progress(announced=announced), OFFSETS) if p.step is step)
    assert not planned.is_too_late(MEETING - last_worth - timedelta(seconds=1))
    assert planned.is_too_late(MEETING - last_worth)


@pytest.mark.parametrize("step", [Step.LAPSE, Step.CLOSE])
def test_a_round_is_brought_to_its_end_however_late(step: Step) -> None:
    announced = 3 * DAY if step is Step.CLOSE else None
    (planned,) = (p for p in plan(progress(announced=announced), OFFSETS) if p.step is step)
    assert not planned.is_too_late(MEETING + 3650 * DAY)


def test_steps_come_one_after_the_other_and_then_no_more() -> None:
    step, taken = upcoming(progress(), OFFSETS), []
    while step is not None:
        taken.append(step.step)
        step = upcoming(progress(*taken), OFFSETS)
    assert taken == [Step.CALL, Step.PICK, Step.LAPSE]

    before_the_pick = (Step.CALL, Step.PICK)
    step = upcoming(progress(*before_the_pick, announced=3 * DAY), OFFSETS)
    assert step == Planned(Step.REMIND_DAY, MEETING - DAY, MEETING - HOUR)


@given(
    opened=st.timedeltas(timedelta(minutes=1), 100 * DAY),
    announced=st.none() | st.timedeltas(timedelta(seconds=1), 100 * DAY),
    call=st.timedeltas(timedelta(0), 14 * DAY),
    pick=st.timedeltas(timedelta(0), 14 * DAY),
)
def test_every_plan_is_in_order_and_inside_its_round(
    opened: timedelta, announced: timedelta | None, call: timedelta, pick: timedelta
) -> None:
    of = progress(opened=opened, announced=announced)
    planned = list(plan(of, replace(OFFSETS, call=call, pick=pick)))

    assert [p.due_at for p in planned] == sorted(p.due_at for p in planned)
    assert all(p.due_at <= p.until for p in planned)
    assert len({p.step for p in planned}) == len(planned)
    assert planned[0].due_at >= of.opened_at or announced is not None
    assert planned[-1].due_at == (MEETING if announced is None else of.ends_at)
    if announced is None:
        (picked,) = (p for p in planned if p.step is Step.PICK)
        assert picked.due_at - of.opened_at >= min(DAY, opened / 2)  # there was time to vote


# The pick


def candidate(number: int, votes: int = 0, past_picks: int = 0, age: int = 0) -> Candidate:
    return Candidate(number, votes, past_picks, MEETING - age * DAY)


@pytest.mark.parametrize(
    ("candidates", "choice"),
    [
        ([], None),
        ([candidate(1)], Choice(1, None)),
        ([candidate(1, votes=2), candidate(2, votes=3)], Choice(2, None)),
        # The votes decide, whoever was picked before and whatever is older.
        ([candidate(1, votes=2, past_picks=9), candidate(2, votes=1, age=9)], Choice(1, None)),
        (
            [candidate(1, votes=2, past_picks=1, age=9), candidate(2, votes=2)],
            Choice(2, TieBreak.FEWER_PICKS),
        ),
        (
            [candidate(1, votes=2, past_picks=1), candidate(2, votes=2, past_picks=1, age=1)],
            Choice(2, TieBreak.OLDER),
        ),
        # Three tie; the picks leave two of them, and age decides between these.
        (
            [
                candidate(1, votes=2, past_picks=1, age=9),
                candidate(2, votes=2, age=1),
                candidate(3, votes=2, age=2),
            ],
            Choice(3, TieBreak.OLDER),
        ),
        # Others tie further down: that is nobody's business.
        (
            [candidate(1, votes=3), candidate(2, votes=1), candidate(3, votes=1)],
            Choice(1, None),
        ),
        ([candidate(1), candidate(2, age=1)], Choice(2, TieBreak.OLDER)),
        # Nominated in the same instant: the one that was stored first.
        ([candidate(2), candidate(1)], Choice(1, TieBreak.OLDER)),
    ],
)
def test_most_votes_then_fewer_picks_then_the_older(
    candidates: list[Candidate], choice: Choice | None
) -> None:
    assert choose(candidates) == choice


crowds = st.lists(
    st.builds(
        candidate,
        st.integers(1, 99),
        votes=st.integers(0, 3),
        past_picks=st.integers(0, 2),
        age=st.integers(0, 3),
    ),
    max_size=8,
    unique_by=lambda c: c.nomination_id,
)


@given(crowds, st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_are_found_decides_nothing(crowd, random) -> None:
    shuffled = list(crowd)
    random.shuffle(shuffled)
    assert ranked(shuffled) == ranked(crowd)
    assert choose(shuffled) == choose(crowd)


@given(crowds.filter(bool))
def test_what_is_said_of_a_tie_is_true(crowd) -> None:
    choice = choose(crowd)
    assert choice is not None
    (chosen,) = (c for c in crowd if c.nomination_id == choice.nomination_id)
    tied = [c for c in crowd if c.votes == chosen.votes and c is not chosen]

    assert chosen.votes == max(c.votes for c in crowd)
    assert (choice.tie_break is None) == (not tied)
    if choice.tie_break is TieBreak.FEWER_PICKS:
        assert all(chosen.past_picks < c.past_picks for c in tied)
    elif choice.tie_break is TieBreak.OLDER:
        rivals = [c for c in tied if c.past_picks == chosen.past_picks]
        assert rivals
        assert all(chosen.nominated_at <= c.nominated_at for c in rivals)


@pytest.mark.parametrize(
    ("votes", "waited", "over"),
    [
        (0, ROUNDS_WITHOUT_VOTES - 1, False),
        (0, ROUNDS_WITHOUT_VOTES, True),
        (0, ROUNDS_WITHOUT_VOTES + 5, True),
        (1, ROUNDS_WITHOUT_VOTES + 5, False),
    ],
)
def test_a_nomination_expires_after_twelve_rounds_without_a_vote(
    votes: int, waited: int, over: bool
) -> None:
    assert ROUNDS_WITHOUT_VOTES == 12
    assert expires(votes, waited) is over


# The same work


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Attention Is All You Need", "attention is all you need."),
        ("BERT: Pre-training of Deep …", "BERT Pretraining of Deep"),
        ("Théorie de l'apprentissage", "Theorie de l'apprentissage"),
        ("Schrödinger Bridges", unicodedata.normalize("NFD", "Schrödinger bridges")),
        ("Straße", "STRASSE"),
        ("딥러닝의 이해", unicodedata.normalize("NFD", "딥러닝의 이해")),
        ("딥 러닝의 이해", "딥러닝의 이해"),
        ("\uff24\uff45\uff45\uff50", "Deep"),  # full-width letters
        ("e\ufb03cient nets", "Efficient Nets"),  # a ligature
        ("İstanbul", "istanbul"),
    ],
)
def test_titles_that_a_reader_takes_for_the_same(one: str, other: str) -> None:
    assert normalised_title(one) == normalised_title(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-3", "GPT-4"),
        ("딥러닝의 이해", "딥러닝의 오해"),
        ("各種の学習", "各種の学者"),
        ("Learning", "Learnings"),
    ],
)
def test_titles_that_differ(one: str, other: str) -> None:
    assert normalised_title(one) != normalised_title(other)


@given(st.text())
def test_normalising_twice_changes_nothing_and_case_never_matters(title: str) -> None:
    normalised = normalised_title(title)
    assert normalised_title(normalised) == normalised
    assert normalised_title(title.upper()) == normalised_title(title.upper().lower())
    assert normalised_title(unicodedata.normalize("NFD", title)) == normalised


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ashish Vaswani", "vaswani"),
        ("Vaswani, Ashish", "vaswani"),
        ("Élie Cartan", "cartan"),
        ("Plato", "plato"),
        ("Bernhard Schölkopf", "scholkopf"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_surnames(author: str, name: str) -> None:
    assert surname(author) == name


PAPER = ("Attention Is All You Need", ["Ashish Vaswani", "Noam Shazeer"], 2017)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (PAPER, True),
        (("Attention is all you need!", ["Vaswani, A."], 2018), True),
        (("Attention is all you need", ["Vaswani, A."], 2019), False),
        (("Attention is all you need", ["Noam Shazeer"], 2017), False),
        (("Attention is all you need", [], None), True),
        (("Attention is all you want", ["Ashish Vaswani"], 2017), False),
        (("", [], None), False),
    ],
)
def test_the_same_title_first_author_and_about_the_same_year_may_be_one_work(
    other: tuple[str, list[str], int | None], same: bool
) -> None:
    assert looks_the_same(PAPER, other) is same
    assert looks_the_same(other, PAPER) is same


def test_titles_of_nothing_but_signs_are_never_the_same() -> None:
    assert not looks_the_same(("???", [], None), ("!!!", [], None))


titles = st.sampled_from(["On Learning", "on learning", "On Léarning", "Deep Nets", "!"])
works = st.tuples(
    titles, st.lists(st.sampled_from(["Ada Bee", "Bee, A.", "Cy Dee"])), st.none() | st.just(2020)
)


@given(works, works)
def test_sameness_has_no_direction(one, other) -> None:
    assert looks_the_same(one, other) == looks_the_same(other, one)
