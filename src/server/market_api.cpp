#include "server/market_api.hpp"

#include "server/position.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t max_limit = 100;

}  // namespace

HttpResponse market_page(const Target& target, MarketFeed& market, Nanos now) {
    for (const auto& [name, value] : target.query) {
        if (name != "limit") {
            return error_response(ErrorCode::BadRequest,
                                  "no parameter \"" + name + "\" here; there is limit");
        }
    }
    const auto limit = parse_unsigned(target.value("limit").value_or("10"));
    if (!limit || *limit < 1 || *limit > max_limit) {
        return error_response(ErrorCode::BadRequest,
                              "parameter \"limit\" must be an integer from 1 to 100");
    }
    market.advance(now);
    return json_response(market.json(static_cast<std::size_t>(*limit)));
}

}  // namespace tickstock
