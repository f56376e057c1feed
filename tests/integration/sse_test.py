"""Server-Sent Events tell the same as the native protocol, and resume by Last-Event-ID."""
import http.client

from support import PATIENCE, replay_server, replayed_bodies, run, wait_for_end


def read_messages(server, target, until, headers=None):
    """(id, name, data) of the messages up to the one with the id `until`."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", target, headers=headers or {})
    response = connection.getresponse()
    assert response.status == 200, response.status
    assert response.getheader("Content-Type") == "text/event-stream"
    messages, fields = [], {}
    while True:
        line = response.readline().decode().rstrip("\n")
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            messages.append((fields.get("id"), fields.get("event", "message"), fields["data"]))
        if fields.get("id") == until:
            connection.close()
            return messages
        fields = {}


def bodies(messages):
    result = []
    for _, name, data in messages:
        if name == "message":
            begin = data.index('"event":') + len('"event":')
            result.append(data[begin:-1])
    return result


async def equal_to_replay(path):
    expected = replayed_bodies(path)
    with replay_server(path) as server:
        await wait_for_end(server)
        epoch = server.status()["epoch"]
        last = f"{epoch}:{len(expected)}"
        stream = "/api/v1/events/stream"
        whole = read_messages(server, f"{stream}?since={epoch}:0", last)
        assert whole[0][1] == "subscribed"
        assert bodies(whole) == expected

        middle = len(expected) // 2
        rest = read_messages(server, stream, last, {"Last-Event-ID": f"{epoch}:{middle}"})
        assert '"recovered":true' in rest[0][2], rest[0]
        assert bodies(rest) == expected[middle:]


run(equal_to_replay)
