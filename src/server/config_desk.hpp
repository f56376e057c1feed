#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/time.hpp"

namespace tickstock {

/// Shows and changes the configuration of the running system. What is done takes time (files, the
/// engine's decision), so everything is answered later, on the desk's own thread. Any thread may
/// ask.
class ConfigDesk {
public:
    struct Answer {
        unsigned status = 200;  ///< HTTP's
        std::string body;       ///< JSON
    };
    using Done = std::function<void(Answer)>;

    virtual ~ConfigDesk() = default;

    // False: too many wait, and `done` is not called. `by`: who asks, for the decision.

    /// Every setting with value, default, origin, range, unit, sentence and when a change acts.
    virtual bool show(Done done) = 0;
    /// `body`: {"settings":{"NAME":value,…},"save":true,"dry_run":false}. All or nothing.
    virtual bool change(std::string body, std::string by, Done done) = 0;
    /// Reads files, environment and flags again. All or nothing.
    virtual bool reload(std::string by, Done done) = 0;

    /// How changes and reloads ended, for /metrics.
    struct Counts {
        std::uint64_t applied = 0;    ///< other values act
        std::uint64_t unchanged = 0;  ///< nothing differed
        std::uint64_t invalid = 0;    ///< refused: values, keys, files
        std::uint64_t restart = 0;    ///< refused: needs a restart
        std::uint64_t failed = 0;     ///< the engine did not take it, or a file was not written
        std::uint64_t hash = 0;       ///< config_hash() of what acts
        UnixNanos changed{};          ///< when it came to act
    };
    /// Any thread.
    virtual Counts counts() const = 0;
};

}  // namespace tickstock
