#include "inspection/journal_inspector.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/hash.hpp"
#include "base/named_thread.hpp"
#include "engine/configuration_text.hpp"
#include "inspection/trace_json.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr int nice_of_thread = 10;

}  // namespace

Result<std::unique_ptr<JournalInspector>> JournalInspector::start(Disk& disk, const Config& config,
                                                                  const Clock& clock,
                                                                  Options options) {
    auto reader = CandleReader::create(disk, config.data.directory + "/journal", config.pipeline,
                                       options.candles);
    if (!reader) {
        return reader.error();
    }
    return std::unique_ptr<JournalInspector>(
        new JournalInspector(disk, config, clock, options, std::move(*reader)));
}

JournalInspector::JournalInspector(Disk& disk, const Config& config, const Clock& clock,
                                   Options options, std::unique_ptr<CandleReader> reader)
    : disk_(disk),
      clock_(clock),
      options_(options),
      data_(config.data.directory),
      source_names_(config.source.names),
      settings_(config.pipeline),
      configuration_hash_(xxh64(configuration_text(config))),
      reader_(std::move(reader)) {
    thread_ = std::thread([this] { run(); });
}

JournalInspector::~JournalInspector() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool JournalInspector::candles(CandleRequest request, Done done) {
    return ask(std::move(request), std::move(done));
}

bool JournalInspector::trace(TraceRequest request, Done done) {
    return ask(std::move(request), std::move(done));
}

bool JournalInspector::ask(std::variant<CandleRequest, TraceRequest> request, Done done) {
    {
        const std::lock_guard lock(mutex_);
        ++counts_.asked;
        const std::uint64_t waiting =
            counts_.asked - counts_.answered - counts_.failed - counts_.refused - 1;
        if (waiting >= options_.queue || is_stopping_) {
            ++counts_.refused;
            return false;
        }
        Question question;
        question.request = std::move(request);
        question.done = std::move(done);
        question.asked = clock_.monotonic();
        asked_.push_back(std::move(question));
    }
    changed_.notify_one();
    return true;
}

void JournalInspector::reconfigure(const Config& config) {
    const std::lock_guard lock(mutex_);
    new_config_ = config;
}

JournalInspector::Counts JournalInspector::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

// --- the thread -------------------------------------------------------------------------------

void JournalInspector::run() {
    const NamedThread named("ts-inspect");
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice_of_thread);
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            if (is_stopping_) {
                return;
            }
            take_settings();
            take_questions();
        }
        const Nanos begin = clock_.monotonic();
        const bool has_more = work();
        const bool anyone_waits = !candles_.empty() || !traces_.empty();
        if (has_more) {
            pause(clock_.monotonic() - begin, anyone_waits);
            continue;
        }
        const bool watches = reader_->watches_any(clock_.monotonic());
        std::unique_lock lock(mutex_);
        counts_.entries_read = reader_->entries_read();
        const auto is_called = [this] { return is_stopping_ || !asked_.empty(); };
        if (watches) {
            changed_.wait_for(lock, options_.poll, is_called);
        } else {
            changed_.wait(lock, is_called);
        }
    }
}

/// REQUIRES: mutex_ is held.
void JournalInspector::take_questions() {
    for (Question& question : asked_) {
        auto& list = std::holds_alternative<CandleRequest>(question.request) ? candles_ : traces_;
        list.push_back(std::move(question));
    }
    asked_.clear();
}

/// REQUIRES: mutex_ is held.
void JournalInspector::take_settings() {
    if (!new_config_) {
        return;
    }
    settings_ = new_config_->pipeline;
    configuration_hash_ = xxh64(configuration_text(*new_config_));
    new_config_.reset();
    if (const auto error = reader_->reconfigure(settings_)) {
        log_warn("inspection", "candles keep the settings before: {}", error->message);
    }
}

/// Leaves the processor to others for as long as it has worked, or three times as long where nobody
/// waits.
void JournalInspector::pause(Nanos worked, bool anyone_waits) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, anyone_waits ? worked : 3 * worked, [this] { return is_stopping_; });
}

