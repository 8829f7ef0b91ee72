"""A page of history costs the same however deep it lies."""

from statistics import median
from time import perf_counter

import pytest

from tests.conformance.sizes import size

MESSAGES = size(3_000, 1_000_000)
TIMES = size(5, 50)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_pages_are_whole_at_the_head_and_half_way_down(start_chat, database):
    chat = start_chat(database=database)
    chat.server.manage("flood_room", "deep", "--messages", str(MESSAGES))
    async with chat.rest("anna") as anna:
        newest = await page(anna, "")
        half = newest[0]["seq"] // 2
        deep = await page(anna, f"&before={half}")
        assert [len(newest), len(deep)] == [50, 50]
        assert half - 100 < deep[-1]["seq"] < deep[0]["seq"] < half
        costs = {where: await cost(anna, query) for where, query in (("head", ""), ("half way", f"&before={half}"))}
    print(f"A page of {MESSAGES} messages on {database}: {costs} ms, median of {TIMES}")


async def page(rest, query):
    """The messages of one page, newest first."""
    return (await rest.get(f"rooms/deep/messages?limit=50{query}")).raise_for_status().json()["results"]


async def cost(rest, query):
    """What a page takes, in milliseconds."""
    spent = []
    for _ in range(TIMES):
        began = perf_counter()
        await page(rest, query)
        spent.append((perf_counter() - began) * 1000)
    return round(median(spent), 1)
