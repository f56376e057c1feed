#include "server/quarantine_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/json_writer.hpp"
#include "engine/intake_text.hpp"
#include "model/symbol.hpp"
#include "server/position.hpp"

namespace tickstock {
namespace {

constexpr std::size_t max_limit = 1000;

struct Query {
    std::string_view symbol;  // empty = all
    std::size_t limit = 100;
};

/// False: `error` names the parameter and what is accepted.
bool read_query(const Target& target, Query& query, std::string& error) {
    for (const auto& [name, value] : target.query) {
        if (name == "symbol") {
            if (!SymbolText::is_valid(value)) {
                error = "parameter \"symbol\" must be 1 to 16 printable ASCII characters";
                return false;
            }
            query.symbol = value;
        } else if (name == "limit") {
            const auto limit = parse_unsigned(value);
            if (!limit || *limit < 1 || *limit > max_limit) {
                error = "parameter \"limit\" must be an integer from 1 to 1000";
                return false;
            }
            query.limit = *limit;
        } else {
            error = fmt::format("parameter \"{}\" is unknown: accepted are symbol and limit",
                                name.substr(0, 64));
            return false;
        }
    }
    return true;
}

}  // namespace

HttpResponse quarantine_page(const Target& target, const EngineStatus* status) {
    Query query;
    std::string error;
    if (!read_query(target, query, error)) {
        return error_response(ErrorCode::BadRequest, error);
    }
    static const std::vector<QuarantineEntry> none;
    const auto& kept = status != nullptr && status->quarantine ? *status->quarantine : none;
    std::vector<const QuarantineEntry*> newest;
    for (auto entry = kept.rbegin(); entry != kept.rend() && newest.size() < query.limit; ++entry) {
        if (query.symbol.empty() || entry->symbol == query.symbol) {
            newest.push_back(&*entry);
        }
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("total").number(
        status == nullptr ? 0 : status->accounting.intake.dropped_for(Reason::Quarantined));
    json.key("kept").number(std::uint64_t{kept.size()}).key("trades").begin_array();
    for (auto entry = newest.rbegin(); entry != newest.rend(); ++entry) {
        std::string object;
        append_json(object, **entry);
        json.raw(object);
    }
    json.end_array().end_object();
    return json_response(std::move(text));
}

}  // namespace tickstock
