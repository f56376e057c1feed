"""The table of http_cases.py against the built server, each case whole and byte by byte."""
import concurrent.futures
import sys

import http_cases
from server_process import Server
from ws_case import send_in_pieces
from wsraw import Connection, Silence, request

CHOP_UP_TO = 3000  # bytes; longer requests are sent whole only


def run_case(port, one, chop):
    """Raises where the answers are not those of the case."""
    with Connection(port) as connection:
        send_in_pieces(connection, one.raw, chop)
        for number, wanted in enumerate(one.statuses):
            wanted = wanted if isinstance(wanted, tuple) else (wanted,)
            reply = connection.reply(head_only=one.raw.startswith(b"HEAD "))
            while reply is not None and reply.status == 100:
                reply = connection.reply()
            assert reply is not None, f"ended instead of answer {number + 1}"
            assert reply.status in wanted, f"answered {reply.status}, not {wanted}"
        if one.alive is not False:
            connection.send(request("/healthz", headers=(("Connection", "close"),)))
            reply = connection.reply()
            went_on = reply is not None and reply.status == 200
            assert went_on or reply is None and one.alive is None, f"then answered {reply}"
        try:
            late = connection.rest()
        except Silence:
            raise AssertionError("the connection was not closed") from None
        assert late == b"", f"then came {late[:120]!r}"


def attempt(job):
    port, one, chop = job
    try:
        run_case(port, one, chop)
        return None
    except (AssertionError, OSError, ValueError) as error:
        return f"{one.section}: {one.name} (chop {chop}): {type(error).__name__}: {error}"


def main():
    cases = http_cases.all_cases()
    with Server() as server:
        jobs = [(server.port, one, chop) for one in cases for chop in (0, 1)
                if chop == 0 or len(one.raw) <= CHOP_UP_TO]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            faults = [fault for fault in pool.map(attempt, jobs) if fault]
        assert server.is_alive(), "the server died"
    for section in dict.fromkeys(one.section for one in cases):
        print(f"{section:<20} {sum(one.section == section for one in cases):>4} requests")
    print(f"{len(cases)} requests, {len(jobs)} runs, {len(faults)} faults")
    for fault in faults:
        print("  " + fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
