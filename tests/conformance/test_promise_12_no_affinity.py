"""Promise 12: behind a balancer that sends every connection to the next worker, all transports are one chat."""

from collections import Counter

from tests.client import connect
from tests.conformance.sizes import size
from tests.servers.fleet import THROUGH

ROUNDS = size(4, 25)


async def test_every_request_socket_and_stream_may_land_on_another_worker(chat_of_four):
    """One browser and one program, for whom each step is a connection of its own."""
    balancer = chat_of_four.server.balancer
    before, workers = Counter(balancer.connections), Counter()
    async with chat_of_four.browser("gwen") as gwen:
        room = "no-affinity"
        (await gwen.post("rooms", json={"room": room})).raise_for_status()
        page = (await gwen.get(f"rooms/{room}/messages")).json()
        cursor, last = page["head"], f"{page['epoch']};{room}:{page['head']}"
        for number in range(ROUNDS):
            ticket = (await gwen.post("tickets")).raise_for_status().json()["ticket"]
            async with await connect(f"{chat_of_four.server.ws_url}/ws/?ticket={ticket}") as socket:
                workers[socket.worker] += 1
                log = await socket.subscribe(room, after=cursor, epoch=page["epoch"])
                said = await socket.say(room, f"socket {number}")
                await socket.reach(room, said["seq"])
            assert log.bodies == [f"socket {number}"]
            body = {"client_id": f"post {number}", "body": f"post {number}"}
            posted = (await gwen.post(f"rooms/{room}/messages", json=body)).raise_for_status().json()
            async with chat_of_four.stream("hugo", {room: 0}, last=last) as stream:
                assert (await stream.reach(room, posted["seq"])).bodies == [f"socket {number}", f"post {number}"]
            async with chat_of_four.poller("hugo", room, cursor, page["epoch"]) as poller:
                assert (await poller.reach(posted["seq"])).bodies == [f"socket {number}", f"post {number}"]
            cursor, last = poller.log.cursor, stream.id
    assert len(workers) == 4
    if not THROUGH:
        got = [balancer.connections[port] - before[port] for port in balancer.backends]
        assert max(got) - min(got) <= 1, "the balancer is not fair"
