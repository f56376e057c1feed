#include "server/rollout_api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "rollout/feature_flags.hpp"
#include "server/json_value.hpp"
#include "server/position.hpp"

namespace tickstock {
namespace {

using Kind = JsonValue::Kind;
/// Empty = read.
using Problem = std::string;

constexpr std::size_t reason_bytes = 200;
constexpr std::size_t symbols_at_most = 10'000;

struct Flag {
    std::string_view name;
    std::optional<bool> SetRolloutFlags::*member;
};
constexpr std::array switches{
    Flag{"multichannel_system_enabled", &SetRolloutFlags::multichannel_system_enabled},
    Flag{"tick_channel_enabled", &SetRolloutFlags::tick_channel_enabled},
    Flag{"router_enabled", &SetRolloutFlags::router_enabled},
    Flag{"integration_layer_enabled", &SetRolloutFlags::integration_layer_enabled},
    Flag{"parallel_processing_enabled", &SetRolloutFlags::parallel_processing_enabled},
    Flag{"performance_comparison_enabled", &SetRolloutFlags::performance_comparison_enabled}};

struct List {
    std::string_view name;
    std::optional<std::vector<SymbolText>> SetRolloutFlags::*member;
};
constexpr std::array lists{
    List{"rollout_tickers", &SetRolloutFlags::rollout_tickers},
    List{"excluded_tickers", &SetRolloutFlags::excluded_tickers},
    List{"add_rollout_tickers", &SetRolloutFlags::add_rollout_tickers},
    List{"remove_rollout_tickers", &SetRolloutFlags::remove_rollout_tickers},
    List{"add_excluded_tickers", &SetRolloutFlags::add_excluded_tickers},
    List{"remove_excluded_tickers", &SetRolloutFlags::remove_excluded_tickers}};

Problem only(const JsonValue& object, std::string_view what,
             std::initializer_list<std::string_view> names) {
    for (const std::string_view name : object.names) {
        if (std::ranges::find(names, name) == names.end()) {
            return fmt::format("{} has no member \"{}\"; accepted: {}", what, name.substr(0, 64),
                               fmt::join(names, ", "));
        }
    }
    return {};
}

Problem read_reason(const JsonValue& body, std::string& into) {
    const JsonValue* const reason = body.find("reason");
    const bool is_plain =
        reason != nullptr && reason->kind == Kind::String &&
        std::ranges::none_of(reason->text, [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
        });
    if (!is_plain || reason->text.empty() || reason->text.size() > reason_bytes) {
        return fmt::format(
            "\"reason\" must be a text of 1 to {} bytes without control characters: it stands in "
            "the audit",
            reason_bytes);
    }
    into = reason->text;
    return {};
}

Problem read_bool(const JsonValue& value, std::string_view name, std::optional<bool>& into) {
    if (value.kind != Kind::Boolean) {
        return fmt::format("\"{}\" must be true or false", name);
    }
    into = value.boolean;
    return {};
}

/// A percentage has two decimals: the share of 10,000 buckets.
Problem read_percentage(const JsonValue& value, std::string_view name,
                        std::optional<double>& into) {
    constexpr int decimals = 12;
    constexpr std::int64_t one = 1'000'000'000'000;
    constexpr std::int64_t step = one / 100;
    std::int64_t parsed = 0;
    const bool is_number = value.kind == Kind::Number &&
                           parse_decimal(value.text, decimals, parsed) == DecimalStatus::Ok;
    if (!is_number || parsed < 0 || parsed > 100 * one || parsed % step != 0) {
        return fmt::format("\"{}\" must be a number from 0 to 100 with at most two decimals", name);
    }
    into = static_cast<double>(parsed / step) / 100.0;
    return {};
}

Problem read_symbols(const JsonValue& value, std::string_view name,
                     std::optional<std::vector<SymbolText>>& into) {
    if (value.kind != Kind::Array || value.items.size() > symbols_at_most) {
        return fmt::format("\"{}\" must be an array of at most {} symbols", name, symbols_at_most);
    }
    std::vector<SymbolText> symbols;
    for (const JsonValue& item : value.items) {
        if (item.kind != Kind::String || !SymbolText::is_valid(item.text)) {
            return fmt::format("\"{}\" accepts symbols of 1 to 16 printable ASCII characters",
                               name);
        }
        symbols.emplace_back(item.text);
    }
    std::ranges::sort(symbols);
    symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
    into = std::move(symbols);
    return {};
}

Problem read_flag(std::string_view name, const JsonValue& value, SetRolloutFlags& into) {
    for (const Flag& flag : switches) {
        if (flag.name == name) {
            return read_bool(value, name, into.*flag.member);
        }
    }
    if (name == "rollout_percentage") {
        return read_percentage(value, name, into.rollout_percentage);
    }
    const auto* const list = std::ranges::find(lists, name, &List::name);
    return read_symbols(value, name, into.*list->member);
}

Problem read_flags(const JsonValue& body, SetRolloutFlags& into) {
    const JsonValue* const flags = body.find("flags");
    if (flags == nullptr || flags->kind != Kind::Object || flags->names.empty()) {
        return "\"flags\" must be an object with at least one flag";
    }
    if (Problem problem =
            only(*flags, "\"flags\"",
                 {"multichannel_system_enabled", "tick_channel_enabled", "router_enabled",
                  "integration_layer_enabled", "parallel_processing_enabled",
                  "performance_comparison_enabled", "rollout_percentage", "rollout_tickers",
                  "excluded_tickers", "add_rollout_tickers", "remove_rollout_tickers",
                  "add_excluded_tickers", "remove_excluded_tickers"});
        !problem.empty()) {
        return problem;
    }
    for (std::size_t i = 0; i < flags->names.size(); ++i) {
        if (Problem problem = read_flag(flags->names[i], flags->items[i], into); !problem.empty()) {
            return problem;
        }
    }
    if (into.rollout_tickers && into.excluded_tickers) {
        for (const SymbolText& symbol : *into.rollout_tickers) {
            if (std::ranges::binary_search(*into.excluded_tickers, symbol)) {
                return fmt::format("{} stands in both \"rollout_tickers\" and \"excluded_tickers\"",
                                   symbol.view());
            }
        }
    }
    return list_contradiction(into);
}

Problem read_phase(const JsonValue& body, SetRolloutPhase& into) {
    const JsonValue* const phase = body.find("phase");
    const auto number = phase != nullptr && phase->kind == Kind::Number
                            ? parse_unsigned(phase->text)
                            : std::nullopt;
    if (!number || *number >= rollout_phase_count) {
        return fmt::format("\"phase\" must be an integer from 0 to {}", rollout_phase_count - 1);
    }
    into.phase = static_cast<std::uint8_t>(*number);
    return {};
}

Problem read_advance(const JsonValue& body, RolloutCommand& command) {
    command.action = AdvanceRollout{};
    return only(body, "the body", {"reason"});
}

Problem read_set_flags(const JsonValue& body, RolloutCommand& command) {
    SetRolloutFlags flags;
    Problem problem = only(body, "the body", {"flags", "reason"});
    if (problem.empty()) {
        problem = read_flags(body, flags);
    }
    command.action = std::move(flags);
    return problem;
}

Problem read_disable(const JsonValue& body, RolloutCommand& command) {
    std::optional<bool> uninstall;
    Problem problem = only(body, "the body", {"uninstall", "reason"});
    if (const JsonValue* value = body.find("uninstall"); problem.empty() && value != nullptr) {
        problem = read_bool(*value, "uninstall", uninstall);
    }
    command.action = DisableMultiChannel{uninstall.value_or(false)};
    return problem;
}

Problem read_enable(const JsonValue& body, RolloutCommand& command) {
    ReEnableMultiChannel enable;
    Problem problem = only(body, "the body", {"percentage", "reason"});
    if (const JsonValue* value = body.find("percentage"); problem.empty() && value != nullptr) {
        problem = read_percentage(*value, "percentage", enable.percentage);
    }
    command.action = enable;
    return problem;
}

Problem read_set_phase(const JsonValue& body, RolloutCommand& command) {
    SetRolloutPhase phase;
    Problem problem = only(body, "the body", {"phase", "reason"});
    if (problem.empty()) {
        problem = read_phase(body, phase);
    }
    command.action = phase;
    return problem;
}

struct Reader {
    std::string_view what;
    Problem (*read)(const JsonValue& body, RolloutCommand& command);
};
constexpr std::array readers{Reader{"advance", &read_advance}, Reader{"flags", &read_set_flags},
                             Reader{"disable", &read_disable}, Reader{"enable", &read_enable},
                             Reader{"phase", &read_set_phase}};

}  // namespace

std::optional<CommandError> rollout_refusal(const HttpRequest& request) {
    if (!is_json_type(request.content_type)) {
        return CommandError{ErrorCode::UnsupportedMediaType,
                            "the body must have Content-Type: application/json"};
    }
    if (!request.has_length) {
        return CommandError{ErrorCode::LengthRequired, "a body with a Content-Length is needed"};
    }
    return std::nullopt;
}

Result<CommandAction, CommandError> parse_rollout_command(std::string_view what,
                                                          std::string_view body,
                                                          const EngineStatus* status) {
    const auto* const reader = std::ranges::find(readers, what, &Reader::what);
    if (reader == readers.end()) {
        return CommandError{ErrorCode::NotFound, "no such path"};
    }
    const auto value = parse_json(body);
    if (!value || value->kind != Kind::Object) {
        return CommandError{ErrorCode::BadJson,
                            "the body must be one JSON object, nested at most 8 deep, without "
                            "repeated keys"};
    }
    RolloutCommand command;
    Problem problem = reader->read(*value, command);
    if (problem.empty()) {
        problem = read_reason(*value, command.reason);
    }
    if (!problem.empty()) {
        return CommandError{ErrorCode::BadRequest, std::move(problem)};
    }
    if (status != nullptr && (status->rollout == nullptr || !status->rollout->installed)) {
        return CommandError{ErrorCode::Refused,
                            "the integrator is not installed: set integration.installed = true "
                            "and start the server again"};
    }
    return CommandAction{std::move(command)};
}

}  // namespace tickstock
