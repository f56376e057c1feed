#pragma once

#include <memory>
#include <stdexcept>

#include "detectors/sample.hpp"
#include "engine/extensions.hpp"
#include "simulation/plan.hpp"
#include "simulation/random_stream.hpp"

namespace tickstock::sim {

/// A detector that fails on samples that the seed chooses, and in storms on every one. Whether it
/// fails depends on the sample alone, so that a replay fails on the same ones.
class FailingDetector final : public SampleDetector {
public:
    explicit FailingDetector(const Plan& plan) : plan_(plan) {}

    static bool can_fail(const Plan& plan) {
        return plan.failing_symbols > 0 &&
               (plan.detector_failures > 0 || plan.storm_every > Nanos{0});
    }

    void reset(SymbolId /*symbol*/) override {}
    void on_sample(const Sample& sample, SessionStats& /*stats*/, const Moment& /*moment*/,
                   DetectionSink& /*sink*/) override {
        if (fails(sample)) {
            throw std::runtime_error("simulated failure");
        }
    }

    const char* name() const override { return "simulated_failure"; }
    void save_symbol(SymbolId /*symbol*/, StateWriter& /*out*/) const override {}
    void load_symbol(SymbolId /*symbol*/, StateReader& /*in*/) override {}
    void forget_symbol(SymbolId /*symbol*/) override {}

private:
    bool fails(const Sample& sample) const {
        if (sample.symbol.value() % plan_.failing_symbols != 0 ||
            sample.t > plan_.start + plan_.duration) {
            return false;
        }
        const Nanos age = sample.t - plan_.start;
        if (plan_.storm_every > Nanos{0} && age > Nanos{0} &&
            age % plan_.storm_every < plan_.storm_length) {
            return true;
        }
        RandomStream random(plan_.seed ^ static_cast<std::uint64_t>(to_ns(sample.t)) ^
                                (std::uint64_t{sample.symbol.value()} << 48),
                            "failing detector");
        return random.chance(plan_.detector_failures);
    }

    const Plan& plan_;
};

/// What the simulation adds to every pipeline. `plan` outlives them.
inline PipelineExtensions extensions_of(const Plan& plan) {
    PipelineExtensions extensions;
    extensions.symbols_a_slice = 1 + plan.seed % 7;  // few, so that much happens meanwhile
    if (FailingDetector::can_fail(plan)) {
        extensions.detectors.push_back(
            [&plan](const PipelineSettings&) { return std::make_unique<FailingDetector>(plan); });
    }
    return extensions;
}

}  // namespace tickstock::sim
