#include "server/user_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/json_writer.hpp"
#include "server/json_value.hpp"

namespace tickstock {
namespace {

using Kind = JsonValue::Kind;

constexpr Nanos store_wait = std::chrono::seconds(10);
constexpr std::string_view own = "me";

void write(JsonWriter& json, const JsonValue& value) {
    switch (value.kind) {
        case Kind::Null: json.null(); break;
        case Kind::Boolean: json.boolean(value.boolean); break;
        case Kind::Number: json.raw(value.text); break;
        case Kind::String: json.string(value.text); break;
        case Kind::Array:
            json.begin_array();
            for (const JsonValue& item : value.items) {
                write(json, item);
            }
            json.end_array();
            break;
        case Kind::Object:
            json.begin_object();
            for (std::size_t i = 0; i < value.items.size(); ++i) {
                json.key(value.names[i]);
                write(json, value.items[i]);
            }
            json.end_object();
            break;
    }
}

std::string text_of(const JsonValue& value) {
    std::string text;
    JsonWriter json(text);
    write(json, value);
    return text;
}

bool stands_beside_filter(std::string_view name) {
    return name == "symbols" || name == "universes" || name == "types";
}

/// The same wish as a subscribe message says it, so that one parser judges both.
std::string as_subscribe(const JsonValue& filter) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("op").string("subscribe").key("id").string("kept");
    for (std::size_t i = 0; i < filter.items.size(); ++i) {
        if (stands_beside_filter(filter.names[i])) {
            json.key(filter.names[i]);
            write(json, filter.items[i]);
        }
    }
    json.key("filter").begin_object();
    for (std::size_t i = 0; i < filter.items.size(); ++i) {
        if (!stands_beside_filter(filter.names[i])) {
            json.key(filter.names[i]);
            write(json, filter.items[i]);
        }
    }
    json.end_object().end_object();
    return text;
}

ErrorCode code_of(StoreError::Kind kind) {
    switch (kind) {
        case StoreError::Kind::Invalid: return ErrorCode::BadRequest;
        case StoreError::Kind::LimitReached: return ErrorCode::Refused;
        case StoreError::Kind::NotFound: return ErrorCode::NotFound;
        case StoreError::Kind::Busy:
        case StoreError::Kind::Full:
        case StoreError::Kind::Failed: break;
    }
    return ErrorCode::StorageUnavailable;
}

void write_filter(JsonWriter& json, const NamedFilter& filter) {
    json.begin_object().key("name").string(filter.name);
    json.key("enabled").boolean(filter.enabled).key("filter").raw(filter.json).end_object();
}

void write_universe(JsonWriter& json, const UserUniverse& universe) {
    json.begin_object().key("name").string(universe.name);
    json.key("count").number(universe.symbols.size()).key("symbols").begin_array();
    for (const std::string& symbol : universe.symbols) {
        json.string(symbol);
    }
    json.end_array().end_object();
}

void begin_page(JsonWriter& json, const std::string& user, const UserDirectory::Record& record) {
    json.begin_object().key("user").string(user);
    json.key("version").number(record ? record->version : 0);
}

HttpResponse list_page(const UserCall& call, const UserDirectory::Record& record) {
    std::string text;
    JsonWriter json(text);
    begin_page(json, call.user, record);
    const bool is_filters = call.page == Page::UserFilters;
    json.key(is_filters ? "filters" : "universes").begin_array();
    if (record && is_filters) {
        for (const NamedFilter& filter : record->filters) {
            write_filter(json, filter);
        }
    } else if (record) {
        for (const UserUniverse& universe : record->universes) {
            json.begin_object().key("name").string(universe.name);
            json.key("count").number(universe.symbols.size()).end_object();
        }
    }
    json.end_array().end_object();
    return json_response(std::move(text));
}

HttpResponse one_page(const UserCall& call, const UserDirectory::Record& record) {
    std::string text;
    JsonWriter json(text);
    if (record && call.page == Page::UserFilter) {
        const auto found = std::ranges::find(record->filters, call.name, &NamedFilter::name);
        if (found != record->filters.end()) {
            write_filter(json, *found);
            return json_response(std::move(text));
        }
    } else if (record) {
        const auto found = std::ranges::find(record->universes, call.name, &UserUniverse::name);
        if (found != record->universes.end()) {
            write_universe(json, *found);
            return json_response(std::move(text));
        }
    }
    return error_response(ErrorCode::NotFound,
                          fmt::format("{} keeps no {} of this name", call.user,
                                      call.page == Page::UserFilter ? "filter" : "universe"));
}

Result<NamedFilter, ProtocolError> read_filter_body(std::string name, std::string_view body,
                                                    const Fanout& fanout, const std::string& user) {
    const auto value = parse_json(body);
    if (!value || value->kind != Kind::Object) {
        return ProtocolError{ErrorCode::BadJson, "expected one JSON object", {}};
    }
    for (const std::string& member : value->names) {
        if (member != "filter" && member != "enabled") {
            return ProtocolError{
                ErrorCode::BadRequest,
                fmt::format("no member \"{}\"; accepted: filter, enabled", member.substr(0, 64)),
                {}};
        }
    }
    const JsonValue* filter = value->find("filter");
    const JsonValue* enabled = value->find("enabled");
    if (filter == nullptr || filter->kind != Kind::Object) {
        return ProtocolError{ErrorCode::BadRequest, "\"filter\" must be an object", {}};
    }
    if (enabled != nullptr && enabled->kind != Kind::Boolean) {
        return ProtocolError{ErrorCode::BadRequest, "\"enabled\" must be true or false", {}};
    }
    NamedFilter kept{std::move(name), text_of(*filter), enabled == nullptr || enabled->boolean};
    auto good = parse_kept_filter(kept.json);
    if (!good.ok()) {
        return good.error();
    }
    if (const auto unknown = fanout.resolve(good->filter, user)) {
        return *unknown;
    }
    return kept;
}

Result<UserUniverse, ProtocolError> read_universe_body(std::string name, std::string_view body) {
    const auto value = parse_json(body);
    if (!value || value->kind != Kind::Object) {
        return ProtocolError{ErrorCode::BadJson, "expected one JSON object", {}};
    }
    const JsonValue* symbols = value->find("symbols");
    if (value->names.size() != 1 || symbols == nullptr || symbols->kind != Kind::Array) {
        return ProtocolError{
            ErrorCode::BadRequest, "the body must be {\"symbols\":[…]} and nothing else", {}};
    }
    UserUniverse universe{std::move(name), {}};
    for (const JsonValue& item : symbols->items) {
        if (item.kind != Kind::String || !SymbolText::is_valid(item.text)) {
            return ProtocolError{
                ErrorCode::BadRequest,
                "\"symbols\" accepts symbols of 1 to 16 printable ASCII characters",
                {}};
        }
        universe.symbols.push_back(item.text);
    }
    return universe;
}

/// Answers once the store has said how it went.
UserDirectory::Done answering(std::string user, std::string name, Respond respond) {
    return [user = std::move(user), name = std::move(name),
            respond = std::move(respond)](Result<UserDirectory::Record, StoreError> result) {
        if (!result.ok()) {
            respond(error_response(code_of(result.error().kind), result.error().message));
            return;
        }
        std::string text;
        JsonWriter json(text);
        begin_page(json, user, result.value());
        json.key("name").string(name).end_object();
        respond(json_response(std::move(text)));
    };
}

HttpAnswer write_task(const UserCall& call, UserDirectory& users, const Fanout& fanout) {
    StartTask task;
    task.patience = store_wait;
    task.body_limit = call.page == Page::UserUniverse ? std::size_t{512} * 1024 : 0;
    task.on_timeout = "the store did not answer in time; ask again what it holds";
    const bool is_delete = call.request.method == "DELETE";
    task.reads_body = !is_delete;
    // The request is gone when the body has come: what is needed of it is copied.
    task.run = [&users, &fanout, is_delete, page = call.page, user = call.user, name = call.name](
                   std::string_view body, Respond respond) {
        auto done = answering(user, name, respond);
        const auto refuse = [&](const ProtocolError& error) {
            respond(error_response(error.code, error.message));
        };
        if (is_delete) {
            page == Page::UserFilter ? users.remove_filter(user, name, std::move(done))
                                     : users.remove_universe(user, name, std::move(done));
        } else if (page == Page::UserFilter) {
            auto filter = read_filter_body(name, body, fanout, user);
            filter.ok() ? users.put_filter(user, std::move(filter).value(), std::move(done))
                        : refuse(filter.error());
        } else {
            auto universe = read_universe_body(name, body);
            universe.ok() ? users.put_universe(user, std::move(universe).value(), std::move(done))
                          : refuse(universe.error());
        }
    };
    return task;
}

}  // namespace

