#include "simulation/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tickstock::sim {

std::string Trace::text_of(const Line& line) {
    return fmt::format("  {:>9} {:>14.6f} s  {:<18} {} {} {}\n", line.step,
                       static_cast<double>(line.at_ns) * 1e-9, line.what, line.a, line.b, line.c);
}

void Trace::print(const Line& line) {
    fmt::print("{}", text_of(line));
}

std::string Trace::tail() const {
    std::vector<Line> sorted = lines_;
    std::sort(sorted.begin(), sorted.end(),
              [](const Line& x, const Line& y) { return x.step < y.step; });
    std::string text;
    for (const Line& line : sorted) {
        text += text_of(line);
    }
    return text;
}

}  // namespace tickstock::sim
