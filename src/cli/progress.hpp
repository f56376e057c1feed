#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tickstock {

/// A progress bar on standard error; silent where that is no terminal. Redraws at most ten times a
/// second.
class ProgressBar {
public:
    explicit ProgressBar(std::string label);
    ~ProgressBar();

    /// `share` 0…1, negative = unknown; `note` stands behind the bar.
    void update(double share, const std::string& note);

    /// Erases the bar.
    void finish();

    /// True at most ten times a second, so that callers build their note only then.
    bool due() const;

private:
    const std::string label_;
    const bool visible_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point last_{};
};

/// "1,234,567".
std::string with_separators(std::uint64_t number);

}  // namespace tickstock
