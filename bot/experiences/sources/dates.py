"""Dates as feeds write them. What can't be right is no date.

A date that states no zone counts as UTC, so that its day stays what it says.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FIRST_YEAR = 1990
_FAR_OFF = timedelta(days=3653)
_LONGEST = 100

_ZONES = {  # hours from UTC; RFC 822's meaning where a name has several
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET"), 0.0),
    **dict.fromkeys(("KST", "JST"), 9.0),
    **dict.fromkeys(("HKT", "SGT", "PHT", "AWST", "MYT"), 8.0),
    **dict.fromkeys(("ICT", "WIB"), 7.0),
    **dict.fromkeys(("CET", "BST", "WEST", "MEZ"), 1.0),
    **dict.fromkeys(("CEST", "EET", "SAST", "MESZ"), 2.0),
    **dict.fromkeys(("EEST", "MSK", "TRT"), 3.0),
    **dict.fromkeys(("EST", "CDT"), -5.0),
    **dict.fromkeys(("CST", "MDT"), -6.0),
    **dict.fromkeys(("MST", "PDT"), -7.0),
    **dict.fromkeys(("PST", "AKDT"), -8.0),
    **dict.fromkeys(("BRT", "ART", "ADT"), -3.0),
    **dict.fromkeys(("EDT", "AST"), -4.0),
    "AKST": -9.0,
    "HST": -10.0,
    "PKT": 5.0,
    "IST": 5.5,
    "NPT": 5.75,
    "ACST": 9.5,
    "AEST": 10.0,
    "ACDT": 10.5,
    "AEDT": 11.0,
    "NZST": 12.0,
    "NZDT": 13.0,
}


def _bare(name: str) -> str:
    """A name without case and accents."""
    apart = unicodedata.normalize("NFD", name.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


_MONTHS = {
    _bare(name): number
    for number, names in enumerate(
        (
            "jan jän ene gen oca led sty янв січ ιαν ian يناير जनवरी "
            "tammi sije јан яну ינואר ژانویه มกราคม",
            "feb fév fev şub úno lut фев лют φεβ fév فبراير फ़रवरी फरवरी "
            "helmi velj феб פברואר فوریه กุมภาพันธ์",
            "mar mär maa mrt bře березня берез мар μαρ már مارس मार्च ožuj מרץ มีนาคม",
            "apr avr abr nis dub kwi апр квіт απρ ápr أبريل ابريل अप्रैल "
            "huhti trav אפריל آوریل เมษายน",
            "may mai mag mei maj maí kvě май мая трав μαΐ μάι máj مايو मई "
            "touko svib мај מאי พฤษภาคม",
            "jun juin giu haz čvn czerwca cze июн черв ιουν iun jún يونيو जून "
            "kesä červn červen lipnja lipanj јун יוני ژوئن มิถุนายน",
            "jul juil lug tem čvc lip июл лип ιουλ iul júl يوليو जुलाई "
            "heinä červenec července srpnja srpanj јул יולי ژوئیه กรกฎาคม",
            "aug août aou ago ağu agt agu srp sie авг серп αυγ أغسطس अगस्त "
            "elo ogos kolo אוגוסט اوت สิงหาคม",
            "sep set eyl zář wrz сен вер σεπ szep سبتمبر सितंबर "
            "syys rujn ruja сеп ספטמבר سپتامبر กันยายน",
            "oct okt ott out eki říj paź окт жовт οκτ أكتوبر अक्टूबर loka אוקטובר اکتبر ตุลาคม",
            "nov kas lis ноя лист νοε نوفمبر नवंबर marras noi stud נובמבר نوامبر พฤศจิกายน",
            "dec dez déc dic des ara pro gru дек груд δεκ ديسمبر दिसंबर "
            "joulu pros דצמבר دسامبر ธันวาคม",
        ),
        start=1,
    )
    for name in names.split()
}
_MORNING = "오전|午前|上午|a\\.?m\\.?"
_AFTERNOON = "오후|午後|下午|p\\.?m\\.?"
_CLOCK = (
    rf"(?:(?P<half>{_MORNING}|{_AFTERNOON})\s*)?(?P<hour>\d{{1,2}})\s*[:h시時时点點]\s*(?:(?P<minute>\d{{1,2}})\s*[:분分]?)?"
    r"\s*(?:(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*[초秒]?)?"
    rf"(?:\s*(?P<late>{_MORNING}|{_AFTERNOON}))?"
)
_REST = (
    r"(?:\s*(?:г|р)\.)?"  # `year`, which Russian and Ukrainian put behind it
    rf"(?:[\sT,]*(?:[^\s\d:+]{{1,14}}\s+){{0,2}}?{_CLOCK})?"
    r"\s*(?P<zone>.*)"
)
_NAMED_MONTH = r"(?P<month>[^\s\d.,:/+-]{3,14})\.?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-./년年]\s*(?P<month>\d{1,2})\s*[-./월月]\s*(?P<day>\d{1,2})\s*[.일日]?"
    rf"(?:\s*\(?[월화수목금토일月火水木金土日](?:요일|曜日)?\)?(?=[\s,\d]|$))?{_REST}",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:[^\d:/+]{1,30}[\s.,،]\s*)??"
_OF = r"(?:\s+d[eoi]l?)?,?"
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[\s-]+(?:(?:of|de|di|del)\s+)?{_NAMED_MONTH}{_OF}[\s-]+"
    rf"(?P<year>\d{{4}}|\d\d)(?!\d){_REST}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}{_NAMED_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d){_REST}",
    re.IGNORECASE,
)
_C_STYLE = re.compile(  # `Mon Jan  1 10:00:00 KST 2024`
    rf"{_WEEKDAY}{_NAMED_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s*(?P<zone>\S*)\s+(?P<year>\d{{4}})",
    re.IGNORECASE,
)
_YEAR_AND_MONTH = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?")
_NUMBERS = re.compile(  # which is the day, and which the month, is to be seen
    rf"{_WEEKDAY}(?P<one>\d{{1,2}})(?P<sign>[-./])\s?(?P<other>\d{{1,2}})(?P=sign)\s?"
    rf"(?P<year>\d{{4}})(?!\d)\.?{_REST}",
    re.IGNORECASE,
)
_NUMBERED_MONTH = re.compile(  # Vietnamese
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})\s+tháng\s+(?P<month>\d{{1,2}})(?:,|\s+năm)*\s+"
    rf"(?P<year>\d{{4}})(?!\d){_REST}",
    re.IGNORECASE,
)
_NUMBERED_NAME = re.compile(  # `05 1월 2026`, as programs put an English date into Korean
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})\s+(?P<month>\d{{1,2}})[월月]\s+(?P<year>\d{{4}})(?!\d){_REST}",
    re.IGNORECASE,
)
_YEAR_AND_NAME = re.compile(  # Hungarian
    rf"(?P<year>\d{{4}})\.?[\s-]+{_NAMED_MONTH}[\s-]+(?P<day>\d{{1,2}})(?!\d)\.?,?{_REST}",
    re.IGNORECASE,
)
_SHAPES = (
    *(_YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST, _C_STYLE, _YEAR_AND_MONTH, _NUMBERS),
    *(_NUMBERED_MONTH, _NUMBERED_NAME, _YEAR_AND_NAME),
)

_COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_UNIX_DIGITS = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 16: 1_000_000}
_DIGITS = re.compile(r"(\d{8,16})(?:\.\d{1,9})?")
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-−])\s*(\d{1,2})(?::?(\d\d))?(?::?\d\d)?(?!\d)", re.I)
_PLACE = re.compile(r"[A-Z][A-Za-z]{1,15}/[A-Z][A-Za-z_]{1,30}")


_NORDIC_CLOCK = re.compile(r"\b(kl\.?|klo)\s+(\d{1,2})\.(\d\d)(?!\d)", re.IGNORECASE)
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s*(\d{{1,3}}|元)\s*年")
_CHINESE = {name: number for number, name in enumerate("一二三四五六七八九十", start=1)}
_CHINESE |= {"十一": 11, "十二": 12}
_CHINESE_MONTH = re.compile(r"(十[一二]?|[一二三四五六七八九])月")
_THAI = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST = 543  # years that Thai dates are ahead, where they say so


def parse(raw: str | None, now: datetime) -> datetime | None:
    """The instant that `raw` states, in UTC; None if it is no date, or before 1990, or more than
    ten years after `now`."""
    text = " ".join(_plain_digits((raw or "")[:_LONGEST]).split())
    text = _NORDIC_CLOCK.sub(r"\1 \2:\3", text)
    try:
        found = _number(text, now) or _iso(text) or _words(text)
        return found.astimezone(UTC) if found and _possible(found, now) else None
    except (ValueError, OverflowError):
        return None  # the 30th of February, the hour 25, the zone +99:00


def _plain_digits(text: str) -> str:
    """Arabic, Indian and wide digits, Chinese months and years of an era as everybody's."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    text = _ERA.sub(lambda era: f"{_ERAS[era[1]] + int(era[2].replace('元', '1'))}年", text)
    text = _CHINESE_MONTH.sub(lambda month: f"{_CHINESE[month[1]]}月", text)
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)


