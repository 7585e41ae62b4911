"""The streams of notifications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vestnik.gateway.model import (
    Appended,
    Attempt,
    AttemptKind,
    AttemptState,
    Batch,
    Page,
    Planned,
    Stored,
)
from vestnik.gateway.stores._draft import OVERFLOWED, Draft, Overflowed
from vestnik.gateway.stores.memory._memory import Memory, Stream
from vestnik.ids import OwnerId
from vestnik.wire import Position

__all__ = ["Log"]


class Log:
    """The log of a `MemoryStore`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended]:
        """Store batches, with the attempts that their webhooks will get."""
        memory = self._memory
        draft = Draft(lambda owner: memory.stream(owner).end, memory.last_id, self._known(batches))
        appended = [draft.add(batch) for batch in batches]
        now = memory.now()
        for item in draft.stored:
            stream = memory.streams.setdefault(item.owner, Stream())
            stream.items.append(item)
            stream.moments.append(now)
        memory.add_attempts(_attempts_of(draft, now))
        memory.last_id = draft.last_id
        memory.keys.update((key, (now, spans)) for key, spans in draft.keys.items())
        return appended

    async def position(self, owner: OwnerId) -> Position:
        """Return where the owner's stream ends now."""
        return Position(self._memory.epoch, self._memory.stream(owner).end)

    async def read(self, owner: OwnerId, after: int, limit: int, up_to: int | None = None) -> Page:
        """Return at most `limit` notifications after an offset, up to and with another one."""
        stream = self._memory.stream(owner)
        found = stream.between(after, stream.end if up_to is None else up_to)
        return Page(tuple(found[: max(limit, 0)]), stream.floor)

    def _known(self, batches: Sequence[Batch]) -> dict[str, tuple[Stored, ...]]:
        keys = (batch.key for batch in batches if batch.key is not None)
        return {key: tuple(self._kept(key)) for key in keys if key in self._memory.keys}

    def _kept(self, key: str) -> Iterator[Stored]:
        for span in self._memory.keys[key][1]:
            yield from self._memory.stream(span.owner).between(span.first - 1, span.last)


def _attempts_of(draft: Draft, now: int) -> Iterator[Attempt]:
    both: list[Planned | Overflowed] = [*draft.planned, *draft.overflowed]
    for one in sorted(both, key=lambda one: one.id):
        is_planned = isinstance(one, Planned)
        yield Attempt(
            id=one.id,
            webhook=one.webhook,
            owner=one.owner,
            offset=one.offset,
            kind=AttemptKind.FIRST,
            number=1,
            state=AttemptState.PLANNED if is_planned else AttemptState.SKIPPED,
            planned=now,
            due=0,
            error="" if is_planned else OVERFLOWED,
        )
