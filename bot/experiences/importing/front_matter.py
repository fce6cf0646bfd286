"""The fields in front of a post's text: YAML, TOML or JSON, as site generators read them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from bot.core.text import one_line
from bot.experiences.sources.text_repair import repair

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)? ?(Z|[+-]\d\d:?\d\d)?"
)
_BEGUN = re.compile(r"(?:---|\+\+\+)[ \t]*\n[ \t]*[\w-]+[ \t]*[:=]")
_NAMES = ("name", "display_name", "path", "src", "url", "image")


class _TOMLHandler(BaseHandler):
    """As python-frontmatter's own, which needs a package that Python has made needless."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "+++"

    def load(self, fm: str) -> dict[str, Any]:
        return tomllib.loads(fm)


_HANDLERS: tuple[BaseHandler, ...] = (YAMLHandler(), _TOMLHandler(), JSONHandler())


def parted(text: str, name: str) -> tuple[Mapping[str, Any], str]:
    """Front matter and body; a file without front matter is all body."""
    text = text.lstrip("\ufeff")
    handler = next((handler for handler in _HANDLERS if handler.detect(text)), None)
    if handler is None:
        return {}, text
    try:
        front, body = handler.split(text)
    except ValueError:
        if _BEGUN.match(text):
            raise ValueError(
                f"{name}, line 1: the front matter that begins here has no end."
            ) from None
        return {}, text
    return _loaded(handler, front, text.count("\n", 0, text.find(front.strip("{}"))), name), body


def _loaded(handler: BaseHandler, front: str, lines_before: int, name: str) -> Mapping[str, Any]:
    try:
        fields = handler.load(front)
    except Exception as error:  # each of the three parsers has its own kinds
        number = lines_before + _line_of(error)
        reason = one_line(getattr(error, "problem", None) or str(error)).rstrip(".")
        raise ValueError(
            f"{name}, line {number}: the front matter can't be read ({reason})."
        ) from error
    if not isinstance(fields, Mapping):
        if fields is None:
            return {}
        raise ValueError(f"{name}, line {lines_before + 1}: the front matter is no list of fields.")
    return fields


def _line_of(error: Exception) -> int:
    """The line of the front matter that a parser stumbled over, from 1, as far as it says."""
    if mark := getattr(error, "problem_mark", None):  # YAML
        return int(mark.line) + 1
    stated = re.search(r"\bline (\d+)", str(error))  # TOML, JSON
    return int(stated[1]) if stated else 1


def line(value: object) -> str:
    """A field that is a text, as one line; nothing else is."""
    return one_line(repair(value)) if isinstance(value, str) else ""


def lines(value: object) -> Iterator[str]:
    """The texts in a field: one, a list of them, or those that name an author."""
    if isinstance(value, Mapping):
        value = next(
            (value[key] for key in ("name", "display_name", "path", "src", "url") if key in value),
            None,
        )
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield line(item)
        elif isinstance(item, int) and not isinstance(item, bool):
            yield str(item)
        elif isinstance(item, Mapping):
            yield line(item.get("name"))


def instant(value: object, zone: tzinfo) -> datetime | None:
    """A date or moment as YAML, TOML or a person writes it, in UTC; None for an impossible one."""
    if isinstance(value, str):
        value = _moment(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime) or not _FIRST_YEAR <= value.year < _LAST_YEAR:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _moment(text: str) -> datetime | None:
    found = _MOMENT.fullmatch(text.strip())
    try:
        return (
            datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}{found[3] or ''}")
            if found
            else None
        )
    except ValueError:
        return None
