#include "sources/polygon/rest_targets.hpp"

#include <fmt/format.h>

namespace tickstock {
namespace {

using Kind = PolygonRestReader::Kind;

std::string percent_encoded(std::string_view symbol) {
    std::string text;
    for (const char c : symbol) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '~';
        if (plain) {
            text.push_back(c);
        } else {
            text += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return text;
}

}  // namespace

std::string rest_target(Kind kind, std::string_view symbol, const BackfillRequest& request) {
    const std::string ticker = percent_encoded(symbol);
    if (kind == Kind::MinuteBars) {
        const auto ms = [](UnixNanos t) { return to_ns(t) / 1'000'000; };
        const UnixNanos from = std::chrono::floor<std::chrono::minutes>(request.from - bar_slack -
                                                                        std::chrono::minutes(1));
        return fmt::format(
            "/v2/aggs/ticker/{}/range/1/minute/{}/{}?adjusted=false&sort=asc&limit=50000", ticker,
            ms(from), ms(request.to));
    }
    // Both ends are milliseconds of the wire: the last one counts to its end.
    const std::int64_t last =
        to_ns(std::chrono::floor<std::chrono::milliseconds>(request.to)) + 999'999;
    return fmt::format(
        "/v3/{}/{}?timestamp.gte={}&timestamp.lte={}&order=asc&sort=timestamp&limit=50000",
        kind == Kind::Trades ? "trades" : "quotes", ticker, to_ns(request.from), last);
}

std::string rest_target_of(const std::string& address) {
    const std::size_t scheme = address.find("://");
    const std::size_t path = address.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    return path == std::string::npos ? "/" : address.substr(path);
}

std::string outage_too_long(Nanos missed) {
    return fmt::format("{} s are longer than source.polygon.backfill_max_seconds",
                       std::chrono::duration_cast<std::chrono::seconds>(missed).count());
}

}  // namespace tickstock
