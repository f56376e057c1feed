"""RFC 6455, 8.1 with RFC 3629: text messages are UTF-8, and the first byte that cannot be ends the
connection with 1007."""
from ws_case import case, ends
from ws_fragments import fragments
from wsraw import CONTINUATION, PING, PONG, TEXT, frame


def bad_at(data):
    """Number of bytes up to and with the first that no UTF-8 text can have there, after RFC 3629's
    grammar; None where there is no such byte (the text may still be cut off at its end)."""
    at = 0
    while at < len(data):
        first = data[at]
        low, high = 0x80, 0xBF
        if first <= 0x7F:
            at += 1
            continue
        if 0xC2 <= first <= 0xDF:
            tails = 1
        elif 0xE0 <= first <= 0xEF:
            tails = 2
            low = 0xA0 if first == 0xE0 else low
            high = 0x9F if first == 0xED else high
        elif 0xF0 <= first <= 0xF4:
            tails = 3
            low = 0x90 if first == 0xF0 else low
            high = 0x8F if first == 0xF4 else high
        else:
            return at + 1
        for number in range(1, tails + 1):
            if at + number >= len(data):
                return None
            if not low <= data[at + number] <= high:
                return at + number + 1
            low, high = 0x80, 0xBF
        at += tails + 1
    return None


def one(code):
    return chr(code).encode()


GOOD = {
    "words of six scripts": "Zażółć κόσμε Привет שלום 日本語 😀🏽".encode(),
    **{f"U+{code:04X}": one(code) for code in (
        0x0000, 0x007F, 0x0080, 0x07FF, 0x0800, 0x0FFF, 0x1000, 0xCFFF, 0xD7FF, 0xE000, 0xFEFF,
        0xFFFD, 0x10000, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF)},
    # Noncharacters may be exchanged: Unicode, corrigendum 9.
    **{f"noncharacter U+{code:04X}": one(code)
       for plane in range(17) for code in (plane << 16 | 0xFFFE, plane << 16 | 0xFFFF)},
    "noncharacters U+FDD0 to U+FDEF": b"".join(map(one, range(0xFDD0, 0xFDF0))),
    "every control character": bytes(range(32)) + b"\x7f" + b"".join(map(one, range(0x80, 0xA0))),
    "right to left marks": "\u202e\u2066abc\u2069\u200f".encode(),
}


