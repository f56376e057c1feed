"""HTTP/1.1 requests as an attacker would write them (RFC 9110, RFC 9112): what would be read in two
ways is refused, and nothing that stands behind a refused request is answered."""
import dataclasses

# A command whose body is read; the engine answers that there is no such rule or takes it.
COMMAND = "/api/v1/channels/tick/pause"

# What an attacker would like to see answered as a request of its own.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclasses.dataclass(frozen=True)
class HttpCase:
    section: str
    name: str
    raw: bytes
    statuses: tuple  # of the answers, in order; a tuple within = any of these; None = no answer
    alive: bool | None = False  # the connection answers one more request; None = as it likes


def head(*lines, start="GET /healthz HTTP/1.1", host="Host: 127.0.0.1"):
    """A request of raw lines, bytes or text, each ended by CR LF."""
    every = [start, *([host] if host else []), *lines, ""]
    return b"".join((line if isinstance(line, bytes) else line.encode("latin-1")) + b"\r\n"
                    for line in every)


def command(*lines, body=b""):
    return head("Content-Type: application/json", *lines, start=f"POST {COMMAND} HTTP/1.1") + body


def chunked(body):
    return command("Transfer-Encoding: chunked", body=body)


def framing():
    """Where a message ends: RFC 9112, 6."""
    section, bad = "body framing", (400,)
    chunk = b"2\r\n{}\r\n0\r\n\r\n"
    refused = {
        "Content-Length and chunked": command("Content-Length: 2", "Transfer-Encoding: chunked",
                                              body=chunk),
        "chunked and Content-Length": command("Transfer-Encoding: chunked", "Content-Length: 2",
                                              body=chunk),
        "chunked and Content-Length: 0": command("Transfer-Encoding: chunked", "Content-Length: 0",
                                                 body=chunk),
        "two different Content-Length": command("Content-Length: 2", "Content-Length: 3",
                                                body=b"{}"),
        "Content-Length: 2, 3": command("Content-Length: 2, 3", body=b"{}"),
        "Content-Length: -2": command("Content-Length: -2", body=b"{}"),
        "Content-Length: +2": command("Content-Length: +2", body=b"{}"),
        "Content-Length: 0x2": command("Content-Length: 0x2", body=b"{}"),
        "Content-Length: 2 0": command("Content-Length: 2 0", body=b"{}"),
        "Content-Length: 2a": command("Content-Length: 2a", body=b"{}"),
        "Content-Length: 2.0": command("Content-Length: 2.0", body=b"{}"),
        "Content-Length empty": command("Content-Length:", body=b"{}"),
        "Content-Length of 2^64 + 2": command("Content-Length: 18446744073709551618", body=b"{}"),
        "Content-Length of 30 digits": command("Content-Length: " + "9" * 30, body=b"{}"),
        "Content-Length with a NUL": command(b"Content-Length: 2\0", body=b"{}"),
        "chunked twice in one field": command("Transfer-Encoding: chunked, chunked", body=chunk),
        "chunked in two fields": command("Transfer-Encoding: chunked",
                                         "Transfer-Encoding: chunked", body=chunk),
        "chunked, then identity": command("Transfer-Encoding: chunked",
                                          "Transfer-Encoding: identity", body=chunk),
        "identity, then chunked": command("Transfer-Encoding: identity",
                                          "Transfer-Encoding: chunked", body=chunk),
        "chunked not last": command("Transfer-Encoding: chunked, gzip", body=chunk),
        "gzip alone": command("Transfer-Encoding: gzip", body=chunk),
        "gzip, chunked": command("Transfer-Encoding: gzip, chunked", body=chunk),
        "identity alone": command("Transfer-Encoding: identity", body=chunk),
        "xchunked": command("Transfer-Encoding: xchunked", body=chunk),
        "chunked in quotes": command('Transfer-Encoding: "chunked"', body=chunk),
        "chunked with a parameter": command("Transfer-Encoding: chunked;q=1", body=chunk),
        "chunked after a vertical tab": command(b"Transfer-Encoding: \x0bchunked", body=chunk),
        "chunked before a NUL": command(b"Transfer-Encoding: chunked\0", body=chunk),
        "Transfer-Encoding empty": command("Transfer-Encoding:", body=chunk),
        "Transfer-Encoding folded": command("Transfer-Encoding:", " chunked", body=chunk),
        "Transfer-Encoding with a space before the colon":
            command("Transfer-Encoding : chunked", body=chunk),
        "chunked in HTTP/1.0": head("Content-Type: application/json", "Transfer-Encoding: chunked",
                                    start=f"POST {COMMAND} HTTP/1.0") + chunk,
    }
    cases = [HttpCase(section, name, raw + SMUGGLED, ((*bad, 501),))
             for name, raw in refused.items()]
    # Equal values: RFC 9110, 8.6 lets a server refuse them or take them as one.
    for name, value in (("two equal Content-Length", ("Content-Length: 2", "Content-Length: 2")),
                        ("Content-Length: 2, 2", ("Content-Length: 2, 2",))):
        cases.append(HttpCase(section, name, command(*value, body=b"{}"), (400,)))
    return cases


