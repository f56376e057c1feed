// What saving does beside the values: files of others, gone files, secrets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/save_settings.hpp"
#include "config/test_save_settings.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

TEST_F(SaveSettings, KeepsModeAndLinksAndLeavesOthersChangesAlone) {
    fs::rename(path("tickstock.json"), path("real.txt"));
    fs::create_symlink("real.txt", path("tickstock.json"));
    ASSERT_EQ(::chmod(path("real.txt").c_str(), 0640), 0);
    EXPECT_EQ(save({edit("monitoring.log", "false")}), "tickstock.json");
    EXPECT_TRUE(fs::is_symlink(path("tickstock.json")));
    struct stat found {};
    ASSERT_EQ(::stat(path("real.txt").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0640U);

    auto plan = plan_save(places_, {edit("monitoring.log", "true")});
    ASSERT_TRUE(plan);
    {
        auto prepared = PreparedFiles::prepare(std::move(plan).value());
        ASSERT_TRUE(prepared);
        write("real.txt", "{}");
        const auto done = prepared->commit();
        ASSERT_FALSE(done);
        EXPECT_THAT(done.error().message, HasSubstr("someone changed it meanwhile"));
        EXPECT_EQ(read_text(path("real.txt")), "{}");
    }
    EXPECT_THAT(left_over(), ::testing::IsEmpty());
}

TEST_F(SaveSettings, AValueWhereASectionStandsIsAProblem) {
    for (const std::string value : {"5", "null", "[]", "\"x\"", "[1, 2]", "true"}) {
        write("tickstock.json", "{\n\"monitoring\": " + value + "}");
        const auto plan = plan_save(places_, {edit("monitoring.cooldown_seconds", "7")});
        ASSERT_FALSE(plan) << value;
        EXPECT_THAT(plan.error().text(), HasSubstr("tickstock.json:2: monitoring"));
    }
    write("tickstock.json", "{}");
    write("channels/default_tick.json", "{\"detection_parameters\": 5}");
    const auto plan = plan_save(places_, {edit("high_low.cooldown_seconds", "7")});
    ASSERT_FALSE(plan);
    EXPECT_THAT(plan.error().text(), HasSubstr("default_tick.json:1: detection_parameters"));
}

/// `known_files`: of a running system.
TEST_F(SaveSettings, AKnownFileThatIsGoneIsAProblemAndNoneIsMade) {
    fs::remove(path("channels/default_fmv.json"));
    places_.known_files = files_there(places_);
    EXPECT_EQ(places_.known_files->size(), 4U);
    EXPECT_TRUE(load_config_from(places_)) << "that one was not there before";
    EXPECT_FALSE(fs::exists(path("channels/default_fmv.json")));

    fs::remove(path("channels/default_tick.json"));
    const auto loaded = load_config_from(places_);
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().text(), HasSubstr("channels/default_tick.json: is gone"));
    EXPECT_THAT(save({edit("high_low.cooldown_seconds", "2")}), HasSubstr("is gone"));
    EXPECT_THAT(save({edit("monitoring.log", "false")}), HasSubstr("is gone"));
    EXPECT_FALSE(fs::exists(path("channels/default_tick.json")));

    fs::remove_all(places_.directory);
    const auto unmounted = load_config_from(places_);
    ASSERT_FALSE(unmounted);
    EXPECT_EQ(unmounted.error().list().size(), 4U);
    EXPECT_FALSE(fs::exists(places_.directory));
    places_.known_files.reset();
    EXPECT_TRUE(load_config_from(places_)) << "a start";
    EXPECT_TRUE(fs::exists(path("channels/default_tick.json")));
}

