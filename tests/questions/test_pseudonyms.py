"""Pseudonyms, and the key that they are made with."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.communities.pseudonyms import (
    Pseudonyms,
    UnusableKeyError,
    private_address,
    read_or_make_key,
)

ids = st.text("0123456789", min_size=1, max_size=20)
numbers = st.integers(1, 10_000)


@given(ids, numbers)
def test_a_private_address_leads_to_its_member_by_the_same_key(member, community) -> None:
    address = private_address(Pseudonyms("a key").of(community, member))
    assert Pseudonyms("a key").reveal(community, address) == f"user:{member}"


@given(ids, numbers)
def test_another_key_reveals_nobody(member, community) -> None:
    address = private_address(Pseudonyms("a key").of(community, member))
    assert Pseudonyms("another key").reveal(community, address) is None


@given(ids, numbers, numbers)
def test_a_member_has_one_pseudonym_in_a_community_and_another_one_elsewhere(
    member, here, there
) -> None:
    pseudonyms = Pseudonyms("a key")
    assert pseudonyms.of(here, member) == pseudonyms.of(here, member)
    assert (pseudonyms.of(here, member) == pseudonyms.of(there, member)) == (here == there)


def test_an_address_of_one_community_leads_nowhere_in_another() -> None:
    pseudonyms = Pseudonyms("a key")
    assert pseudonyms.reveal(2, private_address(pseudonyms.of(1, "4711"))) is None


@given(ids, ids)
def test_no_two_members_share_a_pseudonym_and_none_shows_how_long_an_id_is(one, other) -> None:
    first, second = (Pseudonyms("a key").of(1, member) for member in (one, other))
    assert (first == second) == (one == other)
    assert len(first) == len(second)


def test_an_address_fits_into_the_column_of_destinations() -> None:
    assert len(private_address(Pseudonyms("a key").of(10**9, "9" * 20))) <= 80


@pytest.mark.parametrize(
    "address", ["private:", "private:???", "private:AAAA", "user:4711", "", "é"]
)
def test_what_is_no_address_of_ours_leads_nowhere(address) -> None:
    assert Pseudonyms("a key").reveal(1, address) is None


def test_a_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "paperclub.db.key"
    key = read_or_make_key(file)
    assert len(key) >= 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key == file.read_text().strip()


def test_a_key_is_kept_over_restarts(tmp_path: Path) -> None:
    file = tmp_path / "key"
    assert read_or_make_key(file) == read_or_make_key(file)


def test_no_two_hosts_have_the_same_key(tmp_path: Path) -> None:
    assert read_or_make_key(tmp_path / "one") != read_or_make_key(tmp_path / "other")


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n"])
def test_an_empty_file_is_no_key(tmp_path: Path, content: bytes) -> None:
    """Making another one would silently lift all blocks."""
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(UnusableKeyError, match=r"is empty\. Restore it"):
        read_or_make_key(file)
    assert file.read_bytes() == content


def test_a_file_that_is_no_text_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnusableKeyError, match="can't read the key"):
        read_or_make_key(file)


def test_a_key_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.mkdir()
    with pytest.raises(UnusableKeyError, match="can't read the key"):
        read_or_make_key(file)


def test_a_place_that_takes_no_key_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableKeyError, match="can't keep a key"):
        read_or_make_key(tmp_path / "file" / "key")
