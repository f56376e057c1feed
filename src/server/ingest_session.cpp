#include "server/ingest_session.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "base/json_writer.hpp"
#include "server/account_api.hpp"

namespace tickstock {
namespace {

constexpr std::size_t before_admission_bytes = 8 * 1024;

std::string error_text(const ProtocolError& error) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("type").string("error").key("code").string(info(error.code).word);
    json.key("message").string(error.message).end_object();
    return text;
}

std::string ack_text(const PushResult& result) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("type").string("ack");
    write_push_result(json, result);
    json.end_object();
    return text;
}

std::string open_text(const std::string& client, std::uint64_t through) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("type").string("open").key("client");
    client.empty() ? json.null() : json.string(client);
    json.key("through").number(through);
    json.key("max_in_flight_bytes").number(std::uint64_t{limits::ingest_in_flight_bytes});
    json.key("max_message_bytes").number(std::uint64_t{limits::ingest_message_bytes}).end_object();
    return text;
}

ProtocolError stopped_error() {
    return {ErrorCode::NotReady, std::string(push_stops()), {}};
}

}  // namespace

IngestSession::IngestSession(Parts parts, std::optional<Identity> identity)
    : desk_(parts.desk),
      counts_(parts.counts),
      access_(parts.gate, std::move(parts.address), std::move(identity)),
      needed_(parts.needed),
      message_rate_(parts.settings.messages_per_second, parts.settings.messages_burst) {
    ++counts_.ingest.open;
}

IngestSession::~IngestSession() {
    under_way_->wake = nullptr;
    --counts_.ingest.open;
}

/// A stranger is read no more than a token's length, as long as he is one.
std::size_t IngestSession::max_message_bytes() const {
    return access_.is_admitted() ? limits::ingest_message_bytes : before_admission_bytes;
}

bool IngestSession::wants_input() const {
    return !held_ && !under_way_->end && answers_.size() < limits::ingest_in_flight_messages &&
           under_way_->bytes < limits::ingest_in_flight_bytes;
}

std::optional<CloseCode> IngestSession::on_text(std::string_view text, Nanos now) {
    ++counts_.messages_in;
    if (under_way_->end) {
        return std::nullopt;  // came while the end was decided: unanswered, so not taken
    }
    const auto message = parse_ingest_message(text);
    const bool has_rows = message.ok() && std::holds_alternative<IngestMessageRows>(*message);
    if (!(has_rows && access_.is_admitted()) && !message_rate_.take(now)) {
        return CloseCode::PolicyViolation;
    }
    if (!message.ok()) {
        reply_error(message.error());
        return std::nullopt;
    }
    if (!access_.is_admitted() && !std::holds_alternative<AuthRequest>(*message)) {
        reply_error({ErrorCode::Unauthorized, "the first message must be \"auth\"", {}});
        return std::nullopt;
    }
    return std::visit([&](const auto& request) { return handle(request); }, *message);
}

std::optional<CloseCode> IngestSession::handle(const OpenIngest& request) {
    if (std::exchange(is_open_, true)) {
        reply_error({ErrorCode::BadRequest,
                     "\"open\" stands once, before all rows; open another connection",
                     {}});
        return std::nullopt;
    }
    client_ = request.client;
    if (client_.empty()) {
        reply(open_text(client_, 0));
        return std::nullopt;
    }
    // Through the queue, so that it counts what an earlier connection has under way; and an engine
    // that is still recovering says so instead of 0.
    submit({user(), client_, 1, "", true}, new_answer());
    return std::nullopt;
}

std::optional<CloseCode> IngestSession::handle(const IngestMessageRows& request) {
    if (client_.empty() != (request.sequence == 0)) {
        reply_error({ErrorCode::BadRequest,
                     client_.empty()
                         ? "\"sequence\" needs a client: send \"open\" with \"client\" first"
                         : fmt::format("\"sequence\", the number of the first row, is missing: {}",
                                       accepted_ingest_number),
                     {}});
        return std::nullopt;
    }
    is_open_ = true;  // as nobody, if it did not say
    submit({user(), client_, request.sequence, request.rows}, new_answer());
    if (held_) {
        counts_.ingest.count(IngestResult::Full);
    }
    return std::nullopt;
}

const IngestSession::Answer& IngestSession::new_answer() {
    return answers_.emplace_back(std::make_shared<std::optional<std::string>>());
}

void IngestSession::submit(const IngestRows& rows, const Answer& answer) {
    const auto done = [answer, under_way = under_way_, bytes = rows.rows.size(),
                       asked = rows.is_question ? std::optional(client_)
                                                : std::nullopt](const PushResult& result) {
        under_way->bytes -= bytes;
        under_way->has_left = true;
        if (result.code == PushResult::Code::Done) {
            *answer = asked ? open_text(*asked, result.through) : ack_text(result);
        } else {
            *answer = error_text(stopped_error());
            under_way->end = CloseCode::ShuttingDown;
        }
        if (under_way->wake) {
            under_way->wake();
        }
    };
    switch (desk_.submit(rows, done)) {
        case PushQueue::Taken::Yes: under_way_->bytes += rows.rows.size(); break;
        case PushQueue::Taken::Full:
            held_ = Held{std::string(rows.rows), rows.first, rows.is_question, answer};
            break;
        case PushQueue::Taken::Stopped:
            counts_.ingest.count(IngestResult::Stopped);
            *answer = error_text(stopped_error());
            under_way_->end = CloseCode::ShuttingDown;
            break;
    }
}

/// With every tick of the server, for room that others made, and whenever rows of this client have
/// left the queue.
void IngestSession::retry_held() {
    if (auto held = std::exchange(held_, std::nullopt)) {
        submit({user(), client_, held->first, held->rows, held->is_question}, held->answer);
    }
}

std::optional<CloseCode> IngestSession::handle(const PingRequest&) {
    reply(R"({"type":"pong"})");
    return std::nullopt;
}

/// As on /ws: who guesses has to knock again. Who is known and may not push is told so first.
std::optional<CloseCode> IngestSession::handle(const AuthRequest& request) {
    if (const auto refusal = access_.admit(request.credential)) {
        return CloseCode::Unauthorized;
    }
    const Identity& identity = access_.identity();
    if (!identity.may(needed_)) {
        reply_error({ErrorCode::Forbidden, missing_role(identity, needed_), {}});
        under_way_->end = CloseCode::Unauthorized;
        return std::nullopt;
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("type").string("authenticated").key("user").string(identity.user);
    json.key("role").string(to_string(identity.role)).key("expires");
    identity.expires_at == time_never ? json.null() : json.number(to_ns(identity.expires_at));
    json.end_object();
    reply(std::move(text));
    return std::nullopt;
}

void IngestSession::reply(std::string text) {
    answers_.push_back(std::make_shared<std::optional<std::string>>(std::move(text)));
}

void IngestSession::reply_error(const ProtocolError& error) {
    ++counts_.protocol_errors;
    counts_.ingest.count(IngestResult::Invalid);
    reply(error_text(error));
}

std::optional<OutFrame> IngestSession::next(Nanos) {
    if (std::exchange(under_way_->has_left, false)) {
        retry_held();
    }
    if (answers_.empty() || !*answers_.front()) {
        return std::nullopt;
    }
    OutFrame frame = own_frame(std::move(**answers_.front()));
    answers_.pop_front();
    return frame;
}

std::optional<CloseCode> IngestSession::check(Nanos now) {
    retry_held();
    if (under_way_->end && answers_.empty()) {
        return under_way_->end;
    }
    return access_.check(now);
}

}  // namespace tickstock
