#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "engine/sequencer.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"

namespace tickstock {

/// An input of the running engine. All calls on the sequencer's thread.
class LiveSource {
public:
    enum class Status : std::uint8_t {
        Records,    ///< `batch` holds records; poll again at once
        Wait,       ///< nothing is there before `wait_until`
        Restarted,  ///< it begins again: all state is to be emptied; the next poll gives records
        End,        ///< nothing comes any more
    };
    struct Poll {
        Status status = Status::End;
        Nanos wait_until{0};  ///< monotonic, with Wait
        /// How far the market's clock may be moved although no record says so; time_unknown = not.
        UnixNanos market_clock = time_unknown;
        bool warming_up = false;  ///< the records lie before the time at which pacing begins
    };

    virtual ~LiveSource() = default;

    /// Replaces the content of `batch`. The engine may refuse to poll (back-pressure) for as long
    /// as it likes; the source then holds what it has.
    virtual Poll poll(Nanos monotonic_now, RecordBatch& batch) = 0;

    virtual std::string name() const = 0;    ///< as configured: "synthetic"
    virtual std::string detail() const = 0;  ///< files; symbols, seed and date
    /// Two starts with the same identity give the same records in the same order, so the second may
    /// go on where the first was broken off; empty = never (records pushed by others just go on).
    virtual std::string identity() const = 0;
    /// Before the first poll: the next record is the one after `position` records of this pass
    /// number. REQUIRES: identity() is not empty.
    virtual void resume(std::uint64_t pass, std::uint64_t position) = 0;

    virtual Sequencer::SourceRule rule() const { return {}; }
    virtual StageCounts counts() const = 0;  ///< rows in, records out
    virtual std::uint64_t passes() const = 0;
    virtual double speed() const { return 1; }
    /// Why it ended early; empty = it did not.
    virtual std::string failure() const = 0;
};

}  // namespace tickstock
