#pragma once

#include <array>

#include "base/clock.hpp"
#include "base/time.hpp"
#include "engine/pipeline.hpp"

namespace tickstock {

/// How long each path took for the run at hand. Shard's thread.
class PathStopwatch final : public PathWatch {
public:
    explicit PathStopwatch(const Clock& clock) : clock_(clock) {}

    void begins(ProcessingPath) override { begun_ = clock_.monotonic(); }
    void ends(ProcessingPath path) override {
        took_[static_cast<std::size_t>(path)] += clock_.monotonic() - begun_;
    }
    void reset() { took_ = {}; }
    Nanos took(ProcessingPath path) const { return took_[static_cast<std::size_t>(path)]; }

private:
    const Clock& clock_;
    Nanos begun_{0};
    std::array<Nanos, 2> took_{};
};

}  // namespace tickstock
