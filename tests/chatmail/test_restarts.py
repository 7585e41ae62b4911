"""What a restart needs to know."""

from hypothesis import given
from hypothesis import strategies as st

from vestnik.chatmail.restarts import Backoff, IoWish
from vestnik.ids import AccountId


def test_the_pause_doubles_up_to_its_cap() -> None:
    backoff = Backoff(first=0.5, cap=3)
    assert [backoff.pause(failures) for failures in range(1, 6)] == [0.5, 1, 2, 3, 3]


def test_a_long_calm_life_starts_the_series_anew() -> None:
    backoff = Backoff(calm=60)
    assert backoff.failures(before=7, lived=59) == 8
    assert backoff.failures(before=7, lived=60) == 1


@given(st.integers(1, 10**9))
def test_the_pause_is_bounded_for_any_number_of_failures(failures: int) -> None:
    assert 0 < Backoff().pause(failures) <= Backoff().cap


def test_only_the_accounts_whose_io_was_started_are_wanted() -> None:
    wish = IoWish()
    wish.note("start_io", (1,))
    wish.note("start_io", (2,))
    wish.note("stop_io", (1,))
    assert [wish.wants(AccountId(n)) for n in (1, 2, 3)] == [False, True, False]


def test_after_starting_everybody_the_ones_stopped_since_are_not_wanted() -> None:
    wish = IoWish()
    wish.note("start_io_for_all_accounts", ())
    wish.note("stop_io", (2,))
    wish.note("remove_account", (3,))
    assert [wish.wants(AccountId(n)) for n in (1, 2, 3)] == [True, False, False]


def test_stopping_everybody_forgets_every_wish() -> None:
    wish = IoWish()
    wish.note("start_io", (1,))
    wish.note("stop_io_for_all_accounts", ())
    assert not wish.wants(AccountId(1))


def test_other_calls_are_not_about_io() -> None:
    wish = IoWish()
    wish.note("get_config", (1, "bot"))
    assert not wish.wants(AccountId(1))


def test_configuring_an_account_starts_its_io() -> None:
    wish = IoWish()
    wish.note("add_transport_from_qr", (1, "dclogin:…"))
    wish.note("add_or_update_transport", (2, {}))
    wish.note("stop_io", (2,))
    assert [wish.wants(AccountId(n)) for n in (1, 2, 3)] == [True, False, False]
