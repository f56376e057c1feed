#include "mock_vendor/fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tickstock {
namespace {

constexpr std::array<std::string_view, fault_kind_count> kind_names{
    "drop",  "stall",     "half-open",       "reorder",   "reorder-any",  "duplicate",
    "split", "slow-kill", "max-connections", "auth-fail", "auth-timeout", "reject-rest"};
constexpr std::array<std::string_view, 3> drop_names{"reset", "fin", "close"};
constexpr unsigned default_stall_ms = 1000;

/// SplitMix64: the same numbers on every machine.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }
    /// In [0, limit); the bias of a 64-bit modulo is of no matter here. REQUIRES: limit > 0.
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

private:
    std::uint64_t state_;
};

Fault draw_fault(const FaultDraw& draw, const std::vector<FaultKind>& kinds, Draws& draws) {
    Fault fault;
    fault.kind = kinds[draws.below(kinds.size())];
    fault.record = draw.first + draws.below(draw.last - draw.first);
    // Every number is drawn for every fault, so that one kind's needs do not move the others.
    // No more than half of the tape is lost in the mean.
    const std::size_t most =
        std::clamp<std::size_t>((draw.last - draw.first) / draw.count, 1, 2000);
    const std::size_t lost = 1 + draws.below(most);
    fault.lost = cuts_connection(fault.kind) ? draw.lost.value_or(lost) : 0;
    fault.how = static_cast<DropHow>(std::array{0, 1, 2, 2}[draws.below(4)]);
    fault.milliseconds = 100 + static_cast<unsigned>(draws.below(900));
    fault.whole_frame = draws.below(2) == 1;
    fault.status = draws.below(2) == 1 ? 429 : 500;
    fault.seed = draws.next();
    return fault;
}

template <class T>
bool parse_number(std::string_view text, T& out) {
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && at == end && !text.empty();
}

bool take_argument(std::string_view text, Fault& fault) {
    if (fault.kind == FaultKind::Drop) {
        const auto how = std::find(drop_names.begin(), drop_names.end(), text);
        if (how != drop_names.end()) {
            fault.how = static_cast<DropHow>(how - drop_names.begin());
            return true;
        }
    }
    if (cuts_connection(fault.kind)) {
        return parse_number(text, fault.lost);
    }
    switch (fault.kind) {
        case FaultKind::Stall: return parse_number(text, fault.milliseconds);
        case FaultKind::Duplicate:
            fault.whole_frame = text == "frame";
            return text == "frame" || text == "record";
        case FaultKind::RejectRest:
            return parse_number(text, fault.status) && fault.status >= 400 && fault.status <= 599;
        default: return false;
    }
}

}  // namespace

std::string_view to_string(FaultKind kind) {
    return kind_names[static_cast<std::size_t>(kind)];
}

std::optional<FaultKind> parse_fault_kind(std::string_view text) {
    const auto found = std::find(kind_names.begin(), kind_names.end(), text);
    if (found == kind_names.end()) {
        return std::nullopt;
    }
    return static_cast<FaultKind>(found - kind_names.begin());
}

std::string fault_kind_names() {
    return fmt::format("{}", fmt::join(kind_names, ", "));
}

bool cuts_connection(FaultKind kind) {
    return kind == FaultKind::Drop || kind == FaultKind::HalfOpen || kind == FaultKind::SlowKill ||
           kind == FaultKind::MaxConnections;
}

std::string argument_text(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::Drop: return std::string(drop_names[static_cast<std::size_t>(fault.how)]);
        case FaultKind::Stall: return std::to_string(fault.milliseconds);
        case FaultKind::Duplicate: return fault.whole_frame ? "frame" : "record";
        case FaultKind::RejectRest: return std::to_string(fault.status);
        default: return {};
    }
}

std::vector<FaultKind> default_drawn_kinds() {
    return {FaultKind::Drop,      FaultKind::Stall,          FaultKind::HalfOpen,
            FaultKind::Reorder,   FaultKind::Duplicate,      FaultKind::Split,
            FaultKind::SlowKill,  FaultKind::MaxConnections, FaultKind::AuthTimeout,
            FaultKind::RejectRest};
}

std::vector<Fault> draw_faults(const FaultDraw& draw) {
    std::vector<Fault> faults;
    if (draw.last <= draw.first) {
        return faults;
    }
    const std::vector<FaultKind> kinds = draw.kinds.empty() ? default_drawn_kinds() : draw.kinds;
    Draws draws(draw.seed);
    for (std::size_t i = 0; i < draw.count; ++i) {
        faults.push_back(draw_fault(draw, kinds, draws));
    }
    std::stable_sort(faults.begin(), faults.end(),
                     [](const Fault& a, const Fault& b) { return a.record < b.record; });
    std::size_t free_from = draw.first;
    for (Fault& fault : faults) {
        fault.record = std::max(fault.record, free_from);
        free_from = fault.record + fault.lost + 1;
    }
    return faults;
}

Result<Fault> parse_fault(std::string_view text, std::size_t lost) {
    const auto wrong = [text](std::string_view what) {
        return Error{
            fmt::format("--fault \"{}\": {}; expected KIND@RECORD[:ARG], as drop@5000:reset:"
                        "120, stall@800:2500 or duplicate@40:frame; kinds: {}",
                        text, what, fault_kind_names())};
    };
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) {
        return wrong("no @");
    }
    const auto kind = parse_fault_kind(text.substr(0, at));
    if (!kind) {
        return wrong("unknown kind");
    }
    Fault fault;
    fault.kind = *kind;
    fault.lost = cuts_connection(*kind) ? lost : 0;
    fault.milliseconds = default_stall_ms;
    std::string_view rest = text.substr(at + 1);
    std::size_t colon = rest.find(':');
    if (!parse_number(rest.substr(0, colon), fault.record)) {
        return wrong("RECORD is no whole number from 0");
    }
    fault.seed = fault.record;
    while (colon != std::string_view::npos) {
        rest.remove_prefix(colon + 1);
        colon = rest.find(':');
        const std::string_view argument = rest.substr(0, colon);
        if (!take_argument(argument, fault)) {
            return wrong(fmt::format("{} takes no \"{}\"", to_string(*kind), argument));
        }
    }
    return fault;
}

}  // namespace tickstock
