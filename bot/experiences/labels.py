"""Names for facts and tags that are short enough for a button."""

import re

from bot.core.text import folded
from bot.experiences.identity.keys import hashed

LABEL = 8  # characters that tell labels apart; another one goes before them
_LABEL = re.compile(f"l[0-9a-f]{{{LABEL}}}")


def label_of(kind: str, value: str) -> str:
    """One word for a fact of this kind, or for a tag, without regard to case and spaces."""
    return "l" + hashed(f"{kind} {' '.join(folded(value).split())}")[:LABEL]


def labels_in(joined: str) -> tuple[str, ...] | None:
    """The labels that were joined for a button; None if it holds anything else."""
    found = tuple(_LABEL.findall(joined))
    return found if "".join(found) == joined else None
