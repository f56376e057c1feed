"""Which web pages may connect (RELIABILITY, row 29): each Origin on the WebSocket handshake, on a
command and on the polling transport, against the built server."""
import sys

from server_process import Server
from wsraw import Connection, request, upgrade_headers

ALLOWED = "https://desk.example"
ODD_PORT = "https://desk.example:8443"


def origins(port):
    """(Origin, whether its pages may come). The server's Host is 127.0.0.1:port."""
    own = f"http://127.0.0.1:{port}"
    return [
        (None, True), (own, True), (ALLOWED, True), (ODD_PORT, True),
        (own.replace("http", "HTTP", 1), True), ("HTTPS://DESK.EXAMPLE", True),
        ("null", False), ("", False), (" ", False), ("*", False),
        ("http://evil.example", False), ("https://evil.example", False),
        ("http://desk.example", False), ("ws://desk.example", False),
        ("https://desk.example.evil.example", False), ("https://evil-desk.example", False),
        ("https://evildesk.example", False), ("https://sub.desk.example", False),
        ("https://desk.example.", False), ("https://desk.example:443", False),
        ("https://desk.example:8444", False), ("https://desk.example:84430", False),
        ("https://desk.example:", False), ("https://desk.example/", False),
        ("https://desk.example@evil.example", False), ("https://evil.example@desk.example", False),
        ("https://desk.example, https://evil.example", False),
        ("https://evil.example https://desk.example", False),
        ("https://desk.example\thttps://evil.example", False),
        ("https://desk.example#", False), ("https://desk.example?", False),
        ("https://desk%2eexample", False), ("https://xn--dsk-1ma.example", False),
        ("https://d\xe9sk.example", False), ("desk.example", False), ("//desk.example", False),
        ("https:desk.example", False), ("https://", False), ("file://", False),
        ("chrome-extension://abcdefgh", False), ("data:text/html,x", False),
        (f"https://127.0.0.1:{port}", False), ("http://127.0.0.1", False),
        (f"http://127.0.0.1:{port + 1}", False), (f"http://127.0.0.1:{port}0", False),
        (f"http://localhost:{port}", False), (f"http://[::1]:{port}", False),
        (f"http://127.0.0.1.evil.example:{port}", False), (f"http://127.1:{port}", False),
        (f"http://2130706433:{port}", False), ("x" * 2000, False),
    ]


def status_of(port, raw):
    with Connection(port) as connection:
        connection.send(raw)
        reply = connection.reply()
        return reply.status if reply else None


def attempts(port, origin):
    """Name, status, and whether it was let in, of each way in."""
    host = f"127.0.0.1:{port}"
    fields = () if origin is None else (("Origin", origin),)
    upgrade = request("/ws", host=host, headers=(*upgrade_headers(), *fields))
    command = request("/api/v1/channels/tick/resume", method="POST", host=host, headers=fields)
    polling = request("/socket.io/?EIO=4&transport=polling", host=host, headers=fields)
    poll_upgrade = request("/socket.io/?EIO=4&transport=websocket", host=host,
                           headers=(*upgrade_headers(), *fields))
    yield "/ws", status_of(port, upgrade), (101,)
    yield "a command", status_of(port, command), (200, 409, 503)
    if status_of(port, request("/socket.io/?EIO=4&transport=polling", host=host)) == 200:
        yield "polling", status_of(port, polling), (200,)
        yield "Socket.IO's WebSocket", status_of(port, poll_upgrade), (101,)


def main():
    faults, ways = [], {}
    settings = {"server.allowed_origins": f"{ALLOWED},{ODD_PORT}"}
    with Server(settings) as server:
        table = origins(server.port)
        for origin, may in table:
            for name, status, let_in in attempts(server.port, origin):
                ways[name] = ways.get(name, 0) + 1
                wanted = let_in if may else (400, 403)
                if status not in wanted:
                    faults.append(f"{name} with Origin {origin!r}: {status}, not {wanted}")
        twice = request("/ws", host=f"127.0.0.1:{server.port}",
                        headers=(*upgrade_headers(), ("Origin", ALLOWED),
                                 ("Origin", "https://evil.example")))
        for raw in (twice, twice.replace(b"https://evil.example", b"", 1)):
            if status_of(server.port, raw) not in (400, 403):
                faults.append("two Origin headers are let in")
    print(f"{len(table)} origins: " + ", ".join(f"{n} times {name}" for name, n in ways.items()))
    for fault in faults:
        print("  " + fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
