"""What the autocomplete offers while somebody types where the group is."""

from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.time import zones
from bot.core.time.zones import COMMON_ZONES, find_zone, suggest_zones


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("b", "Europe/Berlin"),
        ("ber", "Europe/Berlin"),
        ("new y", "America/New_York"),
        ("new_york", "America/New_York"),
        ("america/new", "America/New_York"),
        ("eur", "Europe/London"),
        ("india", "Asia/Kolkata"),
        ("korea", "Asia/Seoul"),
        ("usa", "America/New_York"),
        ("uk", "Europe/London"),
        ("UTC", "UTC"),
        ("mumb", "Asia/Kolkata"),
        ("zür", "Europe/Zurich"),
        ("paris, france", "Europe/Paris"),
        ("cet", "Europe/Berlin"),
        ("port-au", "America/Port-au-Prince"),
        ("berln", "Europe/Berlin"),
        ("kolkatta", "Asia/Kolkata"),
        ("sydny", "Australia/Sydney"),
        ("서울", "Asia/Seoul"),
        ("부산", "Asia/Seoul"),
        ("東京", "Asia/Tokyo"),
        ("Москва", "Europe/Moscow"),
        ("القاهرة", "Africa/Cairo"),
        ("München", "Europe/Berlin"),
        ("Muenchen", "Europe/Berlin"),
        ("Wien", "Europe/Vienna"),
        ("NYC", "America/New_York"),
        ("SF", "America/Los_Angeles"),
        ("leipz", "Europe/Berlin"),
        ("paris", "Europe/Paris"),
        ("valencia", "Europe/Madrid"),
    ],
)
def test_the_likeliest_zone_comes_first(typed: str, first: str) -> None:
    assert suggest_zones(typed)[0] == first


@pytest.mark.parametrize("typed", ["서울", "München", "NYC", "la", "北京", "São Paulo", "Leipzig"])
def test_a_city_alone_names_its_zone(typed: str) -> None:
    assert find_zone(typed) == suggest_zones(typed)[0]


def test_a_name_that_several_cities_share_names_none_and_offers_all() -> None:
    """Cambridge in England is hardly larger than the one in Massachusetts."""
    assert find_zone("Cambridge") is None
    assert {"Europe/London", "America/New_York"} <= set(suggest_zones("Cambridge"))


def test_each_city_of_the_table_lies_in_a_zone_that_exists() -> None:
    zoned = {zone for called in zones._named_cities().values() for zone in called}
    assert {zone for zone in zoned if find_zone(zone) != zone} == set()


def test_nothing_typed_offers_common_zones() -> None:
    assert suggest_zones("") == suggest_zones("  ") == list(COMMON_ZONES)


def test_an_abbreviation_offers_its_cities_before_those_it_begins() -> None:
    found = suggest_zones("ist")
    assert found[:3] == ["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"]
    assert "Europe/Istanbul" in found


def test_cities_come_before_old_spellings() -> None:
    assert suggest_zones("japan") == ["Asia/Tokyo", "Japan"]


@pytest.mark.parametrize("typed", ["../../etc/passwd", "qqqq", "\0", "///", "x" * 100_000, "+"])
def test_nonsense_offers_nothing(typed: str) -> None:
    assert suggest_zones(typed) == []


@given(st.text(max_size=12), st.integers(0, 25))
@settings(deadline=None)
def test_suggestions_are_at_most_the_limit_distinct_and_acceptable(text: str, limit: int) -> None:
    found = suggest_zones(text, limit)
    assert len(found) <= limit
    assert len(set(found)) == len(found)
    assert all(find_zone(zone) == zone for zone in found)


def test_every_zone_but_abbreviations_and_offsets_can_be_named() -> None:
    """The refused ones are written out, so that new data can't smuggle in another."""
    refused = {zone for zone in available_timezones() if find_zone(zone) is None}
    assert {zone for zone in refused if not zone.startswith("Etc/GMT")} - {"localtime"} == {
        *("CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT"),
        *("PST8PDT", "WET", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Etc/Greenwich"),
        "Factory",
    }


def test_other_names_stand_for_zones_that_exist_and_hide_no_city() -> None:
    listed = {place.zone: place.city for place in zones._places() if place.countries}
    others = [place.others for place in zones._places() if place.countries]
    assert set(zones._ALSO_CALLED) <= set(listed)
    flat = [other for names in others for other in names]
    assert len(flat) == len(set(flat))
    assert not set(flat) & set(listed.values())
    assert {zone for cities in zones._CITIES_OF.values() for zone in cities} <= set(listed)
    assert set(COMMON_ZONES) - {"UTC"} <= set(listed)
