#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace tickstock::validate {

/// True once somebody has asked the run to stop (SIGINT, SIGTERM); every wait here ends then with
/// the error "interrupted".
bool is_interrupted();
/// Async-signal-safe.
void interrupt();

/// Sleeps that long, or until interrupt().
void pause_for(Nanos duration);

/// A plain TCP connection to this machine, for clients that are written apart from the server.
/// Waits are bounded. One thread.
class TcpSocket {
public:
    static Result<TcpSocket> connect(std::uint16_t port);
    TcpSocket(TcpSocket&& other) noexcept;
    TcpSocket& operator=(TcpSocket&& other) noexcept;
    TcpSocket(const TcpSocket&) = delete;
    ~TcpSocket();

    /// All of it, within `patience`.
    std::optional<Error> send(std::string_view bytes, Nanos patience = default_patience);
    /// As much as goes now, without waiting: how many bytes; an error when the peer is gone.
    Result<std::size_t> send_some(std::string_view bytes);

    enum class Got : std::uint8_t { Bytes, Nothing, End };
    /// Appends what there is; waits up to `patience` for the first byte. `Nothing`: none came.
    Result<Got> receive(std::string& into, Nanos patience);

    /// A receive buffer so small that a reader who stops is felt soon.
    void shrink_receive_buffer();
    int descriptor() const { return descriptor_; }

    static constexpr Nanos default_patience = std::chrono::seconds(20);

private:
    explicit TcpSocket(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace tickstock::validate
