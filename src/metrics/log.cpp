#include "metrics/log.hpp"

#include <poll.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/utf8.hpp"
#include "metrics/rate_cap.hpp"

namespace tickstock {
namespace {

constexpr unsigned lines_a_second = 50;
/// Bytes; with time, level and area a line stays below PIPE_BUF.
constexpr std::size_t text_max = 3'500;
/// More areas than this share one cap: areas are words of the program, not of its input.
constexpr std::size_t areas_max = 256;

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::Debug: return spdlog::level::debug;
        case LogLevel::Info: return spdlog::level::info;
        case LogLevel::Warn: return spdlog::level::warn;
        case LogLevel::Error: return spdlog::level::err;
        case LogLevel::Off: return spdlog::level::off;
    }
    TS_ASSERT(false);
}

static_assert(text_max + 200 < PIPE_BUF);

/// Ends a line, turns the reading direction, or is not there to see: a log with it reads as
/// something else than was written.
bool misleads(std::uint32_t code) {
    return code == 0x061C || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
           code == 0xFEFF;
}

/// At most `size` bytes, whole characters. REQUIRES: valid UTF-8.
void cut(std::string& text, std::size_t size) {
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
        --size;
    }
    text.resize(size);
}

/// The process's one log.
class Log {
public:
    static Log& instance() {
        static Log log;
        return log;
    }

    std::atomic<LogLevel> level{LogLevel::Info};

    void say(LogLevel line_level, std::string_view area, std::string_view text) {
        const std::lock_guard lock(mutex_);
        RateCap& cap = cap_of(line_level, area);
        if (!cap.allow(clock_.monotonic())) {
            return;
        }
        tell_suppressed(line_level, area, cap);
        write(line_level, area, text);
    }

    void flush() {
        const std::lock_guard lock(mutex_);
        for (auto& [key, cap] : caps_) {
            tell_suppressed(key.first, key.second, cap);
        }
        logger_.flush();
    }

    void capture(bool on) {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(on != capturing_);
        capturing_ = on;
        captured_.clear();
        caps_.clear();
    }
    std::vector<std::string> captured() {
        const std::lock_guard lock(mutex_);
        return captured_;
    }

private:
    Log() : logger_("tickstock", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
        logger_.set_level(spdlog::level::trace);
        logger_.flush_on(spdlog::level::warn);
        logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
    }

    RateCap& cap_of(LogLevel line_level, std::string_view area) {
        const bool full = caps_.size() >= areas_max;
        std::pair key{line_level, std::string(area)};
        auto found = caps_.find(key);
        if (found == caps_.end() && full) {
            key.second = "other";
            found = caps_.find(key);
        }
        if (found == caps_.end()) {
            found = caps_.emplace(std::move(key), RateCap(lines_a_second)).first;
        }
        return found->second;
    }

    void tell_suppressed(LogLevel line_level, std::string_view area, RateCap& cap) {
        if (const auto count = cap.take_suppressed(); count > 0) {
            write(line_level, area, fmt::format("{} suppressed", count));
        }
    }

    void write(LogLevel line_level, std::string_view area, std::string_view text) {
        auto escaped = escape_control(text);
        if (capturing_) {
            captured_.push_back(fmt::format("{} {}: {}", to_string(line_level), area, escaped));
            return;
        }
        if (escaped.size() > text_max) {
            cut(escaped, text_max);
            escaped += " …";
        }
        if (!takes_a_line()) {
            ++lost_;
            return;
        }
        if (lost_ > 0) {
            logger_.warn("warn  log: {} lines are lost: nobody took them", lost_);
            lost_ = 0;
            if (!takes_a_line()) {
                ++lost_;
                return;
            }
        }
        logger_.log(spdlog_level(line_level),
                    fmt::format("{:<5} {}: {}", to_string(line_level), area, escaped));
    }

    /// A reader of stderr who has stopped shall stop no thread that has something to say. Then a
    /// pipe has room for PIPE_BUF bytes at least.
    static bool takes_a_line() {
        pollfd out{STDERR_FILENO, POLLOUT, 0};
        return ::poll(&out, 1, 0) != 0;
    }

    std::mutex mutex_;  // guards all below
    SystemClock clock_;
    spdlog::logger logger_;
    std::map<std::pair<LogLevel, std::string>, RateCap> caps_;
    std::uint64_t lost_ = 0;  // lines, since the last one that was written
    bool capturing_ = false;
    std::vector<std::string> captured_;
};

}  // namespace

std::string_view to_string(LogLevel level) {
    switch (level) {
        case LogLevel::Debug: return "debug";
        case LogLevel::Info: return "info";
        case LogLevel::Warn: return "warn";
        case LogLevel::Error: return "error";
        case LogLevel::Off: return "off";
    }
    TS_ASSERT(false);
}

void set_log_level(LogLevel level) {
    Log::instance().level.store(level, std::memory_order_relaxed);
}

bool log_enabled(LogLevel level) {
    return level >= Log::instance().level.load(std::memory_order_relaxed);
}

void log_text(LogLevel level, std::string_view area, std::string_view text) {
    if (log_enabled(level)) {
        Log::instance().say(level, area, text);
    }
}

void log_flush() {
    Log::instance().flush();
}

LogCapture::LogCapture() {
    Log::instance().capture(true);
}

LogCapture::~LogCapture() {
    Log::instance().capture(false);
}

std::vector<std::string> LogCapture::lines() const {
    return Log::instance().captured();
}

std::string escape_control(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(sequence.size());
        const std::uint32_t code =
            length > 0 ? code_point(sequence) : static_cast<unsigned char>(sequence[0]);
        if (code == '\n') {
            out += "\\n";
        } else if (code == '\t') {
            out += "\\t";
        } else if (length == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0)) {
            out += fmt::format("\\x{:02x}", code);
        } else if (misleads(code)) {
            out += fmt::format("\\u{:04x}", code);
        } else {
            out += sequence;
        }
    }
    return out;
}

}  // namespace tickstock
