"""An interview as a document: Markdown, with front matter that Jekyll takes as it is, or plain.

    title ─ editor's notes ─ ## question ─ who asked ─ **name:** answer ... ─ notes ─ ### follow-up

What people wrote is text: nothing of it becomes a heading, HTML, a Liquid tag, or ends the front
matter. Its paragraphs and addresses stay.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import frontmatter

from bot.core.text import one_line, plain

UNNAMED = "a member"
_DEEPEST = 6  # levels of headings that Markdown has
_SLUG = re.compile(r"[^\w]+", re.UNICODE)
_MARKUP = re.compile(r"([\\`*_\[\]<>&|~{}%$])")
_LINE_START = re.compile(r"^(\s*)([#+\-=:]|\d+(?=[.)]))", re.MULTILINE)
_ADDRESS = re.compile(r"(https?://[^\s<>{}`]*[^\s<>{}`.,:;!?\"')\]])")
_LONGEST_SLUG = 60


@dataclass(frozen=True)
class Reply:
    """An answer; its author has no name where they stay unnamed."""

    by: str
    text: str


@dataclass(frozen=True)
class Said:
    """A question with what was answered to it, and what it led to."""

    number: int
    title: str
    details: str
    asked_by: str
    answers: tuple[Reply, ...]
    notes: tuple[str, ...]
    follow_ups: tuple["Said", ...] = ()

    def with_follow_ups(self, follow_ups: tuple["Said", ...]) -> "Said":
        return replace(self, follow_ups=follow_ups)

    @property
    def is_answered(self) -> bool:
        return bool(self.answers) or any(one.is_answered for one in self.follow_ups)


@dataclass(frozen=True)
class Interview:
    """A session, as far as it may be published. `date` is an instant, shown in the zone."""

    title: str
    guest: str
    date: datetime
    zone: str
    notes: tuple[str, ...]
    questions: tuple[Said, ...]


def document(interview: Interview, *, jekyll: bool) -> tuple[str, str]:
    """The file's name and its text."""
    day = interview.date.astimezone(ZoneInfo(interview.zone))
    slug = _SLUG.sub("-", one_line(interview.title).casefold()).strip("-")[:_LONGEST_SLUG]
    name = f"{day:%Y-%m-%d}-{slug or 'interview'}.md"
    body = "\n\n".join(_body(interview))
    if not jekyll:
        return name, f"# {_line(interview.title)}\n\n{body}\n"
    post = frontmatter.Post(
        body,
        layout="post",
        title=one_line(interview.title),
        date=day.strftime("%Y-%m-%d %H:%M:%S %z"),
        guest=one_line(interview.guest),
        categories=["interview"],
    )
    return name, frontmatter.dumps(post, allow_unicode=True, sort_keys=False) + "\n"


def _body(interview: Interview) -> Iterator[str]:
    yield f"*An interview with {_line(interview.guest)}.*"
    yield from map(_note, interview.notes)
    for question in interview.questions:
        yield from _said(question, level=2)


def _said(question: Said, level: int) -> Iterator[str]:
    yield f"{'#' * min(level, _DEEPEST)} {_line(question.title)}"
    if question.details:
        yield _passage(question.details)
    yield f"*asked by {_line(question.asked_by or UNNAMED)}*"
    for answer in question.answers:
        yield f"**{_line(answer.by or UNNAMED)}:**"
        yield _passage(answer.text)
    yield from map(_note, question.notes)
    for follow_up in question.follow_ups:
        if follow_up.is_answered:
            yield from _said(follow_up, level + 1)


def _note(text: str) -> str:
    """An editor's note, as a quotation."""
    lines = _passage(text).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in (f"*Editor's note:* {lines[0]}", *lines[1:]))


def _line(text: str) -> str:
    return _escape(one_line(text))


def _passage(text: str) -> str:
    """Paragraphs of text; the end of a line is one in Markdown, too."""
    return _escape(plain(text).strip()).replace("\n", "  \n").replace("  \n  \n", "\n\n")


def _escape(text: str) -> str:
    pieces = _ADDRESS.split(text)  # every other one is an address
    pieces[::2] = [_LINE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", piece)) for piece in pieces[::2]]
    pieces[1::2] = [f"<{address}>" for address in pieces[1::2]]
    return "".join(pieces)
