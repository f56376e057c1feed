#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/time.hpp"
#include "model/record_reader.hpp"

namespace tickstock {

struct PacedSourceOptions {
    double speed = 1;   ///< market seconds a second; 0 = flat out. REQUIRES: 0, or 1e-6 … 1e9
    bool loop = false;  ///< begin again at the end, with empty state
    /// Records before this time come at full speed (warm-up); pacing begins at it. Absent: it
    /// begins at the first record's time.
    std::optional<UnixNanos> pace_from;
};

/// Lets the records of any reader come when they are due, for the live use of recorded or made-up
/// data. Pure: the caller passes the monotonic time in and waits itself. One thread.
class PacedSource {
public:
    /// Opens the reader, again at each loop; null = it cannot be opened, the source ends.
    using Open = std::function<std::unique_ptr<RecordReader>()>;

    enum class Status : std::uint8_t {
        Records,    ///< `batch` holds records that are due; poll again at once
        Wait,       ///< nothing is due before `wait_until`
        Restarted,  ///< the input begins again: empty all state; the next poll gives records
        End,        ///< nothing comes any more
    };

    struct Poll {
        Status status = Status::End;
        Nanos wait_until{0};  ///< monotonic time of the next due record, with Wait
        /// The paced market time: how far the market's clock may be moved although no record says
        /// so. Never back within one pass, and never past a record that is still to come in order.
        /// time_unknown before the first record of a pass.
        UnixNanos market_clock = time_unknown;
        bool warming_up = false;  ///< the records handed over lie before the time of pacing
    };

    PacedSource(Open open, PacedSourceOptions options);

    /// Replaces the content of `batch` by what is due at `monotonic_now`. Reads at most one batch
    /// of the reader, so that a call is short also at full speed.
    Poll poll(Nanos monotonic_now, RecordBatch& batch);

    /// Before the first poll: goes on in pass `pass` behind `position` records, which are read and
    /// left out of counts(). Pacing begins at the next record.
    void resume(std::uint64_t pass, std::uint64_t position);

    /// Rows of all passes; read but not yet due records are held.
    StageCounts counts() const;
    /// Of the pass that is running.
    ReadProgress progress() const;
    /// Of the last pass that ended (RecordReader::failure).
    const std::optional<Error>& failure() const { return failure_; }
    std::uint64_t passes() const { return passes_; }

private:
    bool load();
    StageCounts counts_of_pass() const;
    Poll end_of_pass();
    void hand_over(std::size_t count, RecordBatch& batch);
    std::size_t count_until(UnixNanos limit) const;
    UnixNanos next_time() const { return pending_.records[at_].header().ts_event; }
    UnixNanos market_time(Nanos monotonic_now) const;
    Nanos due_at(UnixNanos time) const;
    void advance_clock(UnixNanos to);

    Open open_;
    PacedSourceOptions options_;
    std::unique_ptr<RecordReader> reader_;
    RecordBatch pending_;  // the reader's last batch, handed over up to at_
    std::size_t at_ = 0;
    StageCounts finished_;  // of earlier passes
    StageCounts left_out_;  // by resume(), of the pass that is running
    bool resumed_ = false;
    std::uint64_t passes_ = 0;
    bool pass_had_records_ = false;
    bool ended_ = false;
    bool pacing_ = false;
    UnixNanos anchor_market_{};  // pacing began at this market time …
    Nanos anchor_monotonic_{0};  // … and this monotonic time
    UnixNanos market_clock_ = time_unknown;
    std::optional<Error> failure_;
};

}  // namespace tickstock
