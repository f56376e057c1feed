#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tickstock::sim {

/// What happened, in order: a hash of all of it (I10) and the newest lines as text for people.
class Trace {
public:
    static constexpr std::size_t lines_kept = 80;

    /// `what` lives for ever.
    void note(const char* what, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0) {
        for (const std::uint64_t value : {a, b, c}) {
            hash_ = (hash_ ^ value) * 0x9E3779B97F4A7C15ULL;
            hash_ ^= hash_ >> 29;
        }
        ++steps_;
        if (echo_) {
            print({what, steps_, now_ns_, a, b, c});
        }
        if (lines_.size() < lines_kept) {
            lines_.push_back({what, steps_, now_ns_, a, b, c});
        } else {
            lines_[steps_ % lines_kept] = {what, steps_, now_ns_, a, b, c};
        }
    }
    /// Prints every line as it comes.
    void echo() { echo_ = true; }
    bool echoes() const { return echo_; }
    void set_time(std::int64_t ns) { now_ns_ = ns; }

    std::uint64_t hash() const { return hash_; }
    std::uint64_t steps() const { return steps_; }
    /// The newest lines, oldest first.
    std::string tail() const;

private:
    struct Line {
        const char* what;
        std::uint64_t step;
        std::int64_t at_ns;
        std::uint64_t a;
        std::uint64_t b;
        std::uint64_t c;
    };
    static std::string text_of(const Line& line);
    static void print(const Line& line);

    bool echo_ = false;
    std::uint64_t hash_ = 0;
    std::uint64_t steps_ = 0;
    std::int64_t now_ns_ = 0;  // virtual, since the seed's begin
    std::vector<Line> lines_;
};

}  // namespace tickstock::sim
