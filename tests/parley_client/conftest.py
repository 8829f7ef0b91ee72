"""Clients of real servers, on each way and through a gate."""

import pytest

from parley_client.links.poll import PollLink
from parley_client.links.socket import SocketLink
from parley_client.links.stream import StreamLink


@pytest.fixture(params=[SocketLink, StreamLink, PollLink], ids=["socket", "stream", "poll"])
def way(request):
    """The only way of a client; the test runs on each."""
    return request.param


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    """No proxy of the machine stands between the tests and their servers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