def bad():
    """Name -> bytes with a byte that cannot be."""
    table = {
        "beyond U+10FFFF": b"\xf4\x90\x80\x80", "U+110000 and more": b"\xf4\xbf\xbf\xbf",
        "five bytes": b"\xf8\x88\x80\x80\x80", "five bytes, highest": b"\xfb\xbf\xbf\xbf\xbf",
        "six bytes": b"\xfc\x84\x80\x80\x80\x80", "six bytes, highest": b"\xfd\xbf\xbf\xbf\xbf\xbf",
        "every continuation byte alone": bytes(range(0x80, 0xC0)),
        "good, then a lone continuation": "κόσμε".encode() + b"\x80 edited",
        "good, surrogate, good": "κόσμε".encode() + b"\xed\xa0\x80edited",
        "a continuation too many": b"\xc3\xa9\xa9", "Latin-1": "café crème".encode("latin-1"),
        "UTF-16": "text".encode("utf-16"), "CESU-8": b"\xed\xa0\xbd\xed\xb8\x80",
    }
    for byte in (0xC0, 0xC1, *range(0xF5, 0x100)):
        table[f"0x{byte:02X} begins nothing"] = bytes([byte])
    for size in range(1, 8):
        table[f"{size} continuation bytes alone"] = (b"\x80\xbf" * 4)[:size]
    for lead, kind in ((0xC2, 2), (0xDF, 2), (0xE0, 3), (0xEF, 3), (0xF0, 4), (0xF4, 4)):
        table[f"lead 0x{lead:02X} of {kind}, then a space"] = bytes([lead, 0x20])
        table[f"lead 0x{lead:02X} of {kind}, then another"] = bytes([lead, lead])
    for data, name in ((b"\xe2\x82", "3"), (b"\xf0\x9f", "4"), (b"\xf0\x9f\x98", "4, three there")):
        table[f"cut off within {name}, text goes on"] = data + b"text"
        table[f"cut off within {name}, a new one begins"] = data + data
    # The same character in more bytes than it needs (RFC 3629, 10: "/../").
    for name, forms in (("/", (b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",
                               b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf")),
                        ("NUL", (b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80",
                                 b"\xf8\x80\x80\x80\x80", b"\xfc\x80\x80\x80\x80\x80")),
                        ("the highest", (b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf",
                                         b"\xf8\x87\xbf\xbf\xbf", b"\xfc\x83\xbf\xbf\xbf\xbf"))):
        for form in forms:
            table[f"overlong: {name} in {len(form)} bytes"] = form
    for code in (0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF):
        table[f"surrogate U+{code:04X}"] = chr(code).encode("utf-8", "surrogatepass")
    for high in (0xD800, 0xDB7F, 0xDB80, 0xDBFF):
        for low in (0xDC00, 0xDFFF):
            pair = (chr(high) + chr(low)).encode("utf-8", "surrogatepass")
            table[f"surrogates U+{high:04X} U+{low:04X}"] = pair
    return table


CUT_OFF = {f"cut off after {size} of {len(data)}, {name}": data[:size]
           for data, name in ((one(0xE9), "U+00E9"), (one(0x20AC), "U+20AC"),
                              (one(0x1F600), "U+1F600"), (one(0x10FFFF), "U+10FFFF"))
           for size in range(1, len(data))}


def good_cases():
    section = "15 UTF-8: valid"
    cases = []
    for name, data in GOOD.items():
        cases += [case(section, name, "8.1", frame(TEXT, data), [(TEXT, data)]),
                  case(section, f"{name}, a byte a send", "8.1", frame(TEXT, data),
                       [(TEXT, data)], chop=1),
                  case(section, f"{name}, a byte a fragment", "8.1",
                       fragments(TEXT, [bytes([byte]) for byte in data]), [(TEXT, data)])]
    euro = "€".encode()
    cases.append(case(section, "a character over two fragments with a ping between", "8.1",
                      fragments(TEXT, [euro[:1], euro[1:]], frame(PING, b"p")),
                      [(TEXT, euro), (PONG, b"p")]))
    return cases


def bad_cases():
    whole, fast = "16 UTF-8: invalid", "17 UTF-8: invalid, fail fast"
    split = "18 UTF-8: invalid, over fragments"
    cases = []
    for name, data in bad().items():
        end = bad_at(data)
        assert end is not None, name
        cases.append(case(whole, name, "8.1", frame(TEXT, data), end=ends(1007)))
        cases.append(case(whole, f"{name}, after 3,000 good bytes", "8.1",
                          frame(TEXT, "é".encode() * 1500 + data), end=ends(1007)))
        # More is announced than sent: the bad byte alone must end it.
        head = frame(TEXT, data[:end] + b"x" * 50)[:-50]
        cases.append(case(fast, name, "8.1", head, end=ends(1007)))
        cases.append(case(fast, f"{name}, a byte a send", "8.1", head, end=ends(1007), chop=1))
        parts = [bytes([byte]) for byte in data[:end]]
        cases.append(case(split, name, "8.1",
                          b"".join(frame(CONTINUATION if number else TEXT, part, fin=False)
                                   for number, part in enumerate(parts)), end=ends(1007)))
    return cases


def cut_off_cases():
    section = "19 UTF-8: cut off at the end"
    cases = []
    for name, data in CUT_OFF.items():
        cases += [case(section, name, "8.1", frame(TEXT, data), end=ends(1007)),
                  case(section, f"{name}, a byte a send", "8.1", frame(TEXT, b"text" + data),
                       end=ends(1007), chop=1),
                  case(section, f"{name}, the last fragment empty", "8.1",
                       fragments(TEXT, [data, b""]), end=ends(1007)),
                  case(section, f"{name}, the rest in a message of its own", "8.1",
                       frame(TEXT, data) + frame(TEXT, b"\x80"), end=ends(1007))]
    return cases


def all_cases():
    return good_cases() + bad_cases() + cut_off_cases()
