#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sources/feed/feed_key.hpp"
#include "sources/polygon/status_message.hpp"

namespace tickstock {

/// The vendor's protocol on one connection, without a socket: status messages in, messages to send
/// out. connected -> auth -> auth_success -> subscribe -> acknowledgements, held against what is
/// wanted. One object lives over all connections of a feed; begin() starts a new one. One thread.
class PolygonSession {
public:
    struct Options {
        std::vector<std::string> topics;  ///< wanted: "T.*", "AM.AAPL"
        std::shared_ptr<const FeedKey> key;
        /// Names where the key comes from, for the operator; never the key.
        std::string key_setting = "source.polygon.key_file or TICKSTOCK_POLYGON_KEY";
        Nanos answer_timeout = std::chrono::seconds(5);  ///< then a topic is asked for again
        std::size_t message_bytes = 4000;                ///< of one subscribe message, about
        unsigned asks = 3;                               ///< of one topic, then it goes without
    };
    enum class State : std::uint8_t {
        Connecting,      ///< `connected` was not said yet
        Authenticating,  ///< the key was sent
        Subscribing,     ///< data may come, not all topics are answered
        Live,
        Ended,  ///< the connection is to be closed: why()
    };
    enum class End : std::uint8_t { None, Failed, Evicted, AuthTimeout };

    explicit PolygonSession(Options options);

    /// A new connection is open.
    void begin(Nanos now);
    void on_status(const PolygonStatus& status, Nanos now);
    /// Asks again for what was not answered in time.
    void on_tick(Nanos now);

    /// What is to be sent now; empties the list.
    std::vector<std::string> take_messages() { return std::exchange(messages_, {}); }
    /// Lines for the log, each said once a run; empties the list.
    std::vector<std::string> take_remarks() { return std::exchange(remarks_, {}); }

    State state() const { return state_; }
    /// Why the connection is to be closed, with State::Ended. Failed: for ever.
    End end() const { return end_; }
    const std::string& why() const { return why_; }
    std::size_t wanted() const { return options_.topics.size(); }
    std::size_t acknowledged() const { return acknowledged_; }
    std::size_t refused() const { return refused_; }
    std::uint64_t unknown_statuses() const { return unknown_; }

private:
    enum class Answer : std::uint8_t { None, Acknowledged, Refused };
    struct Topic {
        std::string name;
        Answer answer = Answer::None;
        Nanos asked{0};
        unsigned asks = 0;
        bool alone = false;  // asked for in a message of its own
    };

    void authenticate();
    void subscribe_all(Nanos now);
    void ask(const std::vector<std::size_t>& topics, bool alone, Nanos now);
    void answered(std::string_view message, Nanos now);
    void acknowledge(std::string_view topic);
    void error(std::string_view message);
    void refuse(Topic& topic, std::string_view message);
    void settle();
    void finish(End end, std::string why);
    void remark_once(const std::string& key, std::string text);

    Options options_;
    State state_ = State::Connecting;
    End end_ = End::None;
    std::string why_;
    std::vector<Topic> topics_;
    std::unordered_map<std::string, std::size_t> place_;  // of a topic in topics_
    std::set<std::string> unwanted_;                      // unsubscribed from on this connection
    std::size_t acknowledged_ = 0;
    std::size_t refused_ = 0;
    std::uint64_t unknown_ = 0;
    std::set<std::string> said_;
    std::vector<std::string> messages_;
    std::vector<std::string> remarks_;
};

}  // namespace tickstock
