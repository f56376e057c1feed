#include "server/rollout_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/json_writer.hpp"
#include "rollout/rollout_report.hpp"
#include "server/position.hpp"
#include "server/rollout_json.hpp"

namespace tickstock {
namespace {

constexpr std::string_view root = "/api/v1/rollout";
constexpr std::uint64_t max_limit = 1000;

struct Query {
    std::size_t limit = 100;
    std::uint64_t after = 0;  // of differences
    bool as_text = false;     // of the report
};

/// What a page accepts, for the error about anything else.
std::string_view accepted_by(std::string_view page) {
    return page == "/report"        ? "format"
           : page == "/differences" ? "limit and after"
           : page.empty()           ? ""
                                    : "limit";
}

std::string unknown(std::string_view name, std::string_view accepted) {
    return fmt::format("parameter \"{}\" is unknown: {}", name.substr(0, 64),
                       accepted.empty() ? std::string("this path takes none")
                                        : fmt::format("accepted: {}", accepted));
}

/// Empty = read.
std::string read_query(const Target& target, std::string_view page, Query& query) {
    const std::string_view accepted = accepted_by(page);
    for (const auto& [name, value] : target.query) {
        const auto number = parse_unsigned(value);
        if (name == "limit" && accepted.starts_with("limit")) {
            if (!number || *number < 1 || *number > max_limit) {
                return "parameter \"limit\" must be an integer from 1 to 1000";
            }
            query.limit = *number;
        } else if (name == "after" && accepted.ends_with("after")) {
            if (!number) {
                return "parameter \"after\" must be a difference's number, from 0";
            }
            query.after = *number;
        } else if (name == "format" && accepted == "format") {
            if (value != "json" && value != "text") {
                return "parameter \"format\" must be json or text";
            }
            query.as_text = value == "text";
        } else {
            return unknown(name, accepted);
        }
    }
    return "";
}

/// The newest first.
template <class Entry, class Write>
void write_newest(JsonWriter& json, const std::vector<Entry>& entries, std::size_t limit,
                  Write write) {
    json.begin_array();
    for (std::size_t i = 0; i < std::min(limit, entries.size()); ++i) {
        write(json, entries[entries.size() - 1 - i]);
    }
    json.end_array();
}

void write_differences(JsonWriter& json, const RolloutStatus& status, const Query& query) {
    json.key("total").number(status.difference_total).key("differences").begin_array();
    std::size_t left = query.limit;
    if (status.differences != nullptr) {
        const auto& all = *status.differences;
        for (auto at = all.rbegin(); at != all.rend() && left > 0; ++at, --left) {
            if (at->number <= query.after) {
                break;
            }
            write_difference(json, *at);
        }
    }
    json.end_array();
}

std::string text_of(std::string_view page, const RolloutStatus& status, const Query& query,
                    UnixNanos wall) {
    std::string text;
    JsonWriter json(text);
    if (page.empty()) {
        write_rollout(json, status, wall);
        return text;
    }
    if (page == "/report") {
        write_rollout_report(json, status);
        return text;
    }
    json.begin_object();
    if (page == "/differences") {
        write_differences(json, status, query);
    } else if (page == "/incidents") {
        json.key("incidents");
        write_newest(json, status.incidents, query.limit, write_incident);
    } else {
        json.key("audit");
        write_newest(json, status.audit, query.limit, write_audit);
    }
    json.end_object();
    return text;
}

constexpr std::string_view how_to_install =
    "the integrator is not installed: the multi-channel pipeline is alone in charge. Run "
    "\"tickstock rollout init --config DIR\" (it sets integration.installed = true) and start the "
    "server again.";

HttpResponse not_installed(bool as_text) {
    if (as_text) {
        return text_response(std::string(how_to_install) + "\n");
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("installed").boolean(false).key("how").string(how_to_install);
    json.end_object();
    return json_response(std::move(text));
}

}  // namespace

HttpResponse rollout_page(const Target& target, const EngineStatus* status, UnixNanos wall) {
    const std::string_view page = std::string_view(target.path).substr(root.size());
    Query query;
    if (const std::string error = read_query(target, page, query); !error.empty()) {
        return error_response(ErrorCode::BadRequest, error);
    }
    if (status == nullptr) {
        return error_response(ErrorCode::NotReady, "the engine has not started");
    }
    if (status->rollout == nullptr || !status->rollout->installed) {
        return not_installed(query.as_text);
    }
    if (query.as_text) {
        return text_response(rollout_report_text(*status->rollout));
    }
    return json_response(text_of(page, *status->rollout, query, wall));
}

}  // namespace tickstock
