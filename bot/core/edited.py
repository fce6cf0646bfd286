"""The error of those who decide on what reads differently by now."""

from dataclasses import replace

from bot.core.errors import UserError
from bot.core.post import Post

SENTENCE = "It's been edited since you saw it. Please decide on the current version."


class EditedSince(UserError):
    """What is to be decided was edited since it was shown, so nothing was decided.

    `card` shows it as it is now, with buttons to decide by; `version` is which one that is.
    """

    def __init__(self, card: Post, version: int) -> None:
        super().__init__(SENTENCE)
        self.card = replace(card, footnote=SENTENCE)
        self.version = version
