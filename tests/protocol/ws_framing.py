"""RFC 6455, 5.2 and 5.3: lengths, masks, reserved bits and opcodes."""
from ws_case import ALIVE, case, chopped, ends
from wsraw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

LENGTHS = (0, 1, 124, 125, 126, 127, 128, 255, 256, 65534, 65535, 65536, 65537)


def pattern(size):
    """`size` bytes that tell when one is missing or out of place."""
    return (b"".join(b"%06x-" % at for at in range(0, size + 7, 7)))[:size]


def lengths():
    section = "1 framing: lengths and masks"
    cases = []
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
        small = [case(section, f"{kind} of {size}", "5.2", frame(opcode, pattern(size)),
                      [(opcode, pattern(size))]) for size in LENGTHS]
        cases += small + chopped(small[:9]) + chopped(small[9:], 997)
        big = pattern(16 << 20)
        cases.append(case(section, f"{kind} of 16 MiB", "5.2", frame(opcode, big),
                          [(opcode, big)]))
        for size, form in ((0, 16), (1, 16), (125, 16), (0, 64), (125, 64), (126, 64),
                           (65535, 64)):
            cases.append(case(section, f"{kind} of {size} with a length of {form} bits", "5.2",
                              frame(opcode, pattern(size), form=form), end=ends(1002)))
        for mask in (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1", b"\x80\0\0\0"):
            cases.append(case(section, f"{kind} masked with {mask.hex()}", "5.3",
                              frame(opcode, b"Hello", mask=mask), [(opcode, b"Hello")]))
    cases.append(case(section, "every byte in a binary message", "5.2",
                      frame(BINARY, bytes(range(256))), [(BINARY, bytes(range(256)))]))
    return cases


def impossible_lengths():
    """A length above what is taken ends the connection before any of it is sent."""
    section = "2 framing: lengths that cannot be"
    cases = []
    for size in ((16 << 20) + 1, 1 << 31, 1 << 32, (1 << 63) - 1):
        for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
            cases.append(case(section, f"{kind} said to be {size} long", "7.4.1",
                              frame(opcode, form=64, length=size), end=ends(1009)))
    for size in (1 << 63, (1 << 63) + 5, (1 << 64) - 1):
        for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
            cases.append(case(section, f"{kind} with the top bit of the length: {size:#x}", "5.2",
                              frame(opcode, form=64, length=size), end=ends(1002, 1009)))
    return cases


def unmasked():
    """5.1: a server MUST close the connection upon receiving a frame that is not masked."""
    section = "3 framing: not masked"
    kinds = ((TEXT, b"Hello"), (BINARY, b"Hello"), (CLOSE, b"\x03\xe8"), (PING, b"Hello"),
             (PONG, b"Hello"), (TEXT, b""), (CLOSE, b""), (PING, b""), (PONG, b""))
    cases = [case(section, f"opcode {opcode} with {len(payload)} bytes", "5.1",
                  frame(opcode, payload, mask=None), end=ends(1002))
             for opcode, payload in kinds]
    cases.append(case(section, "continuation", "5.1",
                      [frame(TEXT, b"Hel", fin=False), frame(CONTINUATION, b"lo", mask=None)],
                      end=ends(1002)))
    cases.append(case(section, "text after a masked text", "5.1",
                      frame(TEXT, b"good") + frame(TEXT, b"bad", mask=None), [(TEXT, b"good")],
                      end=ends(1002)))
    return cases


def reserved_bits():
    """5.2: a bit with no extension agreed on MUST fail the connection."""
    section = "4 reserved bits"
    cases = []
    for rsv in range(1, 8):
        for opcode, kind, payload in ((TEXT, "text", b"x"), (BINARY, "binary", b"x"),
                                      (PING, "ping", b"x"), (PONG, "pong", b"x"),
                                      (CLOSE, "close", b"\x03\xe8")):
            cases.append(case(section, f"{kind} with {rsv}", "5.2",
                              frame(opcode, payload, rsv=rsv), end=ends(1002)))
        cases.append(case(section, f"continuation with {rsv}", "5.2",
                          [frame(TEXT, b"a", fin=False), frame(CONTINUATION, b"b", rsv=rsv)],
                          end=ends(1002)))
    again = [case(section, f"text with {rsv} after a good one", "5.2",
                  frame(TEXT, b"good") + frame(TEXT, b"bad", rsv=rsv), [(TEXT, b"good")],
                  end=ends(1002)) for rsv in (1, 2, 4)]
    return cases + again + chopped(again)


def reserved_opcodes():
    """5.2: an unknown opcode MUST fail the connection."""
    section = "5 reserved opcodes"
    cases = []
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        for payload in (b"", b"payload"):
            cases.append(case(section, f"opcode {opcode} with {len(payload)} bytes", "5.2",
                              frame(opcode, payload), end=ends(1002)))
        cases.append(case(section, f"opcode {opcode} after a text", "5.2",
                          frame(TEXT, b"good") + frame(opcode, b"") + frame(PING), [(TEXT, b"good")],
                          end=ends(1002), chop=1))
        cases.append(case(section, f"opcode {opcode} between fragments", "5.2",
                          frame(TEXT, b"a", fin=False) + frame(opcode, b"b")
                          + frame(CONTINUATION, b"c"), end=ends(1002)))
    return cases


def pipelined():
    section = "6 many messages"
    texts = [b"message %d" % number for number in range(1000)]
    whole = b"".join(frame(TEXT, text) for text in texts)
    answers = [(TEXT, text) for text in texts]
    return [case(section, "1,000 texts in one send", "5.2", whole, answers, ALIVE),
            case(section, "1,000 texts, 11 bytes a send", "5.2", whole, answers, ALIVE, chop=11),
            case(section, "1,000 binary messages of 1,000 bytes", "5.2",
                 frame(BINARY, pattern(1000)) * 1000, [(BINARY, pattern(1000))] * 1000),
            case(section, "1,000 empty texts", "5.2", frame(TEXT) * 1000, [(TEXT, b"")] * 1000)]


def all_cases():
    return (lengths() + impossible_lengths() + unmasked() + reserved_bits() + reserved_opcodes()
            + pipelined())
