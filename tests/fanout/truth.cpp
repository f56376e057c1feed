#include "truth.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

#include "base/decimal.hpp"
#include "base/hash.hpp"

namespace tickstock::fanout {
namespace {

/// The text of the first member of that name, quotes removed; "" when it is absent or null. The
/// bodies' own members stand before those of `data` and `evidence` that have the same name.
std::string_view member(std::string_view body, std::string_view name, std::size_t from = 0) {
    std::string quoted = "\"";
    quoted += name;
    quoted += "\":";
    auto at = body.find(quoted, from);
    if (at == std::string_view::npos) {
        return {};
    }
    at += quoted.size();
    if (body[at] == '"') {
        return body.substr(at + 1, body.find('"', at + 1) - at - 1);
    }
    const std::string_view value = body.substr(at, body.find_first_of(",}", at) - at);
    return value == "null" ? std::string_view{} : value;
}

/// The document's words on filter.min_score: each type has its own. Bars have others, which this
/// test's tape does not hold.
std::string_view score_name(std::string_view type) {
    return type == "surge"       ? "score"
           : type == "trend"     ? "trend_score"
           : type == "valuation" ? "strength"
                                 : "significance";
}

/// Keeps one copy of each word, so that facts can point at it.
std::string_view kept(std::string_view word) {
    static std::set<std::string, std::less<>> words;
    const auto known = words.find(word);
    return known != words.end() ? *known : *words.emplace(word).first;
}

std::optional<Facts> facts_of(std::string_view body) {
    Facts facts;
    facts.type = kept(member(body, "type"));
    facts.symbol = kept(member(body, "symbol"));
    facts.direction = kept(member(body, "direction"));
    facts.source = kept(member(body, "source"));
    const auto price = member(body, "price");
    const auto volume = member(body, "volume");
    if (!body.starts_with("{\"id\":") || facts.type.empty() ||
        (!price.empty() && parse_decimal(price, 9, facts.price_e9) != DecimalStatus::Ok) ||
        (!volume.empty() && parse_decimal(volume, 6, facts.volume_e6) != DecimalStatus::Ok)) {
        return std::nullopt;
    }
    const auto data = body.find("\"data\":");
    facts.score =
        std::strtod(std::string(member(body, score_name(facts.type), data)).c_str(), nullptr);
    if (facts.type == "trend") {
        facts.score = std::abs(facts.score);
    }
    return facts;
}

}  // namespace

std::optional<Truth> Truth::load(const std::string& path, std::string& fault) {
    std::ifstream in(path);
    if (!in) {
        fault = "cannot open " + path;
        return std::nullopt;
    }
    Truth truth;
    for (std::string line; std::getline(in, line);) {
        const auto facts = facts_of(line);
        if (!facts) {
            fault = path + " holds a line that is no event: " + line.substr(0, 80);
            return std::nullopt;
        }
        truth.hashes_.push_back(xxh64(line));
        truth.facts_.push_back(*facts);
    }
    return truth;
}

bool Truth::is_body_at(std::uint64_t offset, std::string_view body) const {
    return offset >= 1 && offset <= last() && xxh64(body) == hashes_[offset - 1];
}

}  // namespace tickstock::fanout
