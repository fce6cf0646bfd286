"""Forms: what somebody is asked to fill in, and what comes back, the same on every platform."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.errors import UserError

LONGEST_TITLE = 45  # characters of a form's title, as far as every platform has room


@dataclass(frozen=True)
class Note:
    """A text above the fields."""

    text: str


@dataclass(frozen=True)
class TextField:
    """A line to type in, or where it is `long`, a page; `longest` counts characters."""

    key: str
    label: str
    hint: str = ""
    value: str = ""
    longest: int = 100
    required: bool = True
    long: bool = False


@dataclass(frozen=True)
class ChoiceField:
    """One of several, each given by its value and how it is shown."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str = ""


@dataclass(frozen=True)
class ChecksField:
    """Any of several; each given by its value, how it is shown, and what it means."""

    key: str
    label: str
    options: tuple[tuple[str, str, str], ...]
    values: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MemberField:
    """A member, or nobody; `value` is a ref."""

    key: str
    label: str
    hint: str = ""
    value: str = ""


@dataclass(frozen=True)
class ChannelField:
    """A text channel; `value` is a ref."""

    key: str
    label: str
    hint: str = ""
    value: str = ""
    required: bool = True


Field = TextField | ChoiceField | ChecksField | MemberField | ChannelField


@dataclass(frozen=True)
class Values:
    """What came back, by the fields' keys: texts, values and refs; several where several may be."""

    texts: Mapping[str, str]
    ticked: Mapping[str, frozenset[str]]

    def text(self, key: str) -> str:
        """What was typed or chosen; empty where nothing was, or where there is no such field."""
        return self.texts.get(key, "")

    def has(self, key: str, value: str) -> bool:
        """Whether this box was ticked."""
        return value in self.ticked.get(key, frozenset())


@dataclass(frozen=True)
class Form:
    """A form; `action` names the handler that takes it, which is given `argument` again."""

    action: str
    title: str
    fields: tuple[Field | Note, ...]
    argument: str = ""

    def filled(self, values: Values) -> "Form":
        """The same form, filled in as it was sent."""
        return replace(self, fields=tuple(_filled(field, values) for field in self.fields))


class FormOutdated(UserError):
    """What a form is about has changed since it was opened: offer it again with this argument."""

    def __init__(self, sentence: str, argument: str) -> None:
        super().__init__(sentence)
        self.argument = argument


def _filled(field: Field | Note, values: Values) -> Field | Note:
    match field:
        case Note():
            return field
        case ChecksField(key=key):
            return replace(field, values=values.ticked.get(key, frozenset()))
        case _:
            return replace(field, value=values.text(field.key))