def _possible(found: datetime, now: datetime) -> bool:
    return found.year >= _FIRST_YEAR and found <= now + _FAR_OFF


def _number(text: str, now: datetime) -> datetime | None:
    """Seconds since 1970, or fractions of them; or a date without anything between its parts."""
    if not (found := _DIGITS.fullmatch(text.removeprefix("/Date(").removesuffix(")/"))):
        return None
    digits = found.group(1)
    if (form := _COMPACT.get(len(digits))) and digits.startswith(("19", "20")):
        return datetime.strptime(digits, form).replace(tzinfo=UTC)
    divisor = _UNIX_DIGITS.get(len(digits))
    return datetime.fromtimestamp(int(digits) / divisor, UTC) if divisor else None


def _iso(text: str) -> datetime | None:
    """The common case, which Python reads by itself."""
    if len(text) < 8 or not text[:4].isdigit():
        return None
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _words(text: str) -> datetime | None:
    for shape in _SHAPES:
        if (found := shape.fullmatch(text)) and (date := _put_together(found.groupdict())):
            return date
    return None


def _put_together(parts: dict[str, str | None]) -> datetime | None:
    if one := parts.get("one"):
        day_first = _day_first(int(one), int(parts["other"] or 0))
        names = ("day", "month") if day_first else ("month", "day")
        parts |= dict(zip(names, (one, parts["other"]), strict=True))
    month = _month(parts.get("month") or "1")
    if month is None:
        return None
    zone = _zone((parts.get("zone") or "").strip())
    year = _year(parts["year"] or "")
    if year > 2400 and _THAI.search(parts.get("month") or ""):
        year -= _BUDDHIST
    day = datetime(year, month, int(parts.get("day") or 1), tzinfo=zone)
    time = timedelta(
        hours=_hour(int(parts.get("hour") or 0), parts.get("half") or parts.get("late")),
        minutes=_below(60, parts.get("minute")),
        seconds=min(_below(61, parts.get("second")), 59),  # a leap second
    )
    return day + time


