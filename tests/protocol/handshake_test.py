"""RFC 6455, 4.2: the opening handshake, against the built server."""
import sys

import ws_handshake
from server_process import Server
from wsraw import Connection, TEXT, frame

with Server() as server:
    cases = ws_handshake.all_cases()
    faults = [fault for one in cases if (fault := ws_handshake.run(server.port, one))]
    # 4.1: a client waits for the answer. What comes earlier is refused, never half read.
    with Connection(server.port) as connection:
        connection.send(ws_handshake.fine()[0].raw + frame(TEXT, b'{"op":"ping","id":"early"}'))
        reply = connection.reply()
        if reply is None or reply.status != 400 or connection.rest():
            faults.append(f"a frame behind the handshake: {reply}, not 400")
print(f"{len(cases) + 1} handshakes, {len(faults)} faults")
for fault in faults:
    print("  " + fault)
sys.exit(1 if faults else 0)
