#pragma once

#include <boost/asio/buffer.hpp>
#include <vector>

#include "server/session.hpp"

namespace tickstock {

/// The buffers of the frame that a connection writes. Asio and Beast copy what they are given for
/// each operation, so they are given a view of this, which is kept with the frame until the write
/// is done. Only the socket-facing .cpp files include this header.
class FrameBuffers {
public:
    struct View {
        using value_type = boost::asio::const_buffer;
        using const_iterator = const value_type*;
        const_iterator first = nullptr;
        const_iterator last = nullptr;
        const_iterator begin() const { return first; }
        const_iterator end() const { return last; }
    };

    /// Valid until the next call, and as long as the frame.
    View of(const OutFrame& frame) {
        OutFrame::Parts parts;
        buffers_.clear();
        for (const std::string_view part : frame.parts(parts)) {
            buffers_.emplace_back(part.data(), part.size());
        }
        return {buffers_.data(), buffers_.data() + buffers_.size()};
    }

private:
    std::vector<boost::asio::const_buffer> buffers_;
};

}  // namespace tickstock
