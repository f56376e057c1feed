// Every gate with its target and where the target stands. S0 … S4 are the seeds by line, SPEC the
// section of the project's specification.

#include <array>

#include "validate/gate.hpp"

namespace tickstock::validate {
namespace {

using enum GateGroup;
using enum Comparison;

constexpr GateSpec statement(GateGroup group, std::string_view name, std::string_view sentence,
                             std::string_view source) {
    return {group, name, sentence, Holds, 0, "", source, false, true};
}

constexpr GateSpec timed(GateGroup group, std::string_view name, std::string_view sentence,
                         Comparison comparison, double target, std::string_view unit,
                         std::string_view source) {
    return {group, name, sentence, comparison, target, unit, source, true, true};
}

constexpr GateSpec optional(GateSpec spec) {
    spec.required = false;
    return spec;
}

constexpr std::array table{
    statement(Functional, "known_tape",
              "a known tape gives the events that it must give, and no others", "S3:551, S0:740"),
    statement(Functional, "event_types",
              "with this configuration every type of event comes out of a lively market",
              "SPEC 7, S3:551"),
    statement(Functional, "channels", "tick, ohlcv and fmv each work their records into events",
              "S3:551, SPEC 6"),
    statement(Functional, "over_the_wire",
              "a server gives a client the same events as the engine alone, byte for byte",
              "S3:551, SPEC 12"),

    // For the machine that the project measures on; slower ones may well do for a market.
    optional(timed(Load, "pipeline",
                   "trades that one core takes through all stages, 10,000 symbols", AtLeast,
                   10'000'000, "records/s", "SPEC 17")),
    timed(Load, "symbols", "different symbols worked by the tick channel of a live server", Above,
          1'000, "symbols/s", "S0:670"),
    timed(Load, "events", "events that reach a client of a live server, sustained", AtLeast, 1'000,
          "events/s", "S3:429, S3:612"),
    timed(Load, "live_rate", "of 100,000 trades/s sent to a live server, taken at that pace",
          AtLeast, 95, "%", "SPEC 17"),
    timed(Load, "router", "routing decisions of one core", Above, 4'000, "decisions/s", "S0:671"),
    GateSpec{Load, "bar_symbols", "symbols whose bars the ohlcv channel works, none dropped",
             AtLeast, 8'000, "symbols", "S3:14, S3:610", false, true},
    timed(Load, "bar_burst", "8,000 bars of one instant, from records to encoded events", Below, 20,
          "ms", "SPEC 17"),
    timed(Load, "integration_cpu",
          "processor time that the integrator adds to a live server, installed with all flags off",
          Below, 5, "%", "S0:673"),
    // Two paths that work each trade are two paths' work: what a switch without loss costs.
    optional(timed(Load, "standby_cpu", "the same with the path that is not in charge kept warm",
                   Below, 5, "%", "S0:673")),

    timed(Latency, "tick_mean", "tick channel, mean processing time under live load", Below, 10,
          "ms", "S0:664"),
    timed(Latency, "tick_p99", "tick channel, 99th percentile under live load", Below, 50, "ms",
          "S0:664, S3:15"),
    timed(Latency, "router", "routing of a record, 99th percentile under live load", Below, 5, "ms",
          "S0:665"),
    timed(Latency, "end_to_end",
          "from a trade's sending to its event at a client's socket, 99th percentile", Below, 100,
          "ms", "S0:667"),
    timed(Latency, "integration",
          "what the integrator adds to the last record of a batch, in the slower of two states",
          Below, 2, "ms", "S0:666"),

    GateSpec{Memory, "symbols", "anonymous memory of a server with 10,000 symbols in all channels",
             Below, 150, "MB", "SPEC 17", false, true},
    GateSpec{Memory, "peak", "resident memory of the server under live load, at its peak", Below,
             2'000, "MB", "S3:16, S3:611", false, true},
    // Timed, because what it is held against depends on how far the live server has got.
    timed(Memory, "integration",
          "memory that the integrator adds to a server, installed with all flags off", Below, 10,
          "%", "S0:672"),
    optional(timed(Memory, "standby", "the same with the path that is not in charge kept warm",
                   Below, 10, "%", "S0:672")),

    statement(Integrity, "accounting",
              "at every stage in = out + held + dropped by reason, and stage follows stage",
              "S3:553, SPEC 18"),
    statement(Integrity, "journal_replay", "the journal replayed gives the events that were told",
              "S3:553, SPEC 4"),
    statement(Integrity, "shards", "1, 2 and 4 shards give the same events", "SPEC 4"),
    statement(Integrity, "overload",
              "under overload every record is counted, and every offset told to slow clients too",
              "S3:614, SPEC 18"),
    GateSpec{Integrity, "success", "records worked without error, worst channel under live load",
             Above, 95, "%", "S3:613", false, true},

    statement(WebSocket, "native", "the native protocol: subscribe, events without hole, resume",
              "S3:554, SPEC 12"),
    statement(WebSocket, "sse", "Server-Sent Events: the same events, and a resume by id",
              "SPEC 12"),
    statement(WebSocket, "socketio_polling",
              "Socket.IO by polling: handshake, connect, stock_data and status_update",
              "S3:554, SPEC 12"),
    statement(WebSocket, "socketio_upgrade", "Socket.IO: upgrade to WebSocket, events go on",
              "S3:554, SPEC 12"),

    statement(Monitoring, "metrics", "/metrics parses and holds every name that SPEC 13 asks for",
              "S3:555, SPEC 13"),
    statement(Monitoring, "health", "/healthz and /readyz answer 200", "SPEC 12"),
    statement(Monitoring, "dashboard", "/api/v1/dashboard has its five parts", "S3:405, SPEC 13"),
    statement(Monitoring, "alert", "a real cause raises an alert, and its end resolves it",
              "S3:396, SPEC 13"),

    statement(Recovery, "kill",
              "killed under load: offsets go on, nothing is lost, nothing told twice", "S3:556"),
    statement(Recovery, "torn_tail", "a torn end of the journal is cut, told and sent again",
              "S3:556, SPEC 4"),
    timed(Recovery, "restart", "from start to ready, with a snapshot", Below, 10, "s", "SPEC 17"),
};

}  // namespace

std::span<const GateSpec> all_gates() {
    return table;
}

}  // namespace tickstock::validate
