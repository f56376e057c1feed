#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/history_request.hpp"

namespace tickstock {

/// Takes parameters out of a list by name, each with its check; the first that fails is kept.
/// For history_request.cpp: one take_…() for each parameter, then finish().
class ParameterReader {
public:
    ParameterReader(HistoryParameters parameters, UnixNanos now);

    UnixNanos now() const { return now_; }

    /// The value, nothing when absent. The name counts as known from then on.
    std::optional<std::string_view> take(std::string_view name);
    void fail(std::string_view name, std::string_view value, std::string accepted);

    /// The i-th of `words`, where the value is one of them.
    std::optional<std::size_t> take_word(std::string_view name,
                                         std::span<const std::string_view> words);
    void take_time(std::string_view name, UnixNanos& time);
    void take_limit(std::size_t& limit);
    void take_order(HistoryOrder& order);
    /// date, from and to; date narrows the other two.
    void take_range(UnixNanos& from, UnixNanos& to);
    /// A text of 1 to 64 printable ASCII characters, as components and metrics are named.
    void take_name(std::string_view name, std::string& text);
    /// A cursor that cursor_text() made with this letter; its text.
    std::optional<std::string> take_cursor(char letter);

    /// The error, if there was one; else one for a name that was not taken.
    std::optional<ParameterError> finish();

private:
    HistoryParameters parameters_;
    UnixNanos now_;
    std::vector<std::string_view> known_;
    std::optional<ParameterError> error_;
};

/// A key of a table as clients hold it: a letter that names the table, and hex digits.
std::string cursor_text(char letter, std::string_view key);

// The letters of cursor_text().
inline constexpr char session_cursor = 's';
inline constexpr char window_cursor = 'w';
inline constexpr char metric_cursor = 'm';
inline constexpr char operations_cursor = 'o';

}  // namespace tickstock
