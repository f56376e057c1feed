#include "monitoring/webhook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include <atomic>
#include <functional>
#include <thread>

#include "config/settings.hpp"
#include "metrics/log.hpp"
#include "monitoring/webhook_set.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Answers as the test says; remembers what was posted.
class FakePost final : public HttpPost {
public:
    struct Posted {
        std::string body;
        Headers headers;
        Nanos timeout{0};
    };
    explicit FakePost(std::function<PostAnswer(std::size_t number)> answer)
        : answer_(std::move(answer)) {}

    PostAnswer post(const std::string& body, const Headers& headers, Nanos timeout) override {
        std::unique_lock lock(mutex_);
        posted_.push_back({body, headers, timeout});
        const std::size_t number = posted_.size();
        changed_.notify_all();
        if (hangs) {
            changed_.wait(lock, [this] { return cancelled_; });
            return {0, "cancelled"};
        }
        return answer_(number);
    }
    void cancel() override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        changed_.notify_all();
    }
    std::vector<Posted> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 20s, [&] { return posted_.size() >= count; }));
        return posted_;
    }

    std::atomic<bool> hangs{false};

private:
    std::function<PostAnswer(std::size_t)> answer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Posted> posted_;
    bool cancelled_ = false;
};

struct Bench {
    explicit Bench(std::function<PostAnswer(std::size_t)> answer,
                   Webhook::Options options = quick()) {
        auto made = std::make_unique<FakePost>(std::move(answer));
        post = made.get();
        hook = std::make_unique<Webhook>("host:80", std::move(made), options, clock, 1);
    }
    static Webhook::Options quick() {
        Webhook::Options options;
        options.pause = 1ms;
        return options;
    }
    Webhook::Counts wait_until_idle() const {
        for (int i = 0; i < 4'000 && hook->counts().waiting > 0; ++i) {
            std::this_thread::sleep_for(5ms);
        }
        return hook->counts();
    }

    LogCapture log;
    SystemClock clock;
    FakePost* post = nullptr;
    std::unique_ptr<Webhook> hook;
};

std::string header(const HttpPost::Headers& headers, const std::string& name) {
    for (const auto& [key, value] : headers) {
        if (key == name) {
            return value;
        }
    }
    return "none";
}

TEST(Webhook, SendsInOrder) {
    Bench bench([](std::size_t) { return PostAnswer{204, ""}; });
    bench.hook->tell({"1-raised", "first"});
    bench.hook->tell({"1-resolved", "second"});
    const auto posted = bench.post->wait_for(2);
    EXPECT_EQ(posted[0].body, "first");
    EXPECT_EQ(posted[1].body, "second");
    EXPECT_EQ(header(posted[1].headers, "X-TickStock-Delivery"), "1-resolved");
    EXPECT_EQ(header(posted[1].headers, "X-TickStock-Signature"), "none");
    EXPECT_EQ(posted[0].timeout, 5s);
    EXPECT_EQ(bench.wait_until_idle().sent, 2U);
}

TEST(Webhook, TriesAgainUntilItIsTaken) {
    Bench bench([](std::size_t number) {
        return number == 1 ? PostAnswer{0, "connecting: refused"}
                           : PostAnswer{number == 2 ? 503U : 200U, ""};
    });
    bench.hook->tell({"1", "body"});
    const auto posted = bench.post->wait_for(3);
    EXPECT_EQ(header(posted[2].headers, "X-TickStock-Attempt"), "3");
    EXPECT_EQ(header(posted[2].headers, "X-TickStock-Delivery"), "1");
    const auto counts = bench.wait_until_idle();
    EXPECT_EQ(counts.sent, 1U);
    EXPECT_EQ(counts.failed, 0U);
    EXPECT_THAT(bench.log.lines(), Contains(HasSubstr("attempt 1 of 5 for message 1: connecting")));
    EXPECT_THAT(bench.log.lines(), Contains(HasSubstr("attempt 2 of 5 for message 1: HTTP 503")));
}

TEST(Webhook, GivesUpAfterItsAttemptsAndGoesOnWithTheNext) {
    Webhook::Options options = Bench::quick();
    options.attempts = 3;
    Bench bench(
        [](std::size_t number) {
            return PostAnswer{number <= 3 ? 500U : 200U, ""};
        },
        options);
    bench.hook->tell({"1", "lost"});
    bench.hook->tell({"2", "taken"});
    EXPECT_EQ(bench.post->wait_for(4)[3].body, "taken");
    const auto counts = bench.wait_until_idle();
    EXPECT_EQ(counts.failed, 1U);
    EXPECT_EQ(counts.sent, 1U);
}

TEST(Webhook, ARefusalIsFinal) {
    Bench bench([](std::size_t number) { return PostAnswer{number == 1 ? 404U : 429U, ""}; });
    bench.hook->tell({"1", "refused"});
    EXPECT_EQ(bench.wait_until_idle().failed, 1U);
    EXPECT_EQ(bench.post->wait_for(1).size(), 1U);
    bench.hook->tell({"2", "too many"});
    bench.post->wait_for(6);
    EXPECT_EQ(bench.wait_until_idle().failed, 2U);
}

