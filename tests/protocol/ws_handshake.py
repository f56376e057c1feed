"""RFC 6455, 4.2: the opening handshake, each wrong in one way, and what may vary."""
import dataclasses

from wsraw import KEY, Connection, accept_of, frame, TEXT, close_frame

SWITCHED = 101


@dataclasses.dataclass(frozen=True)
class Handshake:
    name: str
    statuses: tuple
    fields: tuple  # "Name: value" lines after the request line
    start: str = "GET /ws HTTP/1.1"

    @property
    def raw(self):
        return "\r\n".join((self.start, *self.fields, "", "")).encode("latin-1")


USUAL = {"Host": "127.0.0.1", "Upgrade": "websocket", "Connection": "Upgrade",
         "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13"}


def fields(**changes):
    """The usual ones; a change to None leaves one out. Underscores stand for hyphens."""
    changed = {**USUAL, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return tuple(f"{name}: {value}" for name, value in changed.items() if value is not None)


def fine():
    table = {
        "usual": fields(), "upper case": fields(Upgrade="WEBSOCKET", Connection="UPGRADE"),
        "Connection: keep-alive, Upgrade": fields(Connection="keep-alive, Upgrade"),
        "Connection in two fields": (*fields(Connection="keep-alive"), "Connection: Upgrade"),
        "Upgrade: h2c, websocket": fields(Upgrade="h2c, websocket"),
        "names in lower case": tuple(line.split(":")[0].lower() + ":" + line.split(":", 1)[1]
                                     for line in fields()),
        "subprotocols that nobody speaks": fields(Sec_WebSocket_Protocol="chat, superchat"),
        "extensions that nobody speaks": fields(Sec_WebSocket_Extensions="x-foo; a=1, x-bar"),
        "permessage-deflate offered": fields(Sec_WebSocket_Extensions="permessage-deflate"),
        "permessage-deflate with parameters": fields(
            Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits; "
                                     "server_no_context_takeover, permessage-deflate"),
        "x-webkit-deflate-frame offered": fields(
            Sec_WebSocket_Extensions="x-webkit-deflate-frame"),
        "a key of zeros": fields(Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA=="),
    }
    return [Handshake(name, (SWITCHED,), lines) for name, lines in table.items()]


def wrong():
    refused = (400, 426)
    table = {
        "no Upgrade": fields(Upgrade=None), "Upgrade: something": fields(Upgrade="something"),
        "Upgrade: websockets": fields(Upgrade="websockets"),
        "Upgrade empty": fields(Upgrade=""),
        "no Connection": fields(Connection=None),
        "Connection: keep-alive": fields(Connection="keep-alive"),
        "Connection: close": fields(Connection="close"),
        "Connection: Upgraded": fields(Connection="Upgraded"),
        "no key": fields(Sec_WebSocket_Key=None), "key empty": fields(Sec_WebSocket_Key=""),
        "key of 15 bytes": fields(Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAA"),
        "key of 17 bytes": fields(Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAAA="),
        "key of 18 bytes": fields(Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAAAA"),
        "key not base64": fields(Sec_WebSocket_Key="!!!!!!!!!!!!!!!!!!!!!!=="),
        "two keys": (*fields(), f"Sec-WebSocket-Key: {KEY}"),
        "no version": fields(Sec_WebSocket_Version=None),
        "two versions": (*fields(), "Sec-WebSocket-Version: 8"),
        **{f"version {text}": fields(Sec_WebSocket_Version=text)
           for text in ("0", "1", "7", "8", "12", "14", "013", "13.0", "+13", "256", "", "13, 8")},
        "no Host": fields(Host=None), "two Hosts": (*fields(), "Host: 127.0.0.1"),
    }
    cases = [Handshake(name, refused, lines) for name, lines in table.items()]
    for start, statuses in (("GET /ws HTTP/1.0", refused), ("POST /ws HTTP/1.1", (400, 405, 426)),
                            ("HEAD /ws HTTP/1.1", (400, 405, 426)),
                            ("PUT /ws HTTP/1.1", (400, 405, 426)),
                            ("GET /ws HTTP/1.2", (400, 505)), ("GET /ws", (400,)),
                            ("GET /ws/ HTTP/1.1", (404,)), ("GET /wsx HTTP/1.1", (404,)),
                            ("GET /%77%73x HTTP/1.1", (404,)), ("GET //ws HTTP/1.1", (404,)),
                            ("GET ws HTTP/1.1", (400, 404))):
        cases.append(Handshake(start, statuses, fields(), start))
    cases += [Handshake("with a body", (400, 413), (*fields(), "Content-Length: 5")),
              Handshake("with a chunked body", (400, 413),
                        (*fields(), "Transfer-Encoding: chunked"))]
    return cases


def all_cases():
    return fine() + wrong()


def run(port, one):
    """The fault, or None. Where 101 was due, a message and the end are tried as well."""
    try:
        with Connection(port) as connection:
            connection.send(one.raw)
            reply = connection.reply(head_only=one.start.startswith("HEAD"))
            assert reply is not None, "the connection ended without an answer"
            assert reply.status in one.statuses, f"answered {reply.status}, not {one.statuses}"
            if reply.status == 426:
                assert reply.header("upgrade") or reply.header("sec-websocket-version") == "13", \
                    "426 without saying what is spoken (4.4)"
            if reply.status != SWITCHED:
                return None
            key = next(line.split(": ")[1] for line in one.fields if "key" in line.lower())
            assert reply.header("sec-websocket-accept") == accept_of(key)
            assert reply.header("sec-websocket-extensions") is None, "an extension was agreed"
            assert reply.header("sec-websocket-protocol") is None, "a subprotocol was agreed"
            connection.send(frame(TEXT, b'{"op":"ping"}') + close_frame(1000))
            assert connection.close_code() == 1000
            assert connection.rest() == b""
    except (AssertionError, OSError) as error:
        return f"handshake {one.name}: {type(error).__name__}: {error}"
    return None
