"""SIGTERM: clients get what is left, then 3001; the process ends with exit status 0, in time."""
import asyncio

import websockets

from support import PATIENCE, NativeClient, replay_server, replayed_bodies, run, wait_for_end


async def graceful_stop(path):
    expected = replayed_bodies(path)
    with replay_server(path) as server:
        await wait_for_end(server)
        epoch = server.status()["epoch"]
        async with server.connect() as idle, server.connect() as busy:
            waiting = NativeClient(idle)
            await waiting.subscribe(since="now")
            # This one still has everything before it when the signal comes.
            client = NativeClient(busy)
            await client.subscribe(since={"epoch": epoch, "offset": 0})
            server.terminate()
            await client.follow_to(len(expected))
            assert client.events == list(enumerate(expected, 1))
            for socket in (busy, idle):
                try:
                    while True:
                        await asyncio.wait_for(socket.recv(), PATIENCE)
                except websockets.ConnectionClosed as closed:
                    assert closed.rcvd is not None, "ended without a close frame"
                    assert closed.rcvd.code == 3001, closed
                    assert closed.rcvd.reason == "shutting_down", closed
        assert server.exit_code() == 0, server.lines


async def stop_with_a_client_that_does_not_read(path):
    with replay_server(path, "--set", "server.drain_timeout_seconds=1") as server:
        await wait_for_end(server)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readline()
        server.terminate()
        assert server.exit_code() == 0, server.lines
        writer.close()


run(graceful_stop)
run(stop_with_a_client_that_does_not_read)
