#include "sources/polygon/session.hpp"

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"

namespace tickstock {
namespace {

constexpr std::size_t remarks_max = 200;  // different ones remembered
constexpr std::size_t unwanted_max = 1000;

std::string message_of(std::string_view action, std::string_view params) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("action").string(action).key("params").string(params).end_object();
    return text;
}

/// The topics in "subscribed to: T.AAPL,T.MSFT".
template <class Call>
void each_topic(std::string_view list, Call call) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view topic = list.substr(0, comma);
        while (topic.starts_with(' ')) {
            topic.remove_prefix(1);
        }
        if (!topic.empty()) {
            call(topic);
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

bool names(std::string_view message, std::string_view topic) {
    const auto part_of_topic = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '*' || c == '-' || c == '/' || c == ':';
    };
    for (std::size_t at = message.find(topic); at != std::string_view::npos;
         at = message.find(topic, at + 1)) {
        const std::size_t end = at + topic.size();
        // A full stop behind the name may end the sentence.
        const bool ends =
            end == message.size() || !part_of_topic(message[end]) ||
            (message[end] == '.' && (end + 1 == message.size() || message[end + 1] == ' '));
        if ((at == 0 || !part_of_topic(message[at - 1])) && ends) {
            return true;
        }
    }
    return false;
}

}  // namespace

PolygonSession::PolygonSession(Options options) : options_(std::move(options)) {
    for (const std::string& topic : options_.topics) {
        place_.emplace(topic, topics_.size());
        topics_.push_back({topic});
    }
}

void PolygonSession::begin(Nanos) {
    state_ = State::Connecting;
    end_ = End::None;
    why_.clear();
    messages_.clear();
    unwanted_.clear();
    acknowledged_ = 0;
    refused_ = 0;
    for (Topic& topic : topics_) {
        topic.answer = Answer::None;
        topic.asks = 0;
        topic.alone = false;
    }
}

void PolygonSession::on_status(const PolygonStatus& status, Nanos now) {
    const std::string& word = status.status;
    if (state_ == State::Ended) {
        return;
    }
    if (word == "connected") {
        if (state_ == State::Connecting) {
            authenticate();
        }
    } else if (word == "auth_success") {
        if (state_ == State::Authenticating) {
            subscribe_all(now);
        }
    } else if (word == "auth_failed") {
        finish(End::Failed,
               "the vendor refuses the API key (auth_failed): check " + options_.key_setting);
    } else if (word == "auth_timeout") {
        finish(End::AuthTimeout, "auth_timeout: " + status.message);
    } else if (word == "max_connections") {
        finish(End::Evicted, "max_connections: " + status.message);
    } else if (word == "success") {
        answered(status.message, now);
    } else if (word == "error") {
        error(status.message);
    } else {
        ++unknown_;
        remark_once("unknown " + word,
                    "unknown status \"" + word + "\" of the vendor: " + status.message);
    }
}

void PolygonSession::authenticate() {
    state_ = State::Authenticating;
    messages_.push_back(message_of("auth", options_.key == nullptr ? "" : options_.key->reveal()));
}

void PolygonSession::subscribe_all(Nanos now) {
    state_ = State::Subscribing;
    std::vector<std::size_t> all(topics_.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = i;
    }
    ask(all, false, now);
    settle();
}

/// In messages of about message_bytes, or each alone.
void PolygonSession::ask(const std::vector<std::size_t>& topics, bool alone, Nanos now) {
    std::string list;
    for (const std::size_t i : topics) {
        Topic& topic = topics_[i];
        if (!list.empty() && (alone || list.size() + topic.name.size() > options_.message_bytes)) {
            messages_.push_back(message_of("subscribe", list));
            list.clear();
        }
        list += (list.empty() ? "" : ",") + topic.name;
        topic.asked = now;
        topic.alone = alone;
        ++topic.asks;
    }
    if (!list.empty()) {
        messages_.push_back(message_of("subscribe", list));
    }
}

void PolygonSession::on_tick(Nanos now) {
    if (state_ != State::Subscribing) {
        return;
    }
    std::vector<std::size_t> again;
    for (std::size_t i = 0; i < topics_.size(); ++i) {
        Topic& topic = topics_[i];
        if (topic.answer != Answer::None || now - topic.asked < options_.answer_timeout) {
            continue;
        }
        if (topic.asks < options_.asks) {
            again.push_back(i);
        } else {
            refuse(topic, "no answer");
        }
    }
    if (!again.empty()) {
        // Alone in the end, so that an error that names no topic can be told apart.
        const bool last = topics_[again.front()].asks + 1 >= options_.asks;
        ask(again, last && again.size() <= 100, now);
    }
    settle();
}

void PolygonSession::answered(std::string_view message, Nanos) {
    constexpr std::string_view added = "subscribed to:";
    constexpr std::string_view removed = "unsubscribed to:";
    if (message.starts_with(removed)) {
        return;
    }
    if (!message.starts_with(added)) {
        ++unknown_;
        remark_once("success " + std::string(message.substr(0, 40)),
                    "unknown answer of the vendor: " + std::string(message));
        return;
    }
    each_topic(message.substr(added.size()), [&](std::string_view topic) { acknowledge(topic); });
    settle();
}

void PolygonSession::acknowledge(std::string_view name) {
    const auto found = place_.find(std::string(name));
    if (found != place_.end()) {
        Topic& topic = topics_[found->second];
        if (topic.answer == Answer::Refused) {
            --refused_;
        }
        if (topic.answer != Answer::Acknowledged) {
            topic.answer = Answer::Acknowledged;
            ++acknowledged_;
        }
    } else if (unwanted_.size() < unwanted_max && unwanted_.insert(std::string(name)).second) {
        messages_.push_back(message_of("unsubscribe", name));
    }
}

/// Of a topic that the key has no right to, or of anything else.
void PolygonSession::error(std::string_view message) {
    Topic* alone = nullptr;
    std::size_t alone_count = 0;
    bool named = false;
    for (Topic& topic : topics_) {
        if (topic.asks == 0 || topic.answer == Answer::Refused) {
            continue;
        }
        if (names(message, topic.name)) {
            named = true;
            refuse(topic, message);
        } else if (topic.answer == Answer::None && (topic.alone || topics_.size() == 1)) {
            alone = &topic;
            ++alone_count;
        }
    }
    if (!named && alone_count == 1) {
        refuse(*alone, message);
    } else if (!named) {
        remark_once("error " + std::string(message),
                    "the vendor says error: " + std::string(message));
    }
    settle();
}

void PolygonSession::refuse(Topic& topic, std::string_view message) {
    if (topic.answer == Answer::Acknowledged) {
        --acknowledged_;
    }
    topic.answer = Answer::Refused;
    ++refused_;
    remark_once("refused " + topic.name,
                "subscription " + topic.name + " is refused: " + std::string(message));
}

void PolygonSession::settle() {
    if (state_ == State::Subscribing && acknowledged_ + refused_ == topics_.size()) {
        state_ = State::Live;
    }
}

void PolygonSession::finish(End end, std::string why) {
    state_ = State::Ended;
    end_ = end;
    why_ = std::move(why);
}

void PolygonSession::remark_once(const std::string& key, std::string text) {
    if (said_.size() < remarks_max && said_.insert(key).second) {
        remarks_.push_back(std::move(text));
    }
}

}  // namespace tickstock