TEST_F(SaveSettings, AFileThatIsRemovedMeanwhileIsNotMadeAnew) {
    auto plan = plan_save(places_, {edit("monitoring.log", "false")});
    ASSERT_TRUE(plan);
    auto prepared = PreparedFiles::prepare(std::move(plan).value());
    ASSERT_TRUE(prepared);
    fs::remove(path("tickstock.json"));
    const auto done = prepared->commit();
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, HasSubstr("tickstock.json: someone removed it meanwhile"));
    EXPECT_FALSE(fs::exists(path("tickstock.json")));
}

TEST_F(SaveSettings, SecretsAreNotTold) {
    write("tickstock.json",
          "{\n  \"monitoring\": {\n    \"webhook_urls\": [\n      \"http://a/CANARY1\",\n"
          "      \"http://a/CANARY2\"\n    ], \"log\": true\n  }\n}\n");
    const auto told = [&](const std::vector<SettingEdit>& edits) {
        const auto plan = plan_save(places_, edits);
        EXPECT_TRUE(plan);
        return edit_text((*plan)[0]);
    };
    EXPECT_EQ(told({edit("monitoring.log", "false")}),
              "tickstock.json:6\n-, \"log\": true\n+, \"log\": false\n");
    const std::string changed =
        told({edit("monitoring.webhook_urls", "http://b/CANARY3"), edit("server.port", "9")});
    EXPECT_THAT(changed, ::testing::Not(HasSubstr("CANARY")));
    EXPECT_THAT(changed, HasSubstr("tickstock.json:3\n-    \"webhook_urls\": \"(not shown)\"\n"
                                   "+    \"webhook_urls\": \"(not shown, new)\""));
    EXPECT_THAT(changed, HasSubstr("\"port\": 9"));
    write("tickstock.json", "{\"monitoring\":{\"w\\u0065bhook_urls\":[\"http://a/CANARY\"]}}");
    EXPECT_THAT(told({edit("monitoring.log", "false")}), ::testing::Not(HasSubstr("CANARY")));
}

TEST_F(SaveSettings, FilesWithSecretsAreNothingForOthers) {
    const auto mode = [&] {
        struct stat found {};
        EXPECT_EQ(::stat(path("tickstock.json").c_str(), &found), 0);
        return found.st_mode & 07777U;
    };
    ASSERT_EQ(::chmod(path("tickstock.json").c_str(), 0664), 0);
    save({edit("monitoring.log", "false")});
    EXPECT_EQ(mode(), 0664U) << "no secret, as it was";
    save({edit("monitoring.webhook_urls", "https://a.example/x?token=y")});
    EXPECT_EQ(mode(), 0640U);
    ASSERT_EQ(::chmod(path("tickstock.json").c_str(), 0600), 0);
    save({edit("monitoring.webhook_urls", "https://a.example/x?token=z")});
    EXPECT_EQ(mode(), 0600U);
}

TEST_F(SaveSettings, NothingOfAnybodyElseIsTouched) {
    write("tickstock.json.new", "mine");
    fs::create_symlink("tickstock.json.new", path("tickstock.json.XXXXXX"));
    EXPECT_EQ(save({edit("monitoring.log", "false")}), "tickstock.json");
    EXPECT_EQ(read_text(path("tickstock.json.new")), "mine");
    EXPECT_TRUE(fs::is_symlink(path("tickstock.json.XXXXXX")));
    EXPECT_EQ(left_over().size(), 2U);

    // The second file cannot be written: the first one's new text goes, theirs stay.
    fs::rename(path("tickstock.json"), path(std::string(255, 'n')));
    fs::create_symlink(std::string(255, 'n'), path("tickstock.json"));
    auto plan = plan_save(places_, {edit("high_low.cooldown_seconds", "2"),
                                    edit("monitoring.cooldown_seconds", "2")});
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->size(), 2U);
    EXPECT_FALSE(PreparedFiles::prepare(std::move(plan).value()));
    EXPECT_EQ(left_over().size(), 2U);
    EXPECT_EQ(read_text(path("tickstock.json.new")), "mine");
}

}  // namespace
}  // namespace tickstock
