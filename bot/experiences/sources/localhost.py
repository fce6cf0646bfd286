"""Addresses of the author's own machine: site generators leave them behind when they aren't told
where the site will be."""

import re
from urllib.parse import urlsplit

_NAMES = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]")
_LOCAL = re.compile(
    rf"https?://(?:{'|'.join(map(re.escape, _NAMES))})(?::\d{{1,5}})?(?![\w.:@-])", re.IGNORECASE
)


def is_local(url: str) -> bool:
    """Whether it is on the machine of whoever reads it."""
    return bool(_LOCAL.match(url))


def published(text: str, home: str) -> str:
    """An address, or a text with some in it: the local ones lead to the site of `home`.

    If that site is on this machine itself, they are meant as they are.
    """
    lower = text.lower()  # to look for the names first is quicker than the pattern
    if not any(name in lower for name in _NAMES) or is_local(home):
        return text
    site = urlsplit(home)
    return _LOCAL.sub(f"{site.scheme}://{site.netloc}", text) if site.netloc else text