bool JournalInspector::work() {
    const bool more_candles = work_candles();
    const bool more_traces = work_trace();
    return more_candles || more_traces;
}

bool JournalInspector::work_candles() {
    const Nanos now = clock_.monotonic();
    for (Question& question : candles_) {
        if (!std::exchange(question.is_watched, true)) {
            reader_->watch(std::get<CandleRequest>(question.request), now);
        }
    }
    const bool is_due = now - read_at_ >= options_.poll && reader_->watches_any(now);
    const bool is_wanted = std::any_of(candles_.begin(), candles_.end(),
                                       [](const Question& one) { return !one.is_read_on; });
    bool has_more = false;
    if (is_due || is_wanted || reads_on_) {
        const auto more = reader_->read_on(options_.slice);
        if (!more) {
            fail_candles(more.error());
            return false;
        }
        reads_on_ = *more;
        if (!reads_on_) {
            read_at_ = now;
            for (Question& question : candles_) {
                question.is_read_on = true;
            }
        }
        has_more = reads_on_;
    }
    if (!reads_on_) {
        const auto more = reader_->read_back(options_.slice);
        if (!more) {
            fail_candles(more.error());
            return false;
        }
        has_more = *more;
    }
    for (auto question = candles_.begin(); question != candles_.end();) {
        const auto& request = std::get<CandleRequest>(question->request);
        const bool is_late = now - question->asked >= options_.candle_patience;
        if (question->is_read_on && (is_late || reader_->is_complete(request.symbol))) {
            reader_->watch(request, now);  // another question may have taken its place
            answer(*question, reader_->answer(request));
            question = candles_.erase(question);
        } else {
            ++question;
        }
    }
    return has_more || !candles_.empty();
}

bool JournalInspector::work_trace() {
    if (traces_.empty()) {
        return false;
    }
    Question& question = traces_.front();
    const auto& request = std::get<TraceRequest>(question.request);
    if (question.trace == nullptr) {
        question.trace = std::make_unique<JournalTrace>(
            JournalTrace::Parts{disk_, data_, settings_, configuration_hash_},
            JournalTrace::Request{request.symbol, request.limit, Sequence{request.from},
                                  Sequence{request.to}, UnixNanos{}});
    }
    JournalTrace& trace = *question.trace;
    switch (trace.step(options_.slice)) {
        case JournalTrace::Progress::More:
            if (clock_.monotonic() - question.asked < options_.trace_patience) {
                return true;
            }
            answer(question, Error{"the trace takes too long here: ask for later records, or use "
                                   "`tickstock trace` on the data directory"});
            break;
        case JournalTrace::Progress::Failed: answer(question, trace.failure()); break;
        case JournalTrace::Progress::Done: {
            TraceFacts facts{request.symbol, trace.from(), trace.through(), trace.begin_kind(),
                             trace.begin(),  trace.note(), source_names_};
            answer(question, trace_json(facts, trace.tracer()));
            break;
        }
    }
    traces_.pop_front();
    return !traces_.empty();
}

void JournalInspector::fail_candles(const Error& error) {
    reads_on_ = false;
    read_at_ = clock_.monotonic();
    while (!candles_.empty()) {
        answer(candles_.front(), error);
        candles_.pop_front();
    }
}

/// Clients are not told names of files: those stand in the log.
void JournalInspector::answer(Question& question, Result<std::string> answer) {
    const bool is_good = answer.ok();
    if (!is_good && answer.error().message.find(data_) != std::string::npos) {
        if (std::exchange(last_logged_, answer.error().message) != answer.error().message) {
            log_warn("inspection", "{}", answer.error().message);
        }
        answer = Error{"the journal cannot be read here; the server's log says why"};
    }
    {
        const std::lock_guard lock(mutex_);
        ++(is_good ? counts_.answered : counts_.failed);
    }
    question.done(std::move(answer));
}

}  // namespace tickstock
