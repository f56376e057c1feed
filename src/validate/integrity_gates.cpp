// Data integrity: nothing is lost without being counted, and what was told can be made again.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "validate/child_server.hpp"
#include "validate/engine_run.hpp"
#include "validate/groups.hpp"
#include "validate/http_client.hpp"
#include "validate/known_tape.hpp"
#include "validate/live_run.hpp"
#include "validate/overload_run.hpp"
#include "validate/replayed_hash.hpp"
#include "validate/status_page.hpp"

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

std::string first_of(const std::vector<std::string>& faults) {
    return faults.empty() ? "" : faults.front();
}

std::optional<Error> check_shards(Workbench& bench, GateLog& log) {
    std::string text;
    std::optional<std::uint64_t> hash;
    bool equal = true;
    for (const unsigned shards : {1U, 2U, 4U}) {
        auto morning = lively_morning(bench.full() ? 1'000 : 300, bench.full() ? 60 : 20);
        if (!morning) {
            return morning.error();
        }
        const auto result = run_engine(bench.config().pipeline, shards, **morning);
        if (!result) {
            return result.error();
        }
        equal = equal && (!hash || *hash == result->hash) && result->events > 0 &&
                result->accounting.closes();
        hash = result->hash;
        text += fmt::format("{}{}: {} events {:016x}", text.empty() ? "" : ", ", shards,
                            result->events, result->hash);
    }
    log.check("shards", equal, text);
    return std::nullopt;
}

void check_accounting(const LiveRun& live, GateLog& log) {
    const std::vector<std::string> faults = accounting_faults(live.status);
    const std::uint64_t answered = live.answered.accepted + live.answered.duplicates +
                                   live.answered.rejected + live.answered.refused;
    const auto journaled = number_at(live.status, "accounting.sources.out").value_or(0);
    const bool rows_add_up = live.rows == live.answered.rows && answered == live.answered.rows &&
                             journaled == static_cast<double>(live.answered.accepted);
    log.check("accounting", faults.empty() && rows_add_up,
              fmt::format("{} rows sent, {} answered, {} accepted, {} rejected, {} refused; {:.0f} "
                          "records admitted; {}",
                          live.rows, live.answered.rows, live.answered.accepted,
                          live.answered.rejected, live.answered.refused, journaled,
                          faults.empty() ? "12 ledgers close" : first_of(faults)));
}

void check_success(const LiveRun& live, GateLog& log) {
    double worst = 100;
    std::string text;
    for (const char* channel : {"tick", "ohlcv", "fmv"}) {
        const auto records = number_at(live.status, fmt::format("channels.{}.records", channel));
        const auto errors = number_at(live.status, fmt::format("channels.{}.errors", channel));
        if (!records || !errors || *records < 1) {
            log.fail("success", fmt::format("channel {} has worked no record", channel));
            return;
        }
        const double success = 100 * (1 - *errors / *records);
        worst = std::min(worst, success);
        text += fmt::format("{}{}: {:.0f} errors in {:.0f} records", text.empty() ? "" : ", ",
                            channel, *errors, *records);
    }
    log.figure("success", worst, text);
}

void check_replay(Workbench& bench, const LiveRun& live, GateLog& log) {
    const auto replayed = replayed_hash(bench, live.data + "/journal");
    if (!replayed) {
        log.fail("journal_replay", replayed.error().message);
        return;
    }
    const std::uint64_t told = live.told.hash.digest();
    log.check(
        "journal_replay", told == *replayed && live.told.gaps == 0 && live.told.events > 0,
        fmt::format("{} events told {:016x}, replayed {:016x}", live.told.events, told, *replayed));
}

}  // namespace

std::optional<Error> run_integrity(Workbench& bench, GateLog& log) {
    if (auto failed = check_shards(bench, log)) {
        return failed;
    }
    const OverloadRun overload = run_overload(bench);
    if (overload.error.empty()) {
        log.check(
            "overload", overload.faults.empty(),
            overload.text + (overload.faults.empty() ? "" : "; " + first_of(overload.faults)));
    } else {
        log.fail("overload", overload.error);
    }
    const LiveRun& live = bench.live();
    if (!live.error.empty()) {
        return Error{live.error};
    }
    check_accounting(live, log);
    check_success(live, log);
    check_replay(bench, live, log);
    return std::nullopt;
}

}  // namespace tickstock::validate
