"""The names of encodings that pages state."""

import re

_CHARSET = re.compile(
    r"utf-?(8|16|32)([-_]?[bl]e)?|(us-)?ascii|(iso[-_]?8859|windows|cp|latin|koi8)[-_]?[\w-]+|"
    r"euc[-_]\w+|(x-)?s(hift[-_]?)?jis|iso-2022-\w+|gb\w+|big5[\w-]*|ks_c_5601-1987|uhc|ms949|tis-?620|ibm\d{3}",
    re.IGNORECASE,
)


def known_charset(name: str) -> str | None:
    """The name if it is one that pages use. Python has others, which cost a hostile page nothing
    and us a processor ("punycode")."""
    return name.lower() if _CHARSET.fullmatch(name) else None
