#include "sources/polygon/backfill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <tuple>
#include <utility>

#include "sources/feed/http_fetcher.hpp"
#include "sources/polygon/bar_tracker.hpp"
#include "sources/polygon/rest_rows.hpp"
#include "sources/polygon/rest_targets.hpp"

namespace tickstock {
namespace {

using Kind = PolygonRestReader::Kind;

constexpr unsigned http_ok = 200;
}  // namespace

class PolygonBackfill::Impl final {
public:
    Impl(Options options, const Clock& clock, std::function<void()> wake)
        : options_(std::move(options)), clock_(clock), wake_(std::move(wake)) {
        HttpFetcher::Options fetch;
        fetch.thread_name = options_.thread_name;
        fetch.url = options_.rest_url;
        if (fetch.url.target.size() > 1 && fetch.url.target.back() == '/') {
            fetch.url.target.pop_back();
        }
        base_ = fetch.url.target == "/" ? "" : fetch.url.target;
        fetch.trust = options_.trust;
        fetch.key = options_.key;
        fetch.connections = options_.connections;
        fetch.retry_pause = options_.retry_pause;
        fetch.request_timeout = options_.timeout;
        fetcher_ = std::make_unique<HttpFetcher>(std::move(fetch));
    }

    void begin(BackfillRequest request) {
        const std::uint64_t id = next_id();
        fetcher_->post(
            [this, id, request = std::move(request)]() mutable { run(id, std::move(request)); });
    }

    void cancel() {
        next_id();
        fetcher_->post([this] {
            running_ = false;
            fetcher_->drop_all();
            records_ = {};
        });
    }

    std::optional<BackfillResult> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(result_, std::nullopt);
    }

    void stop() { fetcher_->stop(); }

private:
    /// Results of requests before are no longer wanted.
    std::uint64_t next_id() {
        const std::lock_guard lock(mutex_);
        result_.reset();
        return ++wanted_;
    }

    // All below on the fetcher's thread.

    void run(std::uint64_t id, BackfillRequest request) {
        id_ = id;
        began_ = clock_.monotonic();
        answers_ = 0;
        request_ = std::move(request);
        cache_ = SymbolCache();
        ledger_ = RowLedger("back-fill", {});
        context_.emplace(SourceId{}, cache_, ledger_);
        reader_ = std::make_unique<PolygonRestReader>(*context_);
        records_.clear();
        pending_ = 0;
        running_ = true;
        fetcher_->post_after(options_.timeout, [this, id] {
            if (running_ && id == id_) {
                finish("not fetched within backfill_timeout_seconds");
            }
        });
        if (request_.list_more || request_.cut_by_list) {
            list();
        } else {
            fetch_all(request_.symbols);
        }
    }

    /// Asks which symbols had data; of those that we know it leaves out who had none.
    void list() {
        fetcher_->get("/v2/snapshot/locale/us/markets/stocks/tickers", [this](unsigned status,
                                                                              std::string& body) {
            std::unordered_map<std::string, UnixNanos> updated;
            if (!good(status, body, "the list of tickers")) {
                return;
            }
            if (!reader_->read_snapshot(body, updated)) {
                return finish("the list of tickers cannot be read");
            }
            const auto symbols = choose(updated);
            if (request_.cut_by_list && request_.to - request_.from > request_.longest) {
                return finish(outage_too_long(request_.to - request_.from));
            }
            fetch_all(symbols);
        });
    }

    std::vector<std::string> choose(const std::unordered_map<std::string, UnixNanos>& updated) {
        std::vector<std::string> symbols;
        UnixNanos newest = request_.from;
        for (const std::string& symbol : request_.symbols) {
            const auto found = updated.find(symbol);
            if (found == updated.end() || found->second == time_unknown || !request_.list_more) {
                symbols.push_back(symbol);
            }
        }
        for (const auto& [symbol, time] : updated) {
            newest = std::max(newest, time);
            if (request_.list_more && time >= request_.from - std::chrono::milliseconds(1)) {
                symbols.push_back(symbol);
            }
        }
        if (request_.cut_by_list) {
            request_.to = std::min(request_.to, newest);
        }
        std::sort(symbols.begin(), symbols.end());
        return symbols;
    }

    void fetch_all(const std::vector<std::string>& symbols) {
        for (const std::string& symbol : symbols) {
            if (request_.trades) {
                fetch(Kind::Trades, symbol, rest_target(Kind::Trades, symbol, request_));
            }
            if (request_.quotes) {
                fetch(Kind::Quotes, symbol, rest_target(Kind::Quotes, symbol, request_));
            }
            if (request_.minute_bars) {
                fetch(Kind::MinuteBars, symbol, rest_target(Kind::MinuteBars, symbol, request_));
            }
        }
        if (pending_ == 0) {
            finish({});
        }
    }