def _day_first(one: int, other: int) -> bool:
    """Which way two numbers can be read; raises ValueError if they can mean two days."""
    if one <= 12 and other <= 12 and one != other:
        raise ValueError
    return one > 12


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= _FIRST_YEAR % 100 else 2000)


def _month(name: str) -> int | None:
    if name.isdigit():
        return int(name)
    name = _bare(name).removeprefix("ב")  # Hebrew's `in`
    sizes = range(len(name), 2, -1)
    return next((_MONTHS[name[:size]] for size in sizes if name[:size] in _MONTHS), None)


def _hour(hour: int, half: str | None) -> int:
    """The hour of the day; 24 is the next day's midnight."""
    if hour > 24:
        raise ValueError
    if half and hour <= 12:
        return hour % 12 + (12 if re.fullmatch(_AFTERNOON, half, re.IGNORECASE) else 0)
    return hour


def _below(limit: int, digits: str | None) -> int:
    number = int(digits or 0)
    if number >= limit:
        raise ValueError
    return number


def _zone(text: str) -> tzinfo:
    """The zone that stands after a time; one that nobody knows counts as UTC."""
    if found := _OFFSET.match(text):
        sign = 1 if found.group(1) == "+" else -1
        return timezone(sign * timedelta(hours=int(found[2]), minutes=int(found[3] or 0)))
    if place := _PLACE.search(text):
        return _place(place.group())
    name = text.strip("()[] .").partition(" ")[0].upper()
    return timezone(timedelta(hours=_ZONES.get(name, 0)))


def _place(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
