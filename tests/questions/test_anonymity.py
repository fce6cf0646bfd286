"""What is done without a name can't be told to be one member's or the other's."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core import courier
from bot.settings import Settings
from tests.questions.doings import (
    ANNA,
    ANSWERS,
    CARL,
    EXPERIENCES,
    PEOPLE,
    QUESTIONS,
    WHAT,
    ZOE,
    Step,
)
from tests.questions.lives import Life, beginning

LINKING = ("consent", "block", "unblock", "block_author")  # hold for all that one writes unnamed


def scripts(what: Sequence[str]) -> st.SearchStrategy[list[Step]]:
    """The two ask, and then anything may happen."""
    asks = st.builds(
        Step,
        what=st.just("ask"),
        who=st.sampled_from((ANNA, ZOE)),
        pick=st.integers(0, 3),
        one=st.booleans(),
    )
    steps = st.builds(
        Step,
        what=st.sampled_from(what),
        who=st.sampled_from(PEOPLE),
        pick=st.integers(0, 11),
        one=st.booleans(),
        two=st.booleans(),
    )
    return st.builds(
        lambda first, then: first + then,
        st.lists(asks, min_size=2, max_size=4),
        st.lists(steps, min_size=10, max_size=40),
    )


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance has no part in what is compared: no jitter, and one lane at a time."""
    monkeypatch.setattr(courier, "LANES_AT_ONCE", 1)
    monkeypatch.setattr(courier.random, "uniform", lambda least, most: 1.0)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as directory:
        yield Path(directory)


def assert_alike(one: Life, other: Life) -> None:
    """Step by step, so that the first difference is the one that is shown."""
    for seen, seen_otherwise in zip(one.seen, other.seen, strict=True):
        assert seen == seen_otherwise


def lived(place: Path, migrated: Path, script: list[Step], *exchanged: str) -> Life:
    """A whole life."""
    for old in place.iterdir():
        old.unlink()
    shutil.copy(migrated, place / "paperclub.db")
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{place / 'paperclub.db'}",
        secret_key="a key",
        cache_dir=None,
        shards=1,
    )

    async def main() -> Life:
        async with beginning(settings, frozenset(exchanged)) as life:
            await life.live(*script)
            return life

    return asyncio.run(main())


ASKED = [Step("ask", ANNA, 0, one=True), Step("ask", ZOE, 1, one=True), Step("ask", ANNA, 2)]
# Both ask and answer with and without their names, one takes no messages, and all comes of it that
# can come of a question.
STORY = [
    Step("help", ANNA, 0),
    Step("help", ZOE, 1),
    Step("doors", pick=1, one=True),
    *ASKED,
    *(Step("follow", who, 0, one=True) for who in (ANNA, ZOE)),
    Step("wait", pick=3),
    *(
        Step("answer", who, pick, one=unnamed)
        for who in (ANNA, ZOE)
        for pick in range(3)
        for unnamed in (False, True)
    ),
    *(Step("me_too", who, pick, one=True) for who in (ANNA, ZOE) for pick in range(3)),
    Step("accept", pick=1, one=True),
    Step("upvote", ZOE, 1, one=True),
    Step("edit_answer", pick=0, one=True),
    Step("edit_answer", pick=1, one=True),
    *(Step("edit", pick=pick, one=True, two=True) for pick in range(3)),
    Step("undo_accept", pick=1, one=True),
    Step("delete_answer", pick=0, one=True),
    Step("ask", ZOE, 0, one=True),
    Step("post_draft"),
    Step("settings", one=True, pick=1),
    Step("ask", ANNA, 3, one=True),
    Step("approve"),
    Step("ask", ZOE, 3, one=True),
    Step("merge", pick=1),
    Step("session", one=True),
    *(Step("ask", who, pick, one=one, two=True) for who in (ANNA, ZOE) for pick, one in (
        (1, True), (2, False))),
    *[Step("approve")] * 2,
    Step("next"),
    Step("answer", ANNA, 0, one=True),
    Step("consent", ANNA, one=True, two=True),
    Step("consent", ZOE, one=False, two=True),
    Step("note", one=True),
    Step("session"),
    Step("outage"),
    Step("delete", pick=4, one=True),
    Step("block", pick=0),
    Step("restart"),
    *ASKED,
    *(Step("edit", pick=pick, one=True) for pick in range(3)),
    Step("delete", pick=1, one=True),
    Step("wait", pick=6),
    Step("close", pick=3, one=True),
]  # fmt: skip


# What is late, or does not get through, may be a direct message to one of the two.
LATE = [Step("doors", pick=1, one=True), Step("ask", ANNA, one=True), Step("outage", "carl")]
TROUBLE = [
    Step("doors", pick=1, two=True),
    Step("ask", ANNA, one=True),
    Step("outage", "carl"),
    Step("wait", pick=2),
    Step("outage", "carl"),
]