def chunks():
    """RFC 9112, 7.1. `/missing` is no command: a body there is not read at all."""
    section = "chunks"
    refused = {
        "size negative": b"-2\r\n{}\r\n0\r\n\r\n", "size with plus": b"+2\r\n{}\r\n0\r\n\r\n",
        "size 0x2": b"0x2\r\n{}\r\n0\r\n\r\n", "size empty": b"\r\n{}\r\n0\r\n\r\n",
        "size not hexadecimal": b"g\r\n{}\r\n0\r\n\r\n",
        "size of 17 digits": b"10000000000000002\r\n{}\r\n0\r\n\r\n",
        "size of 2^64 - 1": b"ffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "size after a space": b" 2\r\n{}\r\n0\r\n\r\n",
        "size ended by LF": b"2\n{}\r\n0\r\n\r\n",
        "size ended by CR": b"2\r{}\r\n0\r\n\r\n",
        "data longer than said": b"2\r\n{}{}\r\n0\r\n\r\n",
        "data ended by LF": b"2\r\n{}\n0\r\n\r\n", "data not ended": b"2\r\n{}0\r\n\r\n",
        "extension with a LF": b"2;a=\nb\r\n{}\r\n0\r\n\r\n",
        "extension with a NUL": b"2;a=\0\r\n{}\r\n0\r\n\r\n",
        "last chunk with a sign": b"2\r\n{}\r\n-0\r\n\r\n",
        "extension of 20 KB": b"2;a=" + b"b" * 20000 + b"\r\n{}\r\n0\r\n\r\n",
        "trailer without a colon": b"2\r\n{}\r\n0\r\nX\r\n\r\n",
        "trailer of 20 KB": b"2\r\n{}\r\n0\r\nX: " + b"b" * 20000 + b"\r\n\r\n",
    }
    cases = [HttpCase(section, name, chunked(body) + SMUGGLED, ((400, 413, 431),))
             for name, body in refused.items()]
    many = b"".join(b"1\r\n \r\n" for _ in range(70_000))
    cases.append(HttpCase(section, "70,000 chunks of a byte", chunked(many), (413,)))
    cases.append(HttpCase(section, "one chunk over the limit", chunked(b"20000\r\n"), (413,)))
    cases.append(HttpCase(section, "Content-Length over the limit",
                          command("Content-Length: 65537"), (413,)))
    fine = {
        "an extension": b'2;name=value;other="quoted"\r\n{}\r\n0\r\n\r\n',
        "upper case and zeros": b"0002\r\n{}\r\n000\r\n\r\n",
        "a trailer": b"2\r\n{}\r\n0\r\nX-Checked: yes\r\n\r\n",
        # RFC 9112, 5.2 lets a server read a fold as a space; trailers are not looked at here.
        "a folded trailer": b"2\r\n{}\r\n0\r\nX: a\r\n b\r\n\r\n",
        "a byte a chunk": b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
    }
    cases += [HttpCase(section, f"fine: {name}", chunked(body), ((200, 202, 400, 409),), True)
              for name, body in fine.items()]
    cases.append(HttpCase(section, "fine: Chunked in upper case",
                          command("Transfer-Encoding: CHUNKED", body=b"2\r\n{}\r\n0\r\n\r\n"),
                          ((200, 202, 400, 409),), True))
    return cases


