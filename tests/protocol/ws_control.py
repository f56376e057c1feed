"""RFC 6455, 5.5 and 7: pings, pongs and the closing handshake."""
from ws_case import Await, case, chopped, ends
from wsraw import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_frame, frame)


def pings():
    section = "7 pings and pongs"
    sizes = [case(section, f"ping of {size}", "5.5.2", frame(PING, bytes(range(size))),
                  [(PONG, bytes(range(size)))]) for size in range(126)]
    cases = sizes + chopped([sizes[0], sizes[1], sizes[125]])
    cases += [case(section, f"pong of {size} unasked", "5.5.3",
                   frame(PONG, bytes(size)) + frame(TEXT, b"on"), [(TEXT, b"on")])
              for size in (0, 1, 125)]
    for opcode, kind in ((PING, "ping"), (PONG, "pong")):
        for size in (126, 127, 65536):
            cases.append(case(section, f"{kind} of {size}", "5.5", frame(opcode, bytes(size)),
                              end=ends(1002)))
        cases.append(case(section, f"{kind} of 5 with a length of 16 bits", "5.5",
                          frame(opcode, b"Hello", form=16), end=ends(1002)))
        cases.append(case(section, f"{kind} of 5 with a length of 64 bits", "5.5",
                          frame(opcode, b"Hello", form=64), end=ends(1002)))
        cases.append(case(section, f"{kind} in fragments", "5.5",
                          frame(opcode, b"a", fin=False) + frame(CONTINUATION, b"b"),
                          end=ends(1002)))
    ten = [b"payload-%d" % number for number in range(10)]
    many = [case(section, "ten pings at once", "5.5.3",
                 b"".join(frame(PING, one) for one in ten), [(PONG, one) for one in ten]),
            case(section, "a pong unasked, then a ping", "5.5.3",
                 frame(PONG, b"unasked") + frame(PING, b"asked"), [(PONG, b"asked")]),
            case(section, "a ping between two texts", "5.5.2",
                 frame(TEXT, b"one") + frame(PING, b"p") + frame(TEXT, b"two"),
                 [(TEXT, b"one"), (PONG, b"p"), (TEXT, b"two")])]
    cases += many + chopped(many)
    waits = []
    for one in ten:
        waits += [frame(PING, one), Await(PONG, one)]
    cases.append(case(section, "ten pings, each answered before the next", "5.5.2", waits))
    return cases


GOOD_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3001, 3500,
              3999, 4000, 4001, 4500, 4999)
BAD_CODES = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1100, 1500, 1999, 2000, 2001, 2999,
             5000, 5001, 10000, 65535)


def closes():
    section = "8 closing handshake"
    cases = [case(section, "no body", "5.5.1", close_frame(), end=ends(None, 1000))]
    cases += [case(section, f"code {code}", "7.4", close_frame(code), end=ends(code))
              for code in GOOD_CODES]
    # 1014 is in IANA's registry since 2012, not in the RFC; Beast 1.81 takes it for reserved.
    cases.append(case(section, "code 1014", "7.4.2", close_frame(1014), end=ends(1014, 1002)))
    cases += [case(section, f"code {code}", "7.4", close_frame(code), end=ends(1002))
              for code in BAD_CODES]
    cases += [case(section, f"code {code} with a reason", "7.4", close_frame(code, b"why"),
                   end=ends(1002)) for code in BAD_CODES]
    for size in (1, 2, 122, 123):
        cases.append(case(section, f"a reason of {size}", "5.5.1",
                          close_frame(1000, b"*" * size), end=ends(1000)))
    for size in (124, 125, 65536):
        cases.append(case(section, f"a reason of {size}", "5.5", close_frame(1000, b"*" * size),
                          end=ends(1002)))
    cases += [
        case(section, "a body of one byte", "5.5.1", frame(CLOSE, b"\x03"), end=ends(1002)),
        case(section, "a reason in three scripts", "5.5.1",
             close_frame(1000, "schön 日本 😀".encode()), end=ends(1000)),
        case(section, "in fragments", "5.5",
             frame(CLOSE, b"\x03\xe8", fin=False) + frame(CONTINUATION), end=ends(1002)),
        case(section, "after a text", "5.5.1", frame(TEXT, b"last") + close_frame(1000),
             [(TEXT, b"last")], ends(1000)),
        case(section, "within a fragmented text", "5.4",
             frame(TEXT, b"never", fin=False) + close_frame(1001), end=ends(1001)),
        case(section, "code 1000, a byte a send", "5.5.1", close_frame(1000), end=ends(1000),
             chop=1),
    ]
    return cases


def bad_reasons():
    """5.5.1: the reason is UTF-8."""
    section = "9 closing handshake: reason not UTF-8"
    bad = {"a lone continuation": b"\x80", "cut off": b"why \xe2\x82", "overlong": b"\xc0\xaf",
           "surrogate": b"\xed\xa0\x80", "beyond U+10FFFF": b"\xf4\x90\x80\x80",
           "0xFF": b"\xff", "bad after 120 good": b"a" * 120 + b"\xfe",
           "good, bad, good": b"good \xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edit"}
    return [case(section, name, "8.1", close_frame(1000, reason), end=ends(1002, 1007))
            for name, reason in bad.items()]


def after_close():
    """5.5.1: what comes after a Close is not looked at; nothing is sent after one."""
    section = "10 after the Close"
    later = {"a text": frame(TEXT, b"late"), "a ping": frame(PING, b"late"),
             "a binary message": frame(BINARY, b"late"), "a second Close": close_frame(1001),
             "a fragment": frame(TEXT, b"late", fin=False),
             "a reserved opcode": frame(7, b"late"), "an unmasked text": frame(TEXT, mask=None),
             "text that is not UTF-8": frame(TEXT, b"\xff"),
             "a frame of 256 KiB": frame(BINARY, bytes(1 << 18))}
    return [case(section, name, "5.5.1", close_frame(1000) + bytes_later, end=ends(1000))
            for name, bytes_later in later.items()]


def all_cases():
    return pings() + closes() + bad_reasons() + after_close()
