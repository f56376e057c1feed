// The part of SocketIoClient that does what clients ask for by events: subscriptions, filters,
// universes, status.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "server/socketio_client.hpp"
#include "server/socketio_hub.hpp"
#include "server/user_api.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

constexpr std::string_view default_filter = "default";

std::string_view argument_or_nothing(std::string_view argument) {
    return argument == "null" ? std::string_view{} : argument;
}

/// Error where the argument is no object.
std::optional<Error> not_an_object(std::string_view argument, std::string_view accepted) {
    if (argument.starts_with('{')) {
        return std::nullopt;
    }
    return Error{fmt::format("the argument must be {}", accepted)};
}

/// The named filters of `{"filters":[{"name","enabled","filter"},…]}`, or the one that the argument
/// itself is, under the name "default".
Result<std::vector<NamedFilter>> read_filters(std::string_view argument) {
    std::vector<NamedFilter> filters;
    argument = argument_or_nothing(argument);
    if (argument.empty() || argument == "{}") {
        return filters;
    }
    constexpr std::string_view accepted =
        "an object of filter members, or {\"filters\":[{\"name\",\"enabled\",\"filter\"}]}";
    if (const auto error = not_an_object(argument, accepted)) {
        return *error;
    }
    const std::string_view list = json_member(argument, "filters");
    if (list.empty()) {
        filters.push_back({std::string(default_filter), std::string(argument), true});
        return filters;
    }
    if (!list.starts_with('[')) {
        return Error{fmt::format("the argument must be {}", accepted)};
    }
    for (const std::string_view item : json_items(list)) {
        if (filters.size() == user_filter_limit) {
            return Error{fmt::format("{} filters are the limit", user_filter_limit)};
        }
        const std::string_view name =
            item.starts_with('{') ? json_member(item, "name") : std::string_view{};
        const std::string_view filter =
            item.starts_with('{') ? json_member(item, "filter") : std::string_view{};
        if (!name.starts_with('"') || !filter.starts_with('{')) {
            return Error{"each filter needs a name (string) and a filter (object)"};
        }
        filters.push_back(
            {json_text(name), std::string(filter), json_member(item, "enabled") != "false"});
    }
    return filters;
}

}  // namespace

void SocketIoClient::call(const SocketCall& call, std::string_view argument, Nanos) {
    const bool writes =
        call.verb == SocketVerb::SetFilters || call.verb == SocketVerb::SetUniverses;
    const Identity& identity = access_.identity();
    if (writes && !identity.may(Role::Trader)) {
        socket_.answer(call, Error{fmt::format("this needs the role trader; {} is {}",
                                               identity.user, to_string(identity.role))});
        return;
    }
    switch (call.verb) {
        case SocketVerb::Subscribe: socket_.answer(call, subscribe(argument)); break;
        case SocketVerb::Unsubscribe: socket_.answer(call, unsubscribe()); break;
        case SocketVerb::GetFilters: socket_.answer(call, filters_text()); break;
        case SocketVerb::GetUniverses: socket_.answer(call, universes_text()); break;
        case SocketVerb::UserStatus: socket_.answer(call, status_text()); break;
        case SocketVerb::SetFilters: set_filters(call, argument); break;
        case SocketVerb::SetUniverses: set_universes(call, argument); break;
    }
}

Result<std::shared_ptr<const Filter>> SocketIoClient::compile(std::string_view json) const {
    auto request = parse_kept_filter(json);
    if (!request.ok()) {
        return Error{request.error().message};
    }
    FilterSpec spec = std::move(request->filter);
    if (const auto error = parts_.fanout.resolve(spec, access_.user())) {
        return Error{error->message};
    }
    return parts_.fanout.filters().compile(std::move(spec));
}

/// What the user's filters let through together. One that cannot be read any more (its universe is
/// gone) lets nothing through.
SocketIoFilters SocketIoClient::filters_of_user() const {
    SocketIoFilters filters;
    if (const auto record = parts_.users.find(access_.user())) {
        for (const NamedFilter& kept : record->filters) {
            if (kept.enabled) {
                filters.all = false;
                if (auto filter = compile(kept.json); filter.ok()) {
                    filters.any_of.push_back(std::move(*filter));
                }
            }
        }
    }
    return filters;
}

Result<std::string> SocketIoClient::subscribe(std::string_view argument) {
    argument = argument_or_nothing(argument);
    if (argument.empty() || argument == "{}") {
        join(filters_of_user(), "");
    } else {
        if (const auto error = not_an_object(argument, "an object of filter members, or nothing")) {
            return *error;
        }
        auto filter = compile(argument);
        if (!filter.ok()) {
            return filter.error();
        }
        join({false, {std::move(*filter)}}, std::string(argument));
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("event").string("market_event").key("position").begin_object();
    json.key("epoch").string(hub_.feeds().epoch());
    json.key("offset").number(hub_.feeds().position().value()).end_object().end_object();
    return text;
}

Result<std::string> SocketIoClient::unsubscribe() {
    const bool had_one = subscription_.has_value();
    leave_subscription();
    return fmt::format(R"({{"event":"market_event","subscribed":{}}})", had_one);
}

Result<std::string> SocketIoClient::filters_text() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("filters").begin_array();
    if (const auto record = parts_.users.find(access_.user())) {
        for (const NamedFilter& filter : record->filters) {
            json.begin_object().key("name").string(filter.name);
            json.key("enabled").boolean(filter.enabled);
            json.key("filter").raw(filter.json).end_object();
        }
    }
    json.end_array().end_object();
    return text;
}