def fields():
    """RFC 9112, 5: no folding, no bare LF or CR, no space before the colon; names are tokens."""
    section = "header fields"
    refused = {
        "folded value": head("X: a", " b"), "folded with a tab": head("X: a", "\tb"),
        "folded first field": b"GET /healthz HTTP/1.1\r\n Host: 127.0.0.1\r\n\r\n",
        "folded Host": head("Host:", " 127.0.0.1", host=None),
        "LF after the request line": b"GET /healthz HTTP/1.1\nHost: 127.0.0.1\r\n\r\n",
        "LF after a field": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\nX: a\r\n\r\n",
        "LF at the end": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\n",
        "LF everywhere": b"GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n",
        "CR CR LF after a field": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\r\n\r\n",
        "CR within a value": head(b"X: a\rb"), "LF within a value": head(b"X: a\nb"),
        "NUL within a value": head(b"X: a\0b"), "NUL within a name": head(b"X\0Y: a"),
        "SOH within a value": head(b"X: a\1b"), "ESC within a value": head(b"X: a\x1b[2Jb"),
        "DEL within a value": head(b"X: a\x7fb"),
        "space before the colon": head("X : a"), "tab before the colon": head("X\t: a"),
        "space within a name": head("X Y: a"), "no name": head(": a"), "no colon": head("X"),
        "name in brackets": head("(X): a"), "name in quotes": head('"X": a'),
        "name with a slash": head("X/Y: a"), "name not ASCII": head(b"X\xc3\xa9: a"),
    }
    cases = [HttpCase(section, name, raw + SMUGGLED, (400,)) for name, raw in refused.items()]
    cases += [
        HttpCase(section, "64 fields", head(*(f"X-{n}: a" for n in range(63))), (200,), True),
        HttpCase(section, "65 fields", head(*(f"X-{n}: a" for n in range(64))), (431,)),
        HttpCase(section, "10,000 fields", head(*(f"X-{n}: a" for n in range(10_000))), (431,)),
        HttpCase(section, "a field of 9 KB", head("X: " + "a" * 9000), (431,)),
        HttpCase(section, "a field of 1 MB", head("X: " + "a" * 1_000_000), (431,)),
        HttpCase(section, "a name of 9 KB", head("X" * 9000 + ": a"), ((400, 431),)),
        HttpCase(section, "obs-text in a value", head(b"X: caf\xe9"), (200,), True),
        HttpCase(section, "an empty value", head("X:"), (200,), True),
        HttpCase(section, "spaces around a value", head("X: \t a \t "), (200,), True),
    ]
    return cases


def hosts():
    """RFC 9112, 3.2: one Host; and it must be this server's."""
    section = "Host"
    cases = [HttpCase(section, name, raw, ((400, 403),), None) for name, raw in {
        "none": head(host=None), "two": head("Host: 127.0.0.1"),
        "two, one foreign": head("Host: evil.example"),
        "two in one": head(host="Host: 127.0.0.1, evil.example", start="GET / HTTP/1.1"),
        "empty": head(host="Host:", start="GET / HTTP/1.1"),
        "foreign": head(host="Host: evil.example", start="GET / HTTP/1.1"),
        "with user": head(host="Host: 127.0.0.1@evil.example", start="GET / HTTP/1.1"),
        "with a path": head(host="Host: 127.0.0.1/evil", start="GET / HTTP/1.1"),
        "prefix": head(host="Host: 127.0.0.1.evil.example", start="GET / HTTP/1.1"),
        "port not a number": head(host="Host: 127.0.0.1:evil", start="GET / HTTP/1.1"),
        "with a space": head(host="Host: 127.0.0.1 evil.example", start="GET / HTTP/1.1"),
        "foreign in HTTP/1.0": head(host="Host: evil.example", start="GET / HTTP/1.0"),
    }.items()]
    return cases + [
        HttpCase(section, "upper case LOCALHOST with port",
                 head(host="Host: LOCALHOST:8080", start="GET / HTTP/1.1"), (200,), True),
        HttpCase(section, "HTTP/1.0 without one", head(host=None, start="GET /healthz HTTP/1.0"),
                 (200,))]


