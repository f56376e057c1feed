"""Health, readiness, status and metrics of a running server; the text formats are parsed here by
their own grammar."""
import json
import re

from support import replay_server, replayed_bodies, run, wait_for_end

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (\S+)(?: \d+)?$")
SUFFIXES = {"counter": ("", "_total"), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def parse_metrics(text):
    """{(name, labels): value}; asserts that each sample belongs to the family before it."""
    values, types, family = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            assert family not in types, f"{family} stands twice"
            types[family] = kind
        elif line.startswith("#"):
            assert re.match(r"# (HELP|UNIT|EOF)", line), line
        else:
            found = SAMPLE.match(line)
            assert found, f"not a sample: {line!r}"
            name, labels, value = found.groups()
            assert family and name in [family + end for end in SUFFIXES[types[family]]], line
            key = (name, labels or "")
            assert key not in values, f"{key} stands twice"
            values[key] = float(value)
    return values, types


def pages_of_the_engine(server):
    status = server.status()
    assert status["accounting"]["closes"], status["accounting"]
    assert status["recovery"]["done"] and not status["draining"]
    assert status["shed"]["level"] == 0
    assert len(status["shard_details"]) == status["shards"]
    for shard in status["shard_details"]:
        assert shard["done_through"] == status["sequence"], shard
    journal = server.page("/api/v1/journal")
    assert journal["state"] == "writing" and journal["last"] == journal["written"], journal
    assert journal["last"] == status["sequence"] and journal["bytes"] > 0, journal
    router = server.page("/api/v1/router")
    # At full speed a batch may take longer than its time-out; nothing else goes wrong.
    errors = router["errors_by_reason"]
    assert router["circuit"] == "closed", router
    assert router["routing_errors"] == errors["timed_out"], router
    assert abs(router["success_rate"] + router["error_rate"] - 100) < 1e-6, router
    assert sum(router["routes_by_channel"].values()) == router["total_routed"] > 0, router
    channels = server.page("/api/v1/channels")["channels"]
    assert [channel["name"] for channel in channels] == ["tick", "ohlcv", "fmv"]
    tick = server.page("/api/v1/channels/tick")
    assert tick["metrics"]["processed_count"] == tick["accounting"]["in"] > 0, tick
    assert tick["processing_seconds"]["count"] > 0, tick
    debug = server.page("/api/v1/channels/tick/debug")
    assert debug["last_errors"] == [] and debug["dead_letters"] == [], debug
    assert server.page("/api/v1/universes") == {"universes": []}
    assert server.get("/api/v1/universes/core")[0] == 404
    decisions = server.page("/api/v1/decisions")
    sequences = [decision["sequence"] for decision in decisions["decisions"]]
    assert sequences == sorted(sequences) and len(sequences) <= decisions["total"]


async def pages(path):
    expected = replayed_bodies(path)
    with replay_server(path) as server:
        assert server.get("/healthz")[0] == 200
        await wait_for_end(server)
        status, headers, body = server.get("/readyz")
        assert status == 200 and json.loads(body) == {"ready": True, "missing": []}, body
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Server" not in headers

        status, headers, body = server.get("/metrics")
        assert headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers
        values, types = parse_metrics(body)
        assert values["tickstock_stream_offset", ""] == len(expected)
        for stage in ("sources", "router", "intake", "publishing"):
            dropped = sum(value for (name, labels), value in values.items()
                          if name == "tickstock_stage_dropped_total"
                          and f'stage="{stage}"' in labels)
            label = f'stage="{stage}"'
            assert values["tickstock_stage_in_total", label] == (
                values["tickstock_stage_out_total", label] +
                values["tickstock_stage_held", label] + dropped), stage
        assert types["tickstock_stage_in_total"] == "counter"
        for channel in ("tick", "ohlcv", "fmv"):
            label = f'channel="{channel}"'
            assert values["tickstock_channel_health", label] == 1
            assert values["tickstock_channel_queue_records", label] == 0, "all is worked"
            assert values["tickstock_channel_state", f'{label},state="active"'] == 1
            assert values["tickstock_channel_processed_total", label] == (
                values["tickstock_stage_in_total", f'stage="{channel}"'])
        assert values["tickstock_journal_writable", ""] == 1
        assert values["tickstock_journal_written_sequence", ""] == (
            values["tickstock_engine_sequence", ""])
        assert values["tickstock_router_circuit_open", ""] == 0
        assert values["tickstock_shed_level", ""] == 0
        routed = sum(value for (name, _), value in values.items()
                     if name == "tickstock_router_routes_total")
        assert routed == values["tickstock_stage_out_total", 'stage="router"']
        assert values["tickstock_shard_lag_records", 'shard="0"'] == 0
        assert values["process_resident_memory_bytes", ""] > 0
        assert all(name.startswith(("tickstock_", "process_")) for name, _ in values)
        assert not any("AAPL" in labels or "SPY" in labels for _, labels in values)

        accept = "application/openmetrics-text; version=1.0.0"
        status, headers, body = server.get("/metrics", {"Accept": accept})
        assert headers["Content-Type"].startswith("application/openmetrics-text"), headers
        assert body.endswith("# EOF\n")
        open_values, open_types = parse_metrics(body)
        assert "tickstock_stage_in" in open_types, "counters are declared without _total"
        assert open_values["tickstock_stream_offset", ""] == len(expected)

        page = json.loads(server.get("/api/v1/events?limit=1000&types=high")[2])
        assert page["last"] == len(expected)
        assert all(item["event"]["type"] == "high" for item in page["events"])
        symbol = page["events"][-1]["event"]["symbol"]
        latest = json.loads(server.get(f"/api/v1/symbols/{symbol}")[2])["latest"]
        assert latest["high"]["offset"] == max(
            item["offset"] for item in page["events"] if item["event"]["symbol"] == symbol)
        assert server.get("/api/v1/symbols/NOSUCH")[0] == 404
        pages_of_the_engine(server)
        assert server.get("/..%2f..%2fetc/passwd")[0] == 404
        assert server.get("/api/v1/status", {"Host": "evil.example"})[0] == 403


run(pages)
