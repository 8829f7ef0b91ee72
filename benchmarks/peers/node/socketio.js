// Socket.IO with its Redis adapter, so that it may have several processes; WebSockets alone.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const publisher = createClient({ url: process.env.REDIS_URL });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const web = createServer();
const io = new Server(web, { transports: ["websocket"], adapter: createAdapter(publisher, subscriber) });

io.on("connection", (socket) => {
  socket.on("join", async (room, joined) => {
    await socket.join(room);
    joined();
  });
  socket.on("say", ({ room, body }) => io.to(room).emit("said", { room, body }));
});

web.listen({ host: "127.0.0.1", port: Number(process.env.PORT), backlog: 2048 });
