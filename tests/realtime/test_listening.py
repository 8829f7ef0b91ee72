import os
import socket

import pytest

from chat.realtime.listening import CannotListen, inherited, listen, url_of


def test_sockets_for_several_workers_share_one_port():
    listeners = listen("127.0.0.1", 0, count=3)
    assert len(listeners) == 3
    assert len({listener.getsockname() for listener in listeners}) == 1
    _close(listeners)


def test_a_port_that_workers_share_is_not_shared_with_a_stranger():
    listeners = listen("127.0.0.1", 0, count=2)
    port = listeners[0].getsockname()[1]
    with pytest.raises(CannotListen, match=rf"^Port {port} on 127.0.0.1 is taken by another program"):
        listen("127.0.0.1", port, count=2)
    _close(listeners)


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host"])
def test_an_address_that_is_not_ours_is_refused_in_one_line(host):
    with pytest.raises(CannotListen) as refusal:
        listen(host, 0)
    assert str(refusal.value).startswith(f"Cannot listen on {host} port 0: ")
    assert "\n" not in str(refusal.value)


def test_a_descriptor_that_is_no_socket_is_refused():
    reading, writing = os.pipe()
    with pytest.raises(CannotListen, match="is no socket"):
        inherited(reading)
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(("host", "start"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
def test_the_address_is_one_a_browser_takes(host, start):
    if ":" in host and not socket.has_ipv6:
        pytest.skip("this Python has no IPv6")
    [listener] = listen(host, 0)
    assert url_of(listener) == f"{start}{listener.getsockname()[1]}"
    _close([listener])


def _close(listeners):
    for listener in listeners:
        listener.close()
