#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/disk.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "inspection/candle_reader.hpp"
#include "inspection/inspector.hpp"
#include "inspection/journal_trace.hpp"

namespace tickstock {

/// Answers questions from the journal's files on the thread `ts-inspect`, in slices with pauses
/// and below the priority of all others, so that the engine never waits for it: at most half a core
/// while somebody waits for an answer, a quarter while it only keeps watched symbols up to date.
class JournalInspector final : public Inspector {
public:
    struct Options {
        std::size_t queue = 64;                           ///< questions that wait
        Nanos candle_patience = std::chrono::seconds(3);  ///< then what is known by then
        Nanos trace_patience = std::chrono::seconds(20);  ///< then an error
        Nanos poll = std::chrono::seconds(1);             ///< of watched symbols
        std::size_t slice = 32'768;                       ///< entries between two pauses
        CandleReader::Limits candles;
    };
    /// Starts the thread. `disk` and `clock` outlive it. An error names the condition table's file
    /// and line.
    static Result<std::unique_ptr<JournalInspector>> start(Disk& disk, const Config& config,
                                                           const Clock& clock, Options options);
    static Result<std::unique_ptr<JournalInspector>> start(Disk& disk, const Config& config,
                                                           const Clock& clock) {
        return start(disk, config, clock, Options{});
    }
    /// Waits for the slice in hand; questions that wait are not answered.
    ~JournalInspector() override;
    JournalInspector(const JournalInspector&) = delete;
    JournalInspector& operator=(const JournalInspector&) = delete;

    bool candles(CandleRequest request, Done done) override;
    bool trace(TraceRequest request, Done done) override;

    /// The engine has taken these settings. Any thread.
    void reconfigure(const Config& config);

    struct Counts {
        std::uint64_t asked = 0;  ///< = answered + failed + refused + those that wait
        std::uint64_t answered = 0;
        std::uint64_t failed = 0;
        std::uint64_t refused = 0;       ///< the queue was full
        std::uint64_t entries_read = 0;  ///< of the journal, for candles
    };
    Counts counts() const;  ///< any thread

private:
    struct Question {
        std::variant<CandleRequest, TraceRequest> request;
        Done done;
        Nanos asked{0};
        bool is_watched = false;
        bool is_read_on = false;  ///< candles: all that was written when it came is read
        std::unique_ptr<JournalTrace> trace;
    };
    JournalInspector(Disk& disk, const Config& config, const Clock& clock, Options options,
                     std::unique_ptr<CandleReader> reader);

    bool ask(std::variant<CandleRequest, TraceRequest> request, Done done);
    void run();
    void take_questions();
    void take_settings();
    /// True: there is more to do at once.
    bool work();
    bool work_candles();
    bool work_trace();
    void answer(Question& question, Result<std::string> answer);
    void fail_candles(const Error& error);
    void pause(Nanos worked, bool anyone_waits);

    Disk& disk_;
    const Clock& clock_;
    const Options options_;
    const std::string data_;
    const std::vector<std::string> source_names_;
    // The thread's.
    PipelineSettings settings_;
    std::uint64_t configuration_hash_;
    std::unique_ptr<CandleReader> reader_;
    std::deque<Question> candles_;
    std::deque<Question> traces_;
    Nanos read_at_{0};  // that all was read
    bool reads_on_ = false;
    std::string last_logged_;

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::deque<Question> asked_;
    std::optional<Config> new_config_;
    Counts counts_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace tickstock
