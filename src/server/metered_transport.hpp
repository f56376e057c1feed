#pragma once

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "server/frame_meter.hpp"
#include "server/transport.hpp"

namespace tickstock {

/// What is under the WebSocket, with a look at what comes in. Every operation keeps the transport
/// alive, so that the WebSocket may go while some are under way.
class MeteredTransport {
public:
    using executor_type = Transport::executor_type;

    MeteredTransport(Transport transport, std::size_t max_fragments)
        : state_(std::make_shared<State>(std::move(transport), max_fragments)) {}

    executor_type get_executor() { return state_->transport.get_executor(); }
    void close() { state_->transport.close(); }

    /// Called when a message has too many fragments.
    void on_too_many_fragments(std::function<void()> call) { state_->too_many = std::move(call); }

    template <class Buffers, class Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return boost::asio::async_initiate<Handler, void(boost::beast::error_code, std::size_t)>(
            [state = state_](auto done, const Buffers& into) {
                state->transport.async_read_some(
                    into, [state, into, done = std::move(done)](
                              const boost::beast::error_code& error, std::size_t bytes) mutable {
                        look_at(*state, into, bytes);
                        done(error, bytes);
                    });
            },
            handler, buffers);
    }
    template <class Buffers, class Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return boost::asio::async_initiate<Handler, void(boost::beast::error_code, std::size_t)>(
            [state = state_](auto done, const Buffers& from) {
                state->transport.async_write_some(
                    from, [state, done = std::move(done)](const boost::beast::error_code& error,
                                                          std::size_t bytes) mutable {
                        done(error, bytes);
                    });
            },
            handler, buffers);
    }

    // What the library asks for at the end of a connection, found by its argument.
    [[maybe_unused]] friend void teardown(boost::beast::role_type role, MeteredTransport& self,
                                          boost::beast::error_code& error) {
        teardown(role, self.state_->transport, error);
    }
    template <class Handler>
    friend void async_teardown(boost::beast::role_type role, MeteredTransport& self,
                               Handler&& handler) {
        async_teardown(role, self.state_->transport,
                       [state = self.state_, done = std::forward<Handler>(handler)](
                           const boost::beast::error_code& error) mutable { done(error); });
    }
    friend void beast_close_socket(MeteredTransport& self) { self.close(); }

private:
    struct State {
        State(Transport under, std::size_t max_fragments)
            : transport(std::move(under)), meter(max_fragments) {}

        Transport transport;
        FrameMeter meter;
        std::function<void()> too_many;
    };

    template <class Buffers>
    static void look_at(State& state, const Buffers& buffers, std::size_t bytes) {
        bool is_within = true;
        for (auto at = boost::asio::buffer_sequence_begin(buffers);
             at != boost::asio::buffer_sequence_end(buffers) && bytes > 0; ++at) {
            const boost::asio::const_buffer part(*at);
            const std::size_t here = std::min(bytes, part.size());
            is_within = state.meter.feed({static_cast<const std::uint8_t*>(part.data()), here});
            bytes -= here;
        }
        if (!is_within && state.too_many) {
            std::exchange(state.too_many, {})();
        }
    }

    std::shared_ptr<State> state_;
};

}  // namespace tickstock
