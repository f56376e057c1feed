#include "inspection/live_comparison.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/named_thread.hpp"
#include "engine/configuration_text.hpp"
#include "inspection/comparison_report.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr int nice_of_thread = 10;

}  // namespace

LiveComparison::LiveComparison(Disk& disk, const Config& config, const Clock& clock,
                               MakeConfig make, Options options)
    : disk_(disk), clock_(clock), make_(std::move(make)), options_(options), config_(config) {
    thread_ = std::thread([this] { run(); });
}

LiveComparison::~LiveComparison() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        is_cancelled_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool LiveComparison::start(Request request, Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (asked_ || shown_.running || is_stopping_) {
            return false;
        }
        asked_.emplace(std::move(request), std::move(done));
    }
    changed_.notify_all();
    return true;
}

bool LiveComparison::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (!shown_.running) {
            return false;
        }
        shown_.running = false;
        is_cancelled_ = true;
    }
    changed_.notify_all();
    return true;
}

void LiveComparison::reconfigure(const Config& config) {
    const std::lock_guard lock(mutex_);
    config_ = config;
}

std::string LiveComparison::status(std::uint64_t newest) const {
    const std::lock_guard lock(mutex_);
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("running").boolean(shown_.running);
    json.key("catching_up").boolean(shown_.running && !shown_.caught_up);
    const auto time = [&](std::string_view name, UnixNanos at) {
        json.key(name);
        shown_.caught_up ? json.number(to_ns(at)) : json.null();
    };
    time("since", shown_.since);
    time("since_clock", shown_.since_clock);
    json.key("by").string(shown_.request.by).key("reason").string(shown_.request.reason);
    json.key("settings").begin_object();
    for (const ConfigDifference& one : shown_.differ) {
        json.key(one.name).begin_object().key("a").string(one.from).key("b").string(one.to);
        json.end_object();
    }
    json.end_object();
    json.key("read_through").number(shown_.read_through);
    json.key("lag_records")
        .number(newest > shown_.read_through && shown_.running ? newest - shown_.read_through
                                                               : std::uint64_t{0});
    json.key("awaiting").number(shown_.awaiting).key("failure");
    shown_.failure.empty() ? json.null() : json.string(shown_.failure);
    const ComparisonTally none(0, ComparisonTally::Keep::Newest);
    const ComparisonTally& tally = shown_.tally != nullptr ? *shown_.tally : none;
    json.key("counts").begin_object();
    write_tally(json, tally.total());
    json.end_object().key("by_type");
    write_by_type(json, tally);
    json.key("differences_total").number(tally.total().differences());
    json.key("differences").begin_array();
    for (auto one = tally.differences().rbegin(); one != tally.differences().rend(); ++one) {
        write_difference(json, *one);
    }
    json.end_array().end_object();
    return text;
}

// --- the thread -------------------------------------------------------------------------------

void LiveComparison::run() {
    const NamedThread named("ts-compare");
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice_of_thread);
    for (;;) {
        std::pair<Request, Done> asked;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return is_stopping_ || asked_; });
            if (is_stopping_) {
                return;
            }
            asked = std::move(*asked_);
            shown_ = Shown{};
            shown_.running = true;  // the place is taken
            shown_.request = asked.first;
            is_cancelled_ = false;
            asked_.reset();
        }
        auto comparison = open(asked.first);
        if (!comparison) {
            fail(is_cancelled_ ? "" : comparison.error().message);
            asked.second(comparison.error());
            continue;
        }
        log_info("compare", "{} compares the running settings with others: {}", asked.first.by,
                 asked.first.reason);
        asked.second(std::nullopt);
        follow(**comparison);
    }
}

Result<std::unique_ptr<JournalComparison>> LiveComparison::open(const Request& request) {
    auto other = make_(request.settings);
    if (!other) {
        return other.error();
    }
    Config own;
    {
        const std::lock_guard lock(mutex_);
        own = config_;
    }
    ReloadPlan plan = plan_reload(own, *other);
    if (configuration_text(own) == configuration_text(*other)) {
        return Error{plan.is_empty()
                         ? "the settings are those that run: nothing to compare"
                         : "none of these settings can change an event: " + plan.summary()};
    }
    {
        const std::lock_guard lock(mutex_);
        shown_.differ = std::move(plan.changes);
        shown_.differ.insert(shown_.differ.end(), plan.needs_restart.begin(),
                             plan.needs_restart.end());
        shown_.tally =
            std::make_unique<ComparisonTally>(options_.listed, ComparisonTally::Keep::Newest);
    }
    auto opened = JournalComparison::open(
        {disk_, own.data.directory + "/journal", own, *other, is_cancelled_},
        [this](const ComparisonOutcome& outcome) { take(outcome); });
    if (!opened) {
        log_warn("compare", "{}", opened.error().message);
        return Error{"the journal cannot be read; the server's log says why"};
    }
    return opened;
}

/// Counts what was found behind the point where the comparison had caught up.
void LiveComparison::take(const ComparisonOutcome& outcome) {
    const auto fire = [](const ComparedEvent* event) {
        return event != nullptr ? event->event.detection.key.fire : UnixNanos{};
    };
    const std::lock_guard lock(mutex_);
    if (shown_.running && shown_.caught_up &&
        std::max(fire(outcome.a), fire(outcome.b)) > shown_.since_clock) {
        shown_.tally->add(outcome);
    }
}

void LiveComparison::follow(JournalComparison& comparison) {
    for (;;) {
        const Nanos begin = clock_.monotonic();
        const auto progress = comparison.step(options_.slice);
        if (progress == JournalComparison::Progress::Failed) {
            log_warn("compare", "{}", comparison.failure().message);
            fail(is_cancelled_ ? "" : "the journal cannot be read; the server's log says why");
            return;
        }
        const Nanos worked = clock_.monotonic() - begin;
        {
            const std::lock_guard lock(mutex_);
            shown_.read_through = comparison.read_through().value();
            shown_.awaiting = comparison.awaiting();
            if (progress == JournalComparison::Progress::AtEnd && !shown_.caught_up) {
                shown_.caught_up = true;
                shown_.since = clock_.wall();
                shown_.since_clock = comparison.clock();
            }
        }
        if (!wait(progress == JournalComparison::Progress::More ? worked : options_.poll)) {
            return;
        }
    }
}

void LiveComparison::fail(const std::string& message) {
    const std::lock_guard lock(mutex_);
    shown_.running = false;
    shown_.failure = message;
}

/// False: it ends.
bool LiveComparison::wait(Nanos time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return is_cancelled_.load(); });
    return !is_cancelled_;
}

}  // namespace tickstock
