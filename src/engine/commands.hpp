#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"
#include "rollout/rollout_control.hpp"

namespace tickstock {

/// What a person may ask of the running engine; what is granted becomes a journaled decision.
struct PauseChannel {
    ChannelType channel = ChannelType::Tick;
};
struct ResumeChannel {
    ChannelType channel = ChannelType::Tick;
};
struct SetUniverse {
    std::string name;
    std::vector<SymbolText> symbols;
    bool priority = false;
};
struct RemoveUniverse {
    std::string name;
};
struct HaltSymbol {
    SymbolText symbol;
    bool halted = true;
    std::string reason;
};
struct SwitchRule {
    std::string rule;
    bool on = true;
};
/// Other values of live and session settings; the rest of `next` must be as it is.
struct Reconfigure {
    std::shared_ptr<const Config> next;
    std::string summary;  ///< what changes, for the answer and the log
};
using CommandAction = std::variant<PauseChannel, ResumeChannel, SetUniverse, RemoveUniverse,
                                   HaltSymbol, SwitchRule, Reconfigure, RolloutCommand>;

struct CommandAnswer {
    enum class Code : std::uint8_t {
        Done,      ///< journaled; `text` says what
        NotFound,  ///< no such channel, universe, symbol, rule
        Refused,   ///< it makes no sense now: `text` says why
        Stopping,  ///< the engine ends
    };
    Code code = Code::Done;
    std::string text;
    std::uint64_t sequence = 0;  ///< of the decision; 0 = nothing had to change
};

/// From any thread to the sequencer's, which takes them between batches. Bounded.
class CommandQueue {
public:
    static constexpr std::size_t limit = 256;
    using Reply = std::function<void(CommandAnswer)>;

    struct Command {
        CommandAction action;
        std::string by;
        Reply reply;  ///< called once, on the sequencer's thread; must not block
    };

    /// Any thread. False when the queue is full or closed: nothing happens then.
    bool post(Command command) {
        {
            const std::lock_guard lock(mutex_);
            if (closed_ || commands_.size() >= limit) {
                return false;
            }
            commands_.push_back(std::move(command));
        }
        if (wake_) {
            wake_();
        }
        return true;
    }

    /// Sequencer's thread.
    std::optional<Command> take() {
        const std::lock_guard lock(mutex_);
        if (commands_.empty()) {
            return std::nullopt;
        }
        Command command = std::move(commands_.front());
        commands_.pop_front();
        return command;
    }

    /// Sequencer's thread, at its end: answers what is left and takes no more.
    void close() {
        std::deque<Command> left;
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
            left.swap(commands_);
        }
        for (const Command& command : left) {
            command.reply({CommandAnswer::Code::Stopping, "the engine is stopping", 0});
        }
    }

    /// Before the threads start.
    void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

private:
    std::mutex mutex_;  // guards the two below
    std::deque<Command> commands_;
    bool closed_ = false;
    std::function<void()> wake_;
};

}  // namespace tickstock
