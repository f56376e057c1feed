#include "mock_vendor/report.hpp"

#include "base/json_writer.hpp"
#include "mock_vendor/server_core.hpp"

namespace tickstock {
namespace {

void append_outcome(JsonWriter& json, const Tape& tape, const FaultOutcome& outcome) {
    const Fault& fault = outcome.fault;
    json.begin_object().key("kind").string(to_string(fault.kind));
    if (const std::string argument = argument_text(fault); !argument.empty()) {
        json.key("argument").string(argument);
    }
    json.key("planned_at").number(std::uint64_t{fault.record});
    json.key("record").number(std::uint64_t{outcome.struck_at});
    json.key("connections").number(outcome.receivers);
    if (cuts_connection(fault.kind)) {
        json.key("lost_from").number(std::uint64_t{outcome.lost_from});
        json.key("lost_to").number(std::uint64_t{outcome.lost_to});
        if (outcome.lost_to > outcome.lost_from) {
            json.key("ts_from").number(to_ns(tape[outcome.lost_from].header().ts_event));
            json.key("ts_to").number(to_ns(tape[outcome.lost_to - 1].header().ts_event));
        }
        json.key("returned").boolean(outcome.returned);
    }
    json.end_object();
}

}  // namespace

std::string mock_vendor_report(const Tape& tape, const Player& player,
                               const MockServerCounts& counts) {
    std::string out;
    JsonWriter json(out);
    const auto count = [&json](std::string_view key, std::uint64_t value) {
        json.key(key).number(value);
    };
    const PlayerCounts& played = player.counts();
    json.begin_object();
    count("records", tape.size());
    count("passed", played.passed);
    count("position", player.position());
    json.key("ended").boolean(player.has_ended());
    count("loops", played.loops);
    count("messages", played.offered);
    count("untold", played.untold);
    count("frames", counts.frames);
    count("bytes", counts.bytes);
    count("connections", counts.connections);
    count("authenticated", counts.authenticated);
    count("auth_failed", counts.auth_failed);
    count("auth_timeouts", counts.auth_timeouts);
    count("evicted", counts.evicted);
    count("slow_killed", counts.slow_killed);
    count("rest_requests", counts.rest_requests);
    count("rest_rejected", counts.rest_rejected);
    json.key("faults").begin_array();
    for (const FaultOutcome& outcome : player.outcomes()) {
        append_outcome(json, tape, outcome);
    }
    json.end_array();
    count("faults_left", player.faults_left());
    json.end_object();
    return out;
}

}  // namespace tickstock
