#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.hpp"
#include "server/ingest_counts.hpp"
#include "sources/push/push_queue.hpp"

namespace tickstock {

namespace limits {

// Push ingest (docs/ingest.md).
inline constexpr std::size_t ingest_body_bytes = std::size_t{4} << 20;     ///< POST, all rows
inline constexpr std::size_t ingest_message_bytes = std::size_t{1} << 20;  ///< WebSocket
/// Unanswered bytes and messages of a connection, past which it is read no further.
inline constexpr std::size_t ingest_in_flight_bytes = std::size_t{1} << 20;
inline constexpr std::size_t ingest_in_flight_messages = 1024;
inline constexpr std::size_t ingest_client_bytes = 64;
/// Of a row's number: what every JSON library keeps exactly.
inline constexpr std::uint64_t ingest_last_number = (std::uint64_t{1} << 53) - 1;

}  // namespace limits

/// Rows of one request on their way in.
struct IngestRows {
    std::string_view user;     ///< who sends them
    std::string_view client;   ///< is_ingest_client(); empty = nothing is remembered
    std::uint64_t first = 0;   ///< number of the first row; 0 without client
    std::string_view rows;     ///< NDJSON
    bool is_question = false;  ///< without rows: asks for `through`; counts as no request
};

/// Where POST /api/v1/ingest and the WebSocket /ingest meet the engine: hands rows to the queue,
/// brings its answer back to the I/O thread and counts. I/O thread only.
class IngestDesk {
public:
    using Done = std::function<void(const PushResult&)>;
    /// `queue`: outlives the desk, null = no push source runs here. `post`: any thread, runs a task
    /// on the I/O thread, which the desk and `counts` outlive.
    IngestDesk(PushQueue* queue, std::function<void(std::function<void()>)> post,
               IngestCounts& counts)
        : queue_(queue), post_(std::move(post)), counts_(counts) {}

    /// `done` is called once if the answer is Yes, else never. The caller counts what is not Yes.
    PushQueue::Taken submit(const IngestRows& rows, Done done);
    bool has_queue() const { return queue_ != nullptr; }
    std::size_t queued_bytes() const { return queue_ == nullptr ? 0 : queue_->queued_bytes(); }
    IngestCounts& counts() { return counts_; }

private:
    PushQueue* const queue_;
    const std::function<void(std::function<void()>)> post_;
    IngestCounts& counts_;
};

/// 1 to 64 of A–Z, a–z, 0–9 and . _ : -
bool is_ingest_client(std::string_view text);
inline constexpr std::string_view accepted_ingest_client =
    "1 to 64 of A-Z, a-z, 0-9, \".\", \"_\", \":\" and \"-\"";
/// A row's number: 1 to 2^53 - 1.
bool is_ingest_number(std::uint64_t number);
inline constexpr std::string_view accepted_ingest_number = "a whole number from 1 to 2^53 - 1";

/// What a request is told where no queue takes rows.
std::string_view no_push_source();
std::string_view push_stops();

/// The members of an answer, from "rows" to "first_rejected", into an object that is open.
void write_push_result(JsonWriter& json, const PushResult& result);

}  // namespace tickstock
