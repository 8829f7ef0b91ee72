"""The ways to a server, best first: WebSocket, server-sent events, long polling. All end in the same frames."""
