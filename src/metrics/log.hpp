#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickstock {

// Text for people, on standard error: "2026-01-05T14:30:00.123Z warn  sources: text". Never from
// per-record code. An area is the folder that speaks ("sources", "server"); each area may say 50
// lines a second per level, the rest is counted and told as "N suppressed". Control characters
// leave escaped, so that no input can forge a line or move a terminal's cursor. Any thread.

enum class LogLevel : std::uint8_t { Debug, Info, Warn, Error, Off };

std::string_view to_string(LogLevel level);

/// What is said from now on: `level` and above. Default Info.
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);

/// Says a finished text. The functions below are meant for callers.
void log_text(LogLevel level, std::string_view area, std::string_view text);

/// Tells what is still counted as suppressed and writes everything out. At stop.
void log_flush();

template <class... Args>
void log_debug(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(LogLevel::Debug)) {
        log_text(LogLevel::Debug, area, fmt::format(format, std::forward<Args>(args)...));
    }
}

template <class... Args>
void log_info(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(LogLevel::Info)) {
        log_text(LogLevel::Info, area, fmt::format(format, std::forward<Args>(args)...));
    }
}

template <class... Args>
void log_warn(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(LogLevel::Warn)) {
        log_text(LogLevel::Warn, area, fmt::format(format, std::forward<Args>(args)...));
    }
}

template <class... Args>
void log_error(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(LogLevel::Error)) {
        log_text(LogLevel::Error, area, fmt::format(format, std::forward<Args>(args)...));
    }
}

/// While it lives, lines come here instead of standard error, and the caps start anew. For
/// tests; one at a time.
class LogCapture {
public:
    LogCapture();
    ~LogCapture();
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;

    /// "warn sources: text", in the order said.
    std::vector<std::string> lines() const;
};

/// `text` with control characters (C0, DEL, C1) and bytes that are no UTF-8 as \n, \t, \x1b …, and
/// marks that end lines, turn the reading direction or are invisible as \u202e; backslashes left
/// alone. The result is valid UTF-8.
std::string escape_control(std::string_view text);

}  // namespace tickstock
