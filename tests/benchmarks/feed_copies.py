"""A thousand feeds out of the saved ones: each with titles, ids and addresses of its own."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

_ADDRESS = re.compile(r"""(xmlns(?::\w+)?\s*=\s*(?:"[^"]*"|'[^']*'))|(https?://)""")
_TITLE = re.compile(r"(<title\b[^>]*(?<!/)>\s*(?:<!\[CDATA\[)?|\"title\"\s*:\s*\")")
_ITEM = re.compile(r"<(item|entry)\b[\s\S]*?</\1>")
_ID_ENDS = re.compile(r"((?:\]\]>)?\s*</(?:guid|id)>)")
_NOT_BYTEWISE = (b"\xff\xfe", b"\xfe\xff")  # the marks of UTF-16


@dataclass(frozen=True)
class Copy:
    """A feed, and what it becomes when its author has published another experience."""

    body: bytes
    later: bytes | None  # None where there is nothing that could be varied


def copies(folder: Path, count: int) -> Iterator[Copy]:
    """`count` different feeds from the documents in `folder`, which take turns."""
    files = sorted(path for path in folder.iterdir() if path.suffix != ".tsv")
    for number, path in enumerate(islice(cycle(files), count), start=1):
        body = path.read_bytes()
        # Nothing but ASCII is replaced, so that any encoding that holds it as it is will do.
        encoding = "utf-16" if body.startswith(_NOT_BYTEWISE) else "latin-1"
        text = _varied(body.decode(encoding), f"c{number}")
        later = _with_another(text)
        yield Copy(text.encode(encoding), later and later.encode(encoding))


def _varied(text: str, name: str) -> str:
    text = _ADDRESS.sub(lambda found: found[1] or f"{found[2]}{name}.", text)
    return _TITLE.sub(rf"\g<1>{name} ", text)


def _with_another(text: str) -> str | None:
    """The feed with one more entry in front, which is like the first one but for its identity."""
    if text.lstrip().startswith("{"):
        return _with_another_in_json(json.loads(text))
    found = _ITEM.search(text)
    if found is None:
        return None
    another = _ID_ENDS.sub(r"-later\1", _varied(found[0], "later"))
    return text[: found.start()] + another + text[found.start() :]


def _with_another_in_json(feed: dict[str, Any]) -> str | None:
    if not feed.get("items"):
        return None
    another = json.loads(_varied(json.dumps(feed["items"][0]), "later"))
    another["id"] = f"{another.get('id')}-later"
    return json.dumps(feed | {"items": [another, *feed["items"]]})
