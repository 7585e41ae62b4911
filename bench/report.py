"""Numbers of several rounds as Markdown: medians, spreads, ratios to the best peer, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness import Bench, Goal, Limit, Measure

__all__ = ["markdown"]

Rounds = Sequence[Mapping[str, Mapping[str, float]]]


def markdown(bench: Bench, rounds: Rounds, surroundings: Mapping[str, str]) -> str:
    """Write the whole report."""
    tables = [_table(bench, measure, rounds) for measure in bench.measures]
    verdicts = [_verdict(bench, goal, rounds) for goal in bench.goals]
    verdicts += [_limit_verdict(bench, limit, rounds) for limit in bench.limits]
    goals = ["**Goals**", "", *verdicts] if verdicts else []
    where = "; ".join(f"{name} {value}" for name, value in surroundings.items())
    return "\n\n".join([where, *tables, "\n".join(goals)]).rstrip()


def _table(bench: Bench, measure: Measure, rounds: Rounds) -> str:
    best = _best_peer(bench, measure, rounds)
    rows = [
        f"**{measure.title}** ({measure.unit})" + (f": {measure.note}" if measure.note else ""),
        "",
        "| | median | min–max | of the best peer |",
        "|---|--:|--:|--:|",
    ]
    for contender in bench.contenders:
        values = _values(rounds, contender.name, measure.key)
        if values:
            name = f"**{contender.name}**" if contender.side == "ours" else contender.name
            ratio = _ratio_text(_ratios(rounds, (contender.name, measure), (best, measure)))
            rows.append(f"| {name} | {_number(median(values))} | {_spread(values)} | {ratio} |")
    return "\n".join(rows)


def _verdict(bench: Bench, goal: Goal, rounds: Rounds) -> str:
    """Say whether a goal was reached, by the median of the ratios of each round."""
    measures = {measure.key: measure for measure in bench.measures}
    ours, theirs = measures[goal.measure], measures[goal.against or goal.measure]
    peer = goal.peer or _best_peer(bench, theirs, rounds)
    ratios = _ratios(rounds, (goal.ours, ours), (peer, theirs))
    if not ratios:
        return f"- {ours.title}: not measured"
    verdict = "reached" if median(ratios) >= goal.factor else "**missed**"
    compared = f"{ours.title} of {goal.ours}, against {theirs.title} of {peer}"
    return f"- {verdict}: {compared}: {_ratio_text(ratios)}, the goal is {goal.factor:g} ×"


def _limit_verdict(bench: Bench, limit: Limit, rounds: Rounds) -> str:
    """Say whether the median of the rounds is good enough by itself."""
    ours = next(measure for measure in bench.measures if measure.key == limit.measure)
    values = _values(rounds, limit.ours, limit.measure)
    if not values:
        return f"- {ours.title}: not measured"
    found = median(values)
    is_good = found >= limit.value if ours.more_is_better else found <= limit.value
    verdict = "reached" if is_good else "**missed**"
    bound = "at least" if ours.more_is_better else "at most"
    return (
        f"- {verdict}: {ours.title}, {limit.ours}: {_number(found)} ({_spread(values)}) "
        f"{ours.unit}, the goal is {bound} {limit.value:,g}"
    )


def _best_peer(bench: Bench, measure: Measure, rounds: Rounds) -> str:
    """Name the peer with the best median, or nobody."""
    medians = {
        contender.name: median(values)
        for contender in bench.contenders
        if contender.side == "peer" and (values := _values(rounds, contender.name, measure.key))
    }
    best: Callable[..., str] = max if measure.more_is_better else min
    return best(medians, key=medians.__getitem__) if medians else ""


def _ratios(rounds: Rounds, ours: tuple[str, Measure], theirs: tuple[str, Measure]) -> list[float]:
    """Compare within each round, so that a slow moment of the machine hits both sides."""
    (our_name, our_measure), (their_name, their_measure) = ours, theirs
    return [
        numbers[our_name][our_measure.key] / numbers[their_name][their_measure.key]
        for numbers in rounds
        if our_measure.key in numbers.get(our_name, {})
        and their_measure.key in numbers.get(their_name, {})
    ]


def _values(rounds: Rounds, name: str, key: str) -> list[float]:
    return [numbers[name][key] for numbers in rounds if key in numbers.get(name, {})]


def _ratio_text(ratios: Sequence[float]) -> str:
    if not ratios:
        return "–"
    return f"{median(ratios):.2f} × ({min(ratios):.2f}–{max(ratios):.2f})"


def _spread(values: Sequence[float]) -> str:
    return f"{_number(min(values))}–{_number(max(values))}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
