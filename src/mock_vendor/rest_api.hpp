#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mock_vendor/rest_query.hpp"
#include "mock_vendor/tape.hpp"

namespace tickstock {

struct RestRequest {
    std::string_view method;
    std::string_view target;
    std::string_view authorization;  ///< the header's value; empty = absent
    std::string base_url;            ///< "https://127.0.0.1:8443", for next_url
};

struct RestResponse {
    unsigned status = 200;
    std::string body;  ///< JSON
};

/// The part of the vendor's REST interface that back-fill needs, over what a tape has passed. Pure:
/// the same request at the same position has the same answer.
///   GET /v3/trades/{ticker}, /v3/quotes/{ticker}
///   GET /v2/aggs/ticker/{ticker}/range/1/{second|minute}/{from}/{to}
///   GET /v2/snapshot/locale/us/markets/stocks/tickers[/{ticker}]
class RestApi {
public:
    RestApi(const Tape& tape, std::string api_key);

    /// Tells records below `passed` only.
    RestResponse answer(const RestRequest& request, std::size_t passed);
    /// The vendor's words for 429, and a failure of its own otherwise.
    RestResponse rejection(unsigned status);

private:
    /// 401, or nothing.
    std::optional<RestResponse> check_key(const RestRequest& request, const RestTarget& target);
    RestResponse ticks(const RestRequest& request, const RestTarget& target,
                       std::string_view ticker, bool trades, std::size_t passed);
    RestResponse bars(const RestRequest& request, const RestTarget& target, std::string_view path,
                      std::size_t passed);
    RestResponse snapshot(const RestTarget& target, std::string_view ticker, std::size_t passed);
    RestResponse fail(unsigned status, std::string_view word, std::string_view key,
                      std::string_view message);
    RestResponse bad_request(std::string_view message);
    std::string next_request_id();

    const Tape& tape_;
    const std::string api_key_;
    std::uint64_t requests_ = 0;
};

}  // namespace tickstock
