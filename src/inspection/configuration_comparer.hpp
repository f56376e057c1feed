#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace tickstock {

/// Holds the events that the running configuration gives against those that another would give.
/// Any thread may ask; nothing waits for the work itself.
class ConfigurationComparer {
public:
    struct Request {
        std::map<std::string, std::string> settings;  ///< of the other: name -> value as text
        std::string by;
        std::string reason;
    };
    /// Nothing = it runs; else a sentence for the client.
    using Done = std::function<void(std::optional<Error>)>;

    virtual ~ConfigurationComparer() = default;

    /// Does not wait. False: one runs already, or begins; `done` is not called then. Else it is
    /// called once, on the comparer's thread.
    virtual bool start(Request request, Done done) = 0;
    /// False: none runs.
    virtual bool stop() = 0;
    /// The body of GET /api/v1/compare. `newest` = the engine's last sequence, for the lag.
    virtual std::string status(std::uint64_t newest) const = 0;
};

}  // namespace tickstock
