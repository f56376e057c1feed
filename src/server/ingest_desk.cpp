#include "server/ingest_desk.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tickstock {
namespace {

/// Clients of different users never meet, whatever they call themselves: a user's name has no
/// slash.
std::string full_name(std::string_view user, std::string_view client) {
    std::string name;
    if (!client.empty()) {
        name.reserve(user.size() + 1 + client.size());
        name.append(user).append(1, '/').append(client);
    }
    return name;
}

}  // namespace

std::string_view to_string(IngestResult result) {
    static constexpr std::array<std::string_view, 4> words{"done", "invalid", "full", "stopped"};
    static_assert(words.size() == static_cast<std::size_t>(IngestResult::Count_));
    return words[static_cast<std::size_t>(result)];
}

void IngestCounts::add(const PushResult& result) {
    rows += result.rows;
    accepted += result.accepted;
    duplicates += result.duplicates;
    rejected += result.rejected;
    refused += result.refused;
}

PushQueue::Taken IngestDesk::submit(const IngestRows& rows, Done done) {
    if (queue_ == nullptr) {
        return PushQueue::Taken::Stopped;
    }
    const std::size_t bytes = rows.rows.size();
    PushQueue::Batch batch;
    batch.client = full_name(rows.user, rows.client);
    batch.first = rows.first;
    batch.rows = rows.rows;
    // The queue calls this on the engine's thread; the connection, even the server, may be gone.
    batch.reply = [this, post = post_, bytes, is_question = rows.is_question,
                   done = std::move(done)](PushResult result) {
        post([this, bytes, is_question, done, result = std::move(result)] {
            counts_.in_flight_bytes -= bytes;
            if (is_question) {
                done(result);
                return;
            }
            if (result.code == PushResult::Code::Done) {
                counts_.count(IngestResult::Done);
                counts_.add(result);
            } else {
                counts_.count(IngestResult::Stopped);
            }
            done(result);
        });
    };
    const auto taken = queue_->submit(std::move(batch));
    if (taken == PushQueue::Taken::Yes) {
        counts_.in_flight_bytes += bytes;  // the answer is posted, so it comes behind this
    }
    return taken;
}

bool is_ingest_client(std::string_view text) {
    return !text.empty() && text.size() <= limits::ingest_client_bytes &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == ':' || c == '-';
           });
}

bool is_ingest_number(std::uint64_t number) {
    return number >= 1 && number <= limits::ingest_last_number;
}

std::string_view no_push_source() {
    return "no push source runs here: put \"push\" into source.names";
}

std::string_view push_stops() {
    return "no rows are taken now: the engine stops, or \"push\" is not in source.names";
}

void write_push_result(JsonWriter& json, const PushResult& result) {
    json.key("rows").number(result.rows).key("accepted").number(result.accepted);
    json.key("duplicates").number(result.duplicates).key("rejected").number(result.rejected);
    json.key("refused").number(result.refused).key("through").number(result.through);
    json.key("sequence");
    result.sequence == 0 ? json.null() : json.number(result.sequence);
    json.key("first_rejected").begin_array();
    for (const PushResult::Rejected& one : result.first_rejected) {
        json.begin_object().key("line").number(one.line);
        json.key("reason").string(to_string(one.reason)).key("excerpt").string(one.excerpt);
        json.end_object();
    }
    json.end_array();
}

}  // namespace tickstock
