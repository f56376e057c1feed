#include "validate/overload_run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>

#include "validate/child_server.hpp"
#include "validate/http_client.hpp"
#include "validate/live_tape.hpp"
#include "validate/push_client.hpp"
#include "validate/status_page.hpp"
#include "validate/stream_client.hpp"
#include "validate/workbench.hpp"

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t paused_rows = 20'000;
constexpr std::uint64_t rows_a_message = 1'000;
constexpr std::size_t unsent_limit = 4 << 20;

class Overload {
public:
    Overload(Workbench& bench, OverloadRun& run)
        : bench_(bench), run_(run), tape_(2'000, 100'000, 2'000) {}

    std::optional<Error> go() {
        auto server = ChildServer::start(
            bench_.push_server_arguments(bench_.path("overload"),
                                         {"channels.tick.batching.overflow_action=drop_newest",
                                          "channels.tick.queue_size=1000"}),
            bench_.path("overload.log"));
        if (!server) {
            return server.error();
        }
        server_ = std::move(*server);
        for (const auto step : {&Overload::open, &Overload::fill_a_paused_channel, &Overload::flood,
                                &Overload::read_all}) {
            if (auto failed = (this->*step)()) {
                return failed;
            }
        }
        return judge();
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
        told_.epoch = end->epoch;
        auto slow = StreamClient::open(server_->port(), told_, true);
        if (!slow) {
            return slow.error();
        }
        slow_.emplace(std::move(*slow));
        auto push = PushClient::open(server_->port(), "validate-overload");
        if (!push) {
            return push.error();
        }
        push_.emplace(std::move(*push));
        return std::nullopt;
    }

    std::optional<Error> command(const char* what) {
        const auto answer =
            http_request(server_->port(), "POST", fmt::format("/api/v1/channels/tick/{}", what));
        if (!answer) {
            return answer.error();
        }
        return answer->status / 100 == 2
                   ? std::nullopt
                   : std::optional(Error{fmt::format("{} of the tick channel: {} {}", what,
                                                     answer->status, answer->body)});
    }

    std::optional<Error> fill_a_paused_channel() {
        if (auto failed = command("pause")) {
            return failed;
        }
        if (auto failed = push(paused_rows)) {
            return failed;
        }
        if (auto failed = push_->settle(60s)) {
            return failed;
        }
        return command("resume");
    }

    std::optional<Error> flood() {
        const Nanos begin = bench_.clock().monotonic();
        const std::uint64_t rows = bench_.full() ? 3'000'000 : 400'000;
        if (auto failed = push(rows)) {
            return failed;
        }
        if (auto failed = push_->settle(120s)) {
            return failed;
        }
        flood_rate_ = static_cast<double>(rows) /
                      std::chrono::duration<double>(bench_.clock().monotonic() - begin).count();
        return std::nullopt;
    }

    std::optional<Error> push(std::uint64_t rows) {
        std::string text;
        for (const std::uint64_t end = sent_ + rows; sent_ < end; sent_ += rows_a_message) {
            text.clear();
            tape_.append_trades(sent_, rows_a_message, text);
            push_->enqueue(sent_ + 1, text);
            do {
                if (auto failed = push_->flush()) {
                    return failed;
                }
            } while (push_->unsent_bytes() > unsent_limit && !is_interrupted());
        }
        return std::nullopt;
    }

    /// The client that did not read comes back as often as it is cut off.
    std::optional<Error> read_all() {
        pause_for(1'200ms);
        const auto end = stream_end(server_->port());
        if (!end) {
            return end.error();
        }
        std::optional<Error> failed;
        for (int attempt = 0; attempt < 20 && !is_interrupted(); ++attempt) {
            failed = slow_->follow_to(end->offset, 60s);
            if (!failed || !told_.broken.empty()) {
                break;
            }
            cut_off_ += slow_->close_code() == 3008 || slow_->close_code() == 0 ? 1U : 0U;
            auto again = StreamClient::open(server_->port(), told_);
            if (!again) {
                return again.error();
            }
            slow_.emplace(std::move(*again));
        }
        last_ = end->offset;
        return told_.broken.empty() ? failed : std::nullopt;
    }

    std::optional<Error> judge() {
        const auto status = server_->page("/api/v1/status");
        if (!status) {
            return status.error();
        }
        const auto count = [&](const char* path) { return number_at(*status, path).value_or(0); };
        const double dropped = count("accounting.sequencer.dropped.queue_full");
        const PushClient::Counts& answered = push_->counts();
        run_.faults = accounting_faults(*status);
        const auto must = [&](bool holds, std::string fault) {
            if (!holds) {
                run_.faults.push_back(std::move(fault));
            }
        };
        must(told_.broken.empty(), told_.broken);
        must(told_.offset >= last_, "the slow client was not told to the end");
        must(told_.gaps > 0 || told_.events == told_.offset,
             fmt::format("{} events told of {} offsets, and no gap", told_.events, told_.offset));
        must(answered.rows == sent_,
             fmt::format("{} rows sent, {} answered", sent_, answered.rows));
        must(answered.rows ==
                 answered.accepted + answered.duplicates + answered.rejected + answered.refused,
             "the answers to rows do not add up");
        must(dropped > 0, "the paused channel's full queue has dropped nothing that is counted");
        run_.text = fmt::format(
            "{} rows sent, {:.0f} a second at most; {} answered, {} accepted, {} refused; {:.0f} "
            "dropped as queue_full; slow client cut off {} times, told {} events up to offset {}, "
            "{} gaps",
            sent_, flood_rate_, answered.rows, answered.accepted, answered.refused, dropped,
            cut_off_, told_.events, told_.offset, told_.gaps);
        return server_->stop();
    }

    Workbench& bench_;
    OverloadRun& run_;
    const LiveTape tape_;
    std::unique_ptr<ChildServer> server_;
    ToldStream told_;
    std::optional<StreamClient> slow_;
    std::optional<PushClient> push_;
    std::uint64_t sent_ = 0;
    std::uint64_t last_ = 0;
    unsigned cut_off_ = 0;
    double flood_rate_ = 0;
};

}  // namespace

OverloadRun run_overload(Workbench& bench) {
    OverloadRun run;
    Overload overload(bench, run);
    if (const auto failed = overload.go()) {
        run.error = failed->message;
    }
    return run;
}

}  // namespace tickstock::validate
