#include "cli/top_fetch.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "base/assert.hpp"

namespace tickstock {

TopFetch::TopFetch(HttpFetcher::Options options)
    : ready_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), fetcher_(std::move(options)) {
    TS_ASSERT(ready_ >= 0);
}

TopFetch::~TopFetch() {
    fetcher_.stop();
    close(ready_);
}

void TopFetch::ask(const std::array<std::string, top_page_count>& targets) {
    {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(waiting_ == 0);
        waiting_ = targets.size();
        answers_ = {};
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        fetcher_.get(targets.at(i),
                     [this, i](unsigned status, std::string& body) { arrived(i, status, body); });
    }
}

void TopFetch::arrived(std::size_t page, unsigned status, std::string& body) {
    const std::lock_guard lock(mutex_);
    answers_.at(page) = {status, std::move(body)};
    if (--waiting_ == 0) {
        const std::uint64_t one = 1;
        const auto written = write(ready_, &one, sizeof one);
        TS_ASSERT(written == sizeof one);
    }
}

std::optional<TopServer::Answers> TopFetch::take() {
    std::uint64_t ended = 0;
    if (read(ready_, &ended, sizeof ended) != sizeof ended) {
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    return std::exchange(answers_, {});
}

}  // namespace tickstock
