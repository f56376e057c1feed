#include "server/commands_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "base/json_writer.hpp"
#include "server/json_value.hpp"

namespace tickstock {
namespace {

using Kind = JsonValue::Kind;
using Command = Result<CommandAction, CommandError>;

constexpr std::size_t name_bytes = 40;
constexpr std::size_t reason_bytes = 15;
constexpr std::string_view manual_reason = "manual";

CommandError bad(std::string message) {
    return {ErrorCode::BadRequest, std::move(message)};
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= name_bytes && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

CommandError bad_name(std::string_view what) {
    return bad(fmt::format("the {}'s name must be 1 to {} of a–z, 0–9, _ and -", what, name_bytes));
}

/// An error when the object has another member than these.
std::optional<CommandError> only(const JsonValue& object,
                                 std::initializer_list<std::string_view> names) {
    for (const std::string_view name : object.names) {
        if (std::ranges::find(names, name) == names.end()) {
            return bad(fmt::format("the body has no member \"{}\"; accepted: {}",
                                   name.substr(0, 64),
                                   names.size() == 0 ? std::string("none")
                                                     : fmt::format("{}", fmt::join(names, ", "))));
        }
    }
    return std::nullopt;
}

Command set_universe(const std::string& name, const JsonValue& body) {
    if (auto error = only(body, {"symbols", "priority"})) {
        return *error;
    }
    SetUniverse command{name, {}, false};
    const JsonValue* symbols = body.find("symbols");
    if (symbols == nullptr || symbols->kind != Kind::Array || symbols->items.empty()) {
        return bad("\"symbols\" must be an array of at least one symbol");
    }
    for (const JsonValue& item : symbols->items) {
        if (item.kind != Kind::String || !SymbolText::is_valid(item.text)) {
            return bad("\"symbols\" accepts symbols of 1 to 16 printable ASCII characters");
        }
        command.symbols.emplace_back(item.text);
    }
    std::ranges::sort(command.symbols);
    command.symbols.erase(std::unique(command.symbols.begin(), command.symbols.end()),
                          command.symbols.end());
    if (const JsonValue* priority = body.find("priority")) {
        if (priority->kind != Kind::Boolean) {
            return bad("\"priority\" must be true or false");
        }
        command.priority = priority->boolean;
    }
    return CommandAction{std::move(command)};
}

Command halt_symbol(const std::string& symbol, const JsonValue& body) {
    if (auto error = only(body, {"reason"})) {
        return *error;
    }
    HaltSymbol command{SymbolText(symbol), true, std::string(manual_reason)};
    if (const JsonValue* reason = body.find("reason")) {
        const bool is_printable = std::ranges::all_of(
            reason->text, [](char c) { return static_cast<unsigned char>(c) - 0x20U < 0x5FU; });
        if (reason->kind != Kind::String || reason->text.empty() || !is_printable ||
            reason->text.size() > reason_bytes) {
            return bad(
                fmt::format("\"reason\" must be 1 to {} printable ASCII characters", reason_bytes));
        }
        command.reason = reason->text;
    }
    return CommandAction{std::move(command)};
}

/// Commands whose body may be left out, and has no members.
CommandAction plain_command(const ControlRoute& route, const EngineStatus* status) {
    switch (route.kind) {
        case ControlKind::PauseChannel: return PauseChannel{*find_channel(route.name, status)};
        case ControlKind::ResumeChannel: return ResumeChannel{*find_channel(route.name, status)};
        case ControlKind::ResumeSymbol:
            return HaltSymbol{SymbolText(route.name), false, std::string(manual_reason)};
        case ControlKind::RuleOn: return SwitchRule{route.name, true};
        case ControlKind::RuleOff: return SwitchRule{route.name, false};
        default: return RemoveUniverse{route.name};
    }
}

std::optional<CommandError> name_refusal(const ControlRoute& route, const EngineStatus* status) {
    switch (route.kind) {
        case ControlKind::PauseChannel:
        case ControlKind::ResumeChannel:
            if (!find_channel(route.name, status)) {
                return CommandError{ErrorCode::NotFound, unknown_channel(route.name, status)};
            }
            return std::nullopt;
        case ControlKind::HaltSymbol:
        case ControlKind::ResumeSymbol:
            if (!SymbolText::is_valid(route.name)) {
                return bad("the symbol must be 1 to 16 printable ASCII characters");
            }
            return std::nullopt;
        case ControlKind::RuleOn:
        case ControlKind::RuleOff:
            return is_name(route.name) ? std::nullopt : std::optional(bad_name("rule"));
        default: return is_name(route.name) ? std::nullopt : std::optional(bad_name("universe"));
    }
}

}  // namespace

std::optional<CommandError> body_refusal(const ControlRoute& route, const HttpRequest& request) {
    if (request.has_body && !is_json_type(request.content_type)) {
        return CommandError{ErrorCode::UnsupportedMediaType,
                            "a body must have Content-Type: application/json"};
    }
    if (route.kind == ControlKind::Universe && request.method == "PUT" && !request.has_length) {
        return CommandError{ErrorCode::LengthRequired, "a body with a Content-Length is needed"};
    }
    return std::nullopt;
}

Command parse_command(const ControlRoute& route, std::string_view method, std::string_view body,
                      const EngineStatus* status) {
    if (auto error = name_refusal(route, status)) {
        return *error;
    }
    const bool sets_universe = route.kind == ControlKind::Universe && method == "PUT";
    JsonValue value;
    value.kind = Kind::Object;
    if (!body.empty() || sets_universe) {
        auto parsed = parse_json(body);
        if (!parsed || parsed->kind != Kind::Object) {
            return CommandError{ErrorCode::BadJson,
                                "the body must be one JSON object, nested at most 8 deep, without "
                                "repeated keys"};
        }
        value = std::move(*parsed);
    }
    if (sets_universe) {
        return set_universe(route.name, value);
    }
    if (route.kind == ControlKind::HaltSymbol) {
        return halt_symbol(route.name, value);
    }
    if (auto error = only(value, {})) {
        return *error;
    }
    return plain_command(route, status);
}

HttpResponse command_response(const CommandAnswer& answer) {
    switch (answer.code) {
        case CommandAnswer::Code::NotFound: return error_response(ErrorCode::NotFound, answer.text);
        case CommandAnswer::Code::Refused: return error_response(ErrorCode::Refused, answer.text);
        case CommandAnswer::Code::Stopping: return error_response(ErrorCode::NotReady, answer.text);
        case CommandAnswer::Code::Done: break;
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("done").boolean(true).key("text").string(answer.text);
    json.key("sequence");
    answer.sequence == 0 ? json.null() : json.number(answer.sequence);
    json.end_object();
    return json_response(std::move(text));
}

std::optional<ChannelType> find_channel(std::string_view name, const EngineStatus* status) {
    for (std::size_t i = 0; i < channel_type_count; ++i) {
        const auto type = static_cast<ChannelType>(i);
        if (name == to_string(type) || (status != nullptr && name == status->channels[i].name)) {
            return type;
        }
    }
    return std::nullopt;
}

std::string unknown_channel(std::string_view name, const EngineStatus* status) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < channel_type_count; ++i) {
        names.push_back(to_string(static_cast<ChannelType>(i)));
        if (status != nullptr && !status->channels[i].name.empty()) {
            names.push_back(status->channels[i].name);
        }
    }
    return fmt::format("no channel \"{}\"; accepted: {}", name.substr(0, 64),
                       fmt::join(names, ", "));
}

}  // namespace tickstock
