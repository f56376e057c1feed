#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "base/url.hpp"
#include "sources/feed/tls_trust.hpp"

namespace tickstock {

/// What came of one POST.
struct PostAnswer {
    unsigned status = 0;  ///< HTTP's; 0 = no answer, `error` says why
    std::string error;
};

/// One address to which texts are posted, one at a time.
class HttpPost {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    virtual ~HttpPost() = default;
    /// Blocks for `timeout` at most.
    virtual PostAnswer post(const std::string& body, const Headers& headers, Nanos timeout) = 0;
    /// Any thread: ends the post under way, and every later one.
    virtual void cancel() = 0;
};

/// Over a connection of its own each time; what is in the answer's body is not read. `trust` is
/// given when the address says TLS.
std::unique_ptr<HttpPost> make_http_post(FeedUrl url, std::shared_ptr<TlsTrust> trust);

}  // namespace tickstock
