#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "sources/feed/http_fetcher.hpp"
#include "terminal/top_session.hpp"

namespace tickstock {

/// Asks a server's pages over HTTP, on the fetcher's thread; `tickstock top` takes what came.
class TopFetch final : public TopServer {
public:
    explicit TopFetch(HttpFetcher::Options options);
    ~TopFetch() override;

    void ask(const std::array<std::string, top_page_count>& targets) override;
    std::optional<Answers> take() override;
    int ready_fd() const override { return ready_; }

private:
    void arrived(std::size_t page, unsigned status, std::string& body);

    std::mutex mutex_;  // answers_ and waiting_: the fetcher's thread and the session's
    Answers answers_;
    std::size_t waiting_ = 0;  // pages that have not answered
    int ready_ = -1;           // an eventfd
    HttpFetcher fetcher_;      // last: stops before what it writes to goes
};

}  // namespace tickstock
