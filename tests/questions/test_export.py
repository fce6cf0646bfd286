"""An interview as a file: read by a CommonMark parser, it is what people have written."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import one_line, plain
from bot.questions.ama.export import Interview, Reply, Said, document
from bot.questions.rules import answer_of, details_of, note_of, title_of
from tests.questions.reader import Tree, blocks, lines, rebuilt


def said(title: str, *answers: tuple[str, str], **more: Any) -> Said:
    options: dict[str, Any] = {"number": 0, "details": "", "asked_by": "", "notes": ()}
    return Said(
        title=title, answers=tuple(Reply(by, text) for by, text in answers), **(options | more)
    )


def interview(*questions: Said, **more: Any) -> Interview:
    options: dict[str, Any] = {
        "title": "Ask Mina",
        "guest": "Mina",
        "date": datetime(2026, 1, 5, 12, 0, tzinfo=UTC),
        "zone": "Europe/Berlin",
        "notes": (),
    }
    return Interview(questions=questions, **(options | more))


# Three people answer each question; some led to another.
TALK = interview(
    said(
        "왜 박사 과정을 선택했나요?",
        ("Mina", "연구가 좋아서요.\n그리고 사람들이 좋아서요.\n\n지금도 그래요. 🙂"),
        ("준호", "저는 우연히 시작했어요."),
        ("Alice", "I wanted to know *why* things work."),
        asked_by="수진",
        details="지원할 때 무엇을 가장 걱정했나요?\nAnd would you do it again?",
        notes=("수진 is in her second year.",),
        follow_ups=(
            said(
                "How did you choose the lab?",
                ("Mina", "I read their papers: https://example.org/papers_2024?a=1&b=2."),
                ("준호", "By its people."),
                ("Alice", "By its city."),
                follow_ups=(
                    said(
                        "Which paper was it?",
                        ("Mina", "1. Attention\n2. Dropout\n3. Adam"),
                        ("준호", "None."),
                        ("Alice", "- the one on maps\n- the one on words"),
                        asked_by="Bob",
                    ),
                ),
            ),
        ),
    ),
    said(
        "Is C# worth it?  #",
        ("Mina", "No.\n\n    def no():\n        return {{ answer }}"),
        ("", "Yes, for {% games %}."),
        ("Bob", "<b>Perhaps</b> &amp; perhaps not."),
        notes=("First.\nSecond.\n\nThird.", "---"),
    ),
    notes=("We met in Berlin.", "Shortened."),
    title="미나에게 물어보세요: “PhD”",
    guest="Mina (민아)",
)


def name(text: str) -> str:
    return one_line(text) or "a member"


def put_in(questions: Sequence[Said]) -> list[Tree]:
    return [
        (
            question.title,
            name(question.asked_by),
            lines(question.details),
            [(name(one.by), lines(one.text)) for one in question.answers],
            [lines(note) for note in question.notes],
            put_in(question.follow_ups),
        )
        for question in questions
    ]


def read(talk: Interview) -> str:
    """The body of the file for a blog; its front matter is looked at."""
    _, text = document(talk, jekyll=True)
    file = frontmatter.loads(text)
    assert file.metadata == {
        "layout": "post",
        "title": one_line(talk.title),
        "date": "2026-01-05 13:00:00 +0100",
        "guest": one_line(talk.guest),
        "categories": ["interview"],
    }
    assert "{{" not in file.content
    assert "{%" not in file.content
    return file.content


# A blog's file


def test_three_people_answer_each_question_and_all_of_it_comes_back() -> None:
    kept = replace(TALK, questions=tuple(as_kept(one) for one in TALK.questions))
    guest, notes, questions = rebuilt(read(kept))
    assert guest == "Mina (민아)"
    assert notes == [[["We met in Berlin."]], [["Shortened."]]]
    assert questions == put_in(kept.questions)
    first = questions[0]
    assert first[0] == "왜 박사 과정을 선택했나요?"
    assert first[3][0] == (
        "Mina",
        [["연구가 좋아서요.", "그리고 사람들이 좋아서요."], ["지금도 그래요. 🙂"]],
    )


def as_kept(question: Said) -> Said:
    return replace(question, title=title_of(question.title))


def test_the_korean_text_stands_in_the_file_as_it_was_typed() -> None:
    file, text = document(TALK, jekyll=True)
    assert "title: '미나에게 물어보세요: “PhD”'" in text
    assert "## 왜 박사 과정을 선택했나요?" in text
    assert "저는 우연히 시작했어요." in text
    assert file == "2026-01-05-미나에게-물어보세요-phd.md"


def test_plain_markdown_has_a_heading_and_no_front_matter() -> None:
    _, text = document(TALK, jekyll=False)
    assert text.startswith("# 미나에게 물어보세요: “PhD”\n\n*An interview with Mina (민아).*\n")
    _, with_front_matter = document(TALK, jekyll=True)
    assert text.partition("\n\n")[2] == with_front_matter.split("---\n\n", 1)[1]


def test_a_question_reads_from_top_to_bottom() -> None:
    asked = said(
        "Why?",
        ("Mina", "Because."),
        ("", "Nobody knows.\nReally."),
        asked_by="Alice",
        details="I wonder.",
        notes=("She laughs.",),
        follow_ups=(said("And then?", ("Mina", "Then *this*.")),),
    )
    assert document(interview(asked), jekyll=False)[1] == (
        "# Ask Mina\n\n*An interview with Mina.*\n\n"
        "## Why?\n\n*asked by Alice*\n\nI wonder.\n\n"
        "**Mina:**\n\nBecause.\n\n**a member:**\n\nNobody knows.  \nReally.\n\n"
        "> *Editor's note:* She laughs.\n\n"
        "### And then?\n\n*asked by a member*\n\n**Mina:**\n\nThen \\*this\\*.\n"
    )


def test_follow_ups_that_nobody_has_answered_are_left_out() -> None:
    asked = said("Why?", ("Mina", "Because."), follow_ups=(said("And then?"),))
    assert "And then?" not in document(interview(asked), jekyll=True)[1]


def test_code_that_somebody_pasted_keeps_its_indentation() -> None:
    body = read(interview(said("How?", ("Mina", "So:\n\n    if x:\n\treturn  1"))))
    (*_, code) = blocks(body)
    assert code[2].replace("\N{NO-BREAK SPACE}", " ") == "    if x:\n    return  1"


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("Ask Mina about her PhD!", "2026-01-05-ask-mina-about-her-phd.md"),
        ("../../etc/passwd", "2026-01-05-etc-passwd.md"),
        ("long " * 30, "2026-01-05-" + "long-" * 11 + "long.md"),
        ("?!", "2026-01-05-interview.md"),
    ],
)
def test_the_file_is_named_as_jekyll_wants_it(title: str, file: str) -> None:
    assert document(interview(title=title), jekyll=True)[0] == file


def test_the_date_is_that_of_the_group() -> None:
    late = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    file, text = document(interview(date=late), jekyll=True)
    assert file.startswith("2026-01-06-")
    assert "date: 2026-01-06 00:30:00 +0100" in text


# Anything that people can write


NASTY = (
    *("# heading", "## x ##", "C #", "Title\n=====", "Title\n---", "---", "...", "***", "- - -"),
    *("```\ncode\n```", "~~~", "    code", "\tcode", "`code`", "``", "- one\n- two", "+ a", "* a"),
    *("1. one\n2. two", "1) a", "1986\\. x", "> quote", ">>> q", "| a | b |\n|---|---|\n| 1 | 2 |"),
    *("<script>alert(1)</script>", "<!-- x -->", "<b>", "</div>", "<a@b.org>", "&amp;", "&#35; a"),
    *("{{ site.title }}", "{% raw %}", "{% include x %}", "{%", "%}", "{{", "}}", "{: .c}", "{::}"),
    *("[a](https://b.org)", "![a](b)", "[a]: https://b.org", "[^1]", "[^1]: note", "*[a]: b"),
    *("*a*", "**a**", "_a_", "__a", "~~a~~", "\\", "\\\\", "a\\\nb", "a  \nb", "$$x$$", "^", ": a"),
    *("https://example.org/a_b*c?d=1&e=2#f", "http://[::1]/", "https://a.org/&copy;x", "https://"),
    *("https://a.org/|x|", "https://a.org/한국어).", "<https://a.org>", "www.a.org", "a@b.org"),
    *(
        "\u202eabc",
        "שלום עולם",
        "مرحبا",
        "한국어 텍스트",
        "👩\u200d👩\u200d👧",
        "🇰🇷",
        "\u00a0x\u00a0",
    ),
    *("  x  ", "a\n\n\n\nb", "a\n \t\nb", "\u3000x", "\r\n", "\0", "\ufeff", "\ud800", "a--b---c"),
    *(
        "*Editor's note:* x",
        "**Mina:**",
        "*asked by x*",
        "@everyone",
        "'\"",
        "a: b",
        "!ruby/x",
        "y",
    ),
)
texts = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=8), st.sampled_from(" \n")), max_size=5
).flatmap(lambda parts: st.sampled_from((" ", "\n", "\n\n", "")).map(lambda join: join.join(parts)))


def kept(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Of these, what is taken at all: it has words."""
    return texts.filter(lambda text: any(map(str.isalnum, plain(text))))


