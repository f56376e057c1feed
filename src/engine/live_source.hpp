#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "engine/push_clients.hpp"
#include "engine/sequencer.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"
#include "sources/feed/feed.hpp"

namespace tickstock {

/// An input of the running engine. All calls on the sequencer's thread, but for status().
class LiveSource {
public:
    enum class Status : std::uint8_t {
        Records,    ///< `batch` holds records; poll again at once
        Wait,       ///< nothing is there before `wait_until`
        Restarted,  ///< it begins again: all state is to be emptied; the next poll gives records
        Gap,        ///< `gap` stands behind all records so far; poll again at once
        End,        ///< nothing comes any more
    };
    struct Poll {
        Status status = Status::End;
        Nanos wait_until{0};  ///< monotonic, with Wait
        /// How far the market's clock may be moved although no record says so; time_unknown = not.
        UnixNanos market_clock = time_unknown;
        bool warming_up = false;  ///< the records lie before the time at which pacing begins
        FeedGap gap = {};
    };

    virtual ~LiveSource() = default;

    /// Once, before the first poll, when threads may run: `wake` may be called from any.
    /// `known`: what the journal has of it.
    virtual void start(std::function<void()> /*wake*/, const FeedMemory& /*known*/) {}
    /// Once, when it will be polled no more; journaled() may still come.
    virtual void stop() {}
    /// Once, at the very end: what is not journaled now never will be.
    virtual void finish() {}

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

    /// What the journal knows of clients that push; lives as long as the engine. Before start().
    virtual void set_clients(const PushClients& /*clients*/) {}
    /// Who sent the records of the last poll (PushedBy): their source_sequence counts his rows.
    /// Null: they come from nobody who numbers them.
    virtual const std::string* client() const { return nullptr; }
    /// The records of the last poll are in the one order, up to `last`; `refused` of them are not.
    virtual void admitted(Sequence /*last*/, std::uint64_t /*refused*/) {}
    /// The journal has everything up to `through`, as safe as its policy says.
    virtual void journaled(Sequence /*through*/) {}

    virtual Sequencer::SourceRule rule() const { return {}; }
    /// It carries these, or may at any moment.
    virtual bool covers(std::string_view /*symbol*/, RecordKind /*kind*/) const { return false; }
    virtual StageCounts counts() const = 0;  ///< rows in, records out
    virtual std::uint64_t passes() const { return 1; }
    virtual double speed() const { return 1; }
    /// Why it ended early; empty = it did not.
    virtual std::string failure() const { return ""; }
    /// Of a feed; nothing for other sources.
    virtual std::optional<FeedStatus> feed_status() const { return std::nullopt; }
};

}  // namespace tickstock
