#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/accounting.hpp"

namespace tickstock {

/// What became of rows that a client pushed.
struct PushResult {
    enum class Code : std::uint8_t {
        Done,      ///< what was good and new is in the journal
        Stopping,  ///< the engine ends; nothing of it may be taken as kept
    };
    struct Rejected {
        std::uint64_t line = 0;  ///< from 1, of this submission
        Reason reason = Reason::Malformed;
        std::string excerpt;  ///< at most 100 bytes of the row
    };
    Code code = Code::Done;
    std::uint64_t rows = 0;        ///< = accepted + duplicates + rejected + refused
    std::uint64_t accepted = 0;    ///< in the journal
    std::uint64_t duplicates = 0;  ///< numbers at or below the client's last
    std::uint64_t rejected = 0;    ///< bad rows
    std::uint64_t refused = 0;  ///< good rows that admission did not take (stale, queue full, …)
    std::vector<Rejected> first_rejected;  ///< at most 20
    std::uint64_t through = 0;             ///< the client's last number; 0 = it has none
    std::uint64_t sequence = 0;  ///< of the last record in the journal; 0 = none was accepted
};

/// Rows of clients on their way to the engine (SPEC 2, `push`). Any thread; bounded in bytes.
///
/// A client that gives itself an id numbers its rows 1, 2, 3, … ; the row numbered N or below that
/// the journal has already counts as a duplicate and changes nothing, also after a restart of
/// either side. Gaps in the numbers are the client's own affair.
class PushQueue {
public:
    using Reply = std::function<void(PushResult)>;

    struct Batch {
        std::string client;       ///< "USER/ID", at most 130 bytes; empty = nothing is remembered
        std::uint64_t first = 0;  ///< number of the first row; with `client`, at least 1
        std::string rows;         ///< NDJSON (SPEC 2), a row a line; empty lines are no rows
        /// Called once, on the engine's thread, when the journal has the last row (by the policy
        /// of journal.durability); must not block.
        Reply reply;
    };

    enum class Taken : std::uint8_t {
        Yes,
        Full,     ///< back-pressure: nothing happened, try again later
        Stopped,  ///< no push source is configured, or the engine ends; nothing happened
    };

    virtual ~PushQueue() = default;
    virtual Taken submit(Batch batch) = 0;
    /// The last number that the journal has of a client; 0 = none. As of the last reply.
    virtual std::uint64_t through(const std::string& client) const = 0;
    virtual std::size_t queued_bytes() const = 0;
};

}  // namespace tickstock
