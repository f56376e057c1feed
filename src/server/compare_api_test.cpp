#include "server/compare_api.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>

namespace tickstock {
namespace {

/// Takes a question, and answers when the test says so.
struct FakeComparer final : ConfigurationComparer {
    bool start(Request request, Done done) override {
        if (is_busy) {
            return false;
        }
        asked = std::move(request);
        answer = std::move(done);
        return true;
    }
    bool stop() override { return is_busy; }
    std::string status(std::uint64_t newest) const override {
        return "{\"newest\":" + std::to_string(newest) + "}";
    }

    bool is_busy = false;
    std::optional<Request> asked;
    Done answer;
};

struct Asked {
    FakeComparer comparer;
    std::optional<HttpResponse> response;

    void ask(const std::string& method, const std::string& body = "",
             const std::string& query = "") {
        HttpRequest request;
        request.method = method;
        request.content_type = "application/json";
        request.has_length = true;
        Target target;
        if (!query.empty()) {
            target.query.emplace_back(query, "1");
        }
        Identity identity;
        identity.user = "ann";
        response.reset();
        HttpAnswer answer = compare_answer(request, target, identity, &comparer, 42,
                                           [](const std::function<void()>& task) { task(); });
        if (auto* task = std::get_if<StartTask>(&answer)) {
            task->run(body, [this](HttpResponse given) { response = std::move(given); });
        } else {
            response = std::get<HttpResponse>(std::move(answer));
        }
    }
    std::string body() const { return response ? response->body : "nothing"; }
};

TEST(CompareApi, AGoodBodyIsHandedOnAndAnsweredWhenItRuns) {
    Asked asked;
    asked.ask("POST", R"({"settings":{"a.n":0.020,"a.t":"x","a.b":true},"reason":"why"})");
    ASSERT_TRUE(asked.comparer.asked);
    const std::map<std::string, std::string> expected{
        {"a.n", "0.020"}, {"a.t", "x"}, {"a.b", "true"}};
    EXPECT_EQ(asked.comparer.asked->settings, expected);
    EXPECT_EQ(asked.comparer.asked->by, "api:ann");
    EXPECT_EQ(asked.comparer.asked->reason, "why");
    EXPECT_FALSE(asked.response) << "it does not run yet";
    asked.comparer.answer(std::nullopt);
    ASSERT_TRUE(asked.response);
    EXPECT_EQ(asked.response->status, 200U);
    asked.ask("POST", R"({"settings":{"a.n":1},"reason":"why"})");
    asked.comparer.answer(Error{"a.n: unknown"});
    EXPECT_EQ(asked.response->status, 400U);
    EXPECT_NE(asked.body().find("a.n: unknown"), std::string::npos);
}

TEST(CompareApi, WrongBodiesNameTheMember) {
    for (const auto& [body, word] :
         {std::pair("", "settings"), std::pair("[]", "settings"),
          std::pair(R"({"reason":"x"})", "settings"),
          std::pair(R"({"settings":{},"reason":"x"})", "settings"),
          std::pair(R"({"settings":{"a":[1]},"reason":"x"})", "\\\"a\\\""),
          std::pair(R"({"settings":{"a":1}})", "reason"),
          std::pair(R"({"settings":{"a":1},"reason":""})", "reason"),
          std::pair(R"({"settings":{"a":1},"reason":"a\nb"})", "reason"),
          std::pair(R"({"settings":{"a":1},"reason":"x","also":1})", "also")}) {
        Asked asked;
        asked.ask("POST", body);
        ASSERT_TRUE(asked.response) << body;
        EXPECT_EQ(asked.response->status, 400U) << body;
        EXPECT_NE(asked.body().find(word), std::string::npos) << asked.body();
        EXPECT_FALSE(asked.comparer.asked);
    }
}

TEST(CompareApi, OneAtATime) {
    Asked asked;
    asked.ask("DELETE");
    EXPECT_EQ(asked.response->status, 409U);
    asked.comparer.is_busy = true;
    asked.ask("POST", R"({"settings":{"a":1},"reason":"x"})");
    EXPECT_EQ(asked.response->status, 409U);
    asked.ask("DELETE");
    EXPECT_EQ(asked.response->status, 200U);
}

TEST(CompareApi, ThePageIsTheComparersAndTakesNoParameters) {
    Asked asked;
    asked.ask("GET");
    EXPECT_EQ(asked.body(), "{\"newest\":42}\n");
    asked.ask("GET", "", "limit");
    EXPECT_EQ(asked.response->status, 400U);
}

TEST(CompareApi, WithoutAJournalItIsNotReady) {
    const HttpAnswer answer = compare_answer({}, {}, {}, nullptr, 0, nullptr);
    EXPECT_EQ(std::get<HttpResponse>(answer).status, 503U);
}

}  // namespace
}  // namespace tickstock
