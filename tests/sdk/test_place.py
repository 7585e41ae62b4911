"""What a client knows of its place in the stream."""

from vestnik.sdk.place import Place
from vestnik.wire import Position

FIVE, SIX = Position("e", 5), Position("e", 6)


def test_what_has_come_is_old_but_not_what_the_server_only_spoke_of() -> None:
    place = Place()
    place.move_to(FIVE)
    assert not place.is_old(FIVE)
    place.note(SIX)
    assert place.is_old(FIVE)
    assert place.is_old(SIX)
    assert not place.is_old(Position("other", 1))


def test_another_life_of_the_stream_begins_with_nothing_seen() -> None:
    place = Place(FIVE)
    place.move_to(Position("new", 0))
    assert not place.is_old(Position("new", 1))
    assert not place.is_old(FIVE)


def test_where_the_server_has_nothing_more_is_not_asked_from_again() -> None:
    place = Place(FIVE)
    assert place.to_catch_up_from(SIX) == FIVE
    place.give_up()
    assert place.to_catch_up_from(SIX) is None
    place.note(SIX)
    assert place.to_catch_up_from(SIX) == SIX


def test_the_rest_is_asked_for_once_each_time_it_has_become_quiet() -> None:
    place = Place()
    assert place.to_ask_for_rest() is None
    place.move_to(FIVE)
    assert [place.to_ask_for_rest() for _ in range(2)] == [None, None]
    place.note(SIX)
    assert [place.to_ask_for_rest() for _ in range(3)] == [None, SIX, None]
