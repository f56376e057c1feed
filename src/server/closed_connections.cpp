#include "server/closed_connections.hpp"

#include <utility>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(ClosedConnection::By by) {
    switch (by) {
        case ClosedConnection::By::Server: return "server";
        case ClosedConnection::By::Client: return "client";
        case ClosedConnection::By::Network: return "network";
    }
    TS_ASSERT(false);
}

void ClosedConnections::add(ClosedConnection closed) {
    if (newest_.size() == kept) {
        newest_.pop_front();
    }
    newest_.push_back(std::move(closed));
    ++total_;
}

}  // namespace tickstock
