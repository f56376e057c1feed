"""The vendor's double: every fault as a client sees it, over TLS; what the report says was lost is
what a client misses; the same seed gives the same bytes."""
import asyncio
import collections
import json
import socket
import subprocess
import tempfile

import support
import vendor_double as vendor

PLAIN_OUT = ("--speed", "0", "--end", "close", "--exit-at-end")


async def follow(tape, *arguments, connections=400):
    """A client that always comes back; (client, report)."""
    with vendor.Double(tape, *PLAIN_OUT, *arguments) as double:
        client = vendor.Follower(double)
        await client.run(connections)
        return client, double.report()


def lost_in(report):
    """Indexes of the records that the report calls lost."""
    lost = set()
    for fault in report["faults"]:
        lost.update(range(fault.get("lost_from", 0), fault.get("lost_to", 0)))
    return lost


def check_whole(keys, report, order, is_slow=False):
    """The client has exactly the tape but for what was reported lost, in the tape's order. A reset
    may take what the client has received and not read: then records before it are missing too. With
    `is_slow` every cut may, since a client without time gives up before it has read all."""
    torn = {fault["lost_from"] for fault in report["faults"] if "lost_from" in fault and
            (is_slow or fault["kind"] == "slow-kill" or fault.get("argument") == "reset")}
    lost = lost_in(report)
    keys = collections.deque(keys)
    missing = None  # index of the first of a run that is missing without a word
    for index, key in enumerate(order):
        if index in torn:
            missing = None
        if index in lost:
            continue
        if keys and keys[0] == key:
            keys.popleft()
            assert missing is None, (missing, index)
        elif missing is None:
            missing = index
    assert not keys and missing is None, (len(keys), missing)


async def test_cuts(tape, order):
    for fault, ends in (("drop@1000:reset:70", ({1006, "ConnectionResetError"})),
                        ("drop@1000:fin:70", {1006}), ("drop@1000:close:70", {1001}),
                        ("half-open@1000:70", {"dead", 1006}), ("slow-kill@1000:70", {1006}),
                        ("max-connections@1000:70", {"max_connections", 1008})):
        client, report = await follow(tape, "--fault", fault)
        check_whole(client.keys(), report, order)
        (told,) = report["faults"]
        assert told["record"] == 1000 and told["returned"], told
        assert (told["lost_from"], told["lost_to"]) == (1000, 1070), told
        start = vendor.START_MS * 10**6
        assert told["ts_from"] == start + 1000 // 8 * 10**7, told
        assert told["ts_to"] == start + 1069 // 8 * 10**7, told
        assert set(client.ends[:-1]) <= ends and client.ends[-1] == 1000, (fault, client.ends)


async def test_disorder(tape, order):
    client, report = await follow(tape, "--fault", "reorder@801")
    keys = client.keys()
    assert sorted(keys) == sorted(order) and report["faults"][0]["record"] == 801
    assert keys[801:803] == [order[802], order[801]] and keys[:801] == order[:801]
    assert client.records[801]["t"] == client.records[802]["t"]
    assert client.records[801]["sym"] != client.records[802]["sym"]
    # 807 and 808 lie in different ms: the vendor's wire keeps their order, reorder-any does not.
    client, report = await follow(tape, "--fault", "reorder@807")
    assert report["faults"][0]["record"] == 808, report
    client, report = await follow(tape, "--fault", "reorder-any@807")
    assert client.keys()[807:809] == [order[808], order[807]]
    client, report = await follow(tape, "--fault", "duplicate@500:record")
    assert client.keys() == order[:501] + order[500:]
    client, report = await follow(tape, "--fault", "duplicate@510:frame")
    assert client.keys() == order[:550] + order[500:], len(client.keys())
    assert report["messages"] == len(order), report


async def test_stall(tape, order):
    with vendor.Double(tape, *PLAIN_OUT, "--fault", "stall@1000:1500") as double:
        async with double.connect() as ws:
            await vendor.log_in(ws, "T.*")
            records = []
            while len(records) < 1000:
                records += await vendor.frame(ws)
            assert len(records) == 1000
            # Nothing comes, but it answers.
            await asyncio.wait_for(await ws.ping(), vendor.PATIENCE)
            while len(records) < len(order):
                records += await vendor.frame(ws)
            assert [(one["sym"], one["q"]) for one in records] == order
        assert double.report()["faults"][0]["kind"] == "stall"


async def test_slow_reader(folder):
    """One who does not read is cut when more than --buffer-bytes wait for it."""
    tape, order = vendor.write_trades(folder, 160000, "long.jsonl")
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with vendor.Double(tape, "--speed", "200", "--buffer-bytes", "65536") as double:
        small.connect(("127.0.0.1", double.port))
        async with vendor.websockets.connect(double.url, sock=small, ssl=double.context,
                                             server_hostname="127.0.0.1", max_size=None,
                                             ping_interval=None, close_timeout=2) as ws:
            await vendor.log_in(ws, "T.*")
            ws.transport.pause_reading()
            last = f"/v3/trades/{order[-1][0]}?limit=1"
            for _ in range(vendor.PATIENCE * 20):
                rows = double.get(last)[1]["results"]
                if rows and rows[0]["sequence_number"] == len(order):
                    break
                await asyncio.sleep(0.05)
            report = double.report()
        assert report["slow_killed"] == 1 and report["ended"], report


