// Recovery: the server is killed in the middle of its work and started again on what it left.

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "validate/child_server.hpp"
#include "validate/groups.hpp"
#include "validate/live_tape.hpp"
#include "validate/push_client.hpp"
#include "validate/replayed_hash.hpp"
#include "validate/status_page.hpp"
#include "validate/stream_client.hpp"

namespace tickstock::validate {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::uint64_t pace = 20'000;  // rows/s
constexpr std::uint64_t batch = pace / 200;

/// One data directory over several lives of a server; a pusher and a listener that come back each
/// time, as the protocol says they should.
class Lives {
public:
    explicit Lives(Workbench& bench)
        : bench_(bench), data_(bench.path("recovery")), tape_(1'000, pace, 400) {}

    /// Starts the server; seconds from the start of the process until it is ready.
    Result<double> begin() {
        const Nanos begin = bench_.clock().monotonic();
        auto server =
            ChildServer::start(bench_.push_server_arguments(data_, {"snapshot.interval_seconds=1"}),
                               bench_.path("recovery.log"));
        if (!server) {
            return server.error();
        }
        server_ = std::move(*server);
        if (auto failed = server_->wait_until_ready(120s)) {
            return *failed;
        }
        const double seconds =
            std::chrono::duration<double>(bench_.clock().monotonic() - begin).count();
        auto push = PushClient::open(server_->port(), "validate-recovery");
        if (!push) {
            return push.error();
        }
        sent_ = push->through();  // all behind it comes again
        push_.emplace(std::move(*push));
        return seconds;
    }

    std::optional<Error> listen() {
        if (told_.epoch.empty()) {
            const auto end = stream_end(server_->port());
            if (!end) {
                return end.error();
            }
            told_.epoch = end->epoch;
        }
        auto stream = StreamClient::open(server_->port(), told_);
        if (!stream) {
            return stream.error();
        }
        stream_.emplace(std::move(*stream));
        return std::nullopt;
    }

    /// Pushes up to the row `last` at the pace, reading events; then stops where it stands.
    std::optional<Error> push_to(std::uint64_t last) {
        const Nanos begin = bench_.clock().monotonic();
        const std::uint64_t first = sent_;
        std::string rows;
        while (sent_ < last) {
            const std::uint64_t count = std::min(batch, last - sent_);
            rows.clear();
            tape_.append_trades(sent_, count, rows);
            push_->enqueue(sent_ + 1, rows);
            sent_ += count;
            const Nanos due =
                begin + Nanos{static_cast<std::int64_t>((sent_ - first) * (1'000'000'000 / pace))};
            do {
                if (auto failed = push_->flush()) {
                    return failed;
                }
                const auto read = stream_->follow(1ms);
                if (!read) {
                    return read.error();
                }
            } while (bench_.clock().monotonic() < due);
        }
        return std::nullopt;
    }

    void kill() { server_->kill(); }
    std::optional<Error> settle_and_stop() {
        if (auto failed = push_->settle(60s)) {
            return failed;
        }
        pause_for(1'200ms);
        const auto end = stream_end(server_->port());
        if (!end) {
            return end.error();
        }
        if (auto failed = stream_->follow_to(end->offset, 30s)) {
            return failed;
        }
        auto status = server_->page("/api/v1/status");
        if (!status) {
            return status.error();
        }
        status_ = std::move(*status);
        return server_->stop();
    }

    Result<std::string> page(const char* path) const { return server_->page(path); }
    const std::string& status() const { return status_; }
    ToldStream& told() { return told_; }
    std::string journal() const { return data_ + "/journal"; }
    std::uint64_t sent() const { return sent_; }
    std::uint64_t through() const { return push_->through(); }

private:
    Workbench& bench_;
    const std::string data_;
    const LiveTape tape_;
    std::unique_ptr<ChildServer> server_;
    std::optional<PushClient> push_;
    std::optional<StreamClient> stream_;
    ToldStream told_;
    std::string status_;
    std::uint64_t sent_ = 0;
};

/// Trades that the engine has admitted over all lives.
double trades_of(const std::string& status) {
    return number_at(status, "records_by_type.trade").value_or(-1);
}

std::optional<Error> check_kill(Workbench& bench, Lives& lives, GateLog& log) {
    const int kills = bench.full() ? 8 : 3;
    const std::uint64_t rows_a_life = bench.full() ? pace * 4 : pace * 3 / 2;
    double worst = 0;
    double entries = 0;
    bool had_snapshot = true;
    for (int life = 0; life <= kills; ++life) {
        const auto seconds = lives.begin();
        if (!seconds) {
            return seconds.error();
        }
        if (auto failed = lives.listen()) {
            return failed;
        }
        if (life > 0) {
            const auto status = lives.page("/api/v1/status");
            had_snapshot =
                had_snapshot && status && value_at(*status, "recovery.had_snapshot") == "true";
            entries = std::max(entries,
                               status ? number_at(*status, "recovery.entries_run").value_or(0) : 0);
            worst = std::max(worst, *seconds);
        }
        if (auto failed = lives.push_to(static_cast<std::uint64_t>(life + 1) * rows_a_life)) {
            return failed;
        }
        if (life < kills) {
            lives.kill();  // with rows unanswered and events unread
        }
    }
    if (auto failed = lives.settle_and_stop()) {
        return failed;
    }
    log.figure("restart", had_snapshot ? worst : std::numeric_limits<double>::quiet_NaN(),
               had_snapshot ? fmt::format("worst of {} starts after a kill, up to {:.0f} entries "
                                          "behind the snapshot",
                                          kills, entries)
                            : "a start found no snapshot");
    const auto replayed = replayed_hash(bench, lives.journal());
    if (!replayed) {
        return replayed.error();
    }
    const ToldStream& told = lives.told();
    const std::uint64_t hash = told.hash.digest();
    const double trades = trades_of(lives.status());
    log.check("kill",
              told.broken.empty() && told.gaps == 0 && told.events == told.offset &&
                  told.events > 0 && told.resumed >= static_cast<std::uint64_t>(kills) &&
                  hash == *replayed && trades == static_cast<double>(lives.sent()),
              fmt::format("{} times SIGKILL; {} rows pushed, {:.0f} in the engine; {} events told "
                          "over {} resumes up to offset {} of one epoch, {} gaps; told {:016x}, "
                          "journal replayed {:016x}",
                          kills, lives.sent(), trades, told.events, told.resumed, told.offset,
                          told.gaps, hash, *replayed));
    return std::nullopt;
}

/// Takes the last bytes of the newest segment's last frame away. What is reserved behind it is
/// zeros.
std::optional<Error> tear(const std::string& journal) {
    std::vector<std::string> segments;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(journal, failed)) {
        if (entry.path().extension() == ".tsj") {
            segments.push_back(entry.path().string());
        }
    }
    if (failed || segments.empty()) {
        return Error{journal + ": no segments"};
    }
    std::sort(segments.begin(), segments.end());
    std::ifstream file(segments.back(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::size_t end = bytes.find_last_not_of('\0');
    if (end == std::string::npos || end < 100) {
        return Error{segments.back() + ": too short to be torn"};
    }
    fs::resize_file(segments.back(), end - 4, failed);
    return failed ? std::optional(Error{segments.back() + ": " + failed.message()}) : std::nullopt;
}

std::optional<Error> check_torn_tail(Lives& lives, GateLog& log) {
    // A few rows more, answered and so in the journal, then the kill and the damage.
    auto started = lives.begin();
    if (!started) {
        return started.error();
    }
    if (auto failed = lives.listen()) {
        return failed;
    }
    const std::uint64_t rows = lives.sent() + pace / 2;
    if (auto failed = lives.push_to(rows)) {
        return failed;
    }
    lives.kill();
    if (auto failed = tear(lives.journal())) {
        return failed;
    }
    started = lives.begin();
    if (!started) {
        return started.error();
    }
    const auto status = lives.page("/api/v1/status");
    if (!status) {
        return status.error();
    }
    const double torn = number_at(*status, "recovery.torn_bytes").value_or(0);
    const std::uint64_t kept = lives.through();
    // What was told of rows that are gone now may be told anew: a client of its own.
    lives.told() = ToldStream();
    if (auto failed = lives.listen()) {
        return failed;
    }
    if (auto failed = lives.push_to(rows)) {
        return failed;
    }
    if (auto failed = lives.settle_and_stop()) {
        return failed;
    }
    const double trades = trades_of(lives.status());
    const auto faults = accounting_faults(lives.status());
    log.check("torn_tail",
              torn > 0 && kept < rows && trades == static_cast<double>(rows) &&
                  lives.told().broken.empty() && lives.told().events == lives.told().offset &&
                  faults.empty(),
              fmt::format("{:.0f} bytes cut; {} of {} rows were there still, the others came "
                          "again: {:.0f} in the engine, {} events told without a hole{}",
                          torn, kept, rows, trades, lives.told().events,
                          faults.empty() ? "" : "; " + faults.front()));
    return std::nullopt;
}

}  // namespace

std::optional<Error> run_recovery(Workbench& bench, GateLog& log) {
    Lives lives(bench);
    if (auto failed = check_kill(bench, lives, log)) {
        return failed;
    }
    return check_torn_tail(lives, log);
}

}  // namespace tickstock::validate
