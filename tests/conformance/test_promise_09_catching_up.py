"""Promise 9: catch-up is contiguous and ends with one `live`, however many come back at once and however much they
missed; far behind is `limited`, unless all is asked for; a quiet room resumes too."""

import asyncio

from tests.conformance.load import writing
from tests.conformance.sizes import report, size

PEOPLE = ("anna", "ben", "cleo", "dora", "emil", "faye", "gwen", "hugo")
MANY = {"PARLEY_SOCKETS_PER_PERSON": "10000"}
FAR = size(2_500, 10_000)


async def _come_back(client, room, after):
    log = await client.subscribe(room, after=after, most=None)
    assert not [frame for frame in client.heard if frame["command"] == "live"], "live was said twice"
    return log


async def test_a_crowd_that_comes_back_under_load_catches_up_without_a_hole(start_fleet):
    """Each subscribe is from another cursor than the last one of its socket."""
    chat = start_fleet(**MANY)
    sockets, turns = size(24, 250), 4
    room = await chat.room("anna", *PEOPLE[1:])
    clients = await asyncio.gather(*(chat.connect(PEOPLE[n % len(PEOPLE)]) for n in range(sockets)))
    async with writing(chat, room, "anna", "ben", per_second=size(50, 200)) as load:
        await load.reaches(100)
        with report(f"{sockets * turns} subscribes under load") as measured:
            for turn in range(turns):
                newest = max(load.said)
                cursors = [newest * (n + turn) // (sockets + turns) for n in range(sockets)]
                calls = zip(clients, cursors, strict=True)
                logs = await asyncio.gather(*(_come_back(client, room, after) for client, after in calls))
                assert all(log.cursor >= newest for log in logs)
        measured(f"all live, {len(load.said)} messages were written meanwhile")
    logs = await asyncio.gather(*(client.reach(room, max(load.said)) for client in clients))
    said = sorted(load.said.items())
    for log, after in zip(logs, cursors, strict=True):
        assert log.bodies == [body for seq, body in said if seq > after]
    await asyncio.gather(*(client.close() for client in clients))


async def test_a_client_far_behind_is_limited_or_gets_all_of_it_in_pages(chat_of_four):
    room = await chat_of_four.room("anna", "ben")
    await asyncio.to_thread(chat_of_four.server.manage, "flood_room", room, "--messages", f"{FAR}")
    async with await chat_of_four.connect("ben") as ben, chat_of_four.rest("anna") as rest:
        log = await ben.subscribe(room, after=0)
        limited = await ben.expect("limited", room=room)
        assert (log.events, log.cursor) == ([], limited["head"])
        assert limited["head"] >= FAR
        posted = await rest.post(f"rooms/{room}/messages", json={"client_id": "1", "body": "newest"})
        await ben.reach(room, posted.json()["seq"])
        assert ben.logs[room].bodies == ["newest"], "it is live from the head that `limited` named"
    with report(f"{FAR} missed events") as measured:
        async with await chat_of_four.connect("ben") as ben:
            log = await ben.subscribe(room, after=0, most=None)
    measured(f"{len(log.pages)} pages")
    assert log.seqs == list(range(1, posted.json()["seq"] + 1))
    assert max(number for number, _ in log.pages) <= 500
    assert [more for _, more in log.pages] == [True] * (len(log.pages) - 1) + [False]


async def test_most_is_how_many_are_wanted(any_chat):
    room = await any_chat.room("anna")
    async with await any_chat.connect("anna") as anna:
        head = [await anna.say(room, str(number)) for number in range(10)][-1]["seq"]
        assert (await anna.subscribe(room, after=head - 5, most=5)).bodies == ["5", "6", "7", "8", "9"]
        assert (await anna.subscribe(room, after=head - 6, most=5)).bodies == []
        assert (await anna.expect("limited"))["head"] == head
        for query in ("rooms/{}/events?after={}&epoch={}&most=5", "rooms/{}/events?after={}&epoch={}&most=5&wait=20"):
            async with any_chat.rest("anna") as rest:
                for behind, command in ((6, "limited"), (5, None)):
                    answer = (await rest.get(query.format(room, head - behind, anna.epoch))).json()
                    assert answer.get("command") == command
        async with any_chat.stream("anna", {room: head - 6}, epoch=anna.epoch, most=5) as stream:
            assert (await stream.expect("limited"))["head"] == head
            said = await anna.say(room, "behind it")
            assert (await stream.reach(room, said["seq"])).bodies == ["behind it"]


async def test_a_large_page_stays_below_its_bytes(any_chat):
    """Bodies of three bytes a sign, as much as a message may hold."""
    room = await any_chat.room("anna")
    async with await any_chat.connect("anna") as anna:
        for number in range(12):
            await anna.say(room, "語" * 7_990 + str(number))
        epoch = anna.epoch
    async with await any_chat.connect("anna") as anna:
        log = await anna.subscribe(room, after=0, most=None)
        assert len(log.bodies) == 12
    assert len(log.pages) > 1
    assert anna.largest <= 256 * 1024 + 1024
    async with any_chat.poller("anna", room, 0, epoch) as poller:
        while await poller.poll():
            pass
        assert poller.log.events == log.events


async def test_a_quiet_room_resumes_too(any_chat):
    room = await any_chat.room("anna", "ben")
    async with await any_chat.connect("ben") as ben:
        head = (await ben.subscribe(room)).cursor
    async with await any_chat.connect("ben") as ben, any_chat.rest("anna") as rest:
        log = await ben.subscribe(room, after=head)
        assert (log.cursor, log.events) == (head, [])
        posted = await rest.post(f"rooms/{room}/messages", json={"client_id": "1", "body": "at last"})
        assert (await ben.reach(room, posted.json()["seq"])).bodies == ["at last"]
    async with any_chat.stream("ben", {room: head + 1}, epoch=ben.epoch) as stream:
        await stream.expect("live", room=room, head=head + 1)


async def test_a_cursor_that_this_log_never_gave_is_reset(any_chat):
    room = await any_chat.room("anna")
    async with await any_chat.connect("anna") as anna:
        head = (await anna.subscribe(room)).cursor
        for after, epoch, reason in ((head + 9, anna.epoch, "ahead"), (head, "another", "epoch")):
            await anna.subscribe(room, after=after, epoch=epoch)
            frame = await anna.expect("reset")
            assert (frame["reason"], frame["head"]) == (reason, head)
            async with any_chat.stream("anna", {room: after}, epoch=epoch) as stream:
                assert (await stream.expect("reset"))["reason"] == reason
                said = await anna.say(room, reason)
                await stream.reach(room, said["seq"])
            head = said["seq"]
            async with any_chat.rest("anna") as rest:
                answer = (await rest.get(f"rooms/{room}/events?after={head + 9}&epoch={anna.epoch}")).json()
                assert (answer["command"], answer["reason"]) == ("reset", "ahead")
