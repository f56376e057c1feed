#include "journal/decision_codec.hpp"

#include <algorithm>
#include <concepts>
#include <utility>

#include "journal/decision_fields.hpp"

namespace tickstock {
namespace {

using namespace decision_fields;

// The action's code on disk: never renumber.
template <class Action, std::size_t Index>
inline constexpr bool stands_at =
    std::same_as<std::variant_alternative_t<Index, DecisionAction>, Action>;
static_assert(stands_at<BeginEpoch, 0> && stands_at<ChannelChange, 1> &&
              stands_at<CircuitChange, 2> && stands_at<SkipRecords, 3> &&
              stands_at<PlaceSymbols, 4> && stands_at<ShedChange, 5> &&
              stands_at<UniverseChange, 6> && stands_at<ManualHalt, 7> &&
              stands_at<RuleSwitch, 8> && stands_at<ConfigurationChange, 9> &&
              stands_at<SourceGap, 10> && stands_at<WallStep, 11> && stands_at<EngineStart, 12> &&
              stands_at<PushedBy, 13> && stands_at<RestoreSessions, 14> &&
              stands_at<RolloutChange, 15> && stands_at<PathFallback, 16>);

std::uint8_t code_of(const DecisionAction& action) {
    return static_cast<std::uint8_t>(action.index() + 1);
}

template <std::size_t... Index>
bool emplace_action(DecisionAction& action, std::size_t wanted, std::index_sequence<Index...>) {
    return ((wanted == Index && (action.emplace<Index>(), true)) || ...);
}

template <class Io>
void encode(Io& io, const Decision& decision) {
    io.number(code_of(decision.action));
    put(io, decision.clock);
    put(io, decision.wall);
    put(io, decision.by);
    std::visit([&io](const auto& action) { fields(io, action); }, decision.action);
}

struct Fault {
    Sequence sequence;

    std::string_view operator()(const BeginEpoch& begin) const {
        return begin.warm_from > sequence ? "warm_from behind the decision" : std::string_view{};
    }
    std::string_view operator()(const SkipRecords& skip) const {
        const auto& skipped = skip.sequences;
        if (std::adjacent_find(skipped.begin(), skipped.end(), std::greater_equal<>()) !=
            skipped.end()) {
            return "skipped sequences out of order";
        }
        return !skipped.empty() && skipped.back() >= sequence ? "a skipped sequence behind the skip"
                                                              : std::string_view{};
    }
    std::string_view operator()(const ShedChange& change) const {
        return change.level > 4 ? "shed level over 4" : std::string_view{};
    }
    std::string_view operator()(const UniverseChange& change) const {
        return std::is_sorted(change.symbols.begin(), change.symbols.end())
                   ? std::string_view{}
                   : "symbols of a universe out of order";
    }
    std::string_view operator()(const RolloutChange& change) const {
        const auto sorted = [](const std::vector<SymbolText>& symbols) {
            return std::is_sorted(symbols.begin(), symbols.end());
        };
        const auto& [buckets, low, medium, kept] = change.selection;
        if (!sorted(change.flags.rollout_tickers) || !sorted(change.flags.excluded_tickers) ||
            !sorted(low) || !sorted(medium) || !sorted(kept)) {
            return "symbols of a rollout out of order";
        }
        const auto beyond = [](std::uint16_t count) { return count > FeatureFlags::all_buckets; };
        if (beyond(change.flags.rollout_buckets) || std::ranges::any_of(buckets, beyond)) {
            return "more than 10,000 buckets";
        }
        return change.phase < rollout_phase_count ? std::string_view{} : "a phase above 4";
    }
    std::string_view operator()(const PathFallback& fallback) const {
        const bool later = std::ranges::any_of(
            fallback.symbols,
            [this](const PathFallback::Fallen& fallen) { return fallen.from > sequence; });
        return later ? "a symbol falls back behind the decision" : std::string_view{};
    }
    template <class Other>
    std::string_view operator()(const Other&) const {
        return {};
    }
};

}  // namespace

std::string_view decision_fault(const Decision& decision) {
    if (decision.clock < time_unknown) {
        return "clock before 1970";
    }
    bool ids_in_range = true;
    for_each_symbol(decision, [&ids_in_range](SymbolId id) {
        ids_in_range = ids_in_range && id.value() < segment_symbol_limit;
    });
    if (!ids_in_range) {
        return "symbol id out of range";
    }
    if (decision_size(decision) > decision_payload_max) {
        return "more than 4 MiB";
    }
    return std::visit(Fault{decision.sequence}, decision.action);
}

std::size_t decision_size(const Decision& decision) {
    Measure measure;
    encode(measure, decision);
    return measure.size();
}

std::size_t encode_decision(const Decision& decision, std::span<char> out) {
    Write write(out);
    encode(write, decision);
    return write.size();
}

std::string_view decode_decision(std::string_view payload, Sequence sequence, Decision& out) {
    Read read(payload);
    std::uint8_t code = 0;
    read.number(code);
    out.sequence = sequence;
    put(read, out.clock);
    put(read, out.wall);
    put(read, out.by);
    constexpr auto indexes = std::make_index_sequence<std::variant_size_v<DecisionAction>>();
    if (code == 0 || !emplace_action(out.action, code - std::size_t{1}, indexes)) {
        return "an unknown action";
    }
    std::visit([&read](auto& action) { fields(read, action); }, out.action);
    if (!read.complete()) {
        return "a value out of range or a payload of a wrong length";
    }
    return decision_fault(out);
}

// The reason goes by its name: the list of reasons grows in the middle.
std::size_t encode_refused(const RefusedRecords& refused, std::span<char> out) {
    LittleEndianWriter writer(out);
    const std::string_view reason = to_string(refused.reason);
    writer.put(refused.source.value());
    writer.put(refused.count);
    writer.put(static_cast<std::uint8_t>(reason.size()));
    writer.put_bytes(reason);
    return writer.size();
}

std::string_view decode_refused(std::string_view payload, RefusedRecords& out) {
    LittleEndianReader in(payload);
    out.source = SourceId{in.get<std::uint16_t>()};
    out.count = in.get<std::uint32_t>();
    const std::string_view name = in.get_bytes(in.get<std::uint8_t>());
    if (!in.ok() || !in.at_end()) {
        return "a payload of a wrong length";
    }
    for (std::size_t i = 0; i < reason_count; ++i) {
        out.reason = static_cast<Reason>(i);
        if (to_string(out.reason) == name) {
            return {};
        }
    }
    return "an unknown reason";
}

}  // namespace tickstock