Result<SubscribeRequest, ProtocolError> parse_kept_filter(std::string_view json) {
    const auto value = parse_json(json);
    if (!value || value->kind != Kind::Object) {
        return ProtocolError{ErrorCode::BadJson, "a filter is one JSON object", {}};
    }
    auto message = parse_client_message(as_subscribe(*value));
    if (!message.ok()) {
        return message.error();
    }
    return std::get<SubscribeRequest>(std::move(message).value());
}

HttpAnswer answer_user(const UserCall& given, UserDirectory& users, const Fanout& fanout) {
    UserCall call = given;
    if (call.user == own) {
        call.user = call.identity.user;
    }
    if (!is_user_name(call.user)) {
        return error_response(ErrorCode::NotFound, "no such user name");
    }
    if (call.user != call.identity.user && !call.identity.may(Role::Admin)) {
        return error_response(ErrorCode::Forbidden, "another user's need the role admin");
    }
    const std::string& method = call.request.method;
    if (method == "GET" || method == "HEAD") {
        const auto record = users.find(call.user);
        return call.name.empty() ? list_page(call, record) : one_page(call, record);
    }
    if (method == "PUT") {
        if (!call.request.has_length) {
            return error_response(ErrorCode::LengthRequired, "a body is needed");
        }
        if (!is_json_type(call.request.content_type)) {
            return error_response(ErrorCode::UnsupportedMediaType,
                                  "the body must be application/json");
        }
    }
    return write_task(call, users, fanout);
}

}  // namespace tickstock
