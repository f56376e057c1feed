#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "engine/extensions.hpp"
#include "engine/test_runtime.hpp"
#include "model/rollout.hpp"

namespace tickstock::rollout_walk {

/// What goes wrong in the multi-channel path.
enum class FaultKind : std::uint8_t {
    Fails,       ///< a detector fails on a record, which its lane does not see
    Swallows,    ///< a detection is lost
    AltersPrice, ///< a detection has another price: within the tolerance, or far from it
    AltersPlace, ///< a detection names the entry before its own
    AltersOwner, ///< a detection is told of another symbol
    Adds,        ///< a detection that nobody else has
    Stalls,      ///< a batch takes longer than integration.channel_timeout_ms
};
inline constexpr std::size_t fault_kind_count = 7;
std::string_view to_string(FaultKind kind);

/// The records with sequences in [first, last] on which it goes wrong: one in `one_in`, chosen by
/// seed and sequence, so that a start that works them again meets the same faults.
struct FaultWindow {
    FaultKind kind = FaultKind::Fails;
    std::uint64_t first = 0;
    std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t one_in = 1;
    std::uint64_t seed = 0;

    bool hits(std::uint64_t sequence) const;
};

/// One fault, as the journal has to know it when the multi-channel path was in charge there.
struct Fault {
    SymbolId symbol;
    Sequence from;
    FallbackCause cause = FallbackCause::Error;

    friend bool operator==(const Fault&, const Fault&) = default;
    friend auto operator<=>(const Fault&, const Fault&) = default;
};

/// The tap with faults of windows; notes each one. `clock` outlives it. Stepped by hand: one thread.
class FaultyPath final : public MultiChannelTap {
public:
    FaultyPath(testing::TestClock& clock, std::uint32_t symbols)
        : clock_(clock), symbols_(symbols) {}

    /// PipelineExtensions::before_run.
    void sees(unsigned shard, const Run& run);
    /// A start comes: no shard has a run in hand.
    void forget_runs() { runs_.clear(); }

    void begins(unsigned shard) override;
    bool fails(const Record& record) override;
    void found(std::vector<Detection>& detections) override;

    std::vector<FaultWindow> windows;
    std::set<Fault> faults;
    Nanos stall = std::chrono::milliseconds(150);

private:
    const FaultWindow* hit(FaultKind kind, std::uint64_t sequence) const;
    bool spoil(std::vector<Detection>& detections, std::size_t at);

    testing::TestClock& clock_;
    std::uint32_t symbols_;
    std::vector<Detection> added_;  // while found() works
    std::map<unsigned, const Run*> runs_;  // null = it has stalled on that one already
};

}  // namespace tickstock::rollout_walk
