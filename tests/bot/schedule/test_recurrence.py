"""What recurs comes when it should, whatever people do to their clocks."""

from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.schedule import Daily, Interval, Recurrence, Weekday, Weekly
from vestnik.bot.schedule.recurrence import next_moment, pack, unpack
from vestnik.errors import BadBot

BERLIN = ZoneInfo("Europe/Berlin")
MOSCOW = ZoneInfo("Europe/Moscow")
NUUK = ZoneInfo("America/Nuuk")
APIA = ZoneInfo("Pacific/Apia")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
ZONES: list[tzinfo] = [UTC, BERLIN, MOSCOW, APIA, LORD_HOWE, SAO_PAULO]

MOMENTS = st.floats(min_value=0, max_value=4e9)
TIMES = st.times().filter(lambda at: at.tzinfo is None)
DAILIES = st.builds(Daily, TIMES, st.sampled_from(ZONES))
WEEKLIES = st.builds(
    Weekly, st.frozensets(st.sampled_from(Weekday), min_size=1), TIMES, st.sampled_from(ZONES)
)
INTERVALS = st.builds(
    Interval, st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=400))
)
RECURRENCES = st.one_of(DAILIES, WEEKLIES, INTERVALS)


def at(text: str, zone: tzinfo = UTC) -> float:
    """Read a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def runs(recurrence: Recurrence, start: float, end: float) -> list[datetime]:
    """List all runs after `start` and up to `end`, in UTC."""
    moments = []
    moment = next_moment(recurrence, start, start)
    while moment <= end:
        moments.append(datetime.fromtimestamp(moment, UTC))
        moment = next_moment(recurrence, moment, moment)
    return moments


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_nine_in_moscow_is_six_in_greenwich() -> None:
    daily = Daily(time(9), MOSCOW)
    assert runs(daily, at("2026-01-01T05:59"), at("2026-01-02T12:00")) == [
        utc("2026-01-01T06:00"),
        utc("2026-01-02T06:00"),
    ]


def test_the_moment_itself_is_not_after_itself() -> None:
    assert next_moment(Daily(time(9)), 0, at("2026-01-01T09:00")) == at("2026-01-02T09:00")


def test_a_time_that_a_day_lacks_comes_once_and_later() -> None:
    daily = Daily(time(2, 30), BERLIN)
    assert runs(daily, at("2026-03-28T00:00"), at("2026-03-31T00:00")) == [
        utc("2026-03-28T01:30"),
        utc("2026-03-29T01:30"),
        utc("2026-03-30T00:30"),
    ]


def test_a_time_that_a_day_has_twice_comes_once() -> None:
    daily = Daily(time(2, 30), BERLIN)
    assert runs(daily, at("2026-10-24T12:00"), at("2026-10-26T12:00")) == [
        utc("2026-10-25T00:30"),
        utc("2026-10-26T01:30"),
    ]


def test_between_the_two_of_them_the_next_is_tomorrows() -> None:
    daily = Daily(time(2, 30), BERLIN)
    assert next_moment(daily, 0, at("2026-10-25T00:45")) == at("2026-10-26T01:30")


def test_a_day_that_a_zone_left_out_has_no_run_of_its_own() -> None:
    # Samoa went from the 29th of December 2011 to the 31st.
    daily = Daily(time(9), APIA)
    assert runs(daily, at("2011-12-29T00:00", APIA), at("2012-01-01T12:00", APIA)) == [
        utc("2011-12-29T19:00"),
        utc("2011-12-30T19:00"),
        utc("2011-12-31T19:00"),
    ]


def test_a_midnight_that_is_left_out_stays_on_its_day_of_the_week() -> None:
    weekly = Weekly(frozenset({Weekday.SUNDAY}), time(0), SAO_PAULO)
    first, second = runs(weekly, at("2018-11-01T00:00"), at("2018-11-12T00:00"))
    assert first.astimezone(SAO_PAULO).isoformat() == "2018-11-04T01:00:00-02:00"
    assert second.astimezone(SAO_PAULO).isoformat() == "2018-11-11T00:00:00-02:00"


def test_an_evening_that_is_left_out_comes_after_midnight_and_is_not_forgotten_there() -> None:
    # Greenland goes from 22:59 to midnight on a Saturday.
    weekly = Weekly(frozenset({Weekday.SATURDAY}), time(23, 30), NUUK)
    moment = datetime.fromtimestamp(next_moment(weekly, 0, at("2024-03-31T01:10")), NUUK)
    assert moment.isoformat() == "2024-03-31T00:30:00-01:00"


def test_weekly_runs_on_its_days_only() -> None:
    weekly = Weekly(frozenset({Weekday.MONDAY, Weekday.FRIDAY}), time(18, 30), MOSCOW)
    found = runs(weekly, at("2026-01-01T00:00"), at("2026-01-15T00:00"))
    assert [f"{moment.astimezone(MOSCOW):%a %d %H:%M}" for moment in found] == [
        "Fri 02 18:30",
        "Mon 05 18:30",
        "Fri 09 18:30",
        "Mon 12 18:30",
    ]


def test_an_interval_that_missed_some_keeps_its_step() -> None:
    assert next_moment(Interval(timedelta(minutes=10)), 0, 3 * 600 + 1) == 4 * 600
    assert next_moment(Interval(timedelta(minutes=10)), 600, 600) == 1200


def test_a_clock_that_was_put_back_repeats_nothing() -> None:
    last = at("2026-01-02T09:00")
    assert next_moment(Daily(time(9)), last, last - 7200) == at("2026-01-03T09:00")
    assert next_moment(Interval(timedelta(seconds=60)), last, last - 7200) == last + 60


@given(RECURRENCES, MOMENTS, MOMENTS)
def test_the_next_is_always_after_the_last_and_after_now(
    recurrence: Recurrence, last: float, now: float
) -> None:
    moment = next_moment(recurrence, last, now)
    assert moment > max(last, now)
    assert next_moment(recurrence, moment, moment) > moment


@given(DAILIES, st.dates(datetime(1980, 1, 1).date(), datetime(2037, 1, 1).date()))  # noqa: DTZ001
def test_every_day_has_exactly_one_run(daily: Daily, day: object) -> None:
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=daily.zone)
    end = start + timedelta(days=10)
    found = [
        moment.astimezone(daily.zone)
        for moment in runs(daily, start.timestamp() - 1e-3, end.timestamp() - 1e-3)
    ]
    days = [moment.date() for moment in found]
    assert len(set(days)) == len(days)
    assert len(days) == (9 if daily.zone is APIA and _has_gap_day(start, end) else 10)


def _has_gap_day(start: datetime, end: datetime) -> bool:
    return start.date() <= datetime(2011, 12, 30, tzinfo=UTC).date() < end.date()


@given(DAILIES, MOMENTS)
def test_it_runs_at_its_time_or_in_the_hour_after_a_gap(daily: Daily, now: float) -> None:
    # Whole seconds: floating point has no microseconds left at this distance from 1970.
    daily = Daily(daily.at.replace(microsecond=0), daily.zone)
    local = datetime.fromtimestamp(next_moment(daily, now, now), daily.zone)
    lacking = local.replace(hour=daily.at.hour, minute=daily.at.minute, second=daily.at.second)
    returned = lacking.astimezone(UTC).astimezone(daily.zone)
    assert local.time().replace(fold=0) == daily.at or returned.time() != daily.at


@given(RECURRENCES)
def test_what_was_written_down_is_read_again_and_written_alike(recurrence: Recurrence) -> None:
    assert unpack(pack(recurrence)) == recurrence
    assert pack(unpack(pack(recurrence))) == pack(recurrence)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b'{"type":"daily","at":"09:00:00","zone":"Europe/Atlantis"}', b'{"type":"x"}'],
)
def test_what_cannot_be_read_is_a_decode_error(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack(raw)


def test_what_could_not_be_kept_is_refused_when_it_is_made() -> None:
    with pytest.raises(BadBot, match="too short"):
        Interval(timedelta(milliseconds=999))
    with pytest.raises(BadBot, match="at least one day"):
        Weekly(frozenset(), time(9))
    with pytest.raises(BadBot, match="a zone of its own"):
        Daily(time(9, tzinfo=UTC))
    with pytest.raises(BadBot, match=r"give one by its name"):
        Daily(time(9), timezone(timedelta(hours=3)))
