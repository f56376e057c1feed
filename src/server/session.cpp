#include "server/session.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {

std::span<const std::string_view> OutFrame::parts(Parts& into) const {
    std::size_t count = 0;
    if (head) {
        into[count++] = *head;
    }
    if (body) {
        count += body->fill(std::span(into).subspan(count));
    }
    if (tail) {
        into[count++] = *tail;
    }
    return std::span(into).first(count);
}

OutFrame own_frame(std::string text) {
    OutFrame frame;
    frame.head = std::make_shared<const std::string>(std::move(text));
    return frame;
}

void ClientCounts::count_close(CloseCode code) {
    const auto table = close_codes();
    const auto row = std::ranges::find(table, code, &CloseCodeInfo::code) - table.begin();
    TS_ASSERT(static_cast<std::size_t>(row) < closes.size());
    ++closes[static_cast<std::size_t>(row)];
}

bool TokenBucket::take(Nanos now) {
    const double elapsed = std::chrono::duration<double>(now - at_).count();
    tokens_ = std::min(burst_, tokens_ + std::max(0.0, elapsed) * per_second_);
    at_ = now;
    if (tokens_ < 1) {
        return false;
    }
    tokens_ -= 1;
    return true;
}

}  // namespace tickstock
