#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tickstock::validate {

/// S3's readiness checklist; each group runs alone.
enum class GateGroup : std::uint8_t {
    Functional,
    Load,
    Latency,
    Memory,
    Integrity,
    WebSocket,
    Monitoring,
    Recovery,
};
inline constexpr std::size_t group_count = 8;

/// How a figure is held against its target.
enum class Comparison : std::uint8_t {
    Above,
    AtLeast,
    Below,
    Holds,  ///< no figure: a statement that is true or not
};

/// One gate as it is declared, before anything runs.
struct GateSpec {
    GateGroup group;
    std::string_view name;      ///< without the group: "pipeline"
    std::string_view sentence;  ///< what holds when it passes
    Comparison comparison = Comparison::Holds;
    double target = 0;
    std::string_view unit;    ///< "records/s", "ms", "MB"; empty for Holds
    std::string_view source;  ///< where the target stands: "S0:664", "SPEC 17"
    bool timed = false;       ///< a figure of speed or time: depends on machine and load
    bool required = true;     ///< decides the exit status; may not be skipped
};

enum class Verdict : std::uint8_t { Pass, Fail, Skip };

/// What became of a gate.
struct GateOutcome {
    const GateSpec* spec = nullptr;
    Verdict verdict = Verdict::Fail;
    std::optional<double> figure;
    std::string detail;  ///< what was measured and how; why it failed or was skipped
    double seconds = 0;  ///< since the gate before it in its group
};

/// All gates, by group. The text of --list and of the report comes from here.
std::span<const GateSpec> all_gates();

/// Null: there is no such gate.
const GateSpec* find_gate(GateGroup group, std::string_view name);

/// "functional", "load", …
std::string_view to_string(GateGroup group);
std::optional<GateGroup> parse_group(std::string_view text);
/// "functional, load, …" for messages.
std::string group_names();
std::string_view to_string(Verdict verdict);

/// "< 50 ms", "≥ 1,000 events/s", "holds".
std::string target_text(const GateSpec& spec);
/// "0.41 ms"; empty where there is no figure.
std::string figure_text(const GateSpec& spec, const std::optional<double>& figure);

/// Whether the figure meets the target. A figure that is no number (NaN) meets none.
/// REQUIRES: spec.comparison is not Holds.
bool meets(const GateSpec& spec, double figure);

}  // namespace tickstock::validate
