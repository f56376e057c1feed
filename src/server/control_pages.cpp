#include "server/control_pages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.hpp"
#include "server/channel_json.hpp"
#include "server/commands_api.hpp"
#include "server/engine_json.hpp"

namespace tickstock {
namespace {

void write_channel(JsonWriter& json, const ChannelSummary& channel, bool with_lists) {
    json.begin_object();
    write_channel_members(json, channel);
    json.key("metrics");
    write_channel_metrics(json, channel);
    if (with_lists) {
        json.key("accounting").begin_object().key("in").number(channel.counts.in);
        json.key("out").number(channel.counts.out).key("held").number(channel.counts.held);
        json.key("dropped").begin_object();
        for (std::size_t i = 0; i < reason_count; ++i) {
            if (channel.counts.dropped[i] > 0) {
                json.key(to_string(static_cast<Reason>(i))).number(channel.counts.dropped[i]);
            }
        }
        json.end_object().end_object();
    }
    json.end_object();
}

void write_channels(JsonWriter& json, const EngineStatus& status) {
    json.begin_object().key("channels").begin_array();
    for (const ChannelSummary& channel : status.channels) {
        write_channel(json, channel, false);
    }
    json.end_array().end_object();
}

/// What to look at when a channel misbehaves, without the figures of every day.
void write_debug(JsonWriter& json, const ChannelSummary& channel) {
    json.begin_object().key("name").string(to_string(channel.type));
    json.key("status").string(to_string(channel.status));
    json.key("status_reason").string(channel.status_reason);
    json.key("circuit").string(to_string(channel.circuit));
    json.key("queue_size").number(channel.queue_size);
    json.key("queue_limit").number(channel.queue_limit);
    json.key("oldest_seconds").seconds(channel.oldest_age);
    write_channel_debug_members(json, channel);
    json.end_object();
}

/// Nothing: there is no universe of that name.
std::optional<std::string> universe_text(const ControlStatus& control, std::string_view name) {
    if (control.universes == nullptr) {
        return std::nullopt;
    }
    const auto found = std::ranges::find(*control.universes, name, &UniverseSummary::name);
    if (found == control.universes->end()) {
        return std::nullopt;
    }
    std::string text;
    JsonWriter json(text);
    write_universe(json, *found, true);
    return text;
}

void write_universe_list(JsonWriter& json, const EngineStatus& status) {
    json.begin_object().key("universes");
    write_universes(json, status.control);
    json.end_object();
}

void write_decision_list(JsonWriter& json, const EngineStatus& status) {
    json.begin_object().key("total").number(status.control.decision_total).key("decisions");
    write_decisions(json, status.control.decisions);
    json.end_object();
}

}  // namespace

HttpResponse control_page(const ControlRoute& route, const Target& target,
                          const EngineStatus* status) {
    if (!target.query.empty()) {
        return error_response(ErrorCode::BadRequest,
                              fmt::format("parameter \"{}\" is unknown: this path takes none",
                                          target.query.front().first.substr(0, 64)));
    }
    if (status == nullptr) {
        return error_response(ErrorCode::NotReady, "the engine has not started");
    }
    std::string text;
    JsonWriter json(text);
    switch (route.kind) {
        case ControlKind::Channels: write_channels(json, *status); break;
        case ControlKind::Channel:
        case ControlKind::ChannelDebug: {
            const auto type = find_channel(route.name, status);
            if (!type) {
                return error_response(ErrorCode::NotFound, unknown_channel(route.name, status));
            }
            const ChannelSummary& channel = status->channels[static_cast<std::size_t>(*type)];
            route.kind == ControlKind::Channel ? write_channel(json, channel, true)
                                               : write_debug(json, channel);
            break;
        }
        case ControlKind::Universe: {
            auto universe = universe_text(status->control, route.name);
            if (!universe) {
                return error_response(ErrorCode::NotFound,
                                      fmt::format("no universe \"{}\"", route.name.substr(0, 64)));
            }
            text = std::move(*universe);
            break;
        }
        case ControlKind::Router: write_router(json, status->control.router); break;
        case ControlKind::Journal: write_journal(json, status->control.journal); break;
        case ControlKind::Decisions: write_decision_list(json, *status); break;
        default: write_universe_list(json, *status); break;
    }
    return json_response(std::move(text));
}

}  // namespace tickstock
