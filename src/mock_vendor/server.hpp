#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mock_vendor/player.hpp"
#include "mock_vendor/server_options.hpp"
#include "mock_vendor/tape.hpp"

namespace tickstock {

/// The vendor's double: one port for WebSockets and REST, in front of a tape. Everything runs on
/// the thread that calls run().
class MockServer {
public:
    /// Listens. Errors: the address, the port, the certificate.
    static Result<std::unique_ptr<MockServer>> open(const MockServerOptions& options,
                                                    const Tape& tape, PlayerOptions player,
                                                    std::vector<Fault> faults, const Clock& clock);
    ~MockServer();

    std::uint16_t port() const;
    /// Until SIGINT or SIGTERM, or the end that the options name.
    void run();
    /// What was served, as one JSON object.
    std::string report() const;

private:
    struct Impl;
    explicit MockServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock
