"""Hints alone: with the position check far away, whatever one worker commits is heard by the sockets of all."""

FAR_AWAY = "600"


async def test_what_any_worker_commits_reaches_every_socket_at_once(start_chat):
    """Also what is committed by workers that have no socket themselves."""
    chat = start_chat(workers=4, PARLEY_POSITION_CHECK_SECONDS=FAR_AWAY)
    room = await chat.room("anna", "ben")
    async with await chat.connect("ben") as ben, chat.rest("anna") as rest:
        log = await ben.subscribe(room)
        for number in range(16):
            posted = await rest.post(f"rooms/{room}/messages", json={"client_id": f"{number}", "body": f"{number}"})
            await ben.reach(room, posted.json()["seq"], seconds=10)
        assert log.bodies == [f"{number}" for number in range(16)]
