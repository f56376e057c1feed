"""A client written apart receives every event of a replayed file once, in order and byte for byte
as `tickstock replay` writes them; so does one that leaves and comes back."""
from support import NativeClient, replay_server, replayed_bodies, run, wait_for_end


async def every_event_once(path):
    expected = replayed_bodies(path)
    assert len(expected) > 100, "the input must make events"
    with replay_server(path) as server:
        async with server.connect() as socket:
            early = NativeClient(socket)  # there while the events come
            await early.subscribe(since="now")
            start = early.position
            epoch = early.epoch
            status = await wait_for_end(server)
            assert status["offset"] == len(expected), (status["offset"], len(expected))
            assert status["accounting"]["closes"] is True
            await early.follow_to(len(expected))
            assert early.gaps == []
            assert early.events == list(enumerate(expected, 1))[start:]

        async with server.connect() as socket:
            late = NativeClient(socket)
            subscribed = await late.subscribe(since={"epoch": epoch, "offset": 0})
            assert subscribed["recovered"] is True, subscribed
            await late.follow_to(len(expected))
            assert late.events == list(enumerate(expected, 1))


async def resume_after_every_break(path):
    expected = replayed_bodies(path)
    with replay_server(path) as server:
        await wait_for_end(server)
        epoch = server.status()["epoch"]
        position, seen, connections = 0, [], 0
        while position < len(expected):
            async with server.connect() as socket:
                client = NativeClient(socket)
                subscribed = await client.subscribe(since={"epoch": epoch, "offset": position})
                assert subscribed["recovered"] is True, subscribed
                await client.follow_to(len(expected), at_most=1)  # one frame, then away
                seen += client.events
                position = client.position
                connections += 1
        assert seen == list(enumerate(expected, 1))

        async with server.connect() as socket:
            client = NativeClient(socket)
            subscribed = await client.subscribe(since={"epoch": "another", "offset": 5})
            assert subscribed["recovered"] is False
            assert subscribed["reason"] == "epoch_changed"


async def filtered_views_add_up(path):
    expected = list(enumerate(replayed_bodies(path), 1))
    with replay_server(path) as server:
        await wait_for_end(server)
        epoch = server.status()["epoch"]
        seen = []
        for kind in ("high", "low"):
            async with server.connect() as socket:
                client = NativeClient(socket)
                await client.subscribe(types=[kind], since={"epoch": epoch, "offset": 0})
                await client.follow_to(len(expected))  # bookmarks carry it to the end
                assert all(f'"type":"{kind}"' in body for _, body in client.events)
                seen += client.events
        others = [one for one in expected if '"type":"high"' not in one[1]
                  and '"type":"low"' not in one[1]]
        assert sorted(seen + others) == expected


run(every_event_once)
run(resume_after_every_break)
run(filtered_views_add_up)
