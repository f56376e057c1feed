// `tickstock rollout advance|flags|percentage|symbols|disable|enable|phase`: commands of an admin.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "cli/commands.hpp"
#include "cli/rollout_actions.hpp"
#include "config/nearest_key.hpp"
#include "terminal/styled_print.hpp"

namespace tickstock {
namespace {

using Json = nlohmann::json;

constexpr std::size_t reason_bytes = 200;

const std::vector<std::string>& flag_names() {
    static const std::vector<std::string> names{"multichannel_system_enabled",
                                                "tick_channel_enabled",
                                                "router_enabled",
                                                "integration_layer_enabled",
                                                "parallel_processing_enabled",
                                                "performance_comparison_enabled",
                                                "rollout_percentage",
                                                "rollout_tickers",
                                                "excluded_tickers"};
    return names;
}

Result<Json> read_percentage(const std::string& text) {
    const Json value = Json::parse(text, nullptr, false);
    const double number = value.is_number() ? value.get<double>() : -1;
    if (number < 0 || number > 100) {
        return Error{text + ": accepted is a percentage from 0 to 100 with at most two decimals"};
    }
    return value;
}

Json symbol_list(const std::string& text) {
    Json list = Json::array();
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        if (comma > at) {
            list.push_back(text.substr(at, comma - at));
        }
        at = comma + 1;
    }
    return list;
}

/// NAME=VALUE into `flags`; what is wrong, else empty.
std::string read_flag(const std::string& text, Json& flags) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (equals == std::string::npos) {
        return text + ": accepted is NAME=VALUE, e.g. router_enabled=on";
    }
    if (std::ranges::find(flag_names(), name) == flag_names().end()) {
        return unknown_key_text(nearest_key(name, flag_names()),
                                fmt::format("{}", fmt::join(flag_names(), ", ")))
            .insert(0, name + ": ");
    }
    if (flags.contains(name)) {
        return name + ": given twice";
    }
    const std::string value = text.substr(equals + 1);
    if (name == "rollout_percentage") {
        const auto percentage = read_percentage(value);
        if (!percentage) {
            return name + " = " + percentage.error().message;
        }
        flags[name] = *percentage;
    } else if (name.ends_with("_tickers")) {
        flags[name] = symbol_list(value);
    } else if (value == "on" || value == "true") {
        flags[name] = true;
    } else if (value == "off" || value == "false") {
        flags[name] = false;
    } else {
        return fmt::format("{} = {}: accepted is on or off", name, value);
    }
    return "";
}

/// The body without its reason; an error is one of usage.
Result<Json> body_of(const RolloutChangeOptions& options) {
    Json body = Json::object();
    if (options.what == "flags") {
        body["flags"] = Json::object();
        for (const std::string& text : options.flags) {
            if (const std::string problem = read_flag(text, body["flags"]); !problem.empty()) {
                return Error{problem};
            }
        }
    } else if (options.what == "disable") {
        body["uninstall"] = options.uninstall;
    } else if (options.what == "phase") {
        body["phase"] = options.phase;
    } else if (options.what == "enable" && options.percentage) {
        const auto percentage = read_percentage(*options.percentage);
        if (!percentage) {
            return Error{"--percentage " + percentage.error().message};
        }
        body["percentage"] = *percentage;
    }
    return body;
}

std::string problem_of_reason(const std::string& what, const std::string& reason) {
    const bool blank = std::ranges::all_of(reason, [](char c) { return c == ' '; });
    if (blank || reason.size() > reason_bytes) {
        return fmt::format(
            "rollout {}: --reason TEXT is needed: why, in 1 to {} bytes; it stands in the audit",
            what, reason_bytes);
    }
    return "";
}

/// "a: b; c: d" as a line each.
std::string in_lines(std::string text) {
    for (auto at = text.find("; "); at != std::string::npos; at = text.find("; ", at)) {
        text.replace(at, 2, "\n  - ");
    }
    const auto first = text.find(" is not over: ");
    return first == std::string::npos ? text : text.replace(first, 14, " is not over:\n  - ");
}

