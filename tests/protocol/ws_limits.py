"""Big messages through the echo server: RFC 6455 sets no limit, so a conforming server takes what
it has been told to take, however it is cut. 54 cases."""
from ws_case import case
from ws_framing import pattern
from ws_fragments import fragments
from wsraw import BINARY, TEXT, frame

MEBI = 1 << 20


def all_cases():
    section = "20 big messages"
    cases = []
    sizes = (64 << 10, 256 << 10, MEBI, 4 * MEBI, 8 * MEBI, 16 * MEBI)
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
        for size in sizes:
            data = pattern(size)
            cases.append(case(section, f"{kind} of {size >> 10} KiB", "5.2", frame(opcode, data),
                              [(opcode, data)]))
        data = pattern(4 * MEBI)
        for part in (64, 256, 1024, 4096, 16384, 65536, MEBI, 4 * MEBI - 1, 4 * MEBI):
            parts = [data[at:at + part] for at in range(0, len(data), part)]
            cases.append(case(section, f"{kind} of 4 MiB in parts of {part}", "5.4",
                              fragments(opcode, parts), [(opcode, data)]))
        data = pattern(MEBI)
        for chop in (64, 128, 256, 512, 997, 1024, 4096, 65536):
            cases.append(case(section, f"{kind} of 1 MiB, {chop} bytes a send", "5.2",
                              frame(opcode, data), [(opcode, data)], chop=chop))
        for size, count in ((16, 1000), (256, 1000), (4096, 1000), (65536, 100)):
            data = pattern(size)
            cases.append(case(section, f"{kind}: {count} of {size}", "5.2",
                              frame(opcode, data) * count, [(opcode, data)] * count))
    return cases
