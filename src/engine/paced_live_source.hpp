#pragma once

#include <memory>
#include <string>

#include "engine/live_source.hpp"
#include "sources/paced_source.hpp"

namespace tickstock {

/// Recorded or made-up records that come when they are due.
class PacedLiveSource final : public LiveSource {
public:
    struct About {
        std::string name;
        std::string detail;
        std::string identity;
        double speed = 1;
    };
    PacedLiveSource(About about, std::unique_ptr<PacedSource> source)
        : about_(std::move(about)), source_(std::move(source)) {}

    Poll poll(Nanos monotonic_now, RecordBatch& batch) override;
    std::string name() const override { return about_.name; }
    std::string detail() const override { return about_.detail; }
    std::string identity() const override { return about_.identity; }
    void resume(std::uint64_t pass, std::uint64_t position) override {
        source_->resume(pass, position);
    }
    StageCounts counts() const override { return source_->counts(); }
    std::uint64_t passes() const override { return source_->passes(); }
    double speed() const override { return about_.speed; }
    std::string failure() const override {
        return source_->failure() ? source_->failure()->message : "";
    }

private:
    const About about_;
    const std::unique_ptr<PacedSource> source_;
};

}  // namespace tickstock
