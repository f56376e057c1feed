#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "terminal/top_model.hpp"
#include "terminal/top_state.hpp"

namespace tickstock {

/// Where the answers come from. All calls are on the session's thread.
class TopServer {
public:
    using Answers = std::array<TopAnswer, top_page_count>;

    virtual ~TopServer() = default;
    /// Begins a round. REQUIRES: the one before was taken.
    virtual void ask(const std::array<std::string, top_page_count>& targets) = 0;
    /// A round's answers once all are there. Every round ends: what does not answer fails in time.
    virtual std::optional<Answers> take() = 0;
    /// Readable while take() has something.
    virtual int ready_fd() const = 0;
};

struct TopOptions {
    std::string url;  ///< as shown
    Nanos interval{std::chrono::seconds{1}};
    std::string filter;
    std::uint64_t count = 0;  ///< blocks to print; 0 = until a signal
    bool json = false;
    bool utf8 = false;
    bool colours = true;
    std::size_t width = 100;  ///< of plain blocks
};

/// Holds back SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP and SIGWINCH on this thread and those it
/// starts later, until destruction; they are read from fd(). Made before any thread is started.
class TopSignals {
public:
    TopSignals();
    ~TopSignals();
    TopSignals(const TopSignals&) = delete;
    TopSignals& operator=(const TopSignals&) = delete;
    int fd() const { return fd_; }
    /// The next signal that came; 0 when none did.
    int next();
    /// What SIGTSTP would have done: the process stands until somebody continues it.
    static void stand_still();

private:
    int fd_ = -1;
};

/// Until q or a signal. An error: the terminal cannot be drawn on.
Result<bool> run_top_screen(TopServer& server, TopSignals& signals, const Clock& clock,
                            const TopOptions& options);

/// Prints blocks, or JSON lines. Until `count`, a signal, or stdout's end. False: the last round
/// did not reach the server.
bool run_top_plain(TopServer& server, TopSignals& signals, const Clock& clock,
                   const TopOptions& options);

/// A round as one line: {"time":NS,"status":{…},"dashboard":null,…,"errors":{"dashboard":"…"}}.
std::string json_line(const TopPoll& poll);

}  // namespace tickstock
