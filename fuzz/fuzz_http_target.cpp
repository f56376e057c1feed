// Any bytes as a request target with its parameters, and as Host, Origin and Last-Event-ID.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/access.hpp"
#include "server/events_api.hpp"
#include "server/position.hpp"
#include "server/static_files.hpp"
#include "server/target.hpp"

namespace {

using namespace tickstock;

void check_target(std::string_view text) {
    const auto target = parse_target(text);
    if (!target) {
        return;
    }
    assert(target->path.size() <= text.size());
    static const StaticFiles files = std::move(StaticFiles::load("")).value();
    static const EventStream stream("epoch", {});
    static const ManualClock clock(unix_nanos(0));
    static Fanout fanout(stream, clock);
    // Without a dashboard the only file is "/": nothing else may ever be found.
    assert(files.find(target->path, "").has_value() == (target->path == "/"));
    const auto request = parse_subscription_query(*target, "limit");
    if (!request.ok()) {
        assert(!request.error().message.empty());
    }
    const HttpAnswer page = events_page(*target, fanout);
    const unsigned status = std::get<HttpResponse>(page).status;  // nothing is on a disk
    assert(status == 200 || status == 400);
    symbol_page(target->path, fanout);
}

void check_headers(std::string_view text) {
    static const AccessPolicy policy({"https://desk.example"});
    const std::string host(text);
    if (policy.allows_host(host)) {
        assert(policy.allows_origin("http://" + host, host));
    }
    assert(!policy.allows_origin("null", host));
    if (const auto position = parse_position(text)) {
        assert(parse_position(to_string(*position)) == position);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_target(text);
    check_headers(text);
    return 0;
}