TEST(Webhook, TheQueueIsBoundedAndTheOldestGoes) {
    Webhook::Options options = Bench::quick();
    options.queue = 3;
    Bench bench([](std::size_t) { return PostAnswer{200, ""}; }, options);
    bench.post->hangs = true;
    bench.hook->tell({"0", "under way"});
    bench.post->wait_for(1);
    for (int i = 1; i <= 10; ++i) {
        bench.hook->tell({std::to_string(i), "x"});
    }
    EXPECT_EQ(bench.hook->counts().dropped, 7U);
    EXPECT_EQ(bench.hook->counts().waiting, 4U);
    bench.post->hangs = false;
    bench.post->cancel();  // the first fails, and is tried again
    const auto posted = bench.post->wait_for(5);
    EXPECT_EQ(bench.wait_until_idle().sent, 4U);
    std::vector<std::string> deliveries;
    for (const auto& one : posted) {
        deliveries.push_back(header(one.headers, "X-TickStock-Delivery"));
    }
    EXPECT_THAT(deliveries, ElementsAre("0", "0", "8", "9", "10"));
}

TEST(Webhook, StopSendsWhatWaitsAndEndsInTime) {
    Bench bench(
        [](std::size_t number) {
            return PostAnswer{number == 1 ? 500U : 200U, ""};
        },
        [] {
            Webhook::Options options;
            options.pause = 1h;  // it would wait for long
            return options;
        }());
    bench.hook->tell({"1", "x"});
    bench.post->wait_for(1);
    bench.hook->tell({"2", "x"});
    bench.hook->stop();
    EXPECT_EQ(bench.hook->counts().sent, 2U) << "both had one more attempt";
    bench.hook->tell({"3", "too late"});
    EXPECT_EQ(bench.hook->counts().dropped, 1U);
}

TEST(Webhook, StopEndsAPostThatHangs) {
    Bench bench([](std::size_t) { return PostAnswer{200, ""}; });
    bench.post->hangs = true;
    bench.hook->tell({"1", "x"});
    bench.hook->tell({"2", "x"});
    bench.post->wait_for(1);
    bench.hook->stop();
    const auto counts = bench.hook->counts();
    EXPECT_EQ(counts.sent, 0U);
    EXPECT_EQ(counts.dropped + counts.failed, 2U);
}

TEST(Webhook, SignsTheBody) {
    // RFC 4231, test case 2.
    EXPECT_EQ(webhook_signature(Secret("Jefe"), "what do ya want for nothing?"),
              "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    Webhook::Options options = Bench::quick();
    options.secret = std::make_shared<const Secret>("Jefe");
    Bench bench([](std::size_t) { return PostAnswer{200, ""}; }, options);
    bench.hook->tell({"1", "body"});
    EXPECT_EQ(header(bench.post->wait_for(1)[0].headers, "X-TickStock-Signature"),
              webhook_signature(Secret("Jefe"), "body"));
}

TEST(WebhookSet, AnAddressIsNeverShown) {
    const SystemClock clock;
    WebhookSet set(clock, 1);
    MonitoringSettings settings;
    settings.webhook_urls = {"http://127.0.0.1:1/token-abc", "http://user:geheim@host/"};
    const auto made = set.configure(settings, nullptr);
    ASSERT_FALSE(made.ok());
    EXPECT_THAT(made.error().message, HasSubstr("monitoring.webhook_urls: the address number 2"));
    EXPECT_THAT(made.error().message, Not(HasSubstr("geheim")));
    EXPECT_EQ(set.counts().waiting, 0U);
}

/// What the settings take, the webhooks take, and nothing else.
TEST(WebhookSet, AddressesAreJudgedAsTheSettingDoes) {
    const SystemClock clock;
    std::mt19937_64 random(6);
    const Setting& setting = *find_setting("monitoring.webhook_urls");
    const std::vector<std::string> parts{
        "http://", "https://", "ws://", "ftp://", "a",     "b.example", "127.0.0.1", "[::1]",
        "[",       "]",        ":",     "80",     "99999", "0",         "/",         "?x=y",
        "u@",      "u:p@",     " ",     "\t",     "\x7F",  "é",         "#z",        "\\"};
    std::size_t good = 0;
    for (int round = 0; round < 4'000; ++round) {
        std::string address = random() % 8 == 0 ? "" : "http://";
        for (std::size_t count = random() % 5; count > 0; --count) {
            address += parts[random() % parts.size()];
        }
        if (round % 1'000 == 0) {
            address = "http://a/" + std::string(2030 + random() % 20, 'x');
        }
        WebhookSet set(clock, 1);
        MonitoringSettings settings;
        settings.webhook_urls = {address};
        const bool taken = set.configure(settings, nullptr).ok();
        EXPECT_EQ(taken, setting.valid_text(address)) << address;
        good += taken ? 1U : 0U;
    }
    EXPECT_GT(good, 300U);
}

TEST(WebhookSet, CountsOfOnesThatAreGoneStay) {
    const LogCapture log;
    const SystemClock clock;
    WebhookSet set(clock, 1);
    MonitoringSettings settings;
    settings.webhook_urls = {"http://127.0.0.1:1/token-abc"};  // nobody listens there
    settings.webhook_attempts = 1;
    ASSERT_TRUE(set.configure(settings, nullptr).ok());
    Alert alert;
    alert.id = 3;
    alert.type = "X";
    set.tell({AlertChange::Raised, alert}, unix_nanos(5));
    for (int i = 0; i < 4'000 && set.counts().failed == 0; ++i) {
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_EQ(set.counts().failed, 1U);
    settings.webhook_urls.clear();
    ASSERT_TRUE(set.configure(settings, nullptr).ok());
    EXPECT_EQ(set.counts().failed, 1U);
    for (const std::string& line : log.lines()) {
        EXPECT_THAT(line, Not(HasSubstr("token-abc")));
    }
}

}  // namespace
}  // namespace tickstock
