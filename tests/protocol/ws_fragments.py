"""RFC 6455, 5.4: messages in fragments."""
from ws_case import Await, case, chopped, ends
from ws_framing import pattern
from wsraw import BINARY, CONTINUATION, PING, PONG, TEXT, close_frame, frame


def fragments(opcode, parts, between=b""):
    """The message in these parts, with `between` after each part but the last."""
    last = len(parts) - 1
    return b"".join(frame(opcode if number == 0 else CONTINUATION, part, fin=number == last)
                    + (between if number < last else b"") for number, part in enumerate(parts))


def whole_ones():
    section = "11 fragments"
    cases = []
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
        shapes = {"two parts": [b"Hel", b"lo"], "first part empty": [b"", b"Hello"],
                  "last part empty": [b"Hello", b""], "all three empty": [b"", b"", b""],
                  "middle part empty": [b"Hel", b"", b"lo"],
                  "a part for each of 60 bytes": [bytes([65 + n % 26]) for n in range(60)],
                  "parts of 126 and 65,536": [pattern(126), pattern(65536)]}
        for name, parts in shapes.items():
            cases.append(case(section, f"{kind}: {name}", "5.4", fragments(opcode, parts),
                              [(opcode, b"".join(parts))]))
        cases += chopped([one for one in cases if one.name.startswith(kind)][:6])
        two = fragments(opcode, [b"a", b"b"]) + fragments(opcode, [b"c", b"d"])
        cases.append(case(section, f"{kind}: two messages one after the other", "5.4", two,
                          [(opcode, b"ab"), (opcode, b"cd")]))
    return cases


def control_between():
    """5.4: control frames may stand between fragments and are answered there."""
    section = "12 control frames between fragments"
    cases = []
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
        cases += [
            case(section, f"{kind}: a ping", "5.4",
                 fragments(opcode, [b"one ", b"two"], frame(PING, b"ping")),
                 [(opcode, b"one two"), (PONG, b"ping")]),
            case(section, f"{kind}: the pong comes before the message ends", "5.4",
                 [frame(opcode, b"one ", fin=False), frame(PING, b"ping"), Await(PONG, b"ping"),
                  frame(CONTINUATION, b"two")], [(opcode, b"one two")]),
            case(section, f"{kind}: four pings, each answered before the next part", "5.4",
                 [frame(opcode, b"a", fin=False), frame(PING, b"1"), Await(PONG, b"1"),
                  frame(CONTINUATION, b"b", fin=False), frame(PING, b"2"), Await(PONG, b"2"),
                  frame(CONTINUATION, b"c", fin=False), frame(PING, b"3"), Await(PONG, b"3"),
                  frame(CONTINUATION, b"d", fin=False), frame(PING, b"4"), Await(PONG, b"4"),
                  frame(CONTINUATION, b"e")], [(opcode, b"abcde")]),
            case(section, f"{kind}: a pong", "5.4",
                 fragments(opcode, [b"one ", b"two"], frame(PONG, b"p")), [(opcode, b"one two")]),
            case(section, f"{kind}: a ping of 125", "5.4",
                 fragments(opcode, [b"one ", b"two"], frame(PING, bytes(125))),
                 [(opcode, b"one two"), (PONG, bytes(125))]),
            case(section, f"{kind}: a ping of 126", "5.5",
                 fragments(opcode, [b"one ", b"two"], frame(PING, bytes(126))), end=ends(1002)),
            case(section, f"{kind}: a ping in fragments", "5.4",
                 frame(opcode, b"one ", fin=False) + frame(PING, b"p", fin=False)
                 + frame(CONTINUATION, b"two"), end=ends(1002)),
        ]
        cases += chopped([cases[-7]])
    return cases


def out_of_order():
    section = "13 fragments out of order"
    text, end = frame(TEXT, b"one", fin=False), frame(CONTINUATION, b"two")
    cases = []
    for fin in (True, False):
        for payload in (b"", b"lost"):
            cases.append(case(section, f"continuation of nothing, fin {fin}, {len(payload)} bytes",
                              "5.4", frame(CONTINUATION, payload, fin=fin), end=ends(1002)))
            cases.append(case(section, f"continuation of nothing after a text, fin {fin}, "
                              f"{len(payload)} bytes", "5.4",
                              frame(TEXT, b"good") + frame(CONTINUATION, payload, fin=fin),
                              [(TEXT, b"good")], ends(1002)))
            cases.append(case(section, f"continuation after a fragmented text, fin {fin}, "
                              f"{len(payload)} bytes", "5.4",
                              text + end + frame(CONTINUATION, payload, fin=fin),
                              [(TEXT, b"onetwo")], ends(1002)))
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
        for fin in (True, False):
            cases.append(case(section, f"a new {kind} within a text, fin {fin}", "5.4",
                              text + frame(opcode, b"new", fin=fin) + end, end=ends(1002)))
            cases.append(case(section, f"a new {kind} within a text after a ping, fin {fin}",
                              "5.4", text + frame(PING) + frame(opcode, b"new", fin=fin) + end,
                              [(PONG, b"")], end=ends(1002)))
    return cases + chopped(cases[:4])


def endless():
    """A message that never ends, and many parts: the echo server takes 65,536 of them."""
    section = "14 fragments without end"
    start, more = frame(BINARY, b"x", fin=False), frame(CONTINUATION, b"x", fin=False)
    most = start + more * 65534 + frame(CONTINUATION, b"x")
    return [
        case(section, "65,536 parts of a byte", "5.4", most, [(BINARY, b"x" * 65536)]),
        case(section, "65,536 empty parts", "5.4",
             fragments(TEXT, [b""] * 65536), [(TEXT, b"")]),
        case(section, "one more than 65,536", "7.4.1", start + more * 65536, end=ends(1008)),
        case(section, "one more than 65,536, all empty", "7.4.1",
             fragments(TEXT, [b""] * 65537), end=ends(1008)),
        case(section, "endless until 16 MiB are passed", "7.4.1",
             frame(BINARY, bytes(1 << 20), fin=False)
             + frame(CONTINUATION, bytes(1 << 20), fin=False) * 15
             + frame(CONTINUATION, b"x", fin=False), end=ends(1009)),
        case(section, "given up by a Close", "5.4", start + more * 100 + close_frame(1000),
             end=ends(1000)),
    ]


def all_cases():
    return whole_ones() + control_between() + out_of_order() + endless()
