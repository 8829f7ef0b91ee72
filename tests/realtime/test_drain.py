from chat.realtime.drain import Drain


async def test_a_farewell_that_fails_is_logged_and_stops_no_other(caplog):
    drain, told = Drain(), []

    async def fails():
        raise OSError("gone")

    async def works():
        told.append(drain.begun)

    drain.on_begin(fails)
    drain.on_begin(works)
    assert not drain.begun
    await drain.begin()
    assert told == [True]
    assert "A farewell failed" in caplog.text
