#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/accounting.hpp"
#include "model/event.hpp"
#include "model/record.hpp"

namespace tickstock {

/// The stages that a trace tells of, in the data's order.
enum class Stage : std::uint8_t {
    Sources,
    Router,
    Intake,
    Channel,
    Detectors,
    Rules,         ///< detections from here on
    Coordination,  ///< detections in, events out
    Priority,      ///< events
    Publishing,
    Count_
};
inline constexpr std::size_t stage_count = static_cast<std::size_t>(Stage::Count_);
std::string_view to_string(Stage stage);

/// What one stage did with one record, or with what was found in it.
struct FateStep {
    enum class Outcome : std::uint8_t { Out, Held, Dropped };

    Stage stage = Stage::Sources;
    Outcome outcome = Outcome::Out;
    std::optional<Reason> reason;  ///< of Dropped
    std::uint32_t count = 1;       ///< records, detections or events
    bool released = false;         ///< it had been held here before
    Sequence at;                   ///< the journal entry with which it came
    std::string note;              ///< for people; empty = nothing
};
std::string_view to_string(FateStep::Outcome outcome);

/// An event that a record led to.
struct TracedEvent {
    std::uint64_t id = 0;
    std::uint32_t revision = 0;
    EventType type = EventType::High;
    Sequence at;       ///< the journal entry with which it was found
    std::string text;  ///< for people, with the evidence
    std::string body;  ///< as it is published: JSON
};

struct TracedRecord {
    Record record;  ///< of a decision that is told as a record (a person's halt): that
    std::vector<FateStep> fate;
    std::vector<TracedEvent> events;

    Sequence sequence() const { return record.header().sequence; }
};

/// One stage's ledger over a range: held_before + in = out + held_after + Σ dropped.
struct StageSum {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t held_before = 0;
    std::uint64_t held_after = 0;
    std::array<std::uint64_t, reason_count> dropped{};

    bool closes() const;
    friend bool operator==(const StageSum&, const StageSum&) = default;
};
using TraceSum = std::array<StageSum, stage_count>;

/// Adds what the steps say. Held: the difference that they make goes to held_after, which the
/// caller has begun with held_before.
void add(TraceSum& sum, const std::vector<FateStep>& fate);

/// Where two sums differ, a line each; empty = nowhere. `a` and `b` name them.
std::string differences(const TraceSum& a, std::string_view name_a, const TraceSum& b,
                        std::string_view name_b);

}  // namespace tickstock
