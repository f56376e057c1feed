#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "mock_vendor/topics.hpp"

namespace tickstock {

/// One status frame, as the vendor words it.
std::string status_frame(std::string_view status, std::string_view message);

/// What the vendor says when a key has a newer connection than this one.
std::string max_connections_frame();

/// The vendor's side of one connection's control protocol, from the greeting on: text in, text out.
/// No socket and no clock.
class VendorSession {
public:
    enum class Verdict : std::uint8_t {
        Good,
        Bad,
        Silent,  ///< no answer: as if the message had been lost
    };
    /// What a message leads to.
    struct Reply {
        std::string frame;           ///< to send; empty = nothing
        bool authenticated = false;  ///< with this message
        bool resubscribed = false;   ///< the topics may have changed
        bool close = false;          ///< after the frame, with code 1008
    };

    /// `judge` says whether a key is good, once for every `auth` message.
    VendorSession(const Tape& tape, std::function<Verdict(std::string_view key)> judge);

    static std::string greeting();
    Reply on_text(std::string_view text);
    /// The time for `auth` is over.
    static Reply on_auth_timeout();

    bool is_authenticated() const { return authenticated_; }
    const TopicSet& topics() const { return topics_; }
    const std::string& key() const { return key_; }

private:
    Reply authenticate(std::string_view key);
    Reply subscribe(std::string_view params, bool add);

    const std::function<Verdict(std::string_view)> judge_;
    TopicSet topics_;
    std::string key_;
    bool authenticated_ = false;
};

}  // namespace tickstock
