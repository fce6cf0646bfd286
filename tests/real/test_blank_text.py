"""`blank-text`: what shows as nothing is no text, wherever something has to be said."""

from pathlib import Path

import pytest

from bot.core.errors import UserError
from bot.core.text import has_words, one_line
from bot.questions.submissions import Asked, Draft
from tests.group import Group, raised

BLANK = {
    "Hangul fillers": "\u3164\u115f\u1160\uffa0",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "an empty braille pattern": "\u2800",
    "marks without a letter": "\u0301\u0308\u20dd",
    "tags": "\U000e0041\U000e0042\U000e007f",
    "variation selectors": "\ufe0f\U000e0100\u180b",
    "directions": "\u200f\u202e\u2067\u061c",
    "Khmer vowels that show nothing": "\u17b4\u17b5",
    "soft hyphens and joiners": "\u00ad\u034f",
    "spaces of many widths": "\u00a0\u2003\u3000\u202f",
    "all of them": "\u3164 \u200b\u2800\n\u0301\ufe0f\u00ad",
}


@pytest.fixture(params=BLANK.values(), ids=BLANK)
def blank(request: pytest.FixtureRequest, shared: Path) -> str:
    assert "U+3164" in (shared / "cases" / "blank-text" / "README.md").read_text()
    return str(request.param)


def test_it_is_no_text(blank: str) -> None:
    assert one_line(blank) == ""
    assert not has_words(f"!{blank}?")


@pytest.mark.parametrize("text", ["👩\u200d🔬", "❤\ufe0f", "한글", "e\u0301", "…", "\ue000"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert one_line(text)


async def test_it_is_refused_wherever_something_has_to_be_said(group: Group, blank: str) -> None:
    app, alice = group.app, group.member()
    await app.question_settings.set(
        group.organiser, channel_ref="club-questions", cooldown_minutes=0
    )

    async def refusal(said: object) -> str:
        return str(await raised(said, UserError))  # type: ignore[arg-type]

    asked = await refusal(app.question_submissions.ask(alice, Draft(title=blank), "1"))
    assert asked.startswith("That title has no words.")
    outcome = await app.question_submissions.ask(alice, Draft(title="Where?", details=blank), "2")
    assert isinstance(outcome, Asked)
    assert outcome.question is not None
    number = outcome.question.id
    assert outcome.question.details == ""
    answered = await refusal(app.answers.answer(group.member("bob"), number, blank, key="3"))
    assert answered.startswith("That answer has no words.")
    closed = await app.question_lifecycle.close(alice, number, blank, key="4")
    assert closed.state_reason is None
    session = app.amas.open(group.organiser, guest_ref="g", guest_name="Mina", title=blank)
    assert "needs a title" in await refusal(session)
    assert "at least one topic" in await refusal(
        app.question_settings.set(group.organiser, topics=f"{blank},{blank}")
    )
    typed = app.nominations.nominate_typed(alice, title=blank, authors="", link="")
    assert "title is missing" in await refusal(typed)
    nominated = await group.nominate("1706.03762")
    assert nominated.reason is None
    again = await app.nominations.nominate(alice, "1810.04805", blank)
    assert again.nomination.reason is None  # type: ignore[union-attr]
    for title, story in ((blank, "A story. " * 40), ("A summer at CERN", blank * 300)):
        handed_in = app.submissions.submit(
            alice, title=title, story=story, link="", anonymous=False
        )
        assert ("title is missing" if title == blank else "0 characters") in await refusal(
            handed_in
        )
