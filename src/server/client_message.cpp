#include "server/client_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "server/json_value.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

using Kind = JsonValue::Kind;

/// Collects the first error while members are read one after the other.
class Reader {
public:
    explicit Reader(const JsonValue& message) : message_(message) {}

    /// The string member `name`; empty when absent. Identifiers: 1–64 bytes without controls.
    std::string identifier(bool required) {
        const JsonValue* value = message_.find("id");
        if (value == nullptr) {
            if (required) {
                fail("\"id\" is missing: a string of 1 to 64 bytes");
            }
            return {};
        }
        const bool printable = std::ranges::none_of(
            value->text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        if (value->kind != Kind::String || value->text.empty() || !printable ||
            value->text.size() > limits::subscription_id_bytes) {
            fail("\"id\" must be a string of 1 to 64 bytes without control characters");
            return {};
        }
        return value->text;
    }

    /// Calls `add` with each string of the array member `name`.
    template <class Add>
    void words(const JsonValue& object, std::string_view name, std::string_view accepted, Add add) {
        const JsonValue* value = object.find(name);
        if (value == nullptr) {
            return;
        }
        if (value->kind != Kind::Array) {
            fail(fmt::format("\"{}\" must be an array of strings", name));
            return;
        }
        for (const JsonValue& item : value->items) {
            if (item.kind != Kind::String || !add(item.text)) {
                fail(fmt::format("\"{}\" accepts {}", name, accepted));
                return;
            }
        }
    }

    void only(const JsonValue& object, std::string_view what,
              const std::vector<std::string_view>& names) {
        for (const std::string_view name : object.names) {
            if (std::ranges::find(names, name) == names.end()) {
                fail(fmt::format("{} has no member \"{}\"; accepted: {}", what, name.substr(0, 64),
                                 fmt::join(names, ", ")));
            }
        }
    }

    void fail(std::string message, ErrorCode code = ErrorCode::BadRequest) {
        if (!error_) {
            error_ = ProtocolError{code, std::move(message), {}};
        }
    }

    template <class Message>
    Result<ClientMessage, ProtocolError> finish(Message message) {
        if (error_) {
            error_->id = message.id;
            return *error_;
        }
        return ClientMessage{std::move(message)};
    }

private:
    const JsonValue& message_;
    std::optional<ProtocolError> error_;
};

void read_filter(Reader& reader, const JsonValue& message, FilterSpec& spec) {
    reader.words(message, "symbols", "symbols of 1 to 16 printable ASCII characters",
                 [&](const std::string& word) { return add_symbol(spec, word); });
    reader.words(message, "universes",
                 fmt::format("up to {} names of 1 to {} bytes", limits::universes_per_filter,
                             limits::universe_name_bytes),
                 [&](const std::string& word) { return add_universe(spec, word); });
    reader.words(message, "types", accepted_types(),
                 [&](const std::string& word) { return add_type(spec, word); });
    const JsonValue* filter = message.find("filter");
    if (filter == nullptr) {
        return;
    }
    if (filter->kind != Kind::Object) {
        reader.fail("\"filter\" must be an object");
        return;
    }
    std::vector<std::string_view> accepted{"directions", "sources", "min_strength",
                                           "vwap_position"};
    accepted.insert(accepted.end(), threshold_names().begin(), threshold_names().end());
    reader.only(*filter, "filter", accepted);
    reader.words(*filter, "directions", "up, down",
                 [&](const std::string& word) { return add_direction(spec, word); });
    reader.words(*filter, "sources", "tick, websocket, ohlcv, fmv, channel",
                 [&](const std::string& word) { return add_source(spec, word); });
    reader.words(*filter, "vwap_position", "above, below, unknown",
                 [&](const std::string& word) { return add_vwap_position(spec, word); });
    if (const JsonValue* value = filter->find("min_strength");
        value != nullptr && (value->kind != Kind::String || !set_min_strength(spec, value->text))) {
        reader.fail("\"filter.min_strength\" accepts weak, moderate, strong");
    }
    for (const std::string_view name : threshold_names()) {
        const JsonValue* value = filter->find(name);
        // A string is taken too: clients whose numbers are doubles keep prices exact that way.
        if (value != nullptr && ((value->kind != Kind::Number && value->kind != Kind::String) ||
                                 !set_threshold(spec, name, value->text))) {
            reader.fail(fmt::format("\"filter.{}\" must be a {} in range", name,
                                    is_whole_threshold(name) ? "whole number" : "decimal number"));
        }
    }
}

void read_since(Reader& reader, const JsonValue& message, Since& since) {
    const JsonValue* value = message.find("since");
    if (value == nullptr) {
        return;
    }
    if (value->kind == Kind::String && value->text == "now") {
        since.kind = Since::Kind::Now;
    } else if (value->kind == Kind::String && value->text == "snapshot") {
        since.kind = Since::Kind::Snapshot;
    } else if (value->kind == Kind::Object) {
        reader.only(*value, "since", {"epoch", "offset"});
        const JsonValue* epoch = value->find("epoch");
        const JsonValue* offset = value->find("offset");
        const auto number = offset != nullptr && offset->kind == Kind::Number
                                ? parse_unsigned(offset->text)
                                : std::nullopt;
        if (epoch == nullptr || epoch->kind != Kind::String || !is_valid_epoch(epoch->text) ||
            !number) {
            reader.fail("\"since\" needs \"epoch\" (string) and \"offset\" (integer ≥ 0)");
            return;
        }
        since = {Since::Kind::From, {epoch->text, Offset{*number}}};
    } else {
        reader.fail("\"since\" must be \"now\", \"snapshot\" or {\"epoch\",\"offset\"}");
    }
}

void read_pace(Reader& reader, const JsonValue& message, SubscribeRequest& request) {
    constexpr auto max_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(limits::max_interval).count();
    if (const JsonValue* value = message.find("interval_ms")) {
        const auto number =
            value->kind == Kind::Number ? parse_unsigned(value->text) : std::nullopt;
        if (!number || *number > static_cast<std::uint64_t>(max_ms)) {
            reader.fail(fmt::format("\"interval_ms\" must be an integer from 0 to {}", max_ms));
        } else {
            request.interval = std::chrono::milliseconds(*number);
        }
    }
    if (const JsonValue* value = message.find("conflate")) {
        if (value->kind != Kind::Boolean) {
            reader.fail("\"conflate\" must be true or false");
        }
        request.conflate = value->boolean;
    }
    if (const JsonValue* value = message.find("user_filters")) {
        if (value->kind != Kind::Boolean) {
            reader.fail("\"user_filters\" must be true or false");
        }
        request.user_filters = value->boolean;
    }
    if (request.conflate && request.interval == Nanos{0}) {
        reader.fail("\"conflate\" needs \"interval_ms\" above 0");
    }
}

Result<ClientMessage, ProtocolError> read_subscribe(const JsonValue& message) {
    Reader reader(message);
    SubscribeRequest request;
    request.id = reader.identifier(true);
    reader.only(message, "subscribe",
                {"op", "id", "symbols", "universes", "types", "filter", "since", "interval_ms",
                 "conflate", "user_filters"});
    read_filter(reader, message, request.filter);
    read_since(reader, message, request.since);
    read_pace(reader, message, request);
    return reader.finish(std::move(request));
}

Result<ClientMessage, ProtocolError> read_auth(const JsonValue& message) {
    Reader reader(message);
    reader.only(message, "auth", {"op", "id", "token", "ticket"});
    AuthRequest request;
    request.id = reader.identifier(false);
    const JsonValue* token = message.find("token");
    const JsonValue* ticket = message.find("ticket");
    const JsonValue* credential = token != nullptr ? token : ticket;
    if ((token != nullptr) == (ticket != nullptr) || credential->kind != Kind::String ||
        credential->text.empty()) {
        reader.fail("\"auth\" needs either \"token\" or \"ticket\", a string");
    } else {
        request.credential = credential->text;
    }
    return reader.finish(std::move(request));
}

}  // namespace

Result<ClientMessage, ProtocolError> parse_client_message(std::string_view text) {
    const auto message = parse_json(text);
    if (!message || message->kind != Kind::Object) {
        return ProtocolError{
            ErrorCode::BadJson,
            "expected one JSON object, nested at most 8 deep, without repeated keys",
            {}};
    }
    const JsonValue* op = message->find("op");
    const std::string_view word =
        op != nullptr && op->kind == Kind::String ? std::string_view(op->text) : "";
    if (word == "subscribe") {
        return read_subscribe(*message);
    }
    Reader reader(*message);
    if (word == "unsubscribe") {
        reader.only(*message, "unsubscribe", {"op", "id"});
        return reader.finish(UnsubscribeRequest{reader.identifier(true)});
    }
    if (word == "ping") {
        reader.only(*message, "ping", {"op", "id"});
        return reader.finish(PingRequest{reader.identifier(false)});
    }
    if (word == "auth") {
        return read_auth(*message);
    }
    return ProtocolError{
        ErrorCode::UnknownOp, "\"op\" must be subscribe, unsubscribe, ping or auth", {}};
}

}  // namespace tickstock
