#pragma once

#include <memory>
#include <string>

#include "engine/live_source.hpp"
#include "sources/feed/feed.hpp"

namespace tickstock {

/// A vendor's live feed as an input of the engine.
class FeedLiveSource final : public LiveSource {
public:
    struct About {
        std::string name;
        std::string detail;
        std::string identity;
        Sequencer::SourceRule rule;
    };
    FeedLiveSource(About about, std::unique_ptr<Feed> feed)
        : about_(std::move(about)), feed_(std::move(feed)) {}

    void start(std::function<void()> wake, const FeedMemory& known) override {
        feed_->start(std::move(wake), known);
    }
    void stop() override { feed_->stop(); }
    Poll poll(Nanos monotonic_now, RecordBatch& batch) override;
    std::string name() const override { return about_.name; }
    std::string detail() const override { return about_.detail; }
    std::string identity() const override { return about_.identity; }
    /// A live feed goes on with what is sent now.
    void resume(std::uint64_t /*pass*/, std::uint64_t /*position*/) override {}
    Sequencer::SourceRule rule() const override { return about_.rule; }
    bool covers(std::string_view symbol, RecordKind kind) const override {
        return feed_->covers(symbol, kind);
    }
    StageCounts counts() const override { return feed_->counts(); }
    std::string failure() const override { return feed_->failure(); }
    std::optional<FeedStatus> feed_status() const override { return feed_->status(); }

private:
    const About about_;
    const std::unique_ptr<Feed> feed_;
};

}  // namespace tickstock
