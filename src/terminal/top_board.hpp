#pragma once

#include <map>
#include <string>

#include "terminal/top_model.hpp"

namespace tickstock {

/// Makes the model of the rounds' answers: keeps what only several rounds tell (histories, a
/// thread's processor share, the tape, since when a source is silent) and what was known while the
/// server is away. Pure; one thread.
class TopBoard {
public:
    void take(const TopPoll& poll);
    const TopModel& model() const { return model_; }

    /// Path and query to ask of each page. `symbols` as TopFilter::asked().
    std::array<std::string, top_page_count> targets(const std::string& symbols) const;
    /// True when targets() asks for the newest events, and not for those that follow.
    bool asks_newest(const std::string& symbols) const;

    static constexpr std::size_t tape_max = 500;
    static constexpr std::size_t history_max = 300;

private:
    void take_changes(const TopPoll& poll, const TopModel& before);
    void take_events(const TopPoll& poll);

    struct LastRecord {
        Figure records;
        Nanos since{0};  // monotonic: when the count was first seen
    };

    TopModel model_;
    std::map<std::string, LastRecord> last_records_;
    Figure cpu_seconds_;  // of the process
    std::string next_;    // position to go on from; empty = the newest
    std::string epoch_;
    std::string tape_symbols_;  // those that the tape is of
};

}  // namespace tickstock
