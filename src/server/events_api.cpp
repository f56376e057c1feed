#include "server/events_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json_writer.hpp"
#include "server/fanout.hpp"
#include "server/filter.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

constexpr std::size_t default_limit = 100;
constexpr std::size_t max_limit = 1000;

using Adder = bool (*)(FilterSpec&, std::string_view);

/// The list parameter of that name, nothing when it is none.
Adder list_parameter(std::string_view name) {
    if (name == "symbols" || name == "symbol") {
        return add_symbol;
    }
    if (name == "types" || name == "type") {
        return add_type;
    }
    if (name == "directions") {
        return add_direction;
    }
    return name == "sources" ? add_source : nullptr;
}

bool is_threshold(std::string_view name) {
    return name == "min_score" || name == "min_price" || name == "max_price" ||
           name == "min_volume";
}

bool read_since(std::string_view text, Since& since) {
    if (text == "now") {
        since.kind = Since::Kind::Now;
    } else if (text == "snapshot") {
        since.kind = Since::Kind::Snapshot;
    } else {
        const auto position = parse_position(text);
        if (!position) {
            return false;
        }
        since = {Since::Kind::From, *position};
    }
    return true;
}

bool read_interval(std::string_view text, Nanos& interval) {
    const auto number = parse_unsigned(text);
    if (!number || *number > 60'000) {
        return false;
    }
    interval = std::chrono::milliseconds(*number);
    return true;
}

bool read_parameter(std::string_view name, std::string_view value, SubscribeRequest& request) {
    if (const Adder add = list_parameter(name)) {
        const auto words = split_list(value);
        return std::ranges::all_of(
            words, [&](std::string_view word) { return add(request.filter, word); });
    }
    if (is_threshold(name)) {
        return set_threshold(request.filter, name, value);
    }
    if (name == "since") {
        return read_since(value, request.since);
    }
    if (name == "interval_ms") {
        return read_interval(value, request.interval);
    }
    if (name == "conflate") {
        request.conflate = value == "true";
        return value == "true" || value == "false";
    }
    return false;
}

struct Page {
    struct Item {
        std::shared_ptr<const EventBlock> block;
        const StreamEntry* entry;
    };
    StreamRange range;
    std::vector<Item> items;  // by offset
    Offset last;              // complete up to here
    std::optional<std::pair<Offset, Offset>> gap;
    std::string_view reason;  // why a resumed page is not whole
};

/// The newest `limit` accepted events, read backwards.
void read_newest(Page& page, const EventStream& stream, const Filter& filter, std::size_t limit) {
    page.last = page.range.last;
    Offset at = page.range.last;
    while (at >= page.range.first && at > Offset{0} && page.items.size() < limit) {
        auto block = stream.block_at(page.range.epoch, at);
        if (!block) {
            break;
        }
        const auto first = block->entries.front().offset.value();
        for (auto i = at.value() - first + 1; i > 0 && page.items.size() < limit; --i) {
            const StreamEntry& entry = block->entries[i - 1];
            if (filter.accepts(entry)) {
                page.items.push_back({block, &entry});
            }
        }
        at = Offset{first - 1};
    }
    std::ranges::reverse(page.items);
}

void read_after(Page& page, const EventStream& stream, const Filter& filter, std::size_t limit,
                Offset after) {
    page.last = after;
    while (page.last < page.range.last && page.items.size() < limit) {
        auto block = stream.block_at(page.range.epoch, Offset{page.last.value() + 1});
        if (!block) {
            break;
        }
        auto i = page.last.value() + 1 - block->entries.front().offset.value();
        for (; i < block->entries.size() && page.items.size() < limit; ++i) {
            page.last = block->entries[i].offset;
            if (filter.accepts(block->entries[i])) {
                page.items.push_back({block, &block->entries[i]});
            }
        }
    }
}

/// Where reading after `position` begins; notes what is missing before it.
Offset begin_after(Page& page, const Position& position) {
    const Offset oldest{page.range.first.value() - 1};
    if (position.epoch != page.range.epoch) {
        page.reason = "epoch_changed";
        return oldest;
    }
    if (position.offset > page.range.last) {
        page.reason = "ahead";
        return page.range.last;
    }
    if (position.offset < oldest) {
        page.reason = "evicted";
        page.gap = {Offset{position.offset.value() + 1}, oldest};
        return oldest;
    }
    return position.offset;
}