async def test_refusals(tape, order):
    with vendor.Double(tape, *PLAIN_OUT, "--auth-timeout", "0.3", "--fault", "auth-fail@0",
                       "--fault", "auth-timeout@0") as double:
        client = vendor.Follower(double)
        await client.run(5)
        report = double.report()
    assert client.keys() == order
    # A refused one is told why and closed; the client's assertion has the words.
    assert "auth_failed" in client.ends[0] and "auth_timeout" in client.ends[1], client.ends
    assert report["auth_failed"] == 1 and report["auth_timeouts"] == 1, report
    with vendor.Double(tape, "--speed", "0", "--fault", "reject-rest@0", "--fault",
                       "reject-rest@0:429") as double:
        statuses = [double.get("/v3/trades/AAA") for _ in range(3)]
        assert [status for status, _ in statuses] == [500, 429, 200], statuses
        assert "maximum requests" in statuses[1][1]["error"]
        assert double.report()["rest_rejected"] == 2


def test_split(tape, order):
    with vendor.Double(tape, *PLAIN_OUT, "--fault", "split@120", tls=False) as double:
        frames = vendor.parsed_frames(vendor.raw_bytes(double))
        double.report()
    parts = [at for at, (code, fin, _) in enumerate(frames) if code == 0 or (code == 1 and not fin)]
    assert len(parts) == 8 and any(code == 9 for code, _, _ in frames), len(parts)
    assert frames[parts[0]][0] == 1 and frames[parts[-1]][1]
    text = b"".join(frames[at][2] for at in parts)
    got = [(one["sym"], one["q"]) for one in json.loads(text)]
    assert got == order[100:150], got[:2]


def test_seed(tape, order):
    """Faults drawn by seed: the client misses what is reported and nothing else; the second run is
    the first one again to the byte, another seed is not."""
    kinds = "drop,slow-kill,max-connections,stall,split,duplicate,reorder"
    runs = []
    for seed in (7, 7, 8):
        with vendor.Double(tape, *PLAIN_OUT, "--faults", "25", "--fault-seed", str(seed),
                           "--fault-kinds", kinds, "--lost", "40", tls=False) as double:
            streams = vendor.raw_streams(double)
            report = double.report()
        assert report["faults_left"] == 0, report
        assert len({one["kind"] for one in report["faults"]}) >= 5, report
        keys = [key for stream in streams for key in vendor.keys_of(stream)]
        lost = lost_in(report)
        assert set(keys) == {key for index, key in enumerate(order) if index not in lost}
        runs.append((streams, report))
    assert runs[0] == runs[1], [len(streams) for streams, _ in runs]
    assert runs[0][0] != runs[2][0]


async def test_recovering(tape, order):
    """A client over TLS under all kinds that are drawn by default."""
    client, report = await follow(tape, "--faults", "30", "--fault-seed", "11", "--fault-kinds",
                                  "drop,half-open,slow-kill,max-connections,stall,split,auth-timeout",
                                  "--auth-timeout", "0.3", "--lost", "30")
    check_whole(client.keys(), report, order, is_slow=True)


def test_bytes(tape):
    """Without TLS the bytes themselves are the same, fragments included."""
    streams = []
    for seed in (3, 3, 4):
        with vendor.Double(tape, *PLAIN_OUT, "--faults", "12", "--fault-seed", str(seed),
                           "--fault-kinds", "split,duplicate,reorder,reorder-any",
                           tls=False) as double:
            streams.append(vendor.raw_bytes(double))
    assert streams[0] == streams[1] != streams[2]


def test_plan(tape):
    def plan(*arguments):
        return subprocess.run(
            [support.binary(), "mock-vendor", tape, "--list-faults", *arguments], check=True,
            capture_output=True, text=True, timeout=vendor.PATIENCE).stdout.splitlines()

    drawn = plan("--faults", "50", "--fault-seed", "5")
    assert len(drawn) == 50 and drawn == plan("--faults", "50", "--fault-seed", "5")
    assert drawn != plan("--faults", "50", "--fault-seed", "6")
    assert not any(line.startswith(("auth-fail", "reorder-any")) for line in drawn)
    # What it prints, it takes.
    again = plan(*[word for line in drawn[:20] for word in ("--fault", line)])
    assert again == drawn[:20], (again, drawn)


async def main():
    with tempfile.TemporaryDirectory() as folder:
        tape, order = vendor.write_trades(folder)
        test_plan(tape)
        test_split(tape, order)
        test_bytes(tape)
        test_seed(tape, order)
        for test in (test_cuts, test_disorder, test_stall, test_refusals, test_recovering):
            await test(tape, order)
            print("ok:", test.__name__)
        await test_slow_reader(folder)
        print("ok: test_slow_reader")


asyncio.run(main())
