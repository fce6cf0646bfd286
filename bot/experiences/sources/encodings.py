"""From bytes to text: what a document says about its encoding is a hint, its bytes decide."""

import codecs
import re
from dataclasses import dataclass

from bot.core.charsets import known_charset

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_DECLARED = re.compile(rb"^\s{0,100}<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})[\"']")
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "iso8859-8": "cp1255",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
"""What people call by the name on the left, as browsers know."""
_NAMES = {
    "x-sjis": "shift_jis",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
}  # Python knows the others
_EAST_ASIAN = frozenset({"cp949", "cp932", "gb18030", "big5hkscs", "euc_jp"})
_ESCAPES = (
    (re.compile(rb"\x1b\$[@B]|\x1b\$\([DOPQ]"), "iso2022_jp_2"),
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
)
"""How the old encodings switch that are all ASCII otherwise."""
_KANA = "".join(map(chr, range(0x3041, 0x30FF)))
_CYRILLIC = "оеаинтсрвлкмдпуяы"
_ARABIC = "اليونمرتبةعدهفسح"
_COMMON = {
    "cp949": "이다는을의에가고하지한로은기사도를인어서시나자있아수그해리들게일대과만요습니정전",
    "euc_jp": _KANA + "、。「」",
    "cp932": _KANA + "、。「」",
    "gb18030": "的一是不了在有人我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于"
    "着下自之年"
    "过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本，。、",
    "big5hkscs": "的一是不了在有人我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於"
    "著下自之年"
    "過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本，。、",
    "cp1251": _CYRILLIC,
    "koi8-r": _CYRILLIC,
    "koi8-u": _CYRILLIC + "іїє",
    "iso8859-5": _CYRILLIC,
    "cp866": _CYRILLIC,
    "cp1253": "αοιετσνηυρπκμλςόίά",
    "cp1255": "יוהאלרתבשמנדחם",
    "cp1256": _ARABIC,
    "iso8859-6": _ARABIC,
    "cp874": "านรอกเงมยลวดทสตะปบห\u0e48\u0e49\u0e31\u0e34\u0e35\u0e37\u0e38\u0e39\u0e4c",
}
"""The characters that fill a text of the language; another encoding's bytes hit few of them."""


def _rows(codec: str, first: int, last: int, *, low: bool = False) -> frozenset[str]:
    ends = [*range(0x40, 0x7F), *range(0xA1, 0xFF)] if low else range(0xA1, 0xFF)
    rows = (bytes((lead, end)) for lead in range(first, last) for end in ends)
    return frozenset("".join(pair.decode(codec, "ignore") for pair in rows))


_FREQUENT = {
    "cp949": _rows("cp949", 0xB0, 0xC9),
    "gb18030": _rows("gb18030", 0xB0, 0xD8),
    "big5hkscs": _rows("big5hkscs", 0xA4, 0xC7, low=True),
}
"""The signs of which nearly all of a language consists: of a title few are among the common."""
_A_LITTLE = 0.2  # what one of them says beside a common one
_LIKELY = 0.12  # so many of the characters beyond ASCII belong to the common ones, at least
_SAMPLE = 40_000
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UNLIKELY = re.compile(
    "[а-яё][А-ЯЁ]"  # no Cyrillic word changes so
    "|(?<![ก-ฮ\u0e31-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"  # a mark on no letter
    "|[ฃฅฎฏฐฑฒฯ฿๏-๛]"  # of Thai, hardly used
    "|[א-ת][a-z]|[a-z][א-ת]|[ก-ฮ][A-Za-z]|[ء-ي][A-Za-z]"
    "|[ךםןףץ][א-ת]|[\u05b0-\u05c7]"  # forms for the end of a word, and points
    "|[¦¨¬¯±²³´µ¶¸¹¼½¾]"
)
_LATIN_RUN = 1.6  # European letters beyond ASCII stand alone, as a rule
_BROKEN = 0.02  # of the characters beyond ASCII may be broken in what is still UTF-8


@dataclass(frozen=True, slots=True)
class Decoded:
    """`note` says what was repaired, in a sentence."""

    text: str
    note: str | None = None


def decode(body: bytes, charset: str | None) -> Decoded:
    """The text of `body`, for which the server stated `charset` (or nothing).

    Never raises: what cannot be read becomes U+FFFD.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return _decoded(body, codec)
    for start, wide in _UNMARKED:
        if body.startswith(start):
            return _decoded(body, wide)
    names = [name for name in (charset, _declared(body)) if name]
    stated = [known for name in names if (known := _codec(name))]
    if body.isascii():
        return _ascii(body, stated)
    return _utf_8(body, stated) or _as_stated(body, stated) or _detected(body, stated)


def _declared(body: bytes) -> str | None:
    found = _DECLARED.match(body[:400])
    return found.group(1).decode("ascii") if found else None


def _codec(name: str) -> str | None:
    """Python's name of the encoding that is meant, if there is one of a byte each and ASCII."""
    known = known_charset(name)
    if not known or known.startswith(("utf-16", "utf-32", "utf16", "utf32")):
        return None  # it would have had a mark, or NULs
    try:
        codec = codecs.lookup(_NAMES.get(known, known)).name
    except LookupError:
        return None
    return _SUPERSETS.get(codec, codec)


