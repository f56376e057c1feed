#include "validate/live_run.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "validate/child_server.hpp"
#include "validate/live_tape.hpp"
#include "validate/workbench.hpp"

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t symbols = 10'000;
constexpr std::uint64_t pace = 100'000;  // trades/s, SPEC 17
constexpr std::uint64_t highs = 2'000;   // events/s
constexpr std::uint64_t batch = pace / 1'000;
constexpr std::uint32_t rows_a_message = 2'000;

class Load {
public:
    Load(const Workbench& bench, LiveRun& run)
        : bench_(bench), clock_(bench.clock()), run_(run), tape_(symbols, pace, highs) {}

    std::optional<Error> go() {
        run_.symbols = symbols;
        run_.pace = static_cast<double>(pace);
        run_.data = bench_.path("live");
        auto server =
            ChildServer::start(bench_.push_server_arguments(run_.data), bench_.path("live.log"));
        if (!server) {
            return server.error();
        }
        server_ = std::move(*server);
        for (const auto step : {&Load::open, &Load::preload, &Load::push_at_the_pace, &Load::end}) {
            if (auto failed = (this->*step)()) {
                // Who was cut off says little; who cut says more.
                return server_->process().last_lines(1).find("failed") == std::string::npos
                           ? failed
                           : Error{failed->message + ": " + server_->process().last_lines(2)};
            }
        }
        return std::nullopt;
    }

private:
    std::optional<Error> open() {
        if (auto failed = server_->wait_until_ready(60s)) {
            return failed;
        }
        const auto end = stream_end(server_->port());
        if (!end) {
            return end.error();
        }
        run_.told.epoch = end->epoch;  // from the epoch's begin
        auto stream = StreamClient::open(server_->port(), run_.told);
        if (!stream) {
            return stream.error();
        }
        stream_.emplace(std::move(*stream));
        auto push = PushClient::open(server_->port(), "validate-live");
        if (!push) {
            return push.error();
        }
        push_.emplace(std::move(*push));
        return std::nullopt;
    }

    /// Every symbol into every channel.
    std::optional<Error> preload() {
        std::string rows;
        const auto send = [&](std::uint32_t count) {
            push_->enqueue(run_.rows + 1, rows);
            run_.rows += count;
            rows.clear();
        };
        for (const bool bars : {true, false}) {
            for (std::uint32_t first = 0; first < symbols; first += rows_a_message) {
                bars ? tape_.append_bars(2, first, rows_a_message, rows)
                     : tape_.append_fair_values(first, rows_a_message, rows);
                send(rows_a_message);
            }
        }
        return settle();
    }

    std::optional<Error> push_at_the_pace() {
        const std::uint64_t seconds = bench_.full() ? 30 : 4;
        const std::uint64_t batches = seconds * 1'000;
        sent_at_.reserve(batches);
        const std::uint64_t events_before = run_.told.events;
        const std::uint64_t accepted_before = push_->counts().accepted;
        const auto processor_before = server_->processor_time();
        const Nanos begin = clock_.monotonic();
        std::string rows;
        for (std::uint64_t number = 0; number < batches; ++number) {
            if (number == symbols / batch + 1) {
                const auto memory = server_->memory();  // all symbols have traded
                run_.loaded = memory ? *memory : ProcessMemory{};
            }
            if (number == batches / 2) {
                // A minute ends: the bars of all symbols at once.
                for (std::uint32_t first = 0; first < symbols; first += rows_a_message) {
                    rows.clear();
                    tape_.append_bars(1, first, rows_a_message, rows);
                    push_->enqueue(run_.rows + 1, rows);
                    run_.rows += rows_a_message;
                }
            }
            rows.clear();
            tape_.append_trades(number * batch, batch, rows);
            push_->enqueue(run_.rows + 1, rows);
            run_.rows += batch;
            sent_at_.push_back(clock_.monotonic());
            if (auto failed = serve_until(begin + (number + 1) * 1ms)) {
                return failed;
            }
        }
        if (auto failed = settle()) {
            return failed;
        }
        run_.seconds = std::chrono::duration<double>(clock_.monotonic() - begin).count();
        const auto processor_after = server_->processor_time();
        if (processor_before && processor_after) {
            run_.processor_time = *processor_after - *processor_before;
        }
        run_.records = push_->counts().accepted - accepted_before;
        // The bars of the middle are not in the pace.
        const double trades =
            static_cast<double>(push_->counts().accepted - accepted_before) - symbols;
        run_.trades_per_second = trades / run_.seconds;
        run_.events_per_second =
            static_cast<double>(run_.told.events - events_before) / run_.seconds;
        return std::nullopt;
    }

    /// Sends and reads until it is time for the next batch; at least once.
    std::optional<Error> serve_until(Nanos due) {
        do {
            if (auto failed = push_->flush()) {
                return failed;
            }
            if (auto failed = read_events()) {
                return failed;
            }
            const Nanos left = due - clock_.monotonic();
            if (left > 0ns) {
                pollfd wanted{stream_->descriptor(), POLLIN, 0};
                const timespec time{0, std::min<long>(left.count(), 1'000'000)};
                ::ppoll(&wanted, 1, &time, nullptr);
            }
        } while (clock_.monotonic() < due);
        return std::nullopt;
    }

    std::optional<Error> read_events() {
        const auto any = stream_->follow(0ns, [&](const StreamClient::Event& event) {
            const auto trade = tape_.trade_of(event.body);
            if (trade && *trade / batch < sent_at_.size()) {
                run_.end_to_end.record(clock_.monotonic() - sent_at_[*trade / batch]);
            }
        });
        return any ? std::nullopt : std::optional(any.error());
    }

    std::optional<Error> settle() {
        const Nanos end = clock_.monotonic() + 60s;
        while (push_->unanswered() > 0) {
            if (clock_.monotonic() > end) {
                return Error{"the server did not answer all rows in 60 s"};
            }
            if (auto failed = serve_until(clock_.monotonic() + 1ms)) {
                return failed;
            }
        }
        return std::nullopt;
    }

    std::optional<Error> end() {
        pause_for(1'200ms);  // pages show the engine as of the last second
        const auto at = stream_end(server_->port());
        if (!at) {
            return at.error();
        }
        if (auto failed = stream_->follow_to(at->offset, 30s)) {
            return failed;
        }
        auto status = server_->page("/api/v1/status");
        if (!status) {
            return status.error();
        }
        run_.status = std::move(*status);
        auto metrics = server_->page("/metrics");
        if (!metrics) {
            return metrics.error();
        }
        run_.metrics = std::move(*metrics);
        run_.answered = push_->counts();
        const auto memory = server_->memory();
        if (!memory) {
            return memory.error();
        }
        run_.memory = *memory;
        return server_->stop();
    }

    const Workbench& bench_;
    const Clock& clock_;
    LiveRun& run_;
    const LiveTape tape_;
    std::unique_ptr<ChildServer> server_;
    std::optional<StreamClient> stream_;
    std::optional<PushClient> push_;
    std::vector<Nanos> sent_at_;  // by batch of trades
};

}  // namespace

LiveRun run_live(const Workbench& bench) {
    LiveRun run;
    Load load(bench, run);
    if (const auto failed = load.go()) {
        run.error = "the live run: " + failed->message;
    }
    return run;
}

std::string conditions_of(const LiveRun& run) {
    return fmt::format("{:.0f} trades/s and {:.0f} events/s for {:.0f} s, {} symbols",
                       run.trades_per_second, run.events_per_second, run.seconds, run.symbols);
}

}  // namespace tickstock::validate
