#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tickstock {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);
constexpr int width = 28;

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), visible_(isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() {
    finish();
}

bool ProgressBar::due() const {
    return visible_ && std::chrono::steady_clock::now() - last_ >= redraw_interval;
}

void ProgressBar::update(double share, const std::string& note) {
    if (!due()) {
        return;
    }
    last_ = std::chrono::steady_clock::now();
    drawn_ = true;
    if (share < 0) {
        std::fprintf(stderr, "\r%s  %s\033[K", label_.c_str(), note.c_str());
    } else {
        const int filled = static_cast<int>(std::clamp(share, 0.0, 1.0) * width);
        std::string bar;
        for (int i = 0; i < width; ++i) {
            bar += i < filled ? "█" : "░";
        }
        std::fprintf(stderr, "\r%s %s %3d %%  %s\033[K", label_.c_str(), bar.c_str(),
                     static_cast<int>(std::clamp(share, 0.0, 1.0) * 100), note.c_str());
    }
    std::fflush(stderr);
}

void ProgressBar::finish() {
    if (drawn_) {
        std::fprintf(stderr, "\r\033[K");
        std::fflush(stderr);
        drawn_ = false;
    }
}

std::string with_separators(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, 1, ',');
    }
    return text;
}

}  // namespace tickstock
