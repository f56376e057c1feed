"""One case of the RFC 6455 table: what is sent, what must come back, how the connection ends."""
import collections
import concurrent.futures
import dataclasses
import time

import wsraw
from wsraw import CLOSE, PING, PONG, Connection

ALIVE = "stays open"  # afterwards our Close 1000 is answered with the same and the end


@dataclasses.dataclass(frozen=True)
class Ends:
    """The server closes, with one of these codes (None = a Close without a body), and nothing
    follows."""
    codes: tuple


@dataclasses.dataclass(frozen=True)
class Await:
    """Within a script: go on when this has come."""
    opcode: int
    payload: bytes


@dataclasses.dataclass(frozen=True)
class Case:
    section: str
    name: str
    rfc: str  # the section of RFC 6455 that asks for it
    script: tuple  # of bytes, each part sent by itself, and Await
    answers: tuple = ()  # (opcode, payload) in order, those of Await not among them
    end: object = ALIVE
    chop: int = 0  # parts are cut into so many bytes a send; 0 = not cut


def case(section, name, rfc, script, answers=(), end=ALIVE, chop=0):
    script = (script,) if isinstance(script, bytes) else tuple(script)
    return Case(section, name, rfc, script, tuple(answers), end, chop)


def ends(*codes):
    return Ends(codes)


def chopped(cases, size=1):
    """The same cases again, sent in pieces of `size` bytes."""
    return [dataclasses.replace(one, name=f"{one.name}, {size} byte{'s' * (size > 1)} a send",
                                chop=size) for one in cases]


def send_in_pieces(connection, data, size):
    if size == 0:
        connection.send(data)
        return
    for at in range(0, len(data), size):
        if not connection.send(data[at:at + size]):
            return


def check_answers(one, got):
    """Data messages must be those expected; where the server fails the connection it owes none of
    them. Of the pongs it owes the last (RFC 6455, 5.5.3)."""
    pongs = [payload for opcode, payload in one.answers if opcode == PONG]
    others = [answer for answer in one.answers if answer[0] != PONG]
    got_pongs = [payload for opcode, payload in got if opcode == PONG]
    got_others = [answer for answer in got if answer[0] != PONG]
    if one.end is ALIVE:
        assert got_others == others, f"came {brief(got_others)}, not {brief(others)}"
        assert got_pongs[-1:] == pongs[-1:], f"last pong {got_pongs[-1:]}, not {pongs[-1:]}"
    else:
        assert got_others == others[:len(got_others)], f"came {brief(got_others)}"
    expected = iter(pongs)
    assert all(payload in expected for payload in got_pongs), f"pongs {brief(got_pongs)}"


def brief(value):
    text = repr(value)
    return text if len(text) < 200 else f"{text[:200]}… ({len(text)} characters)"


def run_case(port, one):
    """Raises where the server does otherwise than the case says."""
    got = []
    with Connection(port) as connection:
        reply = connection.upgrade()
        assert reply.status == 101, f"handshake answered {reply.status}"
        for part in one.script:
            if isinstance(part, bytes):
                send_in_pieces(connection, part, one.chop)
                continue
            while (answer := connection.message()) != (part.opcode, part.payload):
                assert answer is not None and answer[0] != CLOSE, f"ended waiting for {part}"
                got.append(answer)
        if one.end is ALIVE:
            wanted = collections.Counter(kind for kind, _ in one.answers if kind != PONG)
            while collections.Counter(kind for kind, _ in got if kind != PONG) != wanted:
                answer = connection.message()
                assert answer is not None and answer[0] != CLOSE, f"ended after {brief(got)}"
                got.append(answer)
            connection.send(wsraw.close_frame(1000))
        closed = None
        while (answer := connection.message()) is not None:
            assert closed is None, f"{brief(answer)} after the server's Close"
            if answer[0] == CLOSE:
                closed = answer[1]
                connection.send(wsraw.close_frame())  # late where ours went first: not looked at
            else:
                got.append(answer)
        assert closed is not None, "the connection ended without a Close frame"
        code = int.from_bytes(closed[:2], "big") if closed else None
        wanted = (1000,) if one.end is ALIVE else one.end.codes
        assert code in wanted, f"closed with {code}, not {wanted}"
        assert all(kind != PING for kind, _ in got), "a ping nobody waits for"
        check_answers(one, got)


def timed(port, one):
    began = time.monotonic()
    try:
        run_case(port, one)
        fault = None
    except (AssertionError, UnicodeDecodeError, OSError) as error:
        fault = f"{type(error).__name__}: {error}"
    return one, fault, time.monotonic() - began


def run_table(port, cases, at_once=8):
    """Runs all; prints a table of the sections; the list of (case, fault)."""
    names = [(one.section, one.name) for one in cases]
    twice = [name for name, count in collections.Counter(names).items() if count > 1]
    assert not twice, f"cases of one name: {twice[:5]}"
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        results = list(pool.map(lambda one: timed(port, one), cases))
    print(f"{'section':<44} {'cases':>6} {'passed':>7} {'slowest':>9}")
    for section in dict.fromkeys(one.section for one in cases):
        mine = [result for result in results if result[0].section == section]
        good = sum(fault is None for _, fault, _ in mine)
        print(f"{section:<44} {len(mine):>6} {good:>7} {max(took for *_, took in mine):>7.2f} s")
    good = sum(fault is None for _, fault, _ in results)
    print(f"{'all':<44} {len(results):>6} {good:>7}")
    return [(one, fault) for one, fault, _ in results if fault is not None]
