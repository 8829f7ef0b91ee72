"""The server behind TLS with the tiny application: `-m tests.realtime.tls_server <port> <certificate with key>`."""

import sys

from chat.realtime.server import Server
from tests.realtime.tiny_app import application

port, certificate = sys.argv[1:]
Server(application, [f"ssl:{port}:privateKey={certificate}:certKey={certificate}:interface=127.0.0.1"]).run()
