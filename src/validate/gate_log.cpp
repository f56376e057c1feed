#include "validate/gate_log.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace tickstock::validate {

GateLog::GateLog(GateGroup group, const Clock& clock, Told told)
    : group_(group), clock_(clock), told_(std::move(told)), last_(clock.monotonic()) {}

void GateLog::figure(std::string_view gate, double figure, std::string detail) {
    TS_ASSERT(spec_of(gate).comparison != Comparison::Holds);
    add(gate, meets(spec_of(gate), figure) ? Verdict::Pass : Verdict::Fail, figure,
        std::move(detail));
}

void GateLog::check(std::string_view gate, bool holds, std::string detail) {
    TS_ASSERT(spec_of(gate).comparison == Comparison::Holds);
    add(gate, holds ? Verdict::Pass : Verdict::Fail, std::nullopt, std::move(detail));
}

void GateLog::fail(std::string_view gate, std::string why) {
    add(gate, Verdict::Fail, std::nullopt, std::move(why));
}

void GateLog::skip(std::string_view gate, std::string why) {
    TS_ASSERT(!spec_of(gate).required);
    add(gate, Verdict::Skip, std::nullopt, std::move(why));
}

bool GateLog::has(std::string_view gate) const {
    return std::any_of(outcomes_.begin(), outcomes_.end(),
                       [&](const GateOutcome& outcome) { return outcome.spec->name == gate; });
}

std::vector<GateOutcome> GateLog::finish(const std::string& why) {
    std::vector<GateOutcome> all;
    for (const GateSpec& spec : all_gates()) {
        if (spec.group != group_) {
            continue;
        }
        if (!has(spec.name)) {
            fail(spec.name, why.empty() ? "was not measured" : "was not measured: " + why);
        }
        all.push_back(
            *std::find_if(outcomes_.begin(), outcomes_.end(),
                          [&](const GateOutcome& outcome) { return outcome.spec == &spec; }));
    }
    return all;
}

void GateLog::add(std::string_view gate, Verdict verdict, std::optional<double> figure,
                  std::string detail) {
    TS_ASSERT(!has(gate));
    const Nanos now = clock_.monotonic();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    outcomes_.push_back({&spec_of(gate), verdict, figure, std::move(detail), seconds});
    if (told_) {
        told_(outcomes_.back());
    }
}

const GateSpec& GateLog::spec_of(std::string_view gate) const {
    const GateSpec* spec = find_gate(group_, gate);
    TS_ASSERT(spec != nullptr);
    return *spec;
}

}  // namespace tickstock::validate
