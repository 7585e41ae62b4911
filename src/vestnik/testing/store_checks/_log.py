"""Checks of the log of notifications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vestnik.gateway.model import (
    Addressed,
    Batch,
)
from vestnik.ids import OwnerId, ResourceId
from vestnik.testing.store_checks._bench import (
    ANN,
    BEN,
    StoreBench,
    append,
    batch,
    expect,
    expect_places,
    note,
)
from vestnik.wire import Notification

__all__ = ["CHECKS"]


PAYLOADS = (
    b"null",
    b'{ "a" : 1 ,\n "b":[ ] }',
    b'"\\u0000 \\ud83d\\ude00 \\/"',
    '"снег ☃ 😀"'.encode(),
    b"123456789012345678901234567890",
    b"-0.0",
    b"1e400",
    b'{"a":1,"a":2}',
    b'"' + b"x" * 70_000 + b'"',
    b"[" * 2000 + b"]" * 2000,
)


async def it_counts_every_stream_from_one(bench: StoreBench) -> None:
    """Offsets grow by one within an owner, over batches, calls and items that mix owners."""
    async with bench.store() as store:
        mixed = Batch(tuple(Addressed(owner, note(7)) for owner in (ANN, BEN, ANN)))
        first, second = await append(store, batch(ANN, [1, 2]), mixed)
        expect_places(first.stored, (ANN, 1, 1), (ANN, 2, 2))
        expect_places(second.stored, (ANN, 3, 7), (BEN, 1, 7), (ANN, 4, 7))
        (third,) = await append(store, batch(BEN, [8]))
        expect_places(third.stored, (BEN, 2, 8))


async def it_tells_where_a_stream_ends(bench: StoreBench) -> None:
    """The position is 0 before anything, then the last offset; the epoch is one for all."""
    async with bench.store() as store:
        before = await store.log.position(ANN)
        await append(store, batch(ANN, [1, 2, 3]))
        after = await store.log.position(ANN)
        expect((before.offset, after.offset) == (0, 3), f"positions are {before}, {after}")
        epochs = {before.epoch, after.epoch, (await store.log.position(BEN)).epoch}
        expect(len(epochs) == 1 and "" not in epochs, f"the epochs are {epochs}")


async def it_reads_from_a_place_to_a_place(bench: StoreBench) -> None:
    """`after` is left out, `up_to` is not; `limit` is kept; an unknown stream is empty."""
    async with bench.store() as store:
        await append(store, batch(ANN, range(1, 10)), batch(BEN, [1]))
        for after, limit, up_to, wanted in (
            (0, 3, None, [1, 2, 3]),
            (7, 9, None, [8, 9]),
            (2, 9, 4, [3, 4]),
            (9, 9, None, []),
            (99, 9, None, []),
            (5, 9, 3, []),
            (0, 0, None, []),
        ):
            page = await store.log.read(ANN, after, limit, up_to)
            found = [one.offset for one in page.items]
            asked = f"read(after={after}, limit={limit}, up_to={up_to})"
            expect(found == wanted, f"{asked} gives {found}, not {wanted}")
            expect(page.floor == 0, f"{asked} has the floor {page.floor}")
        expect(not (await store.log.read(OwnerId("nobody"), 0, 9)).items, "nobody has a stream")


async def it_reads_very_many_at_once(bench: StoreBench) -> None:
    """Nothing is lost or out of order where thousands are asked for."""
    async with bench.store() as store:
        await append(store, batch(ANN, range(5000)))
        page = await store.log.read(ANN, 0, 10_000)
        found = [(one.offset, one.notification.type) for one in page.items]
        expect(found == [(n + 1, n) for n in range(5000)], f"{len(found)} came, or out of order")


async def it_keeps_payloads_byte_for_byte(bench: StoreBench) -> None:
    """JSON text is not read, not even its spaces, numbers and escapes."""
    async with bench.store() as store:
        items = tuple(Addressed(ANN, note(n, payload)) for n, payload in enumerate(PAYLOADS))
        await append(store, Batch(items))
        for one, payload in zip((await store.log.read(ANN, 0, 99)).items, PAYLOADS, strict=True):
            found = bytes(one.notification.payload)
            expect(found == payload, f"{payload[:50]!r} came back as {found[:50]!r}")


async def it_keeps_every_field(bench: StoreBench) -> None:
    """Numbers up to 64 bits and any text come back as they were."""
    odd = Notification(2**63 - 1, ResourceId("бот\n\"'"), "\x00\x01\u2028", "😀", -(2**63))
    async with bench.store() as store:
        await append(store, Batch((Addressed(ANN, odd),)))
        (found,) = (await store.log.read(ANN, 0, 9)).items
        expect(found.notification == odd, f"this came back: {found.notification}")


CHECKS: tuple[Callable[[StoreBench], Awaitable[None]], ...] = (
    it_counts_every_stream_from_one,
    it_tells_where_a_stream_ends,
    it_reads_from_a_place_to_a_place,
    it_reads_very_many_at_once,
    it_keeps_payloads_byte_for_byte,
    it_keeps_every_field,
)
