"""Time zones as people name them: by IANA name, by city in any script, by country.

Abbreviations and offsets are no names here. "CST" is Chicago as well as Shanghai, and neither
"CET" nor "GMT+2" says when a group's clocks change; `Etc/GMT+2` is even two hours *behind* UTC.
UTC alone is plain enough to be accepted.

The names come from the tzdata package and not from the host's own files, so that they are the same
on every host; what cities are called besides comes from `cities.tsv`. They are read once and looked
up in memory: typed text never becomes a file name.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

CITIES = files("bot.core.time").joinpath("cities.tsv")
COMMON_ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
    "UTC",
)

# Towns and nicknames that people look for, and that neither IANA nor the table of cities has; also
# the place that is meant where several are called so.
_ALSO_CALLED = {
    "Africa/Lagos": "Abuja",
    "America/Chicago": "Austin, Houston, Dallas, Minneapolis",
    "America/Los_Angeles": "San Francisco, SF, Bay Area, LA, Seattle, San Diego, "
    "Berkeley, Stanford, Palo Alto",
    "America/New_York": "NYC, New York City, Boston, Washington, Washington DC, DC, Philadelphia, "
    "Pittsburgh, Atlanta, Miami, Princeton, Ithaca",
    "America/Sao_Paulo": "Rio de Janeiro, Campinas",
    "America/Toronto": "Montreal, Ottawa, Waterloo",
    "Asia/Ho_Chi_Minh": "Saigon, Hanoi",
    "Asia/Jerusalem": "Tel Aviv, Haifa",
    "Asia/Karachi": "Lahore, Islamabad",
    "Asia/Kolkata": "Calcutta, Mumbai, Bombay, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, "
    "Hyderabad, Pune, Kanpur",
    "Asia/Riyadh": "Thuwal, Jeddah",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Seoul": "Busan, Daejeon, Pohang",
    "Asia/Shanghai": "Beijing, Peking, Shenzhen, Guangzhou, Hangzhou, Nanjing, Wuhan",
    "Asia/Tokyo": "Osaka, Kyoto, Nagoya, Sapporo",
    "Australia/Sydney": "Canberra",
    "Europe/Berlin": "Munich, München, Hamburg, Frankfurt, Cologne, Köln, Tübingen, Heidelberg, "
    "Saarbrücken, Stuttgart",
    "Europe/Kyiv": "Kiev",
    "Europe/London": "Oxford, Edinburgh, Manchester, Glasgow, Bristol",
    "Europe/Madrid": "Barcelona, Valencia",
    "Europe/Moscow": "Saint Petersburg, St Petersburg",
    "Europe/Paris": "Lyon, Grenoble, Toulouse, Marseille",
    "Europe/Rome": "Milan, Turin, Bologna",
    "Europe/Warsaw": "Krakow, Wroclaw",
    "Europe/Zurich": "Geneva, Lausanne, Basel, Bern",
    "Europe/Amsterdam": "Rotterdam, Utrecht, Delft, The Hague",
    "Europe/Lisbon": "Porto",
    "Europe/Istanbul": "Ankara",
}

_COUNTRIES_ALSO_CALLED = {
    "AE": "UAE",
    "GB": "UK, Great Britain, United Kingdom, England, Scotland, Wales",
    "KR": "South Korea",
    "US": "US, USA, America",
}

_ABBREVIATIONS = {
    "gmt greenwich": "Europe/London Africa/Accra",
    "bst": "Europe/London",
    "wet west": "Europe/Lisbon",
    "cet cest met mest mez mesz": "Europe/Berlin Europe/Paris",
    "eet eest": "Europe/Athens Africa/Cairo",
    "msk": "Europe/Moscow",
    "ist": "Asia/Kolkata Asia/Jerusalem Europe/Dublin",
    "pkt": "Asia/Karachi",
    "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "wat": "Africa/Lagos",
    "eat": "Africa/Nairobi",
    "sast": "Africa/Johannesburg",
    "brt": "America/Sao_Paulo",
    "est edt et est5edt": "America/New_York America/Toronto",
    "cst cdt ct cst6cdt": "America/Chicago Asia/Shanghai",
    "mst mdt mt mst7mdt": "America/Denver America/Phoenix",
    "pst pdt pt pst8pdt": "America/Los_Angeles America/Vancouver",
    "hst": "Pacific/Honolulu",
    "aest aedt": "Australia/Sydney Australia/Brisbane",
    "nzst nzdt": "Pacific/Auckland",
}
_CITIES_OF = {
    short: tuple(zones.split())
    for shorts, zones in _ABBREVIATIONS.items()
    for short in shorts.split()
}
_UTC_NAMES = ("utc", "uct", "zulu", "universal", "utc+0", "utc-0", "utc±0")
_OFFSET = re.compile(r"(?:utc|gmt)? ?[+\-−±]? ?\d{1,2}(?:[:.]?\d{2})?")
_LONGEST = 80  # characters of typed text worth looking at; the longest name has 32


@dataclass(frozen=True)
class _Place:
    zone: str
    name: str  # the zone's IANA name, folded
    city: str  # the last part of it
    others: tuple[str, ...]  # other cities in the zone
    countries: tuple[str, ...]  # the country's names; none for UTC and for old spellings
    words: str  # all that it may be found by, each word after a space


def find_zone(text: str) -> str | None:
    """The zone that `text` names, or None: an IANA name in any case, or a city alone.

    None also where cities of several zones are called so, as Cambridge is.
    """
    if len(text) > _LONGEST:
        return None
    name = fold(text)
    if name.removeprefix("etc/") in _UTC_NAMES:
        return "UTC"
    if name in _names():
        return _names()[name]
    called = _named_cities().get(name, ())
    return called[0] if len(called) == 1 else None


def fixed_offset(text: str) -> tuple[str, ...] | None:
    """Cities to name instead, when `text` is an abbreviation or an offset; otherwise None."""
    name = fold(text).removeprefix("etc/")
    if name in _CITIES_OF:
        return _CITIES_OF[name]
    return ("Europe/Berlin", "America/New_York") if _OFFSET.fullmatch(name) else None


def suggest_zones(text: str, limit: int = 25) -> list[str]:
    """Zones that `text` may be the beginning of, the likeliest first; common ones for no text."""
    query = fold(text)
    if not query:
        return list(COMMON_ZONES[:limit])
    zones = list(_CITIES_OF.get(query, ()))
    if query not in _cities():
        zones += _named_cities().get(query, ())
    zones += _beginning_with(query)
    if len(set(zones)) < limit and len(query) > 1:
        zones += _cities_beginning_with(query, limit)
    if not zones:
        known = _cities()
        zones = [known[name] for name in get_close_matches(query.split("/")[-1], known, 5, 0.7)]
    return list(dict.fromkeys(zones))[:limit]


def _cities_beginning_with(query: str, limit: int) -> list[str]:
    """Zones of the cities that are called so, the largest first."""
    found: dict[str, None] = {}
    for name, zones in _named_cities().items():
        if name.startswith(query):
            found.update(dict.fromkeys(zones))
            if len(found) >= limit:
                break
    return list(found)


def _beginning_with(query: str) -> list[str]:
    words = [f" {word}" for word in re.findall(r"\w+", query)]
    found = [place for place in _places() if words and all(word in place.words for word in words)]
    return [place.zone for place in sorted(found, key=lambda place: _rank(place, query))]


def _rank(place: _Place, query: str) -> tuple[bool, int, int, str]:
    if query in (place.city, place.name, *place.others, *place.countries):
        closeness = 0
    elif place.city.startswith(query) or place.name.startswith(query):
        closeness = 1
    elif any(other.startswith(query) for other in place.others):
        closeness = 2
    else:
        closeness = 3
    common = COMMON_ZONES.index(place.zone) if place.zone in COMMON_ZONES else len(COMMON_ZONES)
    return (not place.countries, closeness, common, place.zone)


def fold(text: str) -> str:
    """A name as it is compared: `São_Paulo`, `sao paulo` and `SAO  PAULO` are one name."""
    text = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    return re.sub(r" ?/ ?", "/", " ".join(text.replace("_", " ").split()))


@cache
def _places() -> tuple[_Place, ...]:
    data = files("tzdata")
    named = dict(_rows(data.joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")))
    countries_of = {
        zone: (fold(named[code]), *_folded_list(_COUNTRIES_ALSO_CALLED.get(code, "")))
        for code, _, zone, *_ in _rows(data.joinpath("zoneinfo", "zone.tab").read_text("utf-8"))
    }
    zones = data.joinpath("zones").read_text("utf-8").split()
    return tuple(_place(zone, countries_of.get(zone, ())) for zone in zones if _is_a_place(zone))


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]


def _is_a_place(zone: str) -> bool:
    name = fold(zone)
    if name.startswith("etc/") or name == "factory":
        return False
    return zone == "UTC" or not (name in _UTC_NAMES or fixed_offset(zone))


def _place(zone: str, countries: tuple[str, ...]) -> _Place:
    name = fold(zone)
    others = _folded_list(_ALSO_CALLED.get(zone, ""))
    return _Place(
        zone=zone,
        name=name,
        city=name.rpartition("/")[2],
        others=others,
        countries=countries,
        words=re.sub(r"\W+", " ", " " + " ".join((name, *others, *countries))),
    )


def _folded_list(text: str) -> tuple[str, ...]:
    return tuple(fold(item) for item in text.split(",") if item)


@cache
def _cities() -> dict[str, str]:
    """Every city that stands for a zone, by its folded name."""
    listed = [place for place in _places() if place.countries]
    return {place.city: place.zone for place in listed} | {
        other: place.zone for place in listed for other in place.others
    }


@cache
def _named_cities() -> dict[str, tuple[str, ...]]:
    """The zones of all cities that are called so, by their folded name, large cities first."""
    named: dict[str, tuple[str, ...]] = {}
    for zone, names in _rows(CITIES.read_text("utf-8")):
        for name in names.split(","):
            named[name] = (*named.get(name, ()), zone)
    return named


@cache
def _names() -> dict[str, str]:
    return _cities() | {place.name: place.zone for place in _places()}