std::string page_json(const Page& page, bool resumed) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("epoch").string(page.range.epoch);
    json.key("last").number(page.last.value());
    json.key("next").string(to_string(Position{page.range.epoch, page.last}));
    json.key("recovered").boolean(resumed && page.reason.empty());
    json.key("gap");
    if (page.reason.empty()) {
        json.null();
    } else {
        json.begin_object().key("reason").string(page.reason).key("from");
        page.gap ? json.number(page.gap->first.value()) : json.null();
        json.key("to");
        page.gap ? json.number(page.gap->second.value()) : json.null();
        json.end_object();
    }
    json.key("events").begin_array();
    for (const Page::Item& item : page.items) {
        std::string event = "{";
        Fanout::append_event(event, *item.block, *item.entry);
        json.raw(event + "}");
    }
    json.end_array().end_object();
    return text;
}

}  // namespace

Result<SubscribeRequest, ProtocolError> parse_subscription_query(const Target& target,
                                                                 std::string_view others) {
    SubscribeRequest request;
    const auto allowed = split_list(others);
    for (const auto& [name, value] : target.query) {
        if (std::ranges::find(allowed, name) != allowed.end()) {
            continue;
        }
        if (name == "universes") {
            return ProtocolError{ErrorCode::UniversesUnavailable, "list the symbols", {}};
        }
        if (!read_parameter(name, value, request)) {
            return ProtocolError{
                ErrorCode::BadRequest,
                fmt::format("parameter \"{}\" is unknown or its value \"{}\" is not accepted; "
                            "docs/reference/protocol.md lists the parameters",
                            name.substr(0, 64), value.substr(0, 64)),
                {}};
        }
    }
    if (request.conflate && request.interval == Nanos{0}) {
        return ProtocolError{
            ErrorCode::BadRequest, "\"conflate\" needs \"interval_ms\" above 0", {}};
    }
    return request;
}

HttpResponse events_page(const Target& target, const EventStream& stream) {
    const auto request = parse_subscription_query(target, "limit");
    if (!request.ok()) {
        return error_response(request.error().code, request.error().message);
    }
    const auto limit = parse_unsigned(target.value("limit").value_or("100"));
    static_assert(default_limit == 100);
    if (!limit || *limit < 1 || *limit > max_limit) {
        return error_response(ErrorCode::BadRequest,
                              "parameter \"limit\" must be an integer from 1 to 1000");
    }
    if (request.value().interval > Nanos{0}) {
        return error_response(ErrorCode::BadRequest,
                              "parameter \"interval_ms\" is for /api/v1/events/stream");
    }
    const Filter filter(request.value().filter);
    const Since& since = request.value().since;
    Page page;
    page.range = stream.range();
    if (since.kind == Since::Kind::From) {
        const Offset after = begin_after(page, since.position);
        read_after(page, stream, filter, *limit, after);
        return json_response(page_json(page, true));
    }
    read_newest(page, stream, filter, *limit);
    return json_response(page_json(page, false));
}

HttpResponse symbol_page(std::string_view symbol, const EventStream& stream) {
    const EventStream::Snapshot snapshot = stream.snapshot();
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("symbol").string(symbol);
    json.key("epoch").string(snapshot.range.epoch);
    json.key("offset").number(snapshot.range.last.value());
    json.key("latest").begin_object();
    bool is_known = false;
    for (const auto& [block, index] : snapshot.events) {
        const StreamEntry& entry = block->entries[index];
        if (!symbol.empty() && entry.symbol.view() == symbol) {
            is_known = true;
            std::string event = "{";
            Fanout::append_event(event, *block, entry);
            json.key(to_string(entry.type)).raw(event + "}");
        }
    }
    json.end_object().end_object();
    if (!is_known) {
        return error_response(ErrorCode::NotFound, "no event of this symbol is in memory");
    }
    return json_response(std::move(text));
}

}  // namespace tickstock