Result<std::string> SocketIoClient::universes_text() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("universes").begin_array();
    if (const auto record = parts_.users.find(access_.user())) {
        for (const UserUniverse& universe : record->universes) {
            json.begin_object().key("name").string(universe.name);
            json.key("count").number(universe.symbols.size()).end_object();
        }
    }
    json.end_array().key("available").begin_array();
    if (const UniverseCatalog* catalog = parts_.fanout.filters().catalog()) {
        for (const std::string& name : catalog->names(access_.user())) {
            json.string(name);
        }
    }
    json.end_array().end_object();
    return text;
}

Result<std::string> SocketIoClient::status_text() const {
    const Identity& identity = access_.identity();
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("user").string(identity.user);
    json.key("role").string(to_string(identity.role));
    json.key("connected_since").number(to_ns(began_wall_) / 1'000'000'000);
    json.key("transport")
        .string(engine_.transport() == EngineTransport::WebSocket ? "websocket" : "polling");
    json.key("filters").raw(json_member(*filters_text(), "filters"));
    json.key("universes").raw(json_member(*universes_text(), "universes"));
    json.key("subscriptions").begin_array();
    json.begin_object().key("event").string("stock_data").key("missed").number(windows_missed_);
    json.end_object();
    if (subscription_) {
        json.begin_object().key("event").string("market_event").key("filter");
        subscription_->filter.empty() ? json.null() : json.raw(subscription_->filter);
        json.end_object();
    }
    json.end_array().end_object();
    return text;
}

/// Comes from the user store, when the disk has it.
void SocketIoClient::answer_later(const SocketCall& call, const Result<std::string>& result) {
    socket_.answer(call, result);
    pump();
}

void SocketIoClient::set_filters(const SocketCall& call, std::string_view argument) {
    auto filters = read_filters(argument);
    if (!filters.ok()) {
        socket_.answer(call, filters.error());
        return;
    }
    for (const NamedFilter& filter : *filters) {
        if (const auto good = compile(filter.json); !good.ok()) {
            socket_.answer(call, Error{filter.name + ": " + good.error().message});
            return;
        }
    }
    parts_.users.replace_filters(
        std::string(access_.user()), std::move(*filters),
        [weak = std::weak_ptr(self()), call](const auto& result) {
            if (const auto client = weak.lock()) {
                client->answer_later(
                    call, result.ok() ? client->filters_text() : Error{result.error().message});
            }
        });
}

/// `{"NAME":["IBM",…],…}`; null instead of a list forgets the universe.
void SocketIoClient::set_universes(const SocketCall& call, std::string_view argument) {
    if (const auto error =
            not_an_object(argument, "{\"NAME\":[\"SYMBOL\",…]}, null to forget one")) {
        socket_.answer(call, *error);
        return;
    }
    struct Work {
        std::size_t left = 0;
        std::optional<Error> error;
    };
    std::vector<std::pair<std::string, std::optional<UserUniverse>>> changes;
    std::optional<Error> error;
    for_each_json_member(argument, [&](std::string_view key, std::string_view value) {
        if (error || changes.size() == user_universe_limit) {
            error = error ? error : Error{"too many universes at once"};
            return;
        }
        std::string name = json_text('"' + std::string(key) + '"');
        if (value == "null") {
            changes.emplace_back(std::move(name), std::nullopt);
            return;
        }
        UserUniverse universe{name, {}};
        if (!value.starts_with('[')) {
            error = Error{"\"" + name + "\" must be a list of symbols or null"};
            return;
        }
        for (const std::string_view item : json_items(value)) {
            if (!item.starts_with('"') || !SymbolText::is_valid(json_text(item))) {
                error =
                    Error{"\"" + name + "\" accepts symbols of 1 to 16 printable ASCII characters"};
                return;
            }
            universe.symbols.push_back(json_text(item));
        }
        changes.emplace_back(std::move(name), std::move(universe));
    });
    if (error || changes.empty()) {
        socket_.answer(call, error ? Result<std::string>(*error) : universes_text());
        return;
    }
    const auto work = std::make_shared<Work>(Work{changes.size(), std::nullopt});
    const auto done = [weak = std::weak_ptr(self()), call, work](const auto& result) {
        if (!result.ok() && !work->error) {
            work->error = Error{result.error().message};
        }
        const auto client = weak.lock();
        if (--work->left == 0 && client) {
            client->answer_later(
                call, work->error ? Result<std::string>(*work->error) : client->universes_text());
        }
    };
    const std::string user(access_.user());
    for (auto& [name, universe] : changes) {
        universe ? parts_.users.put_universe(user, std::move(*universe), done)
                 : parts_.users.remove_universe(user, name, done);
    }
}

}  // namespace tickstock
