"""An interview as a document: Markdown, with front matter that Jekyll takes as it is, or plain.

    title ─ editor's notes ─ ## question ─ who asked ─ **name:** answer ... ─ notes ─ ### follow-up

What people wrote is text: nothing of it becomes a heading, HTML, a Liquid tag, or ends the front
matter. Its paragraphs, lines, indentation and addresses stay. It is written such that CommonMark
and kramdown, which Jekyll reads with, agree on it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.text import one_line, plain

ANONYMOUS = "a member"
_DEEPEST = 6  # levels of headings that Markdown has
_SLUG = re.compile(r"[^\w]+", re.UNICODE)
# Liquid looks for its tags before anything else does, and knows no backslashes; kramdown keeps
# those before `&`, and reads `\<<` as one sign.
_MARKUP = str.maketrans(
    {"&": "&amp;", "{": "&#123;", "<": "&lt;", ">": "&gt;"}
    | {sign: f"\\{sign}" for sign in "\\`*_[]|~$#"}
)
_DASHES = re.compile(r"-(?=-)")  # kramdown makes one long dash of two
_LINE_START = re.compile(r"(?=[+\-=:])|\d+(?=[.)](?:\s|$))")
_BLANK_LINES = re.compile(r"\n\s*\n")
_INDENTED = "&nbsp;"  # Markdown drops spaces, and makes code of four
_END_OF_BLOCK = "^"  # to kramdown, on a line by itself
_TAB = 4
_ADDRESS = re.compile(r"(https?://[^\s<>{}`]*[^\s<>{}`.,:;!?\"')\]])")
_UNLINKED = re.compile(r"&#?\w+;|[\\|^]")  # parsers disagree on addresses that have these
_LONGEST_SLUG = 60


@dataclass(frozen=True)
class Reply:
    """An answer; an anonymous author has no name."""

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
    """An AMA, as far as it may be published. `date` is an instant, shown in the zone."""

    title: str
    guest: str
    date: datetime
    zone: str
    notes: tuple[str, ...]
    questions: tuple[Said, ...]


def document(interview: Interview, *, jekyll: bool) -> tuple[str, str]:
    """The file's name and its text."""
    day = interview.date.astimezone(ZoneInfo(interview.zone))
    slug = _SLUG.sub("-", one_line(interview.title).casefold())[:_LONGEST_SLUG].strip("-")
    name = f"{day:%Y-%m-%d}-{slug or 'interview'}.md"
    body = "\n\n".join(_body(interview))
    if not jekyll:
        return name, f"# {_line(interview.title)}\n\n{body}\n"
    import frontmatter  # here, since a bot that starts has nothing to export yet

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
    yield f"*An interview with {_name(interview.guest)}.*"
    yield from map(_note, interview.notes)
    for question in interview.questions:
        yield from _said(question, level=2)


def _said(question: Said, level: int) -> Iterator[str]:
    yield f"{'#' * min(level, _DEEPEST)} {_line(question.title)}"
    yield f"*asked by {_name(question.asked_by)}*"
    if question.details:
        yield _passage(question.details)
    for answer in question.answers:
        yield f"**{_name(answer.by)}:**"
        yield _passage(answer.text)
    yield from map(_note, question.notes)
    for follow_up in question.follow_ups:
        if follow_up.is_answered:
            yield from _said(follow_up, level + 1)


def _note(text: str) -> str:
    """An editor's note, as a quotation."""
    lines = f"*Editor's note:* {_passage(text)}".split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _name(name: str) -> str:
    return _line(name) or ANONYMOUS


def _line(text: str) -> str:
    return _escape(one_line(text))


def _passage(text: str) -> str:
    """Paragraphs of text; the end of a line is one in Markdown, too."""
    paragraphs = _BLANK_LINES.split(plain(text).strip())
    return "\n\n".join(
        "  \n".join(map(_indented, paragraph.split("\n"))) for paragraph in paragraphs
    )


def _indented(line: str) -> str:
    text = line.strip()
    before = line[: len(line) - len(line.lstrip())].expandtabs(_TAB)
    return _INDENTED * len(before) + _escape(text)


def _escape(line: str) -> str:
    if line == _END_OF_BLOCK:
        return f"&#{ord(line)};"
    pieces = _ADDRESS.split(line)  # every other one is an address
    pieces[::2] = map(_escape_words, pieces[::2])
    pieces[1::2] = map(_escape_address, pieces[1::2])
    escaped = "".join(pieces)
    if start := _LINE_START.match(escaped):
        return f"{start[0]}\\{escaped[start.end() :]}"
    return escaped


def _escape_words(text: str) -> str:
    return _DASHES.sub(r"\-", text.translate(_MARKUP))


def _escape_address(address: str) -> str:
    return _escape_words(address) if _UNLINKED.search(address) else f"<{address}>"
