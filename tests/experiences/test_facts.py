"""What an experience is about, by a table of titles, texts and tags."""

import pytest

from bot.experiences.facts import KINDS, facts_of

CASES = [
    ("My internship at Google Zurich", "", (),
     {"organisation": "Google", "country": "Switzerland"}),
    ("Summer", "I interned at the Vision Lab, KAIST in South Korea.", (),
     {"organisation": "KAIST"}),
    ("카이스트 연구 인턴 후기", "", (), {"organisation": "KAIST", "role": "Research Intern"}),
    ("네이버 인턴 후기", "", (), {"organisation": "NAVER", "role": "Intern"}),
    ("후기", "저는 삼성전자에서 인턴을 했습니다.", (), {"organisation": "Samsung"}),
    ("ドイツでのインターン", "", (), {"country": "Germany", "role": "Intern"}),
    ("독일 인턴", "", (), {"country": "Germany"}),
    ("Intern", "", ("summer2019",), {"season": "Summer 2019"}),
    ("2021년 여름 인턴", "", (), {"season": "Summer 2021"}),
    ("Fall 2020 internship", "", (), {"season": "Autumn 2020"}),
    ("Mitacs Globalink 2022", "", (), {"programme": "Mitacs Globalink"}),
    ("Diary", "I was selected for the DAAD WISE scholarship.", (), {"programme": "DAAD WISE"}),
    ("NLP with friends", "", ("machine-learning",), {"field": "Natural Language Processing"}),
    ("Internship at Foobar Labs", "Foobar Labs is small. I liked Foobar Labs.", (),
     {"organisation": "Foobar Labs"}),
    ("SIA 연구팀 인턴", "SIA 연구팀은 SIA 안에 있습니다.", (), {"organisation": "SIA"}),
    ("Slides", "- Applied Scientist Intern at AWS in Berlin\n- Research Intern at Google in London",
     (), {"organisation": "AWS", "role": "Applied Scientist Intern", "country": "Germany"}),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text", "tags", "expected"), CASES)
def test_what_an_experience_is_about_is_found(
    title: str, text: str, tags: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert expected.items() <= facts_of(title, text, tags).items()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Known ones (MITACS, DAAD, SURF-Caltech, NTU India Connect) want marks.", "programme"),
        ("x " * 400 + "It is like AutoML by Google.", "organisation"),
        ("This summers I worked a lot.", "season"),
        ("We surf, use meta data and rise early.", "organisation"),
        ("We surf, use meta data and rise early.", "programme"),
        ("Tell us about it.", "country"),
    ],
)  # fmt: skip
def test_what_is_merely_mentioned_is_no_fact(text: str, kind: str) -> None:
    assert kind not in facts_of("A diary", text, ())


def test_the_title_beats_the_text() -> None:
    text = "I had an internship at Amazon before. " + "Amazon was big. " * 20
    assert facts_of("Interning at Microsoft", text, ())["organisation"] == "Microsoft"


def test_only_known_kinds_are_named() -> None:
    for title, text, tags, _ in CASES:
        assert set(facts_of(title, text, tags)) <= set(KINDS)
