#include "server/ingest_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "server/ingest_desk.hpp"
#include "server/json_value.hpp"
#include "server/position.hpp"

namespace tickstock {
namespace {

using Kind = JsonValue::Kind;
using Message = Result<IngestMessage, ProtocolError>;

ProtocolError bad(std::string message) {
    return {ErrorCode::BadRequest, std::move(message), {}};
}

std::optional<ProtocolError> only(const JsonValue& object,
                                  std::initializer_list<std::string_view> names) {
    for (const std::string_view name : object.names) {
        if (std::ranges::find(names, name) == names.end()) {
            return bad(fmt::format("\"{}\" has no member \"{}\"; accepted: {}",
                                   object.find("op")->text, name.substr(0, 64),
                                   fmt::join(names, ", ")));
        }
    }
    return std::nullopt;
}

Message read_open(const JsonValue& object) {
    if (auto error = only(object, {"op", "client"})) {
        return *error;
    }
    OpenIngest open;
    if (const JsonValue* client = object.find("client")) {
        if (client->kind != Kind::String || !is_ingest_client(client->text)) {
            return bad(fmt::format("\"client\" accepts a string of {}", accepted_ingest_client));
        }
        open.client = client->text;
    }
    return IngestMessage{std::move(open)};
}

Message read_rows(const JsonValue& object, std::string_view rows) {
    if (auto error = only(object, {"op", "sequence"})) {
        return *error;
    }
    IngestMessageRows message{0, rows};
    if (const JsonValue* sequence = object.find("sequence")) {
        const auto number =
            sequence->kind == Kind::Number ? parse_unsigned(sequence->text) : std::nullopt;
        if (!number || !is_ingest_number(*number)) {
            return bad(fmt::format("\"sequence\", the number of the first row, accepts {}",
                                   accepted_ingest_number));
        }
        message.sequence = *number;
    }
    return IngestMessage{message};
}

Message read_auth(const JsonValue& object) {
    if (auto error = only(object, {"op", "token", "ticket"})) {
        return *error;
    }
    const JsonValue* token = object.find("token");
    const JsonValue* ticket = object.find("ticket");
    const JsonValue* credential = token != nullptr ? token : ticket;
    if ((token != nullptr) == (ticket != nullptr) || credential->kind != Kind::String ||
        credential->text.empty()) {
        return bad("\"auth\" needs either \"token\" or \"ticket\", a string");
    }
    return IngestMessage{AuthRequest{{}, credential->text}};
}

}  // namespace

Message parse_ingest_message(std::string_view text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view rest = text.substr(std::min(end + 1, text.size()));
    const auto object = parse_json(text.substr(0, end));
    if (!object || object->kind != Kind::Object) {
        return ProtocolError{ErrorCode::BadJson,
                             "expected one JSON object in the first line, nested at most 8 deep, "
                             "without repeated keys",
                             {}};
    }
    const JsonValue* op = object->find("op");
    const std::string_view word =
        op != nullptr && op->kind == Kind::String ? std::string_view(op->text) : "";
    if (word == "rows") {
        return read_rows(*object, rest);
    }
    if (word != "open" && word != "ping" && word != "auth") {
        return ProtocolError{ErrorCode::UnknownOp, "\"op\" must be open, rows, ping or auth", {}};
    }
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        return bad(fmt::format("only \"rows\" has lines behind the first, \"{}\" has none", word));
    }
    if (word == "open") {
        return read_open(*object);
    }
    if (word == "auth") {
        return read_auth(*object);
    }
    if (auto error = only(*object, {"op"})) {
        return *error;
    }
    return IngestMessage{PingRequest{}};
}

}  // namespace tickstock
