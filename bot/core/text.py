"""Text from people and from the web, made safe to show and short enough to fit."""

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

ELLIPSIS = "…"
LONGEST_URL = 512  # Discord's limit for a button
_HOST = r"[\w-]+(?:\.[\w-]+)+\.?(?::\d{1,5})?"  # without a user name, which only misleads
_USABLE_URL = re.compile(rf"https?://{_HOST}(?:[/?#][^\s<>\"\\^`{{|}}]*)?")
ZERO_WIDTH_SPACE = "\u200b"
_LINE_START_MARKUP = re.compile(r"^(\s*\d*)([#+\-=.])", re.MULTILINE)
_ALWAYS_MARKUP = re.compile(r"([\\*_~|`\[\]<>])")
# Of an emoji's name, also one that what follows would end, or of half an address.
_COLON = re.compile(r":(?=[\w+-]+(?::|\Z)|//)")
MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
INVITE = re.compile(
    r"(discord(?:app)?)(\.)(?=(?:gg|me|io|li|com/+invite)(?:/|\b))|(dsc|invite)(\.)(?=gg\b)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(https?://[^\s<>`]*[^<>`.,:;!?\"'\])\s])")
_CUT_ADDRESS = re.compile(rf"https?\\://\S*{ELLIPSIS}$")  # as `escape` writes it
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u2069\ufeff]"
)
_INVISIBLE_ASCII = {code: None for code in range(128) if _INVISIBLE.match(chr(code))}
# Letters and signs that show as nothing: Hangul fillers, the empty braille pattern, an empty note,
# a placeholder for what isn't there, Egyptian blanks.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159\ufffc\U00013441\U00013442")
_SHOWS_NOTHING = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me", "Mc"))
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’)\]]*(?=\s|$)")


def plain(text: str) -> str:
    """Text without control, bidirectional and zero-width characters; lone surrogates are replaced.

    Line feeds and tabs stay. Direction overrides could make a title rewrite what stands around it.
    Of a text in which nothing can be seen, only white space stays.
    """
    if text.isascii():
        return text.replace("\r\n", "\n").translate(_INVISIBLE_ASCII)  # five times as quick
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n")))
    return text if any(map(_shows, text)) else "".join(filter(str.isspace, text))


def has_words(text: str) -> bool:
    """Letters or digits of any script that can be seen; emoji and signs alone are not words."""
    return any(character.isalnum() and _shows(character) for character in text)


def one_line(text: str) -> str:
    """`plain` text with every run of white space folded into one space."""
    return " ".join(plain(text).split())


def folded(text: str) -> str:
    """Text without case and width, as searches compare it."""
    return unicodedata.normalize("NFKC", text).casefold()


def escape(text: str) -> str:
    """Show text from people as it is: it neither formats, nor hides a link, nor mentions.

    That a mention does not ping is the sender's business too (it allows only the mentions that a
    post names); here it is kept from looking like one. Addresses become links: a chat program would
    make one of them anyway, and read the backslashes as a part of it. One that was cut leads
    nowhere, so that it becomes words.
    """
    pieces = ADDRESS.split(plain(text))  # every other one is an address
    pieces[::2] = map(_escape_words, pieces[::2])
    pieces[1::2] = map(_escape_address, pieces[1::2])
    return _LINE_START_MARKUP.sub(r"\1\\\2", "".join(pieces))


def shown(text: str, limit: int, shorten: Callable[[str, int], str] | None = None) -> str:
    """Text from people as one escaped, `harmless` line of at most `limit` characters in all."""
    return _escaped_within(one_line(text), limit, shorten or cut)


def _escaped_within(text: str, limit: int, shorten: Callable[[str, int], str]) -> str:
    size = limit
    while len(escaped := harmless(escape(shorten(text, size)))) > limit:
        size -= max(1, (len(escaped) - limit) // 2)
    return escaped


def link(label: str, url: str | None, limit: int) -> str:
    """A link whose label is text from people, at most `limit` characters of it.

    Without a usable address only the label is left. A label that is an address itself is left
    alone, too: chat programs refuse to have it lead elsewhere, and make a link of it anyway. If
    there was no room for all of it, the host that the link leads to stands in its place.
    """
    label, address = shown(label, limit), safe_address(url)
    if address and (cut_off := _CUT_ADDRESS.search(label)):
        before, room = label[: cut_off.start()], len(cut_off[0])
        label = before + shown(urlsplit(address).netloc + ELLIPSIS, room)
    if "://" in label or not address:
        return label
    return f"[{label}]({address})"


def harmless(text: str) -> str:
    """Text in which nothing mentions or invites, in code neither."""
    text = MENTION.sub("@" + ZERO_WIDTH_SPACE, text)
    return INVITE.sub(rf"\1\3{ZERO_WIDTH_SPACE}\2\4", text)


def safe_address(url: str | None) -> str | None:
    """`web_address`, written so that nothing in it mentions; None for one that invites."""
    for written in (url or "", (url or "").replace("@", "%40")):
        if harmless(written) == written:
            return web_address(written)
    return None


def web_address(url: str | None) -> str | None:
    """The address as it can stand behind a label or a button, or None if it can not."""
    if not url or not _USABLE_URL.fullmatch(url):
        return None
    # A closing parenthesis would end a link early.
    url = url.replace("(", "%28").replace(")", "%29")
    return url if len(url) <= LONGEST_URL else None


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` characters: cut between words, never inside a grapheme."""
    if len(text) <= limit:
        return text
    end = limit - len(ELLIPSIS)
    while end > 0 and _joins(text, end):
        end -= 1
    head = text[:end]
    space = head.rfind(" ")
    if space > end * 2 // 3:
        head = head[:space]
    return head.rstrip(" ,;:–-") + ELLIPSIS


def excerpt(text: str, limit: int) -> str:
    """The beginning of a longer text: whole sentences if they fill at least half of `limit`."""
    text = one_line(text)
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text[:limit])]
    if ends and ends[-1] >= limit // 2:
        return text[: ends[-1]]
    return cut(text, limit)


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 vote`, `2 votes`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _escape_words(text: str) -> str:
    text = _ALWAYS_MARKUP.sub(r"\\\1", text)
    text = _COLON.sub(r"\:", text)
    return MENTION.sub("@" + ZERO_WIDTH_SPACE, text)


def _escape_address(address: str) -> str:
    if address.endswith(ELLIPSIS):
        return _escape_words(address)
    return f"<{MENTION.sub('%40', address)}>"


def _shows(character: str) -> bool:
    """Whether there is anything to see of a character that stands alone."""
    ignored = 0xE0000 <= ord(character) <= 0xE0FFF or 0xFFF0 <= ord(character) <= 0xFFF8
    nothing = character in _FILLERS or unicodedata.category(character) in _SHOWS_NOTHING
    return not (ignored or nothing or character == "\u2065")


def _joins(text: str, index: int) -> bool:
    """Whether the characters on both sides of `index` belong to one grapheme (the common cases)."""
    after, before = text[index], text[index - 1]
    return (
        unicodedata.combining(after) > 0
        or unicodedata.category(after) in ("Mn", "Me", "Mc")
        or after in "\u200d\ufe0e\ufe0f"
        or before == "\u200d"
        or 0x1F3FB <= ord(after) <= 0x1F3FF  # skin tones
        or (_is_regional(after) and _is_regional(before))
    )


def _is_regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF
