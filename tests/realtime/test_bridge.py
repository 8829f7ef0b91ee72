"""The way back from threads to the loop."""

import asyncio

from chat.realtime.bridge import Return


async def test_what_threads_bring_is_done_in_order_and_what_fails_stops_no_other():
    back, done, all_done = Return(asyncio.get_running_loop()), [], asyncio.Event()

    def fail():
        done.append("fails")
        raise ValueError("on purpose")

    def bring():
        for act in (lambda: done.append("first"), fail, lambda: done.append("last"), all_done.set):
            back.bring(act)

    await asyncio.to_thread(bring)
    await all_done.wait()
    assert done == ["first", "fails", "last"]
