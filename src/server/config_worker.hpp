#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "config/load.hpp"
#include "config/reload_plan.hpp"
#include "config/save_settings.hpp"
#include "engine/commands.hpp"
#include "server/config_desk.hpp"
#include "server/config_json.hpp"
#include "server/config_request.hpp"

namespace tickstock {

/// The desk of the product, on a thread of its own ("ts-config"): one request after the other, so
/// that no two changes meet.
///
/// A change goes: check the values, alone and together; plan; write the new files beside the old
/// ones; let the engine take the values, which journals them; rename; answer. So a crash before the
/// engine took them leaves everything as it was, and one before the rename leaves the files as they
/// were: the next start takes the files, and nobody was told that the change is saved. Nothing acts
/// that was not checked, and no file is written that does not load.
///
/// Files that were there and are gone are a problem for both, and none is made: making them is for
/// a start. A change alters what it names only. Files that someone edited meanwhile are taken by a
/// reload.
class ConfigWorker final : public ConfigDesk {
public:
    static constexpr std::size_t queue_limit = 16;
    using Observer = std::function<void(const Config&)>;
    using Check = std::function<std::optional<ConfigProblem>(const Config&)>;

    struct Parts {
        ConfigPlaces places;     ///< as at the start; an empty directory = nothing can be saved
        Config config;           ///< in effect
        CommandQueue& commands;  ///< outlives the worker
        const Clock& clock;      ///< outlives the worker
        /// Called with the new configuration once the engine has it, on the worker's thread.
        std::vector<Observer> observers = {};
        /// What a start refuses beyond load_config_from(), such as a secret that cannot be read;
        /// asked on the worker's thread before anything is changed. Empty = nothing.
        Check check = {};
    };

    explicit ConfigWorker(Parts parts);
    /// Stops.
    ~ConfigWorker() override;
    ConfigWorker(const ConfigWorker&) = delete;
    ConfigWorker& operator=(const ConfigWorker&) = delete;

    void start();
    /// Ends the request at hand and answers those that wait with 503. Call it when the engine takes
    /// no commands any more, or it ends 100 ms later.
    void stop();

    bool show(Done done) override;
    bool change(std::string body, std::string by, Done done) override;
    bool reload(std::string by, Done done) override;
    Counts counts() const override;

private:
    struct Request {
        enum class Kind : std::uint8_t { Show, Change, Reload };
        Kind kind = Kind::Show;
        std::string body;
        std::string by;
        Done done;
    };

    bool ask(Request request);
    void run();
    Answer answer(const Request& request);
    Answer do_change(const std::string& body, const std::string& by);
    Answer apply_request(const ConfigRequest& request, const std::string& by);
    Answer do_reload(const std::string& by);
    /// Lets the engine take `next`; true when it has, else `refusal` is the answer.
    bool hand_over(Config next, const ReloadPlan& plan, const std::string& by,
                   std::uint64_t& sequence, Answer& refusal);
    void check_as_start(const Config& next, ConfigProblems& problems) const;
    void take(Config next);
    Answer refuse(const ConfigProblems& problems, const std::string& by);
    Answer refuse(const ReloadPlan& plan, const std::string& by);
    Answer fail(Answer answer, const std::string& by);
    void count(std::uint64_t Counts::*result);

    // The thread's.
    ConfigPlaces places_;  // the known files grow
    Config config_;        // in effect
    const std::string condition_table_;
    CommandQueue& commands_;
    const Clock& clock_;
    const std::vector<Observer> observers_;
    const Check check_;

    mutable std::mutex mutex_;  // for what follows
    std::condition_variable wake_;
    std::deque<Request> requests_;
    Counts counts_;
    bool ends_ = false;

    std::thread thread_;
};

}  // namespace tickstock
