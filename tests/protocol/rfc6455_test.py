"""The RFC 6455 case table against the server's own WebSocket path, in a program that echoes
(ws_echo.cpp), which takes messages of 16 MiB and 65,536 fragments. Prints a table of its sections.
With a word as argument: only the sections whose names have it."""
import sys

import ws_control
import ws_fragments
import ws_framing
import ws_limits
import ws_utf8
from server_process import EchoServer
from ws_case import run_table


def main():
    cases = [one for part in (ws_framing, ws_control, ws_fragments, ws_utf8, ws_limits)
             for one in part.all_cases() if len(sys.argv) < 2 or sys.argv[1] in one.section]
    with EchoServer() as server:
        faults = run_table(server.port, cases)
        assert server.is_alive(), f"the server died: {server.lines[-3:]}"
    for one, fault in faults[:100]:
        print(f"  {one.section}: {one.name} (RFC 6455, {one.rfc}): {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
