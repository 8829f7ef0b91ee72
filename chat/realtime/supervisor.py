"""The parent of several workers: holds their sockets open, replaces the dead, renews them on SIGHUP.

Each worker is tied to the parent by a leash, a pair of sockets: the worker says over it that it serves, and leaves
when it breaks, so that no worker outlives its parent.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Coroutine, Sequence

from chat.telemetry import forget_metrics

logger = logging.getLogger(__name__)

START_SECONDS = 60.0
LEAVE_SECONDS = 20.0
STEADY_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


class Worker:
    """One running child on a listening socket."""

    def __init__(self, process: Process, leash: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._process = process
        self._leash = leash
        self._writer = writer  # Kept, because the leash breaks when it is forgotten.

    @classmethod
    async def start(cls, command: Sequence[str], listener: socket.socket) -> "Worker":
        ours, theirs = socket.socketpair()
        with theirs:
            descriptors = (listener.fileno(), theirs.fileno())
            process = await asyncio.create_subprocess_exec(
                *command,
                *("--fd", str(descriptors[0]), "--leash", str(descriptors[1])),
                pass_fds=descriptors,
                # A Ctrl-C of the terminal is the parent's to forward, once.
                start_new_session=True,
            )
        return cls(process, *await asyncio.open_connection(sock=ours))

    async def serves(self) -> bool:
        """Wait until it serves; False if it ended before."""
        try:
            return await asyncio.wait_for(self._leash.read(1), START_SECONDS) != b""
        except (TimeoutError, ConnectionError):
            return False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    def signal(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        if self.running:
            # Not by asyncio's own method: that may reap the child before asyncio's watcher does.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def ended(self) -> int:
        """Wait for its end; minus the signal's number if one killed it."""
        status = await self._process.wait()
        self._writer.close()
        forget_metrics(self.pid)
        return status


class Post:
    """One listening socket and the worker that stands there."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.worker: Worker | None = None
        self.relief = asyncio.Lock()


class Supervisor:
    """Keeps a worker at each post until it is told to leave."""

    def __init__(self, command: Sequence[str], listeners: Sequence[socket.socket]) -> None:
        self._command = command
        self._posts = [Post(listener) for listener in listeners]
        self._workers: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewal = asyncio.Lock()
        self._leaving = asyncio.Event()

    async def run(self, ready: Callable[[], None]) -> bool:
        """Serve until SIGTERM or SIGINT; call `ready` once all workers serve. False if they could not start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self._renew()))
        if await self._start_all():
            ready()
            for post in self._posts:
                self._spawn(self._keep(post))
            await self._leaving.wait()
        asked = self._leaving.is_set()
        await self._see_off()
        return asked

    async def _start_all(self) -> bool:
        for post in self._posts:
            post.worker = await self._start(post)
        return all(await asyncio.gather(*(worker.serves() for worker in self._workers)))

    async def _start(self, post: Post) -> Worker:
        worker = await Worker.start(self._command, post.listener)
        self._workers = {known for known in self._workers if known.running} | {worker}
        return worker

    async def _keep(self, post: Post) -> None:
        """Replace the worker of a post when it ends unasked, after a growing pause if it ends soon."""
        pause = 0.0
        while worker := post.worker:
            since = time.monotonic()
            status = await worker.ended()
            if post.worker is not worker:
                continue
            logger.error("Worker %d ended with status %d; another takes its place", worker.pid, status)
            steady = time.monotonic() - since > STEADY_SECONDS
            pause = 0.0 if steady else min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
            await asyncio.sleep(pause)
            async with post.relief:
                if post.worker is worker:
                    post.worker = await self._start(post)

    async def _renew(self) -> None:
        """Put a successor at each post in turn; stop at the first that does not come to serve."""
        async with self._renewal:
            for post in self._posts:
                if not await self._relieve(post):
                    logger.error("The renewal stops here: a successor did not start")
                    return

    async def _relieve(self, post: Post) -> bool:
        async with post.relief:
            successor = await self._start(post)
            if not await successor.serves():
                await _end(successor)
                return False
            relieved, post.worker = post.worker, successor
        if relieved:
            await _end(relieved)
        return True

    def _leave(self) -> None:
        self._leaving.set()
        for worker in self._workers:
            worker.signal(signal.SIGTERM)

    async def _see_off(self) -> None:
        for task in self._tasks:
            task.cancel()
        for post in self._posts:
            post.listener.close()
        await asyncio.gather(*(_end(worker, told=self._leaving.is_set()) for worker in self._workers))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _end(worker: Worker, *, told: bool = False) -> None:
    """Wait until the worker has left, asked to if it was not `told`; kill it if it takes too long."""
    if not told:
        worker.signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(worker.ended(), LEAVE_SECONDS)
    except TimeoutError:
        logger.warning("Worker %d did not leave in time", worker.pid)
        worker.signal(signal.SIGKILL)
        await worker.ended()
