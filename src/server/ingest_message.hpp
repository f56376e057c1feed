#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "server/client_message.hpp"

namespace tickstock {

/// `open`: the client says who it is, so that its rows have numbers.
struct OpenIngest {
    std::string client;  ///< is_ingest_client(); empty = nothing is remembered
};

/// `rows`: a first line {"op":"rows","sequence":N}, then NDJSON.
struct IngestMessageRows {
    std::uint64_t sequence = 0;  ///< number of the first row; 0 = the message gives none
    std::string_view rows;       ///< within the message
};

/// Of PingRequest and AuthRequest the id is always empty: answers come in the messages' order.
using IngestMessage = std::variant<OpenIngest, IngestMessageRows, PingRequest, AuthRequest>;

/// Reads one text message of /ingest; the rows themselves are not looked at. Unknown members are
/// errors.
Result<IngestMessage, ProtocolError> parse_ingest_message(std::string_view text);

}  // namespace tickstock
