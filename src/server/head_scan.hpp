#pragma once

#include <cstdint>
#include <string_view>

namespace tickstock {

/// Looks at the raw bytes of a request's head for a folded line (obs-fold), which the parser reads
/// as a space: what others may read as a header of its own is refused here (RFC 9112, 5.2). Called
/// by HttpConnection with what it reads, before the parser sees it. I/O thread only.
class HeadScan {
public:
    /// A new request begins; the next bytes are its first.
    void restart() { *this = HeadScan(); }
    /// Bytes as they come, also those of a body behind the head.
    void feed(std::string_view bytes);
    bool has_fold() const { return has_fold_; }

private:
    enum class At : std::uint8_t { Line, Cr, LineStart, LastCr, End };

    At at_ = At::Line;
    bool has_fold_ = false;
};

}  // namespace tickstock
