#include "server/monitoring_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/json_writer.hpp"
#include "config/config.hpp"
#include "monitoring/alert_json.hpp"
#include "server/position.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t max_limit = 1000;
constexpr std::uint64_t max_hours = 2160;
constexpr std::size_t longest = 64;  // bytes of a type or channel

struct Query {
    std::string_view type;  // empty = all, as is the next
    std::string_view channel;
    std::optional<std::uint64_t> since_hours;
    std::size_t limit = 50;  // of the resolved ones
};

bool read_number(std::string_view value, std::uint64_t most, std::uint64_t& into) {
    const auto number = parse_unsigned(value);
    if (!number || *number < 1 || *number > most) {
        return false;
    }
    into = *number;
    return true;
}

bool is_type(std::string_view text) {
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

/// False: `error` names the parameter and what is accepted.
bool read_query(const Target& target, Query& query, std::string& error) {
    for (const auto& [name, value] : target.query) {
        std::uint64_t number = 0;
        if (name == "type") {
            if (!is_type(value)) {
                error = "parameter \"type\" must be 1 to 64 of a-z, A-Z, 0-9, _ and -";
                return false;
            }
            query.type = value;
        } else if (name == "channel") {
            if (value.empty() || value.size() > longest) {
                error = "parameter \"channel\" must be 1 to 64 bytes";
                return false;
            }
            query.channel = value;
        } else if (name == "since_hours") {
            if (!read_number(value, max_hours, number)) {
                error = "parameter \"since_hours\" must be an integer from 1 to 2160";
                return false;
            }
            query.since_hours = number;
        } else if (name == "limit") {
            if (!read_number(value, max_limit, number)) {
                error = "parameter \"limit\" must be an integer from 1 to 1000";
                return false;
            }
            query.limit = number;
        } else {
            error = fmt::format(
                "parameter \"{}\" is unknown: accepted are since_hours, type, channel and limit",
                name.substr(0, 64));
            return false;
        }
    }
    return true;
}

bool is_asked(const Query& query, const Alert& alert) {
    return (query.type.empty() || alert.type == query.type) &&
           (query.channel.empty() || alert.channel == query.channel);
}

void write_list(JsonWriter& json, const AlertReport& report, const Query& query) {
    json.key("active").begin_array();
    for (const Alert& alert : report.active) {
        if (is_asked(query, alert)) {
            write_alert(json, alert, report.looked);
        }
    }
    json.end_array().key("recent").begin_array();
    std::size_t written = 0;
    for (const Alert& alert : *report.recent) {
        const bool is_old =
            query.since_hours &&
            *alert.resolved < report.looked - std::chrono::hours(*query.since_hours);
        if (is_old || written == query.limit) {
            break;
        }
        if (is_asked(query, alert)) {
            write_alert(json, alert, report.looked);
            ++written;
        }
    }
    json.end_array();
}

}  // namespace

HttpResponse alerts_page(const Target& target, const AlertBoard* alerts) {
    Query query;
    std::string error;
    if (!read_query(target, query, error)) {
        return error_response(ErrorCode::BadRequest, error);
    }
    if (alerts == nullptr) {
        return error_response(ErrorCode::NotReady, "no alerts are looked for here");
    }
    const auto report = alerts->report();
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    write_list(json, *report, query);
    json.key("raised").number(report->raised).key("resolved").number(report->resolved);
    json.key("suppressed").number(report->suppressed).key("webhook").begin_object();
    json.key("sent").number(report->webhook_sent).key("failed").number(report->webhook_failed);
    json.key("dropped").number(report->webhook_dropped);
    json.key("waiting").number(report->webhook_waiting).end_object();
    json.key("looked").number(to_ns(report->looked)).key("rules").begin_array();
    for (const MonitorRule& rule : *report->rules) {
        write_rule(json, rule);
    }
    json.end_array().end_object();
    return json_response(std::move(text));
}

}  // namespace tickstock
