#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <nlohmann/json.hpp>

#include "server/config_worker.hpp"

namespace tickstock {

namespace fs = std::filesystem;
using nlohmann::json;

inline std::string read_text(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A desk over a directory of its own; the test is the engine.
class Desk : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "config_worker_test_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        places_.directory = pattern;
        engine_ = std::thread([this] { run_engine(); });
        open();
    }
    void TearDown() override {
        worker_.reset();
        engine_ends_ = true;
        engine_.join();
        fs::remove_all(directory());
    }

    const std::string& directory() const { return directory_; }
    fs::path path(const std::string& name) const { return fs::path(directory()) / name; }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(path(name)) << text;
    }

    /// New texts that wait beside their files.
    std::vector<fs::path> waiting_files() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::recursive_directory_iterator(directory())) {
            if (entry.path().string().find(".json.") != std::string::npos) {
                files.push_back(entry.path());
            }
        }
        return files;
    }

    /// Starts anew, as the server would with what the places say now.
    void open() {
        worker_.reset();
        auto config = load_config_from(places_);
        ASSERT_TRUE(config) << config.error().text();
        worker_ = std::make_unique<ConfigWorker>(
            ConfigWorker::Parts{places_,
                                *config,
                                commands_,
                                clock_,
                                {[this](const Config& next) {
                                    observed_.push_back(next.monitoring.latency_p99.count());
                                }},
                                check_});
        worker_->start();
    }

    ConfigDesk::Answer wait(const std::function<bool(ConfigDesk::Done)>& ask) {
        auto answer = std::make_shared<std::promise<ConfigDesk::Answer>>();
        auto future = answer->get_future();
        EXPECT_TRUE(ask([answer](ConfigDesk::Answer found) { answer->set_value(found); }));
        EXPECT_EQ(future.wait_for(std::chrono::seconds(30)), std::future_status::ready);
        return future.get();
    }
    ConfigDesk::Answer change(const std::string& body) {
        return wait([&](ConfigDesk::Done done) { return worker_->change(body, "api:ann", done); });
    }
    ConfigDesk::Answer reload() {
        return wait([&](ConfigDesk::Done done) { return worker_->reload("SIGHUP", done); });
    }
    json setting(const std::string& name) {
        const auto answer = wait([&](ConfigDesk::Done done) { return worker_->show(done); });
        const json all = json::parse(answer.body);
        for (const json& row : all["settings"]) {
            if (row["name"] == name) {
                return row;
            }
        }
        return {};
    }

    void run_engine() {
        while (!engine_ends_) {
            const auto command = commands_.take();
            if (!command) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                continue;
            }
            by_ = command->by;
            ++asked_;
            while_engine_decides_();
            command->reply(engine_says_);
        }
    }

    std::string directory_;
    ConfigPlaces places_;
    CommandQueue commands_;
    SystemClock clock_;
    ConfigWorker::Check check_;
    std::vector<std::int64_t> observed_;
    CommandAnswer engine_says_{CommandAnswer::Code::Done, "", 77};
    std::function<void()> while_engine_decides_ = [] {};
    std::string by_;
    std::atomic<int> asked_{0};
    std::atomic<bool> engine_ends_{false};
    std::thread engine_;
    std::unique_ptr<ConfigWorker> worker_;
};

}  // namespace tickstock
