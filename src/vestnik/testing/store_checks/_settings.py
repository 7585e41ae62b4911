"""Checks of the settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vestnik.errors import StoreFailed
from vestnik.gateway.model import (
    Owner,
    Resource,
    Token,
    Webhook,
)
from vestnik.ids import OwnerId, ResourceId, TokenId
from vestnik.testing.store_checks._bench import (
    ANN,
    BEN,
    HOOK,
    OTHER_HOOK,
    RECORDS,
    SEALED,
    StoreBench,
    append,
    batch,
    expect,
    expect_places,
    expect_records,
)

__all__ = ["CHECKS"]


async def it_keeps_settings_as_they_are(bench: StoreBench) -> None:
    """What was saved is loaded field by field, owners first, then resources."""
    async with bench.store() as store:
        await store.settings.save(*RECORDS)
        loaded = list(await store.settings.load())
        kinds = [type(record) for record in loaded]
        expect(kinds[:3] == [Owner, Owner, Resource], f"the order is {kinds}")
        expect_records(loaded)


async def it_replaces_a_record_and_loses_nothing_by_it(bench: StoreBench) -> None:
    """Saving an owner again changes him and keeps what is his."""
    async with bench.store() as store:
        await store.settings.save(*RECORDS)
        await store.settings.save(Owner(id=ANN, name="Another", created=1))
        loaded = await store.settings.load()
        names = {record.name for record in loaded if isinstance(record, Owner)}
        expect(names == {"Another", "Ben"}, f"the owners are {names}")
        expect(len(loaded) == len(RECORDS), f"these are left: {loaded}")


async def it_saves_all_or_nothing(bench: StoreBench) -> None:
    """A record of an owner who is not there is refused, and so is all that came with it."""
    orphan = Resource(id=ResourceId("r"), owner=OwnerId("nobody"), name="x", created=1)
    async with bench.store() as store:
        try:
            await store.settings.save(RECORDS[0], orphan)
        except StoreFailed:
            pass
        else:
            raise AssertionError("a resource of nobody was stored")
        loaded = await store.settings.load()
        expect(not loaded, f"of a refused call these were stored: {loaded}")


async def it_deletes_what_is_there_and_ignores_what_is_not(bench: StoreBench) -> None:
    """Deleting twice is no error, and a kind does not touch another one's ids."""
    async with bench.store() as store:
        await store.settings.save(*RECORDS)
        for _ in range(2):
            await store.settings.delete((Token, TokenId("t")), (Resource, ResourceId("t")))
        left = {(type(record), record.id) for record in await store.settings.load()}
        wanted = {(type(record), record.id) for record in RECORDS} - {(Token, TokenId("t"))}
        expect(left == wanted, f"these are left: {left}")


async def it_forgets_all_that_is_an_owners(bench: StoreBench) -> None:
    """With him go records, notifications and attempts, and nothing of anybody else."""
    async with bench.store() as store:
        await store.settings.save(*RECORDS)
        hook = Webhook(id=OTHER_HOOK, owner=BEN, url="u", token=SEALED, created=1)
        await store.settings.save(hook)
        await append(store, batch(ANN, [1, 2], "key", HOOK), batch(BEN, [3], None, OTHER_HOOK))
        await store.settings.delete((Owner, ANN))
        left = {(type(record), record.id) for record in await store.settings.load()}
        wanted = {(Owner, BEN), (Token, TokenId("u")), (Webhook, OTHER_HOOK)}
        expect(left == wanted, f"these records are left: {left}")
        expect(not (await store.log.read(ANN, 0, 9)).items, "his notifications are left")
        expect(not await store.attempts.latest(HOOK, 9), "his attempts are left")
        expect_places((await store.log.read(BEN, 0, 9)).items, (BEN, 1, 3))
        expect(len(await store.attempts.latest(OTHER_HOOK, 9)) == 1, "another one's are gone")


async def it_never_gives_an_offset_twice(bench: StoreBench) -> None:
    """The stream of an owner who was deleted and comes back goes on where it was."""
    async with bench.store() as store:
        await store.settings.save(RECORDS[0])
        await append(store, batch(ANN, [1, 2]))
        await store.settings.delete((Owner, ANN))
        expect((await store.log.position(ANN)).offset == 2, "the stream began anew")
        (again,) = await append(store, batch(ANN, [3]))
        expect_places(again.stored, (ANN, 3, 3))
        page = await store.log.read(ANN, 0, 9)
        expect(page.floor == 2, f"the floor is {page.floor}, not 2")
        expect_places(page.items, (ANN, 3, 3))


async def it_forgets_the_attempts_of_a_webhook(bench: StoreBench) -> None:
    """With a webhook goes what is known of its attempts, but no notification."""
    async with bench.store() as store:
        await store.settings.save(*RECORDS)
        await append(store, batch(ANN, [1], None, HOOK, OTHER_HOOK))
        await store.settings.delete((Webhook, HOOK))
        expect(not await store.attempts.latest(HOOK, 9), "its attempts are left")
        expect(len(await store.attempts.latest(OTHER_HOOK, 9)) == 1, "another one's are gone")
        expect_places((await store.log.read(ANN, 0, 9)).items, (ANN, 1, 1))


CHECKS: tuple[Callable[[StoreBench], Awaitable[None]], ...] = (
    it_keeps_settings_as_they_are,
    it_replaces_a_record_and_loses_nothing_by_it,
    it_saves_all_or_nothing,
    it_deletes_what_is_there_and_ignores_what_is_not,
    it_forgets_all_that_is_an_owners,
    it_never_gives_an_offset_twice,
    it_forgets_the_attempts_of_a_webhook,
)
