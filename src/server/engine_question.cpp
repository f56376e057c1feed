#include "server/engine_question.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace tickstock {
namespace {

constexpr auto poll_interval = std::chrono::milliseconds(100);

/// The answer on its way; outlives who asked, as it may come late.
struct Waiting {
    std::mutex mutex;
    std::condition_variable come;
    std::optional<CommandAnswer> answer;
};

}  // namespace

std::optional<CommandAnswer> ask_engine(CommandQueue& commands, CommandAction action,
                                        const std::string& by,
                                        const std::function<bool()>& gives_up) {
    const auto waiting = std::make_shared<Waiting>();
    const auto reply = [waiting](CommandAnswer answer) {
        {
            const std::lock_guard lock(waiting->mutex);
            waiting->answer = std::move(answer);
        }
        waiting->come.notify_all();
    };
    if (!commands.post({std::move(action), by, reply})) {
        return std::nullopt;
    }
    std::unique_lock lock(waiting->mutex);
    while (!waiting->answer) {
        waiting->come.wait_for(lock, poll_interval);
        if (!waiting->answer && gives_up()) {
            return std::nullopt;
        }
    }
    return std::move(waiting->answer);
}

}  // namespace tickstock
