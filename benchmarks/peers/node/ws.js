// The practical floor: whatever comes goes to everybody in the room, by `ws`; nothing is stored, nobody is asked.
import { WebSocketServer, WebSocket } from "ws";

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.env.PORT), backlog: 2048 });

server.on("connection", (socket, request) => {
  const room = request.url;
  if (!rooms.has(room)) rooms.set(room, new Set());
  const members = rooms.get(room);
  members.add(socket);
  socket.on("error", console.error);
  socket.on("close", () => members.delete(socket));
  socket.on("message", (data, isBinary) => {
    for (const member of members) {
      if (member.readyState === WebSocket.OPEN) member.send(data, { binary: isBinary });
    }
  });
});