/// What the server said about a refusal, else its body.
std::string message_of(const std::string& body) {
    const Json answer = Json::parse(body, nullptr, false);
    if (answer.is_object() && answer.contains("error") && answer["error"].is_object()) {
        const Json& message = answer["error"].value("message", Json());
        if (message.is_string()) {
            return clean_text(message.get_ref<const std::string&>());
        }
    }
    constexpr std::size_t shown_bytes = 300;
    return clean_text(body.substr(0, shown_bytes));
}

int tell(const RolloutChangeOptions& options, const ServerAnswer& answer) {
    if (options.to.json && answer.status != 0) {
        std::printf("%s\n", answer.body.c_str());
        return answer.is_good() ? exit_good : exit_failed;
    }
    if (!answer.is_good()) {
        // Percentages and lists of symbols are flags, too, and came by other words.
        print_refused(options.what == "flags" ? "the change of flags" : "rollout " + options.what,
                      answer);
        return exit_failed;
    }
    const Json done = Json::parse(answer.body, nullptr, false);
    if (!done.is_object() || !done.contains("text") || !done["text"].is_string()) {
        print_error(options.to.server.url + ": its answer is not that of a TickStock server");
        return exit_failed;
    }
    std::string text = clean_text(done["text"].get_ref<const std::string&>());
    if (const Json& sequence = done.value("sequence", Json()); sequence.is_number()) {
        text += fmt::format(" (decision {})", sequence.dump());
    }
    std::printf("%s\n", PrintStyle::of_stdout().utf8 ? text.c_str() : to_ascii(text).c_str());
    return exit_good;
}

int send(const RolloutChangeOptions& options, const ServerClient& client, Json body) {
    body["reason"] = options.reason;
    // A reason that is no UTF-8 is the server's to refuse.
    const std::string text = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    return tell(options, client.post("/api/v1/rollout/" + options.what, text));
}

/// The list's member for "add", "remove", "exclude" or "include": the engine merges it with the
/// list as it stands there.
const char* list_change(const std::string& action) {
    return action == "add"       ? "add_rollout_tickers"
           : action == "remove"  ? "remove_rollout_tickers"
           : action == "exclude" ? "add_excluded_tickers"
                                 : "remove_excluded_tickers";
}

}  // namespace

void print_refused(const std::string& what, const ServerAnswer& answer) {
    if (answer.status == 0) {
        return print_error(what + ": " + clean_text(answer.body));
    }
    std::string text =
        fmt::format("{}: {} ({})", what, in_lines(message_of(answer.body)), answer.status);
    if (answer.status == 409) {
        text = fmt::format("{} is refused: {}", what, in_lines(message_of(answer.body)));
    } else if (answer.status == 401 || answer.status == 403) {
        text +=
            "; a token of an admin (to read: of a viewer) comes with --token-file FILE or "
            "TICKSTOCK_TOKEN";
    }
    print_error(text);
}

int run_rollout_change(const RolloutChangeOptions& options) {
    const auto body = body_of(options);
    std::string problem =
        body ? problem_of_reason(options.what, options.reason) : body.error().message;
    const auto how = options.to.server.fetcher_options();
    if (problem.empty() && !how) {
        problem = how.error().message;
    }
    if (!problem.empty()) {
        print_error(problem);
        return exit_usage;
    }
    return send(options, ServerClient(*how), *body);
}

int run_rollout_symbols(const RolloutChangeOptions& options) {
    std::string problem = problem_of_reason("symbols " + options.symbol_action, options.reason);
    const auto how = options.to.server.fetcher_options();
    if (problem.empty() && !how) {
        problem = how.error().message;
    }
    if (!problem.empty()) {
        print_error(problem);
        return exit_usage;
    }
    return send(options, ServerClient(*how),
                {{"flags", {{list_change(options.symbol_action), options.symbols}}}});
}

}  // namespace tickstock
