#pragma once

// What the tests of this folder share.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "socketio/socket_session.hpp"

namespace tickstock::test {

inline EngineFrame frame(std::string text) {
    return {std::make_shared<const std::string>(std::move(text)), 0, {}};
}

/// Echoes every message; "close" makes it close after the last words that wait.
class EchoApplication final : public EngineApplication {
public:
    Verdict on_message(std::string_view text, Nanos) override {
        heard.emplace_back(text);
        if (text == "close") {
            return Verdict::Close;
        }
        to_say.push_back("4" + std::string(text));
        return Verdict::GoOn;
    }
    Verdict on_tick(Nanos) override { return tick_verdict; }
    std::optional<EngineFrame> next(Nanos) override {
        if (to_say.empty()) {
            return std::nullopt;
        }
        auto result = frame(std::move(to_say.front()));
        to_say.pop_front();
        return result;
    }

    std::vector<std::string> heard;
    std::deque<std::string> to_say;
    Verdict tick_verdict = Verdict::GoOn;
};

/// A server around one connection that answers at once.
class FakeHost final : public SocketHost {
public:
    bool allows_message(Nanos) override { return messages_left-- > 0; }
    Result<SocketUser> authenticate(std::string_view token, Nanos) override {
        tokens.emplace_back(token);
        if (token == "wrong") {
            return Error{"no such token"};
        }
        return SocketUser{token.empty() ? "guest" : std::string(token), "viewer"};
    }
    void on_connected(Nanos) override { ++connected; }
    void on_disconnected() override { ++disconnected; }
    void call(const SocketCall& call, std::string_view argument, Nanos) override {
        calls.emplace_back(call, std::string(argument));
        if (session != nullptr && answer) {
            session->answer(call, *answer);
        }
    }
    std::optional<EngineFrame> next(Nanos) override {
        if (events.empty()) {
            return std::nullopt;
        }
        auto result = frame(std::move(events.front()));
        events.pop_front();
        return result;
    }

    SocketSession* session = nullptr;
    std::optional<Result<std::string>> answer;
    int messages_left = 1'000'000;
    int connected = 0;
    int disconnected = 0;
    std::vector<std::string> tokens;
    std::vector<std::pair<SocketCall, std::string>> calls;
    std::deque<std::string> events;
};

}  // namespace tickstock::test