titles = kept(texts).map(title_of)
names = texts
replies = st.builds(Reply, names, kept(texts).map(answer_of))


def questions_with(follow_ups: st.SearchStrategy[tuple[Said, ...]]) -> st.SearchStrategy[Said]:
    return st.builds(
        Said,
        number=st.just(0),
        title=titles,
        details=texts.map(details_of),
        asked_by=names,
        answers=st.lists(replies, min_size=1, max_size=3).map(tuple),
        notes=st.lists(kept(texts).map(note_of), max_size=1).map(tuple),
        follow_ups=follow_ups,
    )


leaves = questions_with(st.just(()))
talks = st.builds(
    interview,
    questions_with(
        st.lists(questions_with(st.lists(leaves, max_size=1).map(tuple)), max_size=2).map(tuple)
    ),
    leaves,
    title=titles,
    guest=names,
    notes=st.lists(kept(texts).map(note_of), max_size=2).map(tuple),
)


@given(talks)
def test_whatever_is_written_comes_back_as_text(talk: Interview) -> None:
    guest, notes, questions = rebuilt(read(talk))
    assert guest == name(talk.guest)
    assert notes == [lines(note) for note in talk.notes]
    assert questions == put_in(talk.questions)


@pytest.mark.parametrize("text", NASTY)
def test_each_of_these_is_text_wherever_it_stands(text: str) -> None:
    with_words = f"{text} end"
    asked = said(
        title_of(with_words),
        (text, answer_of(f"{with_words}\n\n{text}\n{text}")),
        details=details_of(text),
        asked_by=text,
        notes=(note_of(with_words),),
    )
    talk = interview(asked, title=title_of(with_words), guest=text, notes=(note_of(with_words),))
    guest, notes, questions = rebuilt(read(talk))
    assert guest == name(text)
    assert notes == [lines(note_of(with_words))]
    assert questions == put_in(talk.questions)


@pytest.mark.parametrize("text", NASTY)
def test_what_kramdown_reads_in_its_own_way_does_not_occur(text: str) -> None:
    body = read(interview(said("Why?", (text, f"{text} <{text}> <https://a.org>\n{text}"))))
    body = body.replace("\\\\", "")  # backslashes that are text
    assert not re.search(r"<<|>>|(?<!\\)--|\$\$|\\[&<{]|^\^$|^: ", body, re.MULTILINE)
