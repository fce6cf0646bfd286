"""What a handler answers one person, in terms that every platform can render."""

from dataclasses import dataclass, replace

from bot.core.form import Form
from bot.core.post import Button, LinkButton, Post


@dataclass(frozen=True)
class File:
    """A file that comes with a reply."""

    name: str
    text: str


@dataclass(frozen=True)
class Reply:
    """A sentence, a card or a form; only whoever asked sees it.

    `replaces` puts it in place of the message whose button was pressed. `then` comes after it, in a
    message of its own.
    """

    text: str = ""
    buttons: tuple[Button | LinkButton, ...] = ()
    card: Post | None = None
    form: Form | None = None
    file: File | None = None
    replaces: bool = False
    then: "Reply | None" = None


def say(text: str, *buttons: Button | LinkButton, file: File | None = None) -> Reply:
    """A sentence, with buttons below."""
    return Reply(text, buttons, file=file)


def show(card: Post) -> Reply:
    return Reply(card=card)


def turn_to(card: Post) -> Reply:
    """A card in place of that whose button was pressed."""
    return Reply(card=card, replaces=True)


def instead(reply: Reply) -> Reply:
    """The same card, in place of that whose button was pressed."""
    return replace(reply, replaces=True)


def ask(form: Form) -> Reply:
    """Open a form."""
    return Reply(form=form)