    void fetch(Kind kind, const std::string& symbol, std::string target) {
        ++pending_;
        fetcher_->get(std::move(target), [this, kind, symbol](unsigned status, std::string& body) {
            --pending_;
            std::string next;
            if (!good(status, body, symbol)) {
                return;
            }
            if (!reader_->read_page(body, kind, symbol, records_, next)) {
                return finish("the answer for " + symbol + " cannot be read");
            }
            if (records_.size() > options_.rows_max) {
                return finish(fmt::format("more than {} rows", options_.rows_max));
            }
            if (!next.empty()) {
                std::string path = rest_target_of(next);
                if (!base_.empty() && path.starts_with(base_)) {
                    path.erase(0, base_.size());
                }
                fetch(kind, symbol, std::move(path));
            } else if (pending_ == 0) {
                return finish({});
            }
            ++answers_;
            give_up_in_time();
        });
    }

    /// What is held back meanwhile must not wait for what cannot be had.
    void give_up_in_time() {
        const std::size_t enough = std::size_t{4} * options_.connections;
        const Nanos passed = clock_.monotonic() - began_;
        if (answers_ < enough || passed >= options_.timeout) {
            return;
        }
        const double each =
            std::chrono::duration<double>(passed).count() / static_cast<double>(answers_);
        const double left = std::chrono::duration<double>(options_.timeout - passed).count();
        if (each * static_cast<double>(pending_) > left) {
            finish(
                fmt::format("{} requests are left, each takes {:.1f} ms: not to be fetched "
                            "within backfill_timeout_seconds",
                            pending_, each * 1e3));
        }
    }

    bool good(unsigned status, const std::string& body, const std::string& what) {
        if (status == http_ok) {
            return true;
        }
        constexpr std::size_t excerpt = 200;
        finish(status == 0 ? what + ": " + body
                           : fmt::format("{}: HTTP {}: {}", what, status, body.substr(0, excerpt)));
        return false;
    }

    void finish(std::string error) {
        running_ = false;
        fetcher_->drop_all();
        BackfillResult result;
        result.error = std::move(error);
        if (result.ok()) {
            fill(result);
        }
        records_ = {};
        {
            const std::lock_guard lock(mutex_);
            if (id_ != wanted_) {
                return;
            }
            result_ = std::move(result);
        }
        if (wake_) {
            wake_();
        }
    }

    void fill(BackfillResult& result) {
        cache_.take_new(result.symbols);
        result.counts = ledger_.counts();
        // A minute that goes on, and those around that were asked for too.
        const auto outside = [this](const Record& record) {
            const UnixNanos time = feed_time(record);
            const bool bar = record.kind() == RecordKind::Bar;
            return time > request_.to || (bar && time < request_.from - bar_slack);
        };
        const std::uint64_t removed = std::erase_if(records_, outside);
        result.counts.in -= removed;  // not of this outage: never counted
        result.counts.out -= removed;
        result.records = std::move(records_);
        std::stable_sort(result.records.begin(), result.records.end(),
                         [&](const Record& a, const Record& b) {
                             const auto key = [&](const Record& record) {
                                 const RecordHeader& header = record.header();
                                 return std::tuple(feed_time(record), header.source_sequence,
                                                   result.symbols[header.symbol.value()]);
                             };
                             return key(a) < key(b);
                         });
    }

    Options options_;
    const Clock& clock_;
    std::function<void()> wake_;
    std::string base_;  // of rest_url's path
    BackfillRequest request_;
    SymbolCache cache_;
    RowLedger ledger_;
    std::optional<DecodeContext> context_;
    std::unique_ptr<PolygonRestReader> reader_;
    std::vector<Record> records_;
    std::size_t pending_ = 0;
    bool running_ = false;
    std::uint64_t id_ = 0;
    Nanos began_{0};
    std::size_t answers_ = 0;

    std::mutex mutex_;  // of what follows
    std::uint64_t wanted_ = 0;
    std::optional<BackfillResult> result_;

    std::unique_ptr<HttpFetcher> fetcher_;  // last: its thread ends first
};

PolygonBackfill::PolygonBackfill(Options options, const Clock& clock, std::function<void()> wake)
    : impl_(std::make_unique<Impl>(std::move(options), clock, std::move(wake))) {}
PolygonBackfill::~PolygonBackfill() {
    stop();
}
void PolygonBackfill::begin(BackfillRequest request) {
    impl_->begin(std::move(request));
}
std::optional<BackfillResult> PolygonBackfill::take() {
    return impl_->take();
}
void PolygonBackfill::cancel() {
    impl_->cancel();
}
void PolygonBackfill::stop() {
    impl_->stop();
}

}  // namespace tickstock
