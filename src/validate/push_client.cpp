#include "validate/push_client.hpp"

#include <fmt/format.h>

#include <chrono>

#include "validate/raw_json.hpp"

namespace tickstock::validate {

using namespace std::chrono_literals;

Result<PushClient> PushClient::open(std::uint16_t port, std::string_view client) {
    const SystemClock clock;
    const Nanos end = clock.monotonic() + TcpSocket::default_patience;
    while (true) {
        auto socket = WebSocketClient::open(port, "/ingest");
        if (!socket) {
            return socket.error();
        }
        if (const auto failed =
                socket->send(fmt::format(R"({{"op":"open","client":"{}"}})", client))) {
            return *failed;
        }
        const auto answer = socket->receive(TcpSocket::default_patience);
        if (!answer) {
            return answer.error();
        }
        if (!*answer) {
            return Error{"/ingest did not answer open"};
        }
        if (raw_text(raw_value(**answer, "type")) == "open") {
            PushClient opened(std::move(*socket));
            opened.through_ = raw_number(raw_value(**answer, "through")).value_or(0);
            return opened;
        }
        // An engine that recovers takes no rows yet.
        if (raw_text(raw_value(**answer, "code")) != "not_ready" || clock.monotonic() > end) {
            return Error{"/ingest answered open with " + **answer};
        }
        pause_for(20ms);
    }
}

void PushClient::enqueue(std::uint64_t first, std::string_view rows) {
    message_ = fmt::format("{{\"op\":\"rows\",\"sequence\":{}}}\n", first);
    message_ += rows;
    socket_.enqueue(message_);
    ++sent_messages_;
}

std::optional<Error> PushClient::flush() {
    const auto sent = socket_.flush();
    return sent ? take_answers(0ns) : sent.error();
}

std::optional<Error> PushClient::settle(Nanos patience) {
    const SystemClock clock;
    const Nanos end = clock.monotonic() + patience;
    while (unanswered() > 0) {
        if (clock.monotonic() > end) {
            return Error{fmt::format("{} messages of rows were not answered", unanswered())};
        }
        if (const auto sent = socket_.flush(); !sent) {
            return sent.error();
        }
        if (const auto failed = take_answers(5ms)) {
            return failed;
        }
    }
    return std::nullopt;
}

std::optional<Error> PushClient::take_answers(Nanos patience) {
    while (true) {
        const auto answer = socket_.receive(patience);
        if (!answer) {
            return answer.error();
        }
        if (!*answer) {
            return std::nullopt;
        }
        patience = 0ns;
        const auto number = [&](std::string_view name) {
            return raw_number(raw_value(**answer, name)).value_or(0);
        };
        if (raw_text(raw_value(**answer, "type")) != "ack") {
            return Error{"rows were answered with " + **answer};
        }
        ++counts_.messages;
        counts_.rows += number("rows");
        counts_.accepted += number("accepted");
        counts_.duplicates += number("duplicates");
        counts_.rejected += number("rejected");
        counts_.refused += number("refused");
        through_ = number("through");
    }
}

}  // namespace tickstock::validate