# Both hand in experiences with and without their names; one takes no messages, nothing gets
# through to her, and she is blocked.
HANDED_IN = [
    *(Step("hand_in", who, one=unnamed) for who in (ANNA, ZOE) for unnamed in (True, False)),
    Step("decide", one=True),
    Step("doors", pick=1, one=True),
    *[Step("decide")] * 3,
    *[Step("hand_in", ANNA, one=True)] * 2,
    Step("doors", pick=1, two=True),
    Step("decide"),
    Step("wait", pick=2),
    Step("doors"),
    Step("wait", pick=2),
    Step("ask", ANNA, 0, one=True),
    Step("block"),
    *[Step("hand_in", ANNA, one=True)] * 6,
    Step("restart"),
    *[Step("decide")] * 2,
    Step("look"),
]


# Organisers reword, take down, bring back and decline what the two have handed in, edited and
# deleted; both are corrected, and blocked by what they handed in.
EXPERIENCED = [
    *(Step("hand_in", who, one=unnamed) for who in (ANNA, ZOE) for unnamed in (True, False)),
    *(Step("edit_experience", pick=pick, one=True) for pick in range(4)),
    Step("reword", pick=1),
    *[Step("decide", one=True)] * 3,
    Step("decide"),
    Step("reopen_experience", pick=0),
    Step("decide", one=True),
    *(Step("edit_experience", pick=pick, one=True) for pick in range(4)),
    Step("edit_experience", CARL, 1),
    *[Step("decide", one=one) for one in (True, False, True)],
    *(Step("take_down", pick=pick) for pick in range(3)),
    Step("look"),
    *(Step("take_down", pick=pick, one=True) for pick in range(2)),
    *(Step("correct", who, pick) for who in (ANNA, ZOE, CARL) for pick in range(4)),
    *[Step("revert", pick=pick, one=one) for pick in range(4) for one in (True, False)],
    Step("doors", pick=1, one=True),
    Step("delete_experience", pick=1, one=True),
    Step("delete_experience", pick=2, one=True),
    Step("delete_experience", CARL, 3),
    *(Step("block_author", pick=pick) for pick in (0, 1, 3)),
    *(Step("hand_in", who, one=unnamed) for who in (ANNA, ZOE) for unnamed in (True, False)),
    *(Step("edit_experience", pick=pick, one=True) for pick in range(8)),
    Step("ask", ANNA, 0, one=True),
    Step("block_author", pick=7, one=True),
    Step("hand_in", ANNA, one=True),
    Step("hand_in", ZOE, one=True),
    Step("decide"),
    Step("wait", pick=3),
    Step("restart"),
]


@given(scripts(WHAT))
@example(EXPERIENCED)
@example(STORY)
@example(LATE)
@example(TROUBLE)
@example(HANDED_IN)
@settings(max_examples=8)
def test_nobody_can_tell_which_of_two_members_it_was(place, migrated, script) -> None:
    one = lived(place, migrated, script)
    assert_alike(one, lived(place, migrated, script, QUESTIONS, ANSWERS, EXPERIENCES))


@given(scripts([what for what in WHAT if what not in LINKING]))
@example([step for step in STORY if step.what not in LINKING])
@example([step for step in HANDED_IN if step.what not in LINKING])
@example([step for step in EXPERIENCED if step.what not in LINKING])
@settings(max_examples=4)
def test_nobody_can_tell_whether_who_asked_has_answered(place, migrated, script) -> None:
    """Two things that are unnamed can't be told to be one member's either."""
    one = lived(place, migrated, script)
    assert_alike(one, lived(place, migrated, script, ANSWERS))
    assert_alike(one, lived(place, migrated, script, EXPERIENCES))


def test_much_happens_in_the_story_and_only_the_two_learn_what_was_theirs(place, migrated) -> None:
    """Who is written to is exchanged as well, so the comparison above has something to miss."""
    one = lived(place, migrated, STORY)
    other = lived(place, migrated, STORY, QUESTIONS, ANSWERS)

    def told(life: Life) -> list[list[int]]:
        """Which messages each of the two got."""
        return [[m.mark for m in life.world.within(f"user:{who}")] for who in (ANNA, ZOE)]

    assert told(one) != told(other)
    assert sum(map(len, told(one))) >= 4
    titles = {message.post.title for message in one.world.messages}
    assert len(titles) >= 20
    assert {"Can you help?", "This week's questions", "Welcome", "AMA summary: A PhD"} <= titles
    refusals = [outcome for _, outcome, *_ in one.seen if isinstance(outcome, str)]
    assert len(refusals) <= 3, refusals


def test_much_happens_to_the_experiences_too(place, migrated) -> None:
    one = lived(place, migrated, EXPERIENCED)
    refusals = [outcome for _, outcome, *_ in one.seen if isinstance(outcome, str)]
    assert len(refusals) <= 11, refusals
    titles = {message.post.title for message in one.world.messages}
    assert {"Deleted by its author", "Your edit was not posted"} <= titles
