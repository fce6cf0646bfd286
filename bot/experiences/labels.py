"""Names for facts and tags that are short enough for a button."""

from bot.core.text import folded
from bot.experiences.identity import hashed

LABEL = 8  # characters that tell labels apart; another one goes before them


def label_of(kind: str, value: str) -> str:
    """One word for a fact of this kind, or for a tag, without regard to case and spaces."""
    return "l" + hashed(f"{kind} {' '.join(folded(value).split())}")[:LABEL]