def request_lines():
    """RFC 9112, 3."""
    section = "request line"
    bad = {
        "HTTP/0.9": b"GET /healthz\r\n\r\n", "HTTP/0.9 named": head(start="GET / HTTP/0.9"),
        "HTTP/1.2": head(start="GET /healthz HTTP/1.2"), "HTTP/2.0": head(start="GET / HTTP/2.0"),
        "HTTP/1.10": head(start="GET /healthz HTTP/1.10"), "HTTP/1": head(start="GET / HTTP/1"),
        "http/1.1": head(start="GET /healthz http/1.1"), "HTTPS/1.1": head(start="GET / HTTPS/1.1"),
        "two spaces before the target": head(start="GET  /healthz HTTP/1.1"),
        "two spaces after the target": head(start="GET /healthz  HTTP/1.1"),
        "a space at the end": head(start="GET /healthz HTTP/1.1 "),
        "tabs": head(start="GET\t/healthz\tHTTP/1.1"),
        "a space within the target": head(start="GET /health z HTTP/1.1"),
        "NUL within the target": head(start=b"GET /health\0z HTTP/1.1"),
        "CR within the target": head(start=b"GET /health\rz HTTP/1.1"),
        "control character within the target": head(start=b"GET /health\x1bz HTTP/1.1"),
        "DEL within the target": head(start=b"GET /health\x7fz HTTP/1.1"),
        "no target": head(start="GET HTTP/1.1"), "no method": head(start=" /healthz HTTP/1.1"),
        "method with @": head(start="G@T /healthz HTTP/1.1"),
        "method with NUL": head(start=b"GE\0T /healthz HTTP/1.1"),
        "method with a bracket": head(start="GET( /healthz HTTP/1.1"),
        "method not ASCII": head(start=b"G\xc3\x89T /healthz HTTP/1.1"),
        "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "TLS hello": bytes.fromhex("16030100c8010000c40303") + bytes(200),
        "SSH banner": b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "SMTP": b"EHLO evil.example\r\n\r\n",
        "Redis": b"*1\r\n$4\r\nINFO\r\n\r\n", "binary": bytes(range(256)) + b"\r\n\r\n",
        "spaces only": b"   \r\n\r\n",
    }
    cases = [HttpCase(section, name, raw + SMUGGLED, ((400, 505),)) for name, raw in bad.items()]
    refused = {"get": (400, 405, 501), "GETT": (400, 405, 501), "DELETE": (405,), "PUT": (405,),
               "TRACE": (405,), "PATCH": (405,), "OPTIONS": (204, 405), "PROPFIND": (405, 501),
               "!#$%&'*+-.^_`|~": (400, 405, 501)}
    cases += [HttpCase(section, f"method {name}", head(start=f"{name} /healthz HTTP/1.1"),
                       (statuses,), True) for name, statuses in refused.items()]
    cases += [
        HttpCase(section, "CONNECT", head(start="CONNECT 127.0.0.1:22 HTTP/1.1"),
                 ((400, 404, 405),), True),
        HttpCase(section, "OPTIONS *", head(start="OPTIONS * HTTP/1.1"),
                 ((200, 204, 400, 404, 405),), True),
        HttpCase(section, "another scheme's target", head(start="GET file:///etc/passwd HTTP/1.1"),
                 ((400, 404),), True),
        HttpCase(section, "another server's target",
                 head(start="GET http://evil.example/ HTTP/1.1"), ((400, 403, 404),), True),
        HttpCase(section, "a method of 9 KB", head(start="A" * 9000 + " / HTTP/1.1"),
                 ((400, 431, 501),)),
        HttpCase(section, "a target of 9 KB", head(start=f"GET /{'a' * 9000} HTTP/1.1"),
                 ((414, 431),)),
        HttpCase(section, "a line without end", b"GET /" + b"a" * 100_000, ((414, 431),)),
        HttpCase(section, "bytes over 127 in the target",
                 head(start=b"GET /h\xc3\xa9 HTTP/1.1"), ((400, 404),), None),
        HttpCase(section, "a fragment", head(start="GET /healthz#x HTTP/1.1"), ((400, 404),), True),
        HttpCase(section, "an empty line before", b"\r\n" + head(), ((200, 400),)),
    ]
    return cases


def several():
    """RFC 9112, 9.3.2: answers in the order of the requests, and none after the last."""
    section = "several requests"
    get, last = head(), head("Connection: close")
    return [
        HttpCase(section, "two at once", get + get, (200, 200), True),
        HttpCase(section, "twenty at once", get * 20, (200,) * 20, True),
        HttpCase(section, "nothing after Connection: close", last + SMUGGLED, (200,)),
        HttpCase(section, "nothing after a bad one", get + head("X : a") + SMUGGLED, (200, 400)),
        HttpCase(section, "a page with a body, which is no request",
                 head(f"Content-Length: {len(SMUGGLED)}") + SMUGGLED, (200,)),
        HttpCase(section, "a page with a chunked body, which is no request",
                 head("Transfer-Encoding: chunked") + b"2\r\nab\r\n0\r\n\r\n" + SMUGGLED, (200,)),
        HttpCase(section, "a missing page with a body",
                 head(f"Content-Length: {len(SMUGGLED)}", start="POST /missing HTTP/1.1")
                 + SMUGGLED, ((404, 405),)),
        HttpCase(section, "two commands at once",
                 command("Content-Length: 2", body=b"{}") * 2,
                 ((200, 202, 400, 409), (200, 202, 400, 409)), True),
        HttpCase(section, "trailing garbage", get + b"\0\1\2garbage\r\n\r\n", (200, 400)),
        HttpCase(section, "upgrade to h2c", head("Connection: Upgrade", "Upgrade: h2c"),
                 (200,), True),
        HttpCase(section, "method override", head("X-HTTP-Method-Override: DELETE"), (200,), True),
        HttpCase(section, "Expect: something", command("Content-Length: 2", "Expect: magic",
                                                       body=b"{}"),
                 ((200, 202, 400, 409, 417),), None),
        HttpCase(section, "HTTP/1.0 ends by itself", head(start="GET /healthz HTTP/1.0"), (200,)),
    ]


def all_cases():
    return framing() + chunks() + fields() + hosts() + request_lines() + several()
