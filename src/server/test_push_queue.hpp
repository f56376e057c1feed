#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "sources/push/push_queue.hpp"

namespace tickstock::testing {

/// A queue whose engine is the test: it takes batches with next() and calls their reply when it
/// likes. Any thread.
class FakePushQueue final : public PushQueue {
public:
    Taken submit(Batch batch) override {
        const std::lock_guard lock(mutex_);
        ++asked_;
        if (answer_ == Taken::Yes) {
            batches_.push_back(std::move(batch));
        }
        return answer_;
    }
    std::uint64_t through(const std::string& client) const override {
        const std::lock_guard lock(mutex_);
        const auto found = through_.find(client);
        return found == through_.end() ? 0 : found->second;
    }
    std::size_t queued_bytes() const override {
        const std::lock_guard lock(mutex_);
        std::size_t bytes = 0;
        for (const Batch& batch : batches_) {
            bytes += batch.rows.size();
        }
        return bytes;
    }

    /// What submit() says from now on.
    void say(Taken answer) {
        const std::lock_guard lock(mutex_);
        answer_ = answer;
    }
    void set_through(const std::string& client, std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        through_[client] = number;
    }
    std::size_t asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return batches_.size();
    }
    /// The oldest batch; waits for it.
    Batch next() {
        for (int i = 0; i < 10'000; ++i) {
            {
                const std::lock_guard lock(mutex_);
                if (!batches_.empty()) {
                    Batch batch = std::move(batches_.front());
                    batches_.pop_front();
                    return batch;
                }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ADD_FAILURE() << "no rows came for ten seconds";
        return {"", 0, "", [](PushResult) {}};
    }

private:
    mutable std::mutex mutex_;
    std::deque<Batch> batches_;
    std::map<std::string, std::uint64_t> through_;
    Taken answer_ = Taken::Yes;
    std::size_t asked_ = 0;
};

/// All `rows` were good and new.
inline PushResult all_accepted(std::uint64_t rows, std::uint64_t through = 0,
                               std::uint64_t sequence = 1) {
    PushResult result;
    result.rows = rows;
    result.accepted = rows;
    result.through = through;
    result.sequence = sequence;
    return result;
}

/// Waits until `holds()`; false after ten seconds.
template <class Condition>
bool within_ten_seconds(Condition holds) {
    for (int i = 0; i < 10'000; ++i) {
        if (holds()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

}  // namespace tickstock::testing