def _ascii(body: bytes, stated: list[str]) -> Decoded:
    """Either plain ASCII, or one of the old encodings that switch by escape sequences."""
    if b"\x1b" in body:
        for codec in stated:
            if codec.startswith("iso2022"):
                return _decoded(body, codec)
        for switch, codec in _ESCAPES:
            if switch.search(body):
                text = body.decode(codec, "replace")
                return Decoded(text, _differs(stated[0] if stated else "", codec))
    return Decoded(body.decode("ascii"))


def _utf_8(body: bytes, stated: list[str]) -> Decoded | None:
    """As UTF-8, if that is what it is: hardly anything else passes for it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _broken_utf_8(body)
    if not stated or stated[0] == "utf-8":
        return Decoded(text)
    if max(text) < "\u0800" and stated[0] in _EAST_ASIAN and _reads(body, stated[0]):
        return Decoded(body.decode(stated[0]))  # a few pairs of bytes do pass
    return Decoded(text, _differs(stated[0], "utf-8"))


def _broken_utf_8(body: bytes) -> Decoded | None:
    """UTF-8 that was cut inside a character here and there."""
    text = body.decode("utf-8", "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    broken = text.count("\ufffd")
    if broken > max(2, beyond * _BROKEN) or broken * 2 >= beyond:
        return None
    return Decoded(text, f"{broken} of its characters can't be read.")


def _as_stated(body: bytes, stated: list[str]) -> Decoded | None:
    """As it says, unless that can be said of any bytes and these are evidently another's."""
    for codec in stated:
        if not _reads(body, codec):
            continue
        if codec not in _EAST_ASIAN and (other := _likely(body, codec)):
            return Decoded(body.decode(other, "replace"), _differs(codec, other))
        return Decoded(body.decode(codec), None if codec == stated[0] else _differs(*stated[:2]))
    return None


def _detected(body: bytes, stated: list[str]) -> Decoded:
    codec = _likely(body, None) or next((name for name in stated if name != "utf-8"), "cp1252")
    text = body.decode(codec, "replace")
    if codec in stated[:1]:
        return Decoded(text, f"{text.count(chr(0xFFFD))} of its characters can't be read.")
    return Decoded(text, _differs(stated[0] if stated else "", codec))


def _likely(body: bytes, stated: str | None) -> str | None:
    """The encoding in which the bytes read as a language, if that is plainer than as `stated`."""
    runs = _HIGH_RUN.findall(body[: 4 * _SAMPLE])
    high = b"".join(runs)
    if len(high) < len(runs) * _LATIN_RUN:
        return None
    sample = b" ".join(run for run in _text_runs(body))[:_SAMPLE]
    scores = {codec: _score(sample, codec) for codec in _COMMON}
    best = max(scores, key=lambda codec: scores[codec])
    if best == stated or scores[best] < max(_LIKELY, scores.get(stated or "", 0) + _LIKELY):
        return None
    return best


def _text_runs(body: bytes) -> list[bytes]:
    """The pieces beyond ASCII, with the ASCII letters that may be second bytes within them."""
    return re.findall(rb"[\x80-\xff][\x40-\x7e\x80-\xff]*", body[: 4 * _SAMPLE])


def _score(sample: bytes, codec: str) -> float:
    """Which share of the characters beyond ASCII is common in the encoding's language."""
    text = sample.decode(codec, "replace")
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return 0
    common = frozenset(_COMMON[codec])
    hits = sum(character in common for character in beyond)
    misses = sum(
        character == "\ufffd"
        or "\uff61" <= character <= "\uff9f"
        or "\u2500" <= character <= "\u25ff"  # KOI8's boxes
        for character in beyond
    ) + len(_UNLIKELY.findall(text))
    frequent = _FREQUENT.get(codec, frozenset())
    little = _A_LITTLE * sum(character in frequent for character in beyond)
    return (hits + little - 2 * misses) / len(beyond)


def _reads(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeError:
        return False
    return True


def _decoded(body: bytes, codec: str) -> Decoded:
    text = body.decode(codec, "replace")
    broken = text.count("\ufffd")
    return Decoded(text, f"{broken} of its characters can't be read." if broken else None)


def _differs(stated: str, real: str) -> str:
    shown = real.replace("_", "-").upper()
    if not stated:
        return f"It doesn't state its encoding; it was read as {shown}."
    return f"It says that it is in {stated.replace('_', '-').upper()}, but it was read as {shown}."
